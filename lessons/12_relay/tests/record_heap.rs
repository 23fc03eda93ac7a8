//! What encoding and decoding cost on the heap once they are warm: nothing.

// These are figures of the relay's own parts, which the references keep to; a learner's have budgets of their own.
#![cfg(any(not(feature = "parts"), feature = "references"))]

mod one_value;

use std::sync::Arc;

use measuring::heap;
use one_value::One;
use relay::event::{Event, PublicKey};
use relay::store::dictionary::{Dictionaries, Dictionary, LEVEL};
use relay::store::record;
use relay::store::strings::{Compressor, Decompressor};
use relay::store::tables::Tid;

measuring::install!();

fn events() -> Vec<Event> {
    let value = "ab".repeat(32);
    let texts = [
        "",
        "+",
        "Good morning. It rained on the old harbour, and it will rain on the old harbour again tonight.",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        &format!(
            "https://files.example.com/{value}.jpg and what else there is to say about the harbour"
        ),
    ];
    let event = |content: &&str| {
        let mut event = Event::default();
        event.pubkey = PublicKey::new([0xab; 32]);
        event.push_tag(["e", &value, "wss://nos.lol", "reply"]);
        for _ in 0..20 {
            event.push_tag(["p", &value, "", "some one"]);
        }
        event.push_tag(["a", &format!("30023:{value}:on-rain")]);
        event.push_tag(["unheard", "of", "42", "10.5"]);
        event.push_content(content);
        event.id = event.canonical_id();
        event
    };
    texts.iter().map(event).collect()
}

/// zstd is C and asks the C library, which the meter does not see.
#[test]
fn a_warm_codec_takes_no_block() {
    let (mut table, mut record) = (One::default(), Vec::new());
    let mut compressor = Compressor::new(Dictionary::seed(LEVEL));
    let mut decompressor = Decompressor::new(Arc::new(Dictionaries::new()));
    let mut decoded = Event::default();
    let events = events();
    let mut round = |event: &Event| {
        let encoded = record::encode(event, &mut table, &mut compressor, &mut record);
        assert_eq!(encoded, Ok(()));
        let read = record::decode(
            Tid([0; 6]),
            &record,
            &table,
            &mut decompressor,
            &mut decoded,
        );
        assert_eq!(read, Ok(()));
        assert_eq!(&decoded, event);
    };
    for _ in 0..3 {
        events.iter().for_each(&mut round);
    }
    let ((), cost) = heap(|| {
        for _ in 0..20 {
            events.iter().for_each(&mut round);
        }
    });
    assert_eq!(cost.allocations, 0, "{cost:?}");
}
