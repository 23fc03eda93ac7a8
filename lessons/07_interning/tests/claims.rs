//! What the Go material says about interning, settled: a test per row of `book/claims.toml`.
//!
//! Each test asks two things. The *order* of costs holds wherever Rust runs, and is asked for everywhere. The exact
//! figures belong to one std and one target, because how a table grows is no promise; [`measured_here`] says whether
//! this machine is of the kind that the committed results come from.

use std::hint::black_box;
use std::thread;

use interning::repeated::{self, Kept, Names};
use interning::static_names::{Events, Letter, NAMED_KINDS, kind_name, map};
use interning::{Full, Interner, Limits, SharedInterner};
use measuring::figures;
use measuring::{Budget, Heap, alone, heap};

measuring::install!();

/// Whether the committed results were measured with this std, for this target.
fn measured_here() -> bool {
    figures::measured_here(include_str!("../../../benches/results/interning.json"))
}

/// What a case costs.
#[track_caller]
fn cost(case: &str) -> Heap {
    interning::lesson().heap(case)
}

#[test]
fn intern_repeated_strings() {
    let step = |step| cost(&format!("repeated/{step}/hosts"));
    let [string, arc, symbol] = ["string", "arc", "symbol"].map(step);
    assert_eq!(
        string.allocations, 100_001,
        "an allocation for each, and the list"
    );
    assert!(arc.allocations < 150 && symbol.allocations < 50);
    assert!(string.live > 2 * arc.live && arc.live > 3 * symbol.live);
    if measured_here() {
        assert_eq!(
            [string.live, arc.live, symbol.live],
            [4_000_000, 1_605_392, 403_216]
        );
    }
    // Equal strings share storage, and that is what is saved.
    let Kept::Shared(names, _) = repeated::arc(&Names::of_100_hosts()) else {
        panic!("that step keeps shared names");
    };
    assert!(std::sync::Arc::ptr_eq(&names[0], &names[100]));
    // Where nothing repeats, a set of shared strings is the most expensive of the three.
    let step = |step| cost(&format!("repeated/{step}/all_different")).live;
    assert!(step("arc") > step("string") && step("symbol") > step("string"));
}

#[test]
fn interner_with_read_write_lock() {
    alone("interner_with_read_write_lock", || {
        let names = SharedInterner::within(Limits::default());
        names.intern("nos.lol").expect("there is room");
        // Many readers hold the lock at once: each of these waits for the others while it reads.
        let barrier = std::sync::Barrier::new(4);
        let look_up = || {
            let symbol = names.get("nos.lol")?;
            names.resolve(symbol, |_| barrier.wait().is_leader())
        };
        let leaders: usize = thread::scope(|scope| {
            let threads = [(); 4].map(|()| scope.spawn(look_up));
            threads
                .map(|thread| {
                    usize::from(
                        thread
                            .join()
                            .expect("it doesn't panic")
                            .expect("it is known"),
                    )
                })
                .iter()
                .sum()
        });
        assert_eq!(leaders, 1);

        // A hit takes no allocation, and threads that meet new names keep one of each.
        let (again, hit) = heap(|| names.intern(black_box("nos.lol")));
        assert_eq!((again.ok(), hit.allocations), (names.get("nos.lol"), 0));
        let intern_all = || {
            let names = &names;
            let intern = |number: u32| names.intern(&format!("host-{number}")).ok();
            (0..1_000).map(intern).collect::<Option<Vec<_>>>()
        };
        let symbols = Budget::of("four threads")
            .live(200_000)
            .assert_holds_in_process(|| {
                thread::scope(|scope| {
                    let threads = [(); 4].map(|()| scope.spawn(intern_all));
                    threads.map(|thread| thread.join().expect("it doesn't panic"))
                })
            });
        assert!(
            symbols
                .iter()
                .all(|each| each.is_some() && *each == symbols[0])
        );
        assert_eq!(names.len(), 1_001);
    });
}

#[test]
fn interner_three_city_example() {
    let live = |step, orders| cost(&format!("repeated/{step}/one_city_{orders}")).live;
    assert!(
        live("arc", 3) > live("string", 3),
        "one copy, and more bytes"
    );
    for orders in [30, 3_000] {
        assert!(live("arc", orders) < live("string", orders));
        assert!(live("symbol", orders) < live("arc", orders));
    }
    if measured_here() {
        assert_eq!(
            [live("string", 3), live("arc", 3), live("symbol", 3)],
            [99, 164, 73]
        );
    }
}

#[test]
fn interning_candidates() {
    // A closed set is an enum, or a number behind a `match`: one byte, no table.
    enum Level {
        _Error,
        _Warning,
        _Info,
    }
    assert_eq!((size_of::<Level>(), size_of::<Letter>()), (1, 1));
    assert_eq!(size_of::<interning::Symbol>(), 4);

    // An open set that strangers choose from needs a bound.
    let flood = |limits| {
        let mut tags = Interner::within(limits);
        let refused =
            (0..1_000_000u32).filter(|number| tags.intern(&format!("{number:08x}")).is_err());
        (refused.count(), tags)
    };
    let (refused, leaked) = flood(Limits::default());
    assert_eq!((refused, leaked.len()), (0, 1_000_000));
    assert!(leaked.heap_bytes() > 12_000_000);
    let bound = Limits {
        strings: 10_000,
        bytes: 100_000,
    };
    let (refused, mut bounded) = flood(bound);
    assert_eq!(refused, 990_000);
    assert!(bounded.heap_bytes() < 400_000);
    assert_eq!(bounded.intern("one more"), Err(Full::Strings(10_000)));
}

#[test]
fn static_kind_name_table() {
    let step = |step| cost(&format!("static_names/{step}/1000"));
    assert_eq!(step("string").allocations, 1_000);
    assert_eq!(
        (step("map").allocations, step("matched").allocations),
        (0, 0)
    );
    // The map itself isn't free: it is built at the start of every program, and stays.
    let (events, built) = heap(|| Events::sample(0));
    assert_eq!(map(&events), 0);
    assert!(built.live > 0);
    // The `match` gives what the program file holds.
    let (named, cost) = heap(|| {
        NAMED_KINDS
            .iter()
            .filter_map(|kind| kind_name(*kind))
            .count()
    });
    assert_eq!((named, cost.allocations), (NAMED_KINDS.len(), 0));
    const NOTE: Option<&str> = kind_name(1);
    assert_eq!(NOTE, Some("note"));
}
