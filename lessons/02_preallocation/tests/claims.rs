//! What the Go material says about preallocation, settled: a test per row of `book/claims.toml`.
//!
//! Each test asks two things. The *order* of costs holds wherever Rust runs, and is asked for everywhere. The exact
//! figures belong to one std and one target, because how a collection grows is no promise; [`measured_here`] says
//! whether this machine is of the kind that the committed results come from.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::panic::catch_unwind;

use measuring::figures;
use measuring::{Heap, heap};
use preallocation::map_filling::Map;
use preallocation::{Serial, decoding, joining};

measuring::install!();

/// Whether the committed results were measured with this std, for this target.
fn measured_here() -> bool {
    figures::measured_here(include_str!("../../../benches/results/preallocation.json"))
}

/// What a case costs.
#[track_caller]
fn cost(case: &str) -> Heap {
    preallocation::lesson().heap(case)
}

/// The capacities that a vector has while it is filled with so many elements.
fn capacities<T: Copy>(element: T, count: usize) -> Vec<usize> {
    let mut grown = Vec::new();
    let mut capacities = Vec::new();
    for _ in 0..count {
        grown.push(element);
        capacities.push(grown.capacity());
    }
    capacities.dedup();
    capacities
}

#[test]
fn reserve_known_length() {
    for (input, count) in [("10", 10), ("1024", 1_024), ("100000", 100_000)] {
        let push = cost(&format!("vec_growth/push/{input}"));
        let reserved = cost(&format!("vec_growth/with_capacity/{input}"));
        let collected = cost(&format!("vec_growth/collect/{input}"));
        assert!(push.allocations > 1);
        assert_eq!((reserved.allocations, reserved.bytes), (1, 8 * count));
        assert_eq!(collected, reserved, "an exact iterator reserves by itself");
    }
    let (_, extended) = heap(|| {
        let mut numbers = Vec::new();
        numbers.extend(0..1_024u64);
        numbers
    });
    assert_eq!((extended.allocations, extended.bytes), (1, 8_192));
}

#[test]
fn list_growth_benchmark() {
    let push = cost("vec_growth/push/1024");
    let reserved = cost("vec_growth/with_capacity/1024");
    assert_eq!((reserved.allocations, reserved.bytes), (1, 8_192));
    assert!(push.allocations > 1 && push.bytes > reserved.bytes);
    if measured_here() {
        assert_eq!((push.allocations, push.bytes), (9, 16_352));
        // A filter can't say how many it lets through.
        let (_, filtered) = heap(|| (0..1_000u64).filter(|it| it % 2 == 0).collect::<Vec<_>>());
        assert_eq!(filtered.allocations, 8);
    }
}

#[test]
fn direct_index_over_append() {
    // The heap can't tell them apart: whatever one wins over the other is the capacity check in `push`.
    for input in ["10", "1024", "100000"] {
        let indexed = cost(&format!("vec_growth/indexed/{input}"));
        assert_eq!(indexed, cost(&format!("vec_growth/with_capacity/{input}")));
    }
}

#[test]
fn append_three_to_five_reallocs() {
    let (_, reserved) = heap(|| {
        let mut records = Vec::with_capacity(32);
        records.resize(32, [0u8; 128]);
        records
    });
    assert_eq!((reserved.allocations, reserved.bytes), (1, 4_096));
    assert!(capacities([0u8; 128], 32).len() > 1);
    if measured_here() {
        let ladder = [512, 1_024, 2_048, 4_096];
        assert_eq!(capacities([0u8; 128], 32), ladder.map(|bytes| bytes / 128));
        // Smaller elements climb the same ladder, from further down.
        let bytes = capacities(0u8, 4_096);
        assert_eq!(bytes.len(), 10);
        assert_eq!(bytes[6..], ladder);
    }
}

#[test]
fn growth_doubles_then_quarter() {
    let capacities = capacities(0u64, 1_000_000);
    assert!(
        capacities.len() < 200,
        "growth is a factor, so that `push` costs O(1) on average"
    );
    if measured_here() {
        assert!(capacities.windows(2).all(|pair| pair[1] == 2 * pair[0]));
        assert_eq!(capacities.last(), Some(&(1 << 20)));
    }
}

#[test]
fn length_versus_capacity() {
    let (reserved, cost) = heap(|| Vec::<u64>::with_capacity(100));
    assert_eq!((reserved.len(), cost.bytes), (0, 800));
    assert!(reserved.capacity() >= 100);
    assert_eq!(reserved.first(), None);
    assert!(catch_unwind(|| reserved[black_box(0)]).is_err());

    let (filled, cost) = heap(|| vec![0u64; 100]);
    assert_eq!((filled.len(), cost.bytes), (100, 800));
    assert_eq!(size_of_val(&reserved), 3 * size_of::<usize>());
}

/// Gathers 137 serials from each of ten indexes, into room for an estimate.
fn gathered(per_index: usize) -> Heap {
    let gather = || {
        let mut serials = Vec::with_capacity(10 * per_index);
        serials.extend((0..10 * 137).filter_map(Serial::new));
        serials
    };
    heap(gather).1
}

#[test]
fn capacity_from_estimate() {
    let [none, low, right, high] = [0, 100, 137, 1_000].map(gathered);
    assert!(none.allocations > low.allocations && low.allocations > right.allocations);
    assert_eq!((right.allocations, high.allocations), (1, 1));
    assert_eq!((right.live, high.live), (6_850, 50_000));
    assert!(
        none.peak < high.peak && low.peak < high.peak,
        "a bad guess takes more room than growing does"
    );
    let grown = cost("filtering/filter_collect/one_in_hundred");
    let bound = cost("filtering/upper_bound/one_in_hundred");
    assert!(bound.allocations < grown.allocations && bound.live > 50 * grown.live);
}

#[test]
fn reserve_tags_from_decoded_count() {
    let honest = |step| cost(&format!("decoding/{step}/honest"));
    assert!(honest("push").allocations > 1);
    assert_eq!(honest("trusted").allocations, 1);
    assert_eq!(honest("capped"), honest("trusted"));

    let record = decoding::Record::hostile().0.len() as u64;
    let tag = size_of::<std::ops::Range<usize>>() as u64;
    let hostile = |step| cost(&format!("decoding/{step}/hostile"));
    assert_eq!(hostile("trusted").peak, 1_000_000 * tag);
    assert!(hostile("capped").peak < record * tag);
    assert!(hostile("push").peak < hostile("capped").peak);

    let mut tags: Vec<u64> = Vec::new();
    assert!(
        tags.try_reserve(usize::MAX).is_err(),
        "an error where `reserve` panics"
    );
}

#[test]
fn set_operations_lack_capacity() {
    for case in [
        "union/STEP/20",
        "intersection/STEP/dense",
        "intersection/STEP/sparse",
        "difference/STEP/one_in_twenty",
    ] {
        let fresh = cost(&case.replace("STEP", "fresh"));
        let reserved = cost(&case.replace("STEP", "with_capacity"));
        assert!(reserved.allocations < fresh.allocations, "{case}");
    }
    let sparse = |step| cost(&format!("intersection/{step}/sparse"));
    assert!(
        sparse("with_capacity").peak > sparse("fresh").peak,
        "the shorter list is a bad guess for what two lists share"
    );
    assert!(sparse("with_capacity").bytes > sparse("fresh").bytes);
    // In place there is nothing to reserve, and nothing is given back either.
    assert_eq!(sparse("retain").allocations, 1);
    assert!(sparse("retain").live > 100 * sparse("fresh").live);
    assert_eq!(cost("union/reused/20").allocations, 2);
}

/// What a query finds in ten thousand notes: fewer than its limit of 500.
fn matches() -> impl Iterator<Item = Serial> {
    let numbers = (0..10_000).filter(|number| number % 100 == 0);
    numbers.filter_map(Serial::new).take(500)
}

#[test]
fn accumulate_query_results_with_capacity() {
    let (_, collected) = heap(|| matches().collect::<Vec<_>>());
    let (_, reserved) = heap(|| {
        let mut results = Vec::with_capacity(500);
        results.extend(matches());
        results
    });
    let (streamed, cost) = heap(|| matches().map(black_box).count());
    assert!(collected.allocations > 1);
    assert_eq!((reserved.allocations, reserved.live), (1, 2_500));
    assert!(reserved.live > collected.live, "the limit was not reached");
    assert_eq!((streamed, cost.allocations), (100, 0));
}

#[test]
fn presize_maps() {
    for (input, count) in [("1000", 1_000), ("100000", 100_000)] {
        let grown = cost(&format!("map_filling/insert/{input}"));
        let presized = cost(&format!("map_filling/with_capacity/{input}"));
        assert!(grown.allocations > presized.allocations);
        assert_eq!(presized.allocations, 1);
        // Old and new table exist side by side while the entries move.
        assert!(grown.peak > presized.peak);
        let (_, collected) = heap(|| (0..count).map(|key| (key, key)).collect::<Map>());
        assert_eq!(collected, presized, "an exact iterator presizes by itself");
    }
    let (_, tree) = heap(|| {
        (0..1_000)
            .map(|key| (key, key))
            .collect::<BTreeMap<u64, u64>>()
    });
    assert!(
        tree.allocations > 50,
        "a tree has an allocation per node and no capacity"
    );
}

#[test]
fn map_load_factor_and_overhead() {
    let table =
        |entries: usize| heap(|| Map::with_capacity_and_hasher(entries, Default::default()));
    for entries in 1..2_000 {
        let (map, cost) = table(entries);
        assert!(map.capacity() >= entries);
        assert!(cost.bytes > 16 * entries as u64);
        if measured_here() && entries >= 15 {
            let buckets = (entries * 8).div_ceil(7).next_power_of_two() as u64;
            assert_eq!(cost.bytes, buckets * (16 + 1) + 16);
            assert_eq!(map.capacity() as u64, buckets / 8 * 7);
        }
    }
    let (mut map, _) = table(896);
    let room = map.capacity();
    map.extend((0..896).map(|key| (key, key)));
    map.clear();
    assert_eq!(map.capacity(), room, "cleared, not given back");
    map.shrink_to_fit();
    assert_eq!(map.capacity(), 0);
}

#[test]
fn quadratic_string_append() {
    let bytes = |append: fn(&joining::Tags) -> String, tags| {
        let tags = joining::Tags::sample(tags);
        heap(|| append(&tags)).1.bytes as f64
    };
    let growth = |append| bytes(append, 4_000) / bytes(append, 1_000);
    assert!(growth(joining::format) > 12.0, "quadratic: 4 x 4");
    assert!(
        growth(joining::plus) < 8.0,
        "linear: 4, give or take a doubling"
    );
    assert!(growth(joining::push_str) < 8.0);

    let (_, appended) = heap(|| {
        let mut text = String::new();
        for _ in 0..1_000 {
            text += black_box("x");
        }
        text
    });
    assert!(appended.bytes < 4_000);
    if measured_here() {
        assert_eq!((appended.allocations, appended.bytes), (8, 2_040));
    }
}

#[test]
fn string_concat_benchmark() {
    let anew = cost("joining/format/1000");
    let plus = cost("joining/plus/1000");
    let sized = cost("joining/sized/1000");
    assert!(anew.allocations >= 1_000);
    assert!(anew.bytes > 100 * plus.bytes);
    assert!(plus.allocations > 1 && plus.allocations < 50);
    assert_eq!(
        plus,
        cost("joining/push_str/1000"),
        "one String, by three names"
    );
    assert_eq!(
        (sized.allocations, sized.peak, sized.live as u64),
        (1, sized.bytes, sized.bytes)
    );
}

#[test]
fn join_beats_builder() {
    let joined = cost("joining/join/1000");
    assert_eq!(joined.allocations, 1);
    assert_eq!(joined, cost("joining/sized/1000"));
    let text = joining::join(&joining::Tags::sample(1_000));
    assert_eq!(joined.bytes, text.len() as u64, "no room to spare");
}

#[test]
fn two_pass_size_then_build() {
    assert_eq!(cost("joining/sized/1000").allocations, 1);
    let text = joining::sized(&joining::Tags::sample(1_000));
    assert_eq!(text.capacity(), text.len());

    let append = |room| {
        let fill = || {
            let mut copy = String::with_capacity(room);
            text.split_inclusive(' ')
                .for_each(|word| copy.push_str(word));
            copy
        };
        heap(fill).1
    };
    assert_eq!(append(text.len()).allocations, 1);
    let short = append(text.len() - 1);
    assert_eq!(short.allocations, 2, "a byte too few costs a reallocation");
    assert!(short.live > text.len() as i64);
}

#[test]
fn builder_for_concatenation() {
    let append = cost("formatting/append/1000");
    let write = cost("formatting/write/1000");
    assert!(append.allocations >= 1_000 + write.allocations - 1);
    assert!(write.allocations < 50);
    assert_eq!(cost("formatting/write_sized/1000").allocations, 1);
    // What is built is the String itself: taking it out copies nothing.
    let (_, taken) = heap(|| String::from("built").into_bytes());
    assert_eq!(taken.allocations, 1);
}

#[test]
fn reuse_buffer_across_iterations() {
    let fresh = cost("encoding/fresh/1000");
    let reused = cost("encoding/reused/1000");
    assert!(fresh.allocations >= 1_000 && reused.allocations < 20);
    assert!(
        cost("encoding/copied/1000").allocations > 1_000,
        "a copy is an allocation again"
    );
    assert!(cost("reading_lines/lines/1000").allocations >= 1_000);
    assert!(cost("reading_lines/read_line/1000").allocations < 10);

    let mut buffer = Vec::with_capacity(4_096);
    let (_, steady) = heap(|| {
        for size in 1..4_096 {
            buffer.clear();
            buffer.resize(size, 0u8);
        }
    });
    assert_eq!(steady.allocations, 0);
    assert_eq!(buffer.capacity(), 4_096);
}

#[test]
fn per_iteration_read_buffer() {
    let step = |step| cost(&format!("reading_bytes/{step}/100")).allocations;
    assert_eq!(
        step("in_the_loop"),
        101,
        "a hundred reads, and the one that finds the end"
    );
    assert_eq!(step("hoisted"), 1);
    assert_eq!(step("on_the_stack"), 0);

    // A short read leaves the tail of the one before it.
    let mut buffer = [0; 4];
    let mut file = &b"abcdef"[..];
    std::io::Read::read(&mut file, &mut buffer).expect("a slice can be read");
    let count = std::io::Read::read(&mut file, &mut buffer).expect("a slice can be read");
    assert_eq!((&buffer[..count], &buffer[..]), (&b"ef"[..], &b"efcd"[..]));
}

#[test]
fn string_internals() {
    let mut text = String::with_capacity(32);
    text.push_str("hello");
    let allocations = |work: &mut dyn FnMut()| heap(work).1.allocations;
    assert_eq!(
        allocations(&mut || text.push_str(", heap")),
        0,
        "room to spare"
    );
    assert_eq!(allocations(&mut || text.make_ascii_uppercase()), 0);
    let view = &mut || {
        black_box(text.as_bytes());
    };
    assert_eq!(allocations(view), 0);
    assert_eq!(
        allocations(&mut || drop(black_box(text.as_str().to_owned()))),
        1
    );

    let (bytes, moved) = heap(|| text.into_bytes());
    assert_eq!(moved.allocations, 0, "the same allocation, by another type");
    let (text, checked) = heap(|| String::from_utf8(bytes).expect("it was text before"));
    assert_eq!(checked.allocations, 0);
    let (frozen, shrunk) = heap(|| text.into_boxed_str());
    assert_eq!(shrunk.allocations, 1, "the room to spare is given back");
    let (thawed, kept) = heap(|| frozen.into_string());
    assert_eq!(kept.allocations, 0);
    assert_eq!(
        (heap(|| thawed.into_boxed_str()).1).allocations,
        0,
        "nothing to spare"
    );

    let word = size_of::<usize>();
    assert_eq!(
        (
            size_of::<String>(),
            size_of::<&str>(),
            size_of::<Box<str>>()
        ),
        (3 * word, 2 * word, 2 * word)
    );
}

#[test]
fn question_how_does_capacity_grow() {
    if measured_here() {
        assert_eq!(capacities(0u8, 9), [8, 16]);
        assert_eq!(capacities(0u64, 9), [4, 8, 16]);
        assert_eq!(capacities([0u8; 1_024], 5), [4, 8]);
        assert_eq!(capacities([0u8; 1_025], 5), [1, 2, 4, 8]);
    }
    assert_eq!(
        Vec::<()>::new().capacity(),
        usize::MAX,
        "nothing takes no room"
    );

    let mut exact: Vec<u64> = Vec::new();
    exact.reserve_exact(5);
    assert_eq!(exact.capacity(), 5);
    exact.extend([1, 2]);
    let ((), shrunk) = heap(|| exact.shrink_to_fit());
    assert_eq!(
        (exact.capacity(), shrunk.allocations),
        (2, 1),
        "shrinking reallocates"
    );
}

#[test]
fn question_when_to_preallocate() {
    let (_, empty) = heap(Vec::<u64>::new);
    assert_eq!(empty.allocations, 0, "nothing costs nothing");
    let (_, in_case) = heap(|| Vec::<u64>::with_capacity(1_000));
    assert_eq!((in_case.allocations, in_case.live), (1, 8_000));

    assert_eq!((0..10).map(|it| it * it).size_hint(), (10, Some(10)));
    assert_eq!((0..10).filter(|it| it % 2 == 0).size_hint(), (0, Some(10)));

    let each = cost("gathering/reserve_exact/250");
    let grown = cost("gathering/extend/250");
    assert_eq!(each.allocations, 250);
    assert!(
        each.bytes > 10 * grown.bytes,
        "an exact reservation per chunk is worse than none"
    );
    assert_eq!(cost("gathering/total/250").allocations, 1);
}

#[test]
fn question_append_versus_reserve_cost() {
    for (input, count) in [("10", 10u64), ("1024", 1_024), ("100000", 100_000)] {
        let push = cost(&format!("vec_growth/push/{input}"));
        let reserved = cost(&format!("vec_growth/with_capacity/{input}"));
        assert!(push.allocations > reserved.allocations && push.bytes > reserved.bytes);
        if measured_here() {
            let room = count.next_power_of_two();
            assert_eq!(push.live as u64, 8 * room);
            assert_eq!(push.allocations, u64::from((room / 4).ilog2()) + 1);
            assert_eq!(push.bytes, 8 * (2 * room - 4), "4 + 8 + ... + room");
        }
    }
}
