//! What it takes to refuse an event: after all checks, or after the cheapest that fails.

use std::cell::RefCell;

use measuring::case::Input;

use crate::event::{Event, Signature, signature};
use crate::generate;
use crate::wire::{ClientMessage, FrameLimits, RawEvent, parse};

pub(super) const INPUTS: &[Input<Flood>] = &[
    ("bad_hex", || {
        Flood::of(|event| event.replacen("\"id\":\"", "\"id\":\"x", 1))
    }),
    ("too_far_ahead", || {
        Flood::of_signed(|event| event.created_at += 1 << 32)
    }),
    ("wrong_id", || {
        Flood::of_signed(|event| event.push_content("!"))
    }),
    ("wrong_signature", || {
        Flood::of_signed(|event| {
            let mut bytes = *event.sig.as_bytes();
            bytes[40] ^= 1;
            event.sig = Signature::new(bytes);
        })
    }),
];

const FRAMES: usize = 20;
/// Beyond it a time is too far ahead.
const LATEST: u64 = 2_000_000_000;

/// Frames that are all to be refused, for the same reason.
pub(super) struct Flood {
    frames: Vec<String>,
    limits: FrameLimits,
    event: RefCell<Event>,
}

fn frame(event: &Event) -> String {
    let mut json = b"[\"EVENT\",".to_vec();
    event.write_json(&mut json);
    json.push(b']');
    String::from_utf8(json).unwrap_or_default()
}

impl Flood {
    fn of(spoil: fn(&str) -> String) -> Self {
        let frames = generate::signed(5, FRAMES);
        Self::sent(frames.iter().map(|event| spoil(&frame(event))).collect())
    }

    fn of_signed(spoil: fn(&mut Event)) -> Self {
        let mut events = generate::signed(5, FRAMES);
        events.iter_mut().for_each(spoil);
        Self::sent(events.iter().map(frame).collect())
    }

    fn sent(frames: Vec<String>) -> Self {
        let flood = Self {
            frames,
            limits: FrameLimits::default(),
            event: RefCell::default(),
        };
        // The event has its room, as one that was used before.
        all_checks(&flood);
        flood
    }

    /// How many frames are refused.
    fn refused(&self, accepts: fn(&RawEvent<'_>, &mut Event) -> bool) -> usize {
        let mut event = self.event.borrow_mut();
        let mut refused = |frame: &&String| match parse(frame, &self.limits) {
            Ok(ClientMessage::Event(raw)) => !accepts(&raw, &mut event),
            Ok(_) | Err(_) => true,
        };
        self.frames.iter().filter(|frame| refused(frame)).count()
    }
}

// ANCHOR: all_checks
/// Everything is looked at, then it is decided.
pub(super) fn all_checks(flood: &Flood) -> usize {
    flood.refused(|raw, event| {
        let read = raw.read_into(event).is_ok();
        let (id, key) = (event.id, event.pubkey);
        let is_id = event.canonical_id() == id;
        let is_signed =
            signature::check(id.as_bytes(), key.as_bytes(), event.sig.as_bytes()).is_ok();
        read & is_signed & is_id & (event.created_at <= LATEST)
    })
}
// ANCHOR_END: all_checks

// ANCHOR: cheapest_first
/// The time before the text is unescaped, the hash before the signature.
pub(super) fn cheapest_first(flood: &Flood) -> usize {
    flood.refused(|raw, event| {
        raw.created_at <= LATEST && raw.read_into(event).is_ok() && signature::verify(event).is_ok()
    })
}
// ANCHOR_END: cheapest_first
