//! The memory of a relay, component by component: its budget, what it takes when it is full, and what it says of that.

use std::sync::{Arc, OnceLock};

use interning::SharedIdCache;
use measuring::grouped;

use super::live;
use crate::cache::{Events, Queries, Recent};
use crate::cases::Folder;
use crate::config;
use crate::event::{Event, PublicKey};
use crate::filter::Filter;
use crate::generate::Generator;
use crate::live::{Live, LiveLimits, Outbox};
use crate::query::Known as _;
use crate::server::{GROUP, Settings, kib};
use crate::store::tables::Tid;
use crate::store::{Drafter, Drafts, Store, StoreOptions, Train};
use crate::wire::{ClientMessage, FrameLimits, SubId, parse};

/// A component, in bytes.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// What it may take.
    pub budget: usize,
    /// What it takes of the heap when it is full.
    pub measured: usize,
    /// What it says that it takes.
    pub said: usize,
}

impl Row {
    pub fn budget(&self) -> String {
        setting(self.budget)
    }

    pub fn measured(&self) -> String {
        match self.budget {
            ..=0xf_ffff => format!("{} KiB", self.measured.div_ceil(1 << 10)),
            _ => mebibytes(self.measured),
        }
    }

    /// By how much it is wrong about itself.
    pub fn off(&self) -> String {
        let off = self.said.abs_diff(self.measured) as f64 / self.measured as f64;
        format!("{:.1} %", 100.0 * off)
    }
}

/// `256 KiB`, `16 MiB`
pub(super) fn setting(bytes: usize) -> String {
    match bytes {
        ..=0xf_ffff => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// `15.9 MiB`
fn mebibytes(bytes: usize) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// Events with their JSON, a few hundred of them over and over, each time at another place.
fn rows() -> Vec<(Event, Vec<u8>)> {
    let json = |event: Event| {
        let mut json = Vec::new();
        event.write_json(&mut json);
        (event, json)
    };
    let events = Generator::new(5).filter(|event| event.kind != 3);
    events.take(500).map(json).collect()
}

pub(super) fn recent_ids() -> Row {
    let budget = Settings::default().recent_bytes;
    let (recent, measured) = live(|| Recent::with_budget(budget));
    Row {
        budget,
        measured,
        said: recent.figures().bytes,
    }
}

pub(super) fn event_cache() -> Row {
    static ROW: OnceLock<Row> = OnceLock::new();
    *ROW.get_or_init(|| {
        let (budget, rows) = (Settings::default().event_cache_bytes, rows());
        let (events, measured) = live(|| {
            let events = Events::with_budget(budget);
            let mut offered = 0;
            for (number, (event, json)) in (0..).zip(rows.iter().cycle()) {
                let place = Tid::new(number, 0);
                events.insert(place, 0, event, json);
                events.known(0).learn_kind(place, event.kind);
                offered += json.len();
                // It is full long before, and has begun to forget.
                if offered > 2 * budget {
                    break;
                }
            }
            events
        });
        Row {
            budget,
            measured,
            said: events.figures().bytes,
        }
    })
}

pub(super) fn query_cache() -> Row {
    static ROW: OnceLock<Row> = OnceLock::new();
    *ROW.get_or_init(|| {
        let (budget, rows) = (Settings::default().query_cache_bytes, rows());
        let (queries, measured) = live(|| {
            let queries = Queries::with_budget(budget, 0);
            let (mut kind, mut entries) = (0, 0);
            // Until an answer pushes another one out.
            while entries == usize::from(kind) {
                kind += 1;
                let filters: Arc<[Filter]> = Arc::new([Filter {
                    kinds: Some(vec![kind]),
                    ..Filter::default()
                }]);
                let mut recording = queries.record(&filters, 0);
                for (number, (_, json)) in (0..).zip(&rows[..200]) {
                    let place = Tid::new(number, kind);
                    recording.push(place, u64::MAX, json);
                }
                recording.finish();
                entries = queries.figures().entries;
            }
            queries
        });
        Row {
            budget,
            measured,
            said: queries.figures().bytes,
        }
    })
}

pub(super) fn value_cache() -> Row {
    let budget = config::Settings::default().storage.value_cache;
    let (cache, measured) = live(|| SharedIdCache::with_budget(budget));
    Row {
        budget,
        measured,
        said: cache.map_or(0, |cache| cache.heap_bytes()),
    }
}

/// What most clients that wait ask for: one author, one kind.
fn filters(author: usize) -> Arc<[Filter]> {
    let mut key = [1; 32];
    key[..8].copy_from_slice(&author.to_be_bytes());
    Arc::new([Filter {
        authors: Some(vec![PublicKey::new(key)]),
        kinds: Some(vec![1]),
        ..Filter::default()
    }])
}

const SUBSCRIPTIONS: usize = 1_000;

/// A thousand of them.
pub(super) fn subscriptions() -> Row {
    let live_ones = Live::new(LiveLimits::default());
    let clients: Vec<_> = (0..SUBSCRIPTIONS).map(|_| Outbox::new(1_000)).collect();
    let ((), measured) = live(|| {
        for (author, client) in clients.iter().enumerate() {
            let sub = SubId::new("my-feed:1").expect("it isn't empty");
            let _ = live_ones.subscribe(client, &sub, filters(author));
        }
    });
    Row {
        budget: Settings::default().limits.subscription_bytes,
        measured,
        said: live_ones.heap_bytes(),
    }
}

/// What one of them takes, in bytes.
pub(super) fn subscription() -> usize {
    subscriptions().measured / SUBSCRIPTIONS
}

pub(super) fn subscriptions_within_budget() -> String {
    let Row {
        budget, measured, ..
    } = subscriptions();
    grouped(budget * SUBSCRIPTIONS / measured / 1_000 * 1_000)
}

/// Full of events that nobody else gets.
pub(super) fn outbox() -> Row {
    let budget = Settings::default().limits.outbox_bytes;
    let (rows, live_ones) = (rows(), Live::new(LiveLimits::default()));
    let client = Outbox::new(budget);
    let all: Arc<[Filter]> = Arc::new([Filter::default()]);
    let sub = SubId::new("all").expect("it isn't empty");
    let ticket = live_ones.subscribe(&client, &sub, all);
    live_ones.stored_sent(ticket.expect("it is the first"), 0);
    let ((), measured) = live(|| {
        for (event, json) in rows.iter().cycle() {
            // Of one more, the client would be dropped.
            if client.bytes() + json.len() + 100 > budget {
                break;
            }
            live_ones.publish(event, Some(1));
        }
    });
    Row {
        budget,
        measured,
        said: client.bytes(),
    }
}

/// As many events as may be under way, each charged by its frame, and what the verifiers have prepared of them.
pub(super) fn in_flight() -> Row {
    static ROW: OnceLock<Row> = OnceLock::new();
    *ROW.get_or_init(|| {
        let budget = Settings::default().limits.in_flight_bytes;
        let frame = |(_, json): &(Event, Vec<u8>)| {
            let json = String::from_utf8_lossy(json);
            (format!("[\"EVENT\",{json}]"), 9 + json.len())
        };
        let frames: Vec<(String, usize)> = rows().iter().map(frame).collect();
        let folder = Folder::new();
        let options = StoreOptions {
            train: Train::Never,
            ..StoreOptions::default()
        };
        let store = Store::open(folder.path(), options).expect("temporary files can be written");
        let (mut drafter, mut said) = (Drafter::default(), 0);
        let mut under_way = Vec::new();
        for frames in frames.chunks(GROUP).cycle() {
            let charges = frames.iter().map(|(_, bytes)| (kib(*bytes) as usize) << 10);
            let charge: usize = charges.sum();
            if said + charge > budget {
                break;
            }
            said += charge;
            under_way.push(frames);
        }
        let (_groups, measured) = live(|| {
            let group = |frames: &&[(String, usize)]| group(frames, &store, &mut drafter);
            under_way.iter().map(group).collect::<Vec<_>>()
        });
        Row {
            budget,
            measured,
            said,
        }
    })
}

fn group(frames: &[(String, usize)], store: &Store, drafter: &mut Drafter) -> (Vec<Event>, Drafts) {
    let limits = FrameLimits::default();
    let (mut events, mut drafts) = (Vec::new(), Drafts::default());
    for (frame, _) in frames {
        let mut event = Event::default();
        if let Ok(ClientMessage::Event(raw)) = parse(frame, &limits)
            && raw.read_into(&mut event).is_ok()
            && store.draft(&event, drafter, &mut drafts).is_ok()
        {
            events.push(event);
        }
    }
    (events, drafts)
}
