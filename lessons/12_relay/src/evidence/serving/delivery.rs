//! One event for several subscribers: encoded for each, copied for each, or shared.

use std::sync::Arc;

use measuring::case::Input;

use crate::event::Event;
use crate::generate::Generator;
use crate::wire::{SubId, write_event};

pub(super) const INPUTS: &[Input<Subscribed>] = &[
    ("10", || Subscribed::by(10)),
    ("100", || Subscribed::by(100)),
];

/// An event and who wants it.
pub(super) struct Subscribed {
    event: Event,
    subs: Vec<SubId>,
    /// Begins what each is sent. It stays the same as long as the subscription.
    prefixes: Vec<Arc<[u8]>>,
}

impl Subscribed {
    fn by(subscribers: usize) -> Self {
        let mut events = Generator::new(5);
        let event = events.find(|event| event.kind == 1).unwrap_or_default();
        let name = |number| SubId::new(&format!("feed-{number}")).expect("it isn't empty");
        let subs: Vec<SubId> = (0..subscribers).map(name).collect();
        let prefix = |sub: &SubId| format!("[\"EVENT\",\"{}\",", &**sub).into_bytes().into();
        Self {
            event,
            prefixes: subs.iter().map(prefix).collect(),
            subs,
        }
    }
}

/// What waits for a subscriber.
pub(super) enum Frame {
    Own(Vec<u8>),
    Shared { prefix: Arc<[u8]>, json: Arc<[u8]> },
}

impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Frame {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Own(bytes) => bytes.clone(),
            Self::Shared { prefix, json } => [prefix, json, &b"]"[..]].concat(),
        }
    }
}

// ANCHOR: encoded_each
/// Serialised for each, and copied behind the name of its subscription.
pub(super) fn encoded_each(subscribed: &Subscribed) -> Vec<Frame> {
    let encode = |sub| {
        let (mut json, mut frame) = (Vec::new(), Vec::new());
        subscribed.event.write_json(&mut json);
        write_event(&mut frame, sub, &json);
        Frame::Own(frame)
    };
    subscribed.subs.iter().map(encode).collect()
}
// ANCHOR_END: encoded_each

// ANCHOR: copied_each
/// Serialised once, and copied behind the name of each subscription.
pub(super) fn copied_each(subscribed: &Subscribed) -> Vec<Frame> {
    let mut json = Vec::new();
    subscribed.event.write_json(&mut json);
    let copy = |sub| {
        let mut frame = Vec::new();
        write_event(&mut frame, sub, &json);
        Frame::Own(frame)
    };
    subscribed.subs.iter().map(copy).collect()
}
// ANCHOR_END: copied_each

// ANCHOR: shared
/// Serialised once, and counted up for each. The two pieces meet in the socket's buffer.
pub(super) fn shared(subscribed: &Subscribed) -> Vec<Frame> {
    let mut json = Vec::new();
    subscribed.event.write_json(&mut json);
    let json: Arc<[u8]> = json.into();
    let share = |prefix: &Arc<[u8]>| Frame::Shared {
        prefix: prefix.clone(),
        json: json.clone(),
    };
    subscribed.prefixes.iter().map(share).collect()
}
// ANCHOR_END: shared
