//! The events, made and signed before any clock runs, and the questions about them.

use std::time::{SystemTime, UNIX_EPOCH};

use relay::event::Event;
use relay::generate::{Generator, Options};
use secp256k1::{Keypair, SecretKey};
use serde_json::{Value, json};

use super::{Load, Phase};

/// What is sent.
pub struct Corpus {
    /// To be stored, in the order of their arrival.
    pub events: Vec<Event>,
    /// To be passed on to subscribers, of one author.
    pub notes: Vec<Event>,
}

/// The five kinds of questions that clients ask most.
pub const SHAPES: [&str; 5] = ["ids", "author_kind", "kind_range", "e_tag", "p_tag"];

/// Seconds that a question about a range of time spans.
const RANGE: u64 = 600;

impl Corpus {
    /// As the arguments say.
    pub fn make(load: &Load) -> Self {
        let now = load.now.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            since.map_or(0, |since| since.as_secs())
        });
        // By chance the last ones are some seconds before or behind the middle, and relays refuse the future.
        let unsigned = Options {
            start: now.saturating_sub(load.events as u64),
            ..Options::default()
        };
        let draft = Generator::with(load.seed, unsigned).take(load.events);
        let last = draft.map(|event| event.created_at).max().unwrap_or(now);
        let options = Options {
            start: (unsigned.start + now).saturating_sub(last),
            signed: load.phases.contains(&Phase::Ingest),
            ..unsigned
        };
        let events = Generator::with(load.seed, options)
            .take(load.events)
            .collect();
        Self {
            events,
            notes: notes(load.seed, now, load.published),
        }
    }

    /// The question number so and so of a shape.
    pub fn filter(&self, shape: &str, number: usize) -> Value {
        // Far apart in time, and the same for every relay.
        let at = number.wrapping_mul(7_919);
        let Some(event) = self.events.get(at % self.events.len().max(1)) else {
            return json!({ "limit": 1 });
        };
        match shape {
            "ids" => {
                let some = (0..10).filter_map(|more| {
                    let place = (at + more * 131) % self.events.len();
                    Some(self.events.get(place)?.id.to_string())
                });
                json!({ "ids": some.collect::<Vec<_>>() })
            }
            "author_kind" => {
                json!({ "authors": [event.pubkey.to_string()], "kinds": [event.kind], "limit": 50 })
            }
            "kind_range" => json!({
                "kinds": [1],
                "since": event.created_at.saturating_sub(RANGE),
                "until": event.created_at,
                "limit": 50,
            }),
            letter => {
                let letter = &letter[..1];
                let values = self.events.iter().cycle().skip(at % self.events.len());
                let value = values.take(self.events.len()).find_map(|event| {
                    let mut tags = event.tags();
                    tags.find(|tag| tag.name() == letter)?.value()
                });
                json!({ (format!("#{letter}")): [value.unwrap_or_default()], "limit": 50 })
            }
        }
    }

    /// What the subscribers listen to: nothing that is stored.
    pub fn live_filter(&self) -> Value {
        match self.notes.first() {
            Some(note) => json!({
                "authors": [note.pubkey.to_string()],
                "kinds": [1],
                "since": note.created_at,
            }),
            None => json!({ "limit": 1 }),
        }
    }
}

/// Short notes of an author whom nobody knows yet.
fn notes(seed: u64, now: u64, count: usize) -> Vec<Event> {
    let mut secret = [7; 32];
    secret[8..16].copy_from_slice(&seed.to_be_bytes());
    secret[16..24].copy_from_slice(&now.to_be_bytes());
    let secret = SecretKey::from_secret_bytes(secret).expect("far below the curve's order");
    let pair = Keypair::from_secret_key(&secret);
    let text = "one event, written once, and read by everybody who listens. ".repeat(4);
    let sign = |number| {
        let mut event = Event::default();
        (event.created_at, event.kind) = (now, 1);
        event.push_tag(["t", "load"]);
        event.push_content(&format!("{number}: {text}"));
        event.pubkey = relay::event::PublicKey::new(pair.x_only_public_key().0.to_byte_array());
        event.id = event.canonical_id();
        let sig = secp256k1::schnorr::sign_with_aux_rand(event.id.as_bytes(), &pair, &[0; 32]);
        event.sig = relay::event::Signature::new(sig.to_byte_array());
        event
    };
    (0..count).map(sign).collect()
}

/// `["EVENT", …]`; the texts of an event are UTF-8, so nothing is lost.
pub fn message(event: &Event) -> String {
    let mut json = b"[\"EVENT\",".to_vec();
    event.write_json(&mut json);
    json.push(b']');
    String::from_utf8_lossy(&json).into_owned()
}
