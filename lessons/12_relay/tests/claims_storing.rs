//! What the Go material says about what a relay stores and remembers, settled: a test per row of `book/claims.toml`.
//!
//! Sizes of records and compressed texts are the same wherever this crate runs. How tables grow is std's business:
//! those figures are asked for to the byte where [`measured_here`] says so, and elsewhere by their order.

// These are figures of the relay's own parts; a learner's have budgets of their own.
#![cfg(not(feature = "parts"))]

mod one_value;

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::thread;

use interning::eviction::{ClearHalf, Clock, Policy};
use interning::{Serial as FiveBytes, SharedIdCache};
use measuring::{Heap, alone, figures, heap};
use one_value::One;
use relay::cache::{Asked, Events, Queries, Recent};
use relay::event::{Event, EventId, PublicKey};
use relay::filter::Filter;
use relay::generate::Generator;
use relay::store::dictionary::{Dictionaries, Dictionary, LEVEL};
use relay::store::record::{self, Corrupt};
use relay::store::strings::{Compressor, Decompressor};
use relay::store::tables::Tid;
use relay::store::{Store, StoreOptions, Train};

measuring::install!();

/// Whether the committed results were measured with this std, for this target. There are none before the first
/// measurement.
fn measured_here() -> bool {
    let results = include_str!("../../../benches/results/relay.json");
    results.trim() != "{}" && figures::measured_here(results)
}

/// What a case costs.
#[track_caller]
fn cost(case: &str) -> Heap {
    relay::lesson().heap(case)
}

/// What a fact says.
#[track_caller]
fn fact(name: &str) -> String {
    relay::lesson().fact(name)
}

/// The same as a number.
#[track_caller]
fn number(name: &str) -> f64 {
    let digits = fact(name).replace([',', '%', ' '], "");
    digits.parse().expect("the fact is a number")
}

fn encoded(event: &Event) -> Vec<u8> {
    let mut strings = Compressor::new(Dictionary::seed(LEVEL));
    let mut out = Vec::new();
    let Ok(()) = record::encode(event, &mut One::default(), &mut strings, &mut out);
    out
}

/// The event of a record, all of whose values are this one.
fn decoded(record: &[u8], time: u64, value: [u8; 32]) -> Result<Event, Corrupt> {
    let mut strings = Decompressor::new(Arc::new(Dictionaries::new()));
    let (tid, mut event) = (Tid::new(time, 0), Event::default());
    let values = One(Cell::new(value));
    record::decode(tid, record, &values, &mut strings, &mut event)?;
    Ok(event)
}

/// A key that looks like one.
fn key() -> [u8; 32] {
    interning::two_way::id(1)
}

/// An event without tags and content.
fn bare(kind: u16, created_at: u64) -> Event {
    let mut event = Event::default();
    (event.kind, event.created_at) = (kind, created_at);
    event.pubkey = PublicKey::new(key());
    event.id = event.canonical_id();
    event
}

#[test]
fn compact_event_saving() {
    // The sum is right: an id, a key and four references, with a number of five bytes for all but the id.
    assert_eq!((32 + 32 + 4 * 32, 5 + 4 * 5), (192, 25));
    // And a record does with less, kind, shapes of tags and empty content included. The signature isn't counted.
    assert_eq!(fact("four_references_record"), "20");

    let parts = ["signature", "strings", "references", "rest"];
    let sum: f64 = parts
        .map(|part| number(&format!("event_bytes_{part}")))
        .iter()
        .sum();
    assert!((sum - number("event_bytes_record")).abs() < 0.3);
    assert_eq!(fact("event_bytes_signature"), "64.0");
    // Of whole events it is less than half: most of an event is neither id nor key.
    let [references, records, json] = ["of_references", "of_records", "against_json"]
        .map(|what| number(&format!("saving_{what}")));
    assert!(references < 87.0 && records < 50.0 && json < 70.0);
    assert!(references > 30.0 && records > 30.0 && json > 60.0);
}

#[test]
fn five_byte_serials() {
    let five = |number: u64| -> Option<FiveBytes> {
        let [0, 0, 0, serial @ ..] = number.to_be_bytes() else {
            return None;
        };
        Some(serial)
    };
    let cache = SharedIdCache::with_budget(1 << 16).expect("there is room for a pair");
    let numbers = [0, 1, 255, 256, (1 << 32) - 1, 1 << 32, (1 << 40) - 1];
    for (place, number) in numbers.into_iter().enumerate() {
        let serial = five(number).expect("it has forty bits");
        let [a, b, c, d, e] = serial;
        assert_eq!(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]), number);
        let id = [place as u8; 32];
        cache.insert(serial, id);
        assert_eq!(
            (cache.id(serial), cache.serial(&id)),
            (Some(id), Some(serial))
        );
    }
    // They sort as the numbers do, and there are no more of them.
    assert!(numbers.windows(2).all(|pair| five(pair[0]) < five(pair[1])));
    assert_eq!((five(1 << 40), five(u64::MAX)), (None, None));

    // Records hold shorter ones, of variable length, and none where a value is referred to for the first time.
    assert!(number("bytes_per_number") < 3.0);
    assert_eq!(fact("break_even_of_tables"), "2");
    assert!(number("values_referred_to_once") > 50.0);
    assert!(number("references_kept") > 25.0);
}

#[test]
fn varint_for_small_integers() {
    // Kinds: a byte for each seven bits.
    let length = |kind| encoded(&bare(kind, 1)).len();
    let least = length(0);
    for (kind, more) in [(127, 0), (128, 1), (16_383, 1), (16_384, 2), (u16::MAX, 2)] {
        assert_eq!(length(kind) - least, more, "{kind}");
    }
    // Times of 32 bits are in the key, four bytes each. A record holds later ones.
    let late = |time| encoded(&bare(0, time)).len() - least;
    assert_eq!((late(0), late(u64::from(u32::MAX))), (0, 0));
    assert_eq!((late(1 << 32), late(1 << 35), late(u64::MAX)), (5, 6, 10));
    let event = bare(1, u64::MAX);
    let mut record = encoded(&event);
    assert_eq!(decoded(&record, u64::MAX, key()), Ok(event.clone()));
    // The tenth byte has room for one bit. More is no number.
    assert_eq!(
        record[1..11],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]
    );
    record[10] = 3;
    assert_eq!(decoded(&record, u64::MAX, key()), Err(Corrupt::Number));
    // A longer form of the same number is read: records aren't hashed, so it does no harm.
    let mut record = encoded(&bare(1, 1));
    assert_eq!(record[1], 1);
    record.splice(1..2, [0x81, 0]);
    assert_eq!(decoded(&record, 1, key()), Ok(bare(1, 1)));

    // Times of today are the ones that lose: five bytes, or one as a step from the event before.
    let means = ["time", "step", "kind", "tags"].map(|what| fact(&format!("varint_bytes_{what}")));
    assert_eq!(means, ["5.0", "1.0", "1.1", "1.0"]);
}

#[test]
fn tag_type_flags() {
    let value = PublicKey::new(key()).to_string();
    let with = |item: &str| {
        let mut event = bare(1, 1);
        event.push_tag(["e", item]);
        event.push_tag(["unheard", "of", item, "42"]);
        event.id = event.canonical_id();
        event
    };
    // Only what comes back as it was becomes bytes: or the id would be another's.
    let canonical = encoded(&with(&value)).len();
    for other in [
        &value.to_uppercase(),
        &value[1..],
        &format!("{value}a"),
        "",
        "42",
    ] {
        let event = with(other);
        let record = encoded(&event);
        assert_eq!(decoded(&record, 1, key()), Ok(event));
        assert!(other.len() < 60 || record.len() > canonical, "{other}");
    }
    let event = with(&value);
    assert_eq!(decoded(&encoded(&event), 1, key()), Ok(event));

    // Neither way to tell takes an allocation. A byte for each item is more than a byte for each tag's shape takes, kinds,
    // lengths and counts included.
    assert_eq!(cost("tag_items/by_form/200").allocations, 0);
    assert_eq!(cost("tag_items/by_flag/200").allocations, 0);
    assert!(number("shape_bytes") < number("flag_bytes"));
}

#[test]
fn separate_id_index() {
    let event = Generator::new(2).next().expect("it has no end");
    let record = encoded(&event);
    let id = event.id.as_bytes();
    assert!(!record.windows(32).any(|bytes| bytes == id));
    // It is there again when the record is read, and no table was asked.
    let again = decoded(&record, event.created_at, *event.pubkey.as_bytes());
    assert_eq!(again.map(|event| event.id), Ok(event.id));
    // The table would take its 37 bytes for each event, and pages. An index by id is needed besides.
    assert!(number("bytes_per_id") > 37.0);
    assert!(number("bytes_per_id_key") > 10.0 && number("bytes_per_id_key") < 20.0);
    assert_eq!(cost("ids/looked_up/200"), cost("ids/computed/200"));
}

#[test]
fn smaller_records_cut_io() {
    for what in ["pages", "written", "read"] {
        let [by_id, json, binary, records] = ["json_by_id", "json", "binary", "records"]
            .map(|form| number(&format!("engine_{what}_{form}")));
        assert!(by_id > json && json > binary && binary > records, "{what}");
        assert!(json > 2.0 * records, "{what}");
    }
    // A whole database, indexes included, has less in its pages than the events' JSON alone.
    let folder = tempfile::tempdir().expect("there is a place for files");
    let options = StoreOptions {
        train: Train::Never,
        ..StoreOptions::default()
    };
    let store = Store::open(folder.path(), options).expect("it is new");
    let mut batch = store.begin().expect("it is open");
    for event in Generator::new(1).take(1_000) {
        batch.put(&event, 0).expect("it is stored");
    }
    batch.commit().expect("it is written");
    let stats = store.stats().expect("it is read");
    let pages = |table: &relay::upkeep::TableStats| {
        table.stored_bytes + table.metadata_bytes + table.fragmented_bytes
    };
    let all: u64 = stats.tables.iter().map(pages).sum();
    assert!(
        all < stats.json_bytes * 2 / 3,
        "{all} of {}",
        stats.json_bytes
    );
}

#[test]
fn two_way_serial_cache() {
    // Both directions, each pair once, and all of it within what it says.
    let (cache, cost) = heap(|| SharedIdCache::with_budget(1 << 20).expect("there is room"));
    assert_eq!(cost.live, cache.heap_bytes() as i64);
    let (_, filled) = heap(|| {
        for number in 0..20_000u32 {
            let [a, b, c, d] = number.to_be_bytes();
            let mut id = [7; 32];
            id[..4].copy_from_slice(&number.to_le_bytes());
            cache.insert([0, a, b, c, d], id);
            assert_eq!(cache.serial(&id), Some([0, a, b, c, d]));
            assert_eq!(cache.id([0, a, b, c, d]), Some(id));
        }
    });
    assert_eq!(
        filled.allocations, 0,
        "all memory was taken at the beginning"
    );
    footprints_in_order("100000");
}

/// The four layouts, and how much more each takes than the ids alone.
fn footprints_in_order(pairs: &str) -> [f64; 4] {
    let ids = 32.0 * pairs.parse::<f64>().expect("it is a number");
    let layouts = ["dense", "budgeted", "two_maps", "boxed"];
    let bytes = layouts.map(|layout| number(&format!("cache_{pairs}_{layout}")));
    assert!(bytes.is_sorted(), "{bytes:?}");
    bytes.map(|bytes| bytes / ids)
}

#[test]
fn pubkey_cache_footprint() {
    let [dense, budgeted, two_maps, boxed] = footprints_in_order("100000");
    assert!(dense > 1.1 && budgeted > 1.5 && two_maps > 3.0 && boxed > 4.0);
    if measured_here() {
        assert_eq!(fact("cache_100000_two_maps"), "9,961,504");
        assert_eq!(fact("cache_100000_boxed"), "16,050,784");
    }
}

#[test]
fn event_id_cache_footprint() {
    let [dense, budgeted, two_maps, boxed] = footprints_in_order("500000");
    assert!(dense > 1.1 && budgeted > 1.5 && two_maps > 4.0 && boxed > 5.0);
    if measured_here() {
        assert_eq!(fact("cache_500000_two_maps"), "79,691,808");
        assert_eq!(fact("cache_500000_boxed"), "106,206,048");
    }
}

#[test]
fn serial_cache_total() {
    for layout in ["dense", "budgeted", "two_maps", "boxed"] {
        let [small, large, both] =
            ["100000", "500000", "both"].map(|size| number(&format!("cache_{size}_{layout}")));
        assert_eq!(small + large, both);
        // The claim's nineteen to twenty million are not enough for any of them.
        assert!(both > 20e6, "{layout}: {both}");
    }
    assert!(number("cache_both_two_maps") > 4.0 * 20e6);
}

#[test]
fn per_direction_locks() {
    // Two locks: whoever inserts is between them while others read. Here it waits for the second.
    let ids = RwLock::new(HashMap::new());
    let serials = RwLock::new(HashMap::new());
    thread::scope(|scope| {
        let reading = serials.read().expect("nobody panics");
        scope.spawn(|| {
            ids.write().expect("nobody panics").insert(7, "id");
            serials.write().expect("nobody panics").insert("id", 7);
        });
        while !ids.read().expect("nobody panics").contains_key(&7) {
            thread::yield_now();
        }
        assert!(
            !reading.contains_key("id"),
            "a pair is known from one side only"
        );
    });
    assert_eq!(serials.read().expect("nobody panics")["id"], 7);

    // One lock for both, as in the relay's cache: a pair that is known from one side is known from the other.
    let cache = SharedIdCache::with_budget(1 << 16).expect("there is room");
    let (serial, id) = ([0, 0, 0, 0, 7], [7; 32]);
    thread::scope(|scope| {
        scope.spawn(|| cache.insert(serial, id));
        while cache.serial(&id).is_none() {
            thread::yield_now();
        }
        assert_eq!(cache.id(serial), Some(id));
    });
    alone("per_direction_locks", || {
        // What both take are the threads.
        for step in ["lock_each", "lock_both"] {
            assert!(cost(&format!("directions/{step}/4")).allocations < 30);
        }
    });
}

#[test]
fn configurable_cache_limits() {
    let events: Vec<Event> = Generator::new(5).take(2_000).collect();
    let rows = events.iter().enumerate().map(|(place, event)| {
        let mut json = Vec::new();
        event.write_json(&mut json);
        (Tid::new(place as u64, 0), event, json)
    });
    let rows: Vec<_> = rows.collect();
    for budget in [64 << 10, 256 << 10, 1 << 20] {
        let (_, values) = heap(|| SharedIdCache::with_budget(budget).map(drop));
        let (_recent, recent) = heap(|| {
            let recent = Recent::with_budget(budget);
            rows.iter()
                .for_each(|(place, event, _)| recent.insert(&event.id, *place));
            recent
        });
        let (_texts, texts) = heap(|| {
            let texts = Events::with_budget(budget);
            for (place, event, json) in &rows {
                texts.insert(*place, 0, event, json);
            }
            texts
        });
        let (_answers, answers) = heap(|| {
            let answers = Queries::with_budget(budget, 0);
            for (number, (place, _, json)) in rows.iter().enumerate() {
                let filters: Arc<[Filter]> = Arc::new([Filter {
                    since: Some(number as u64),
                    ..Filter::default()
                }]);
                answers.find(&filters, 0, 0);
                if let Asked::Again = answers.find(&filters, 0, 0) {
                    let mut recording = answers.record(&filters, 0);
                    recording.push(*place, u64::MAX, json);
                    recording.finish();
                    answers.find(&filters, 0, 0);
                }
            }
            answers
        });
        // Locks, shards and counters are the caches' own, besides what is in them.
        let most = budget as i64 + 2_048;
        assert!(values.peak as usize <= budget);
        for cost in [recent, texts, answers] {
            assert!(cost.live <= most, "{cost:?} of {budget}");
            assert!(cost.live > budget as i64 / 3, "{cost:?} of {budget}");
        }
    }
    // As many entries can be this far apart.
    assert!(number("limit_100_long_events") > 10.0 * number("limit_100_short_events"));
}

#[test]
fn defensive_cache_copies() {
    assert_eq!(cost("cache_reads/cloned/1000").allocations, 1_000);
    assert_eq!(cost("cache_reads/copied/1000").allocations, 0);
    // What a caller gets is its own, and what it does to it stays with it.
    let cache = SharedIdCache::with_budget(1 << 16).expect("there is room");
    let serial = [0, 0, 0, 0, 7];
    cache.insert(serial, [7; 32]);
    let (mut mine, cost) = heap(|| cache.id(serial));
    if let Some(mine) = &mut mine {
        mine.fill(0);
    }
    assert_eq!((cache.id(serial), cost.allocations), (Some([7; 32]), 0));
}

#[test]
fn clear_half_eviction() {
    fn left<P: Policy>() -> usize {
        let mut cache = P::with_room(1_000);
        (0..1_001).for_each(|key| cache.insert(key, [7; 32]));
        (0..1_001).filter(|key| cache.get(*key).is_some()).count()
    }
    // The one entry too many costs five hundred, among them what was asked for a moment ago.
    assert_eq!((left::<ClearHalf>(), left::<Clock>()), (501, 1_000));
    // The map keeps its buckets, so no memory comes back.
    assert_eq!(fact("cleared_half_before"), fact("cleared_half_after"));
    let rate = |policy: &str| number(&format!("forgetting_hits_{policy}"));
    for other in [
        "ring",
        "generations",
        "lru",
        "clock",
        "sieve",
        "quick_cache",
    ] {
        assert!(rate("clear_half") < rate(other), "{other}");
    }
    let cost = cost("forgetting/clear_half/1000");
    assert_eq!((cost.allocations, cost.live), (1, 0));
}

#[test]
fn ring_or_generational_eviction() {
    let rate = |policy: &str| number(&format!("forgetting_hits_{policy}"));
    for proposed in ["ring", "generations"] {
        assert!(rate("clear_half") < rate(proposed), "{proposed}");
        // A flag for each entry does better than either.
        assert!(rate(proposed) < rate("clock"), "{proposed}");
    }
    assert!(rate("clock") < rate("best"));
    // And in no more room.
    let live = |policy: &str| number(&format!("forgetting_live_{policy}"));
    assert!(live("clock") < live("ring") && live("ring") < live("generations"));
    assert_eq!(
        cost("forgetting/generations/1000").allocations,
        2,
        "one map each"
    );
}

#[test]
fn zstd_level_nine() {
    assert_eq!(zstd::compression_level_range().max(), Some(22));
    let sizes = |what: &str| [1, 3, 9, 19].map(|level| number(&format!("zstd_{what}_{level}")));
    // A JSON answer: level 9 gives more bytes than level 3. Level 19 gives the fewest, everywhere.
    let [_, third, ninth, nineteenth] = sizes("answer");
    assert!(third < ninth && nineteenth < third);
    for what in ["single", "answer", "strings", "seed", "dictionary"] {
        let [first, third, ninth, nineteenth] = sizes(what);
        assert!(nineteenth < first.min(third).min(ninth), "{what}");
        assert!(
            ninth > 0.94 * first.min(third),
            "{what}: level 9 saves six percent at most"
        );
    }
    // A dictionary saves more than any level, on texts as short as an event's.
    assert!(sizes("dictionary")[0] < sizes("strings")[3]);
    assert!(sizes("seed")[0] < sizes("strings")[3]);
    let contexts = sizes("context");
    assert!(contexts.is_sorted() && contexts[3] > 3.0 * contexts[1]);
}

#[test]
fn codec_objects_reused() {
    // The C library allocates contexts, and the meter doesn't see them: both ways cost the same in its figures.
    let [anew, kept] = ["made_anew", "kept"].map(|step| cost(&format!("contexts/{step}/100")));
    assert_eq!(anew, kept);
    assert!(number("zstd_context_3") > 500_000.0 && number("zstd_decoder") > 90_000.0);
    // The relay's codec keeps its contexts and buffers: after the first events it takes no allocation.
    let (mut table, mut out) = (One::default(), Vec::new());
    let mut strings = Compressor::new(Dictionary::seed(LEVEL));
    let events: Vec<Event> = Generator::new(3).take(200).collect();
    let mut encode = || {
        for event in &events {
            let Ok(()) = record::encode(event, &mut table, &mut strings, &mut out);
        }
    };
    encode();
    let ((), cost) = heap(encode);
    assert_eq!(cost.allocations, 0);
    assert!(strings.room() > 100_000, "what it keeps for that");
}

#[test]
fn hot_path_is_serialisation() {
    // Of allocations there is nothing left to save: what all of it takes for a hundred events are buffers that grow.
    for piece in ["hash", "verify"] {
        assert_eq!(cost(&format!("way/{piece}/100")).allocations, 0, "{piece}");
    }
    for piece in ["parse", "record", "json"] {
        assert!(
            cost(&format!("way/{piece}/100")).allocations < 50,
            "{piece}"
        );
    }
    // A buffer that has grown takes none for the next event.
    let events: Vec<Event> = Generator::new(1).take(100).collect();
    let mut json = Vec::new();
    let mut write = || {
        for event in &events {
            json.clear();
            event.write_json(&mut json);
        }
    };
    write();
    assert_eq!(heap(write).1.allocations, 0);
    // The id is hashed as it is written, and never held.
    let (ids, hashed) = heap(|| events.iter().all(|event| event.canonical_id() == event.id));
    assert!(ids);
    assert_eq!(hashed.allocations, 0);
    assert_ne!(events[0].id, EventId::ZERO);
}
