//! What it takes to refuse an event: after all checks, or after the cheapest that fails.

use std::cell::RefCell;

use measuring::case::Input;

use crate::event::{Event, Signature, signature};
use crate::generate;
use crate::wire::{ClientMessage, FrameLimits, RawEvent, parse};

pub(super) const INPUTS: &[Input<Flood>] = &[
    ("bad_hex", || Flood::of(&[bad_hex])),
    ("too_far_ahead", || Flood::of(&[too_far_ahead])),
    ("wrong_id", || Flood::of(&[wrong_id])),
    ("wrong_signature", || Flood::of(&[wrong_signature])),
    ("mixed", || {
        Flood::of(&[bad_hex, too_far_ahead, wrong_id, wrong_signature])
    }),
];

const FRAMES: usize = 20;
/// Beyond it a time is too far ahead.
const LATEST: u64 = 2_000_000_000;

/// Frames that are all to be refused.
pub(super) struct Flood {
    frames: Vec<String>,
    limits: FrameLimits,
    event: RefCell<Event>,
}

/// Makes a frame of an event that is to be refused.
type Spoil = fn(Event) -> String;

fn frame(event: &Event) -> String {
    let mut json = b"[\"EVENT\",".to_vec();
    event.write_json(&mut json);
    json.push(b']');
    String::from_utf8(json).unwrap_or_default()
}

fn bad_hex(event: Event) -> String {
    frame(&event).replacen("\"id\":\"", "\"id\":\"x", 1)
}

fn too_far_ahead(mut event: Event) -> String {
    event.created_at += 1 << 32;
    frame(&event)
}

fn wrong_id(mut event: Event) -> String {
    event.push_content("!");
    frame(&event)
}

fn wrong_signature(mut event: Event) -> String {
    let mut bytes = *event.sig.as_bytes();
    bytes[40] ^= 1;
    event.sig = Signature::new(bytes);
    frame(&event)
}

impl Flood {
    /// Each frame is spoilt in the next way.
    fn of(ways: &[Spoil]) -> Self {
        let events = generate::signed(5, FRAMES).into_iter();
        let spoilt = events
            .zip(ways.iter().cycle())
            .map(|(event, spoil)| spoil(event));
        let flood = Self {
            frames: spoilt.collect(),
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
