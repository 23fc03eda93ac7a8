//! What the wire costs on the heap, in allocations.

// These are figures of the relay's own parts, which the references keep to; a learner's have budgets of their own.
#![cfg(any(not(feature = "parts"), feature = "references"))]

use measuring::heap;
use relay::event::{Event, EventId, PublicKey};
use relay::filter::{Filter, TagFilter};
use relay::wire::{ClientMessage, FrameLimits, parse};

measuring::install!();

fn event() -> Event {
    let mut event = Event::default();
    event.created_at = 1_700_000_000;
    event.kind = 1;
    for number in 0..40 {
        event.push_tag([
            "p",
            &format!("{number:064x}"),
            "wss://relay.example/\n\u{1}",
        ]);
    }
    event.push_tag(["t", "heap"]);
    event.push_content(&"Some \"text\" of a note, \u{1f600}\n".repeat(50));
    event.id = event.canonical_id();
    event
}

fn frame(event: &Event) -> String {
    let mut frame = b"[\"EVENT\",".to_vec();
    event.write_json(&mut frame);
    frame.push(b']');
    String::from_utf8(frame).unwrap()
}

#[test]
fn a_frame_is_parsed_in_place() {
    let frame = frame(&event());
    let limits = FrameLimits::default();
    let (parsed, cost) = heap(|| parse(&frame, &limits).is_ok());
    assert!(parsed);
    assert_eq!(cost.allocations, 0);
}

#[test]
fn a_used_event_takes_the_next_one() {
    let original = event();
    let frame = frame(&original);
    let Ok(ClientMessage::Event(raw)) = parse(&frame, &FrameLimits::default()) else {
        panic!("it was written by us");
    };
    let mut event = Event::default();
    raw.read_into(&mut event).unwrap();
    let (read, cost) = heap(|| raw.read_into(&mut event));
    assert_eq!((read, cost.allocations), (Ok(()), 0));
    assert_eq!(event, original);
}

#[test]
fn hashing_and_checking_take_nothing() {
    let event = event();
    let (id, cost) = heap(|| event.canonical_id());
    assert_eq!((id, cost.allocations), (event.id, 0));
    // The library's context is made once.
    let _ = relay::event::signature::verify(&event);
    let (verified, cost) = heap(|| relay::event::signature::verify(&event));
    assert!(verified.is_err());
    assert_eq!(cost.allocations, 0);
}

#[test]
fn a_used_buffer_takes_the_json() {
    let event = event();
    let mut json = Vec::new();
    event.write_json(&mut json);
    let length = json.len();
    json.clear();
    let (_, cost) = heap(|| event.write_json(&mut json));
    assert_eq!((json.len(), cost.allocations), (length, 0));
}

#[test]
fn matching_takes_nothing() {
    let event = event();
    let mut filter = Filter {
        ids: Some(vec![EventId::ZERO, event.id]),
        authors: Some(vec![PublicKey::ZERO]),
        kinds: Some((0..100).collect()),
        since: Some(1),
        until: Some(u64::MAX),
        ..Filter::default()
    };
    for letter in [b'p', b't'] {
        let values = ["heap", "stack", &format!("{:064x}", 7)]
            .into_iter()
            .collect();
        filter.tags.push(TagFilter { letter, values });
    }
    filter.normalise();
    let (matches, cost) = heap(|| filter.matches(&event));
    assert!(matches);
    assert_eq!(cost.allocations, 0);
}
