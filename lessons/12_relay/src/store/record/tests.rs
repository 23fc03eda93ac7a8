//! Whatever is written comes back, under every dictionary; whatever is damaged is refused.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::store::dictionary::{self, Dictionaries, Dictionary, LEVEL, Samples};

const HEX_VALUE: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

/// Values in memory. With `sparing`, only authors are interned.
#[derive(Default)]
struct Table {
    serials: HashMap<[u8; 32], Serial>,
    values: Vec<[u8; 32]>,
    sparing: bool,
}

impl Values for Table {
    type Error = Infallible;

    fn serial(&mut self, value: &[u8; 32]) -> Result<Serial, Infallible> {
        let next = self.values.len() as Serial;
        let serial = *self.serials.entry(*value).or_insert(next);
        if serial == next {
            self.values.push(*value);
        }
        Ok(serial)
    }

    fn reference(&mut self, value: &[u8; 32], _: Refers) -> Result<Option<Serial>, Infallible> {
        match self.sparing {
            true => self.mention(value),
            false => self.serial(value).map(Some),
        }
    }

    fn mention(&mut self, value: &[u8; 32]) -> Result<Option<Serial>, Infallible> {
        Ok(self.serials.get(value).copied())
    }
}

impl Lookup for Table {
    type Error = Corrupt;

    fn value(&self, serial: Serial) -> Result<[u8; 32], Corrupt> {
        let value = self.values.get(serial as usize);
        value.copied().ok_or(Corrupt::Number)
    }
}

/// Two dictionaries beside the seed: an empty one, and one that was trained.
static TRAINED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut samples = Samples::default();
    for number in 0..2_000_u32 {
        let words = ["rain", "on", "the", "old", "harbour", "again", "tonight"];
        let word = |by: u32| words[(number.wrapping_mul(by) >> 7) as usize % words.len()];
        let text = format!(
            "{} {} the {} of {number} {}",
            word(40_503),
            word(911),
            word(77_773),
            word(5)
        );
        samples.push(text.as_bytes());
    }
    dictionary::train(&samples, 4 << 10).expect("two thousand texts have something in common")
});

struct Codec {
    table: Table,
    compressors: Vec<Compressor>,
    decompressor: Decompressor,
}

impl Codec {
    fn new() -> Self {
        let dictionaries = Dictionaries::new();
        let mut compressors = vec![Compressor::new(Dictionary::seed(LEVEL))];
        for (number, bytes) in [(3, &[][..]), (15, &TRAINED)] {
            dictionaries.add(number, bytes).expect("the number is free");
            let dictionary = Dictionary::new(number, bytes, LEVEL).expect("well-formed");
            compressors.push(Compressor::new(dictionary));
        }
        Self {
            table: Table::default(),
            compressors,
            decompressor: Decompressor::new(Arc::new(dictionaries)),
        }
    }

    fn decode(&mut self, tid: Tid, record: &[u8]) -> Result<Event, Corrupt> {
        let mut event = Event::default();
        // What was in the event before is to go.
        event.push_tag(["stale", "tag"]);
        event.push_content("stale");
        decode(tid, record, &self.table, &mut self.decompressor, &mut event)?;
        assert_eq!(kind(record), Ok(event.kind));
        Ok(event)
    }

    /// Under every dictionary and raw; gives the record under the trained one.
    fn check(&mut self, event: &Event) -> Vec<u8> {
        let tid = tid_of(event);
        let mut record = b"stale".to_vec();
        for place in 0..self.compressors.len() {
            encode(
                event,
                &mut self.table,
                &mut self.compressors[place],
                &mut record,
            )
            .expect("infallible");
            assert_eq!(
                self.decode(tid, &record).as_ref(),
                Ok(event),
                "{record:02x?}"
            );
        }
        let mut raw = Vec::new();
        draft_raw(event, &mut self.compressors[0]);
        let draft = self.compressors[0].drafted();
        number(draft, &mut self.table, &mut raw).expect("infallible");
        assert_eq!(self.decode(tid, &raw).as_ref(), Ok(event), "raw");
        assert_eq!(dictionary_of(&raw), None);
        record
    }
}

fn tid_of(event: &Event) -> Tid {
    let time = u32::try_from(event.created_at).unwrap_or(u32::MAX);
    let [a, b, c, d] = time.to_be_bytes();
    Tid([a, b, c, d, 0, 7])
}

fn event(tags: &[&[&str]], content: &str) -> Event {
    let mut event = Event::default();
    event.pubkey = PublicKey::new([7; 32]);
    event.sig = Signature::new([9; 64]);
    event.created_at = 1_700_000_000;
    event.kind = 1;
    for tag in tags {
        event.push_tag(tag.iter().copied());
    }
    event.push_content(content);
    event.id = event.canonical_id();
    event
}

/// Texts that some rule of the encoding is about, or nearly.
fn odd_text() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "",
        "reply",
        "root",
        "e",
        "p",
        "+",
        "0",
        "00",
        "007",
        "18446744073709551615",
        "18446744073709551616",
        "-1",
        "+5",
        "1:",
        "30023:",
        "\0",
        "a\0b",
        "👩‍👩‍👧 \u{10ffff}",
        "wss://nos.lol",
        "wss://nos.lol/",
        "QUJD",
        "QUJDRA==",
        "?iv=",
    ]);
    prop_oneof![
        4 => fixed.prop_map(str::to_string),
        2 => "[0-9a-f]{64}",
        1 => "[0-9A-F]{64}",
        1 => "[0-9a-fA-F]{64}",
        2 => "[0-9a-f]{1,200}",
        1 => "[0-9]{1,24}",
        2 => "[0-9]{1,5}:[0-9a-f]{64}:[a-z:]{0,8}",
        1 => "[0-9]{1,5}:[0-9a-f]{63,65}(:[a-z]{0,4})?",
        2 => "[a-z ]{0,30}[0-9a-f]{60,70}[^0-9]{0,30}",
        3 => "[a-z ]{0,400}",
        2 => any::<String>(),
    ]
}

fn content() -> impl Strategy<Value = String> {
    let base64 = |bytes: Vec<u8>| STANDARD.encode(bytes);
    prop_oneof![
        4 => odd_text(),
        2 => vec(any::<u8>(), 0..300).prop_map(base64),
        1 => vec(any::<u8>(), 0..300).prop_map(move |bytes| base64(bytes).trim_end_matches('=').to_string()),
        2 => (vec(any::<u8>(), 0..99), vec(any::<u8>(), 0..20)).prop_map(move |(a, b)| base64(a) + IV + &base64(b)),
        // The last character has bits that belong to no byte.
        1 => "[A-Za-z0-9+/]{42}[A-Za-z0-9+/]{0,2}={0,3}",
        1 => (odd_text(), odd_text()).prop_map(|(a, b)| a + IV + &b),
        1 => (odd_text(), 0..2_000_usize).prop_map(|(text, times)| text.repeat(times)),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    let names = prop::sample::select(vec![
        "e", "p", "a", "q", "t", "d", "r", "k", "relay", "-", "alt", "client", "x", "zz", "",
    ]);
    let tag = prop_oneof![
        5 => (names, vec(odd_text(), 0..5)).prop_map(|(name, items)| [vec![name.to_string()], items].concat()),
        1 => vec(odd_text(), 0..12),
    ];
    let time = prop_oneof![
        any::<u32>().prop_map(u64::from),
        any::<u64>(),
        Just(u64::from(u32::MAX) + 1),
        Just(1_700_000_000_123)
    ];
    // Runs of one shape, now and then.
    let tags = vec(
        (tag, prop_oneof![4 => Just(1_usize), 1 => 2..40_usize]),
        0..8,
    );
    (
        any::<u16>(),
        time,
        any::<[u8; 32]>(),
        any::<u8>(),
        tags,
        content(),
    )
        .prop_map(|(kind, created_at, pubkey, sig, tags, content)| {
            let mut event = Event::default();
            event.pubkey = PublicKey::new(pubkey);
            event.sig = Signature::new([sig; 64]);
            event.created_at = created_at;
            event.kind = kind;
            for (tag, times) in &tags {
                for _ in 0..*times {
                    event.push_tag(tag.iter().map(String::as_str));
                }
            }
            event.push_content(&content);
            event.id = event.canonical_id();
            event
        })
}

thread_local! {
    static CODEC: std::cell::RefCell<Codec> = std::cell::RefCell::new(Codec::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, max_shrink_time: 5_000, ..ProptestConfig::default() })]

    #[test]
    fn comes_back(event in events(), sparing: bool) {
        CODEC.with_borrow_mut(|codec| {
            codec.table.sparing = sparing;
            codec.check(&event)
        });
    }

    /// An error or another event; no panic, and no more text than the bytes account for.
    #[test]
    fn damage_is_no_panic(event in events(), damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut: prop::sample::Index) {
        CODEC.with_borrow_mut(|codec| {
            let tid = tid_of(&event);
            let record = codec.check(&event);
            let mut damaged = record.clone();
            for (place, byte) in damage {
                *place.get_mut(&mut damaged) = byte;
            }
            if let Ok(other) = codec.decode(tid, &damaged) {
                assert!(other.text().len() <= 64 * damaged.len() + TEXT_LIMIT);
            }
            let cut = cut.index(record.len());
            assert_ne!(codec.decode(tid, &record[..cut]), Ok(event));
        });
    }

    #[test]
    fn noise_is_no_panic(bytes in vec(any::<u8>(), 0..400)) {
        CODEC.with_borrow_mut(|codec| {
            let _ = codec.decode(Tid([0; 6]), &bytes);
        });
    }
}

/// What zstd may make of a few bytes, with the names of tags whose strings are empty.
const TEXT_LIMIT: usize = 8 << 20;

#[test]
fn every_shape_and_word_comes_back() {
    let mut codec = Codec::new();
    let address = format!("30023:{HEX_VALUE}:on-rain");
    for (place, shape) in SHAPES.iter().enumerate() {
        let text = |item: &Item| match item {
            Item::Value => HEX_VALUE,
            Item::Word => "wss://nos.lol",
            Item::Is(word) => word,
            Item::Number => "42",
            Item::Address => &address,
            Item::Text => "some text",
        };
        let tag: Vec<&str> = std::iter::once(shape.name)
            .chain(shape.items.iter().map(text))
            .collect();
        let event = event(&[&tag, &tag, &tag], "");
        let taken = event.tags().map(|tag| shape_of(&tag, None)).max();
        assert_eq!(
            taken,
            Some(place as u8),
            "{shape:?} comes too late to be taken"
        );
        codec.check(&event);
    }
    for word in words::all() {
        codec.check(&event(&[&[word, word, "zz", word]], word));
    }
    for known in CONTENTS {
        codec.check(&event(&[], known));
    }
}

#[test]
fn sizes_are_what_the_layout_says() {
    let mut codec = Codec::new();
    codec.check(&event(&[], ""));
    // Head, kind, author, end of tags, signature.
    assert_eq!(codec.check(&event(&[], "")).len(), 4 + 64);
    // A reaction: two tags with a byte for the shape and one for the serial.
    let other = HEX_VALUE.replace("79", "80");
    assert_eq!(
        codec
            .check(&event(&[&["e", HEX_VALUE], &["p", &other]], "+"))
            .len(),
        4 + 2 * 2 + 64
    );
    // Many of one shape share its byte and their number.
    let tags: Vec<&[&str]> = vec![&["p", HEX_VALUE, "", "mention"]; 100];
    assert_eq!(codec.check(&event(&tags, "")).len(), 4 + 2 + 100 + 64);
    // Base64 takes three quarters and its length; a value in a text that is known, its serial and a mark.
    assert_eq!(
        codec.check(&event(&[], &STANDARD.encode([1; 99]))).len(),
        4 + 1 + 99 + 64
    );
    assert_eq!(
        codec.check(&event(&[], &format!("<{HEX_VALUE}>"))).len(),
        4 + 1 + 3 + 1 + 64
    );
}

#[test]
fn values_are_interned_once_or_kept() {
    let mut codec = Codec::new();
    let reply = event(
        &[&["e", HEX_VALUE, "", "reply"], &["x", &"ab".repeat(32)]],
        HEX_VALUE,
    );
    codec.check(&reply);
    assert_eq!(
        codec.table.values.len(),
        2,
        "the author and what e refers to"
    );
    let mut codec = Codec::new();
    codec.table.sparing = true;
    codec.check(&reply);
    assert_eq!(codec.table.values.len(), 1, "the author");
}

#[test]
fn large_events_come_back() {
    let mut codec = Codec::new();
    let values: Vec<String> = (0..1_443).map(|number| format!("{number:064x}")).collect();
    let tags: Vec<[&str; 4]> = values
        .iter()
        .map(|value| ["p", value, "wss://nos.lol", "some one"])
        .collect();
    let tags: Vec<&[&str]> = tags.iter().map(|tag| &tag[..]).collect();
    codec.check(&event(&tags, ""));
    codec.check(&event(&[], &"x".repeat(300_000)));
    codec.check(&event(
        &[&["t", "a"]],
        &"It rained on the old harbour. ".repeat(10_000),
    ));
    codec.check(&event(
        &[],
        &(0..60_000)
            .map(|n: u32| n.wrapping_mul(2_654_435_761).to_string())
            .collect::<String>(),
    ));
}

#[test]
fn late_times_are_in_the_record() {
    let mut codec = Codec::new();
    for created_at in [
        u64::from(u32::MAX),
        u64::from(u32::MAX) + 1,
        1_700_000_000_000,
        u64::MAX,
    ] {
        let mut event = event(&[], "late");
        event.created_at = created_at;
        event.id = event.canonical_id();
        codec.check(&event);
    }
}

#[test]
fn errors_name_what_is_wrong() {
    let mut codec = Codec::new();
    let text = "the rain on the old harbour again ".repeat(9);
    let rain = event(&[&["t", "rain"]], &text);
    let record = codec.check(&rain);
    let tid = tid_of(&rain);
    assert_eq!(dictionary_of(&record), Some(15));
    assert_eq!(codec.decode(tid, b""), Err(Corrupt::Truncated));
    assert_eq!(codec.decode(tid, &record[..60]), Err(Corrupt::Truncated));
    let changed = |place: usize, byte: u8| {
        let mut record = record.clone();
        record[place] = byte;
        record
    };
    assert_eq!(
        codec.decode(tid, &changed(0, record[0] & 0xf0 | 5)),
        Err(Corrupt::Dictionary(5))
    );
    assert_eq!(
        codec.decode(tid, &changed(0, record[0] | 0x80)),
        Err(Corrupt::Unknown(record[0] | 0x80))
    );
    // A dictionary that is there, and isn't the one.
    assert_ne!(
        codec.decode(tid, &changed(0, record[0] & 0xf0 | 3)),
        Ok(rain)
    );
    // Head, length, kind, author, then the tag: several of a shape without content.
    let dash = SHAPES
        .iter()
        .position(|shape| shape.name == "-")
        .expect("is a shape") as u8;
    assert_eq!(
        codec.decode(tid, &changed(4, dash | SEVERAL)),
        Err(Corrupt::Unknown(dash | SEVERAL))
    );
    let mut long = codec.check(&event(&[], "+"));
    long.insert(4, 0);
    assert_eq!(codec.decode(tid, &long), Err(Corrupt::Leftover));
}

/// Few bytes that stand for much are refused before room is made for it.
#[test]
fn bombs_are_refused() {
    let mut codec = Codec::new();
    let mut bomb = vec![(Form::Blocks as u8) << FORM, 3, 1, 2, TEXT];
    push_number(&mut bomb, u64::MAX);
    bomb.extend_from_slice(&[0; 80]);
    assert_eq!(codec.decode(Tid([0; 6]), &bomb), Err(Corrupt::Text));
    let mut tags = vec![0, 1, 1];
    tags.extend_from_slice(&[7; 32]);
    tags.push(SEVERAL);
    push_number(&mut tags, u64::MAX);
    tags.extend_from_slice(&[0; 64]);
    assert_eq!(codec.decode(Tid([0; 6]), &tags), Err(Corrupt::Truncated));
}
