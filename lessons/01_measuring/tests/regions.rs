//! A region has what was made in it, and nothing else pays for that.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::RefCell;
use std::hint::black_box;
use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use measuring::{Budget, Heap, freed_by, heap, heap_of_process};

measuring::install!();

fn bytes(count: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(count))
}

const LEAKED: Heap = Heap {
    allocations: 1,
    bytes: 10_000,
    peak: 10_000,
    live: 10_000,
};

#[test]
fn the_free_of_something_older_pays_for_no_leak() {
    let old = bytes(10_000);
    let ((), cost) = heap(|| {
        drop(old);
        forget(bytes(10_000));
    });
    assert_eq!(cost, LEAKED);
}

#[test]
fn the_free_of_something_older_pays_for_no_peak() {
    let old = bytes(10_000);
    let ((), cost) = heap(|| {
        drop(old);
        drop(bytes(9_999));
    });
    assert_eq!((cost.peak, cost.live), (9_999, 0));
}

#[test]
fn another_threads_allocation_pays_for_no_leak() {
    let theirs = thread::spawn(|| heap(|| bytes(10_000)).0);
    let theirs = theirs.join().expect("it doesn't panic");
    let ((), cost) = heap(|| {
        // Made while this region is open, on another thread that counts as well.
        let meanwhile = thread::scope(|scope| {
            let made = scope.spawn(|| heap(|| bytes(10_000)).0);
            made.join().expect("it doesn't panic")
        });
        drop((theirs, meanwhile));
        forget(bytes(10_000));
    });
    assert!(cost.live >= 10_000 && cost.peak >= 10_000, "{cost:?}");
}

#[test]
fn what_the_meter_never_saw_pays_for_no_leak() {
    let layout = Layout::array::<u8>(10_000).expect("it is small");
    // SAFETY: the size is above zero. The meter hands out the system's memory, so that `dealloc` may take it.
    let unseen = unsafe { System.alloc(layout) };
    assert!(!unseen.is_null());
    let ((), cost) = heap(|| {
        // SAFETY: it was allocated just before, with this layout.
        unsafe { std::alloc::dealloc(unseen, layout) };
        forget(bytes(10_000));
    });
    assert_eq!(cost, LEAKED);
}

#[test]
fn growing_something_older_is_an_allocation_of_its_own() {
    let mut old = bytes(100);
    let ((((), cost), freed), outer) = heap(|| freed_by(|| heap(|| old.reserve_exact(300))));
    let expected = Heap {
        allocations: 1,
        bytes: 300,
        peak: 300,
        live: 300,
    };
    assert_eq!((cost, outer, freed), (expected, expected, 100));
}

#[test]
fn an_inner_region_frees_what_the_outer_one_made() {
    let (inner, outer) = heap(|| {
        let own = bytes(1_000);
        let ((), inner) = heap(|| drop((own, bytes(10))));
        inner
    });
    assert_eq!((inner.peak, inner.live), (10, 0));
    assert_eq!((outer.peak, outer.live), (1_010, 0));
}

#[test]
fn what_is_freed_is_counted_apart() {
    let mut lines: Vec<String> = (0..100).map(|number| format!("{number:08}")).collect();
    let ((), freed) = freed_by(|| lines.clear());
    assert_eq!(freed, 800);
}

#[test]
fn regions_nest_sixteen_deep_and_the_next_one_says_so() {
    fn nested(levels: usize) {
        if levels > 0 {
            heap(|| nested(levels - 1));
        }
    }
    nested(16);
    let panic = catch_unwind(|| nested(17)).expect_err("it panics");
    let text = panic.downcast_ref::<String>().expect("with a text");
    assert!(text.contains("nest 16 deep"), "{text}");
    let (_, cost) = heap(|| bytes(10));
    assert_eq!(cost.allocations, 1, "the meter is as before");
}

#[test]
fn a_process_region_inside_another_panics_and_the_next_one_counts() {
    let nested = || heap_of_process(|| heap_of_process(|| bytes(10)));
    let panic = catch_unwind(AssertUnwindSafe(nested)).expect_err("it panics");
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied());
    assert!(
        text.is_some_and(|it| it.contains("one at a time")),
        "{text:?}"
    );
    let (_, cost) = heap_of_process(|| bytes(10));
    assert!(cost.allocations >= 1);
}

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// `thread::scope` returns before its threads have dropped their thread-locals.
#[measuring::test]
fn thread_locals_of_scoped_threads_are_counted_to_their_end() {
    let budget = Budget::of("scoped").live(0);
    for _ in 0..100 {
        budget.assert_holds_in_process(|| {
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| BUFFER.set(bytes(50_000)));
                }
            });
        });
    }
}

#[test]
fn a_storm_of_calls_is_counted_like_a_plain_sum() {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    for _ in 0..100 {
        let mut kept: Vec<Vec<u8>> = Vec::with_capacity(1_000);
        let (mut allocations, mut total, mut live, mut peak) = (0, 0, 0i64, 0i64);
        let (kept, cost) = heap(|| {
            for _ in 0..200 {
                let size = 1 + next(5_000) as usize;
                match next(3) {
                    0 if !kept.is_empty() => {
                        let gone = kept.swap_remove(next(kept.len() as u64) as usize);
                        live -= gone.capacity() as i64;
                    }
                    1 if !kept.is_empty() => {
                        let at = next(kept.len() as u64) as usize;
                        let before = kept[at].capacity();
                        kept[at].reserve_exact(before + size);
                        total += before + size;
                        live += size as i64;
                        allocations += 1;
                    }
                    _ => {
                        kept.push(bytes(size));
                        total += size;
                        live += size as i64;
                        allocations += 1;
                    }
                }
                peak = peak.max(live);
            }
            kept
        });
        let expected = Heap {
            allocations,
            bytes: total as u64,
            peak: peak.unsigned_abs(),
            live,
        };
        assert_eq!(cost, expected);
        drop(kept);
    }
}
