//! Any text is a frame or an error; an event that was read is the same when it is written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use relay::event::Event;
use relay::wire::{ClientMessage, FrameLimits, parse};

fn read(frame: &str) -> Option<Event> {
    let limits = FrameLimits::default();
    match parse(frame, &limits) {
        Ok(ClientMessage::Event(raw) | ClientMessage::Auth(raw)) => {
            let mut event = Event::default();
            raw.read_into(&mut event).expect("what was parsed can be read");
            Some(event)
        }
        Ok(ClientMessage::Req { filters, .. } | ClientMessage::Count { filters, .. }) => {
            for filter in &filters {
                let mut again = filter.clone();
                again.normalise();
                assert_eq!(&again, filter, "normalised once and for all");
                filter.matches(&Event::default());
            }
            None
        }
        _ => None,
    }
}

fuzz_target!(|frame: &str| {
    if let Some(event) = read(frame) {
        let mut written = b"[\"EVENT\",".to_vec();
        event.write_json(&mut written);
        written.push(b']');
        let written = String::from_utf8(written).expect("what is written is text");
        assert_eq!(read(&written).as_ref(), Some(&event));
    }
});
