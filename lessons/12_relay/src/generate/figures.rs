//! What a lot of events is like, in figures, beside those of a set of real events.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::event::{Class, Event, EventId, PublicKey};

/// Figures of a lot of events, counted one by one.
#[derive(Default)]
pub struct Figures {
    json: Vec<u32>,
    content: Vec<u32>,
    tags: Vec<u32>,
    kinds: HashMap<u16, u32>,
    ids: HashSet<EventId>,
    /// How often each key was seen, as an author or in a `p` tag.
    keys: HashMap<PublicKey, u32>,
    authors: HashMap<PublicKey, u32>,
    /// The ids in `e` tags.
    referred: HashSet<EventId>,
    newest: HashMap<(PublicKey, u16, String), (u64, EventId)>,
    last: u64,
    counts: Counts,
}

/// What is counted along the way.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    letters: u64,
    references: u64,
    events: u64,
    events_stored: u64,
    contact_bytes: u64,
    expiring: u64,
    late: u64,
    ties: u64,
    superseded: u64,
    replacing: u64,
}

/// A figure of these events beside that of the real ones.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What it is.
    pub name: &'static str,
    /// What it is here.
    pub ours: f64,
    /// What it is in the set of 4,405 real events that the generator follows, where that is known.
    pub real: Option<f64>,
}

impl Figures {
    /// Counts an event, whose JSON is so long.
    pub fn count(&mut self, event: &Event, json: usize) {
        let counts = &mut self.counts;
        self.json.push(json as u32);
        self.content.push(event.content().len() as u32);
        self.tags.push(event.tags().len() as u32);
        *self.kinds.entry(event.kind).or_default() += 1;
        *self.keys.entry(event.pubkey).or_default() += 1;
        *self.authors.entry(event.pubkey).or_default() += 1;
        for (letter, value) in event.letters() {
            counts.letters += 1;
            match letter {
                b'e' if let Ok(id) = EventId::from_hex(value.as_bytes()) => {
                    counts.references += 1;
                    counts.events += 1;
                    counts.events_stored += u64::from(self.ids.contains(&id));
                    self.referred.insert(id);
                }
                b'p' if let Ok(key) = PublicKey::from_hex(value.as_bytes()) => {
                    counts.references += 1;
                    *self.keys.entry(key).or_default() += 1;
                }
                _ => {}
            }
        }
        self.ids.insert(event.id);
        counts.contact_bytes += if event.kind == 3 { json as u64 } else { 0 };
        counts.expiring += u64::from(event.expiration().is_some());
        counts.late += u64::from(event.created_at < self.last);
        counts.ties += u64::from(event.created_at == self.last);
        self.last = self.last.max(event.created_at);
        self.replace(event);
    }

    /// Keeps account of what a relay would refuse because it has a newer version.
    fn replace(&mut self, event: &Event) {
        let name = match event.class() {
            Class::Replaceable => String::new(),
            Class::Addressable => event.identifier().into(),
            _ => return,
        };
        let version = (event.created_at, event.id);
        let Some(newest) = self
            .newest
            .get_mut(&(event.pubkey, event.kind, name.clone()))
        else {
            self.newest
                .insert((event.pubkey, event.kind, name), version);
            return;
        };
        // Of equal times, the lower id stays.
        if (version.0, newest.1) < (newest.0, version.1) {
            self.counts.superseded += 1;
        } else {
            self.counts.replacing += 1;
            *newest = version;
        }
    }

    /// All figures. Those of the first eight lines are asserted.
    pub fn list(&mut self) -> Vec<Figure> {
        let count = self.json.len().max(1) as f64;
        let counts = self.counts;
        let all_tags = self
            .tags
            .iter()
            .map(|&tags| f64::from(tags))
            .sum::<f64>()
            .max(1.0);
        let bytes = self
            .json
            .iter()
            .map(|&bytes| f64::from(bytes))
            .sum::<f64>()
            .max(1.0);
        let once = self.keys.values().filter(|&&times| times == 1).count();
        let encrypted = [4, 1059]
            .iter()
            .filter_map(|kind| self.kinds.get(kind))
            .sum::<u32>();
        let busiest = self.authors.values().max().copied().unwrap_or_default();
        let contacts = self.kinds.get(&3).copied().unwrap_or_default();
        for sizes in [&mut self.json, &mut self.tags, &mut self.content] {
            sizes.sort_unstable();
        }
        let at = |sizes: &[u32], per_cent: usize| {
            let place = (sizes.len() * per_cent / 100).min(sizes.len().saturating_sub(1));
            sizes.get(place).map_or(0.0, |&size| f64::from(size))
        };
        let share = |part: u64, of: f64| part as f64 / of;
        [
            ("JSON bytes, mean", bytes / count, Some(1107.0)),
            ("JSON bytes, median", at(&self.json, 50), Some(619.0)),
            ("JSON bytes, p90", at(&self.json, 90), Some(1228.0)),
            ("JSON bytes, p99", at(&self.json, 99), Some(7135.0)),
            ("tags, mean", all_tags / count, Some(7.3)),
            ("tags, median", at(&self.tags, 50), Some(2.0)),
            ("tags, p90", at(&self.tags, 90), Some(6.0)),
            ("tags, p99", at(&self.tags, 99), Some(63.0)),
            ("JSON bytes, most", at(&self.json, 100), Some(76_942.0)),
            ("tags, most", at(&self.tags, 100), Some(1443.0)),
            ("content bytes, p25", at(&self.content, 25), Some(4.0)),
            ("content bytes, median", at(&self.content, 50), Some(84.0)),
            ("content bytes, p75", at(&self.content, 75), Some(321.0)),
            ("content bytes, p90", at(&self.content, 90), Some(516.0)),
            ("content bytes, p99", at(&self.content, 99), Some(1672.0)),
            (
                "content bytes, most",
                at(&self.content, 100),
                Some(39_560.0),
            ),
            (
                "tags that are e/p with 32 bytes",
                share(counts.references, all_tags),
                Some(0.77),
            ),
            (
                "e tags whose event is stored",
                share(counts.events_stored, counts.events as f64),
                Some(0.14),
            ),
            ("e tags an event", share(counts.events, count), None),
            (
                "single-letter tags an event",
                share(counts.letters, count),
                Some(6.25),
            ),
            (
                "distinct keys an event",
                share(self.keys.len() as u64, count),
                Some(8651.0 / 4405.0),
            ),
            (
                "distinct 32-byte values an event",
                share((self.keys.len() + self.referred.len()) as u64, count),
                Some(2.34),
            ),
            (
                "keys seen once",
                share(once as u64, self.keys.len() as f64),
                Some(0.59),
            ),
            (
                "authors an event",
                share(self.authors.len() as u64, count),
                Some(2142.0 / 4405.0),
            ),
            (
                "events of the busiest author",
                share(busiest.into(), count),
                None,
            ),
            ("contact lists", share(contacts.into(), count), Some(0.02)),
            (
                "their share of the bytes",
                share(counts.contact_bytes, bytes),
                Some(0.24),
            ),
            ("encrypted", share(encrypted.into(), count), Some(0.055)),
            ("expiring", share(counts.expiring, count), Some(0.015)),
            ("late", share(counts.late, count), Some(0.05)),
            (
                "in the second of the one before",
                share(counts.ties, count),
                None,
            ),
            ("newer versions, in all", counts.replacing as f64, None),
            (
                "superseded when they arrive, in all",
                counts.superseded as f64,
                None,
            ),
        ]
        .map(|(name, ours, real)| Figure { name, ours, real })
        .into()
    }

    /// The commonest kinds, and how many of a thousand events are of each.
    pub fn kinds(&self) -> Vec<(u16, f64)> {
        let count = self.json.len().max(1) as f64;
        let mut kinds: Vec<_> = self
            .kinds
            .iter()
            .map(|(&kind, &of)| (kind, 1000.0 * f64::from(of) / count))
            .collect();
        kinds.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        kinds
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.ours < 10.0 { 4 } else { 0 };
        write!(out, "{:<34}{:>10.digits$}", self.name, self.ours)?;
        match self.real {
            Some(real) => write!(
                out,
                "{real:>10.digits$}{:>+8.1} %",
                100.0 * (self.ours / real - 1.0)
            ),
            None => write!(out, "{:>10}", "–"),
        }
    }
}
