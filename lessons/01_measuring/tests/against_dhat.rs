//! The meter and dhat count the same closures, and must agree to the allocation and the byte.
//!
//! One test, because a process has one dhat profiler. Every lesson's cases are compared in the same way by the heap
//! benchmarks.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hint::black_box;

use measuring::{Heap, Meter, heap};

#[global_allocator]
static METER: Meter<dhat::Alloc> = Meter::over(dhat::Alloc);

#[test]
fn dhat_and_the_meter_agree() {
    agree("nothing", || ());
    agree("a box", || Box::new(black_box(1u64)));
    agree("a vector that grows", || {
        (0..1_000u32).filter(|n| n % 3 == 0).collect::<Vec<_>>()
    });
    agree("zeroed memory", || vec![0u64; black_box(10_000)]);
    agree("a vector that shrinks", || {
        let mut numbers: Vec<u32> = (0..1_000).collect();
        numbers.truncate(10);
        numbers.shrink_to_fit();
        numbers
    });
    agree("strings", || {
        (0..100)
            .map(|n| format!("item {n}"))
            .collect::<Vec<_>>()
            .join(", ")
    });
    agree("a hash map", || {
        (0..1_000)
            .map(|n| (n, n * n))
            .collect::<HashMap<u64, u64>>()
    });
    agree("a tree", || {
        (0..1_000)
            .map(|n| (n, n.to_string()))
            .collect::<BTreeMap<_, _>>()
    });
    agree("a queue that is filled and emptied", || {
        let mut queue: VecDeque<String> = (0..100).map(|n| n.to_string()).collect();
        while queue.pop_front().is_some() {}
        queue
    });
    agree("aligned memory", || {
        #[repr(align(4096))]
        struct Page([u8; 4096]);
        let page = Box::new(Page([7; 4096]));
        black_box(page.0[9]);
        page
    });
    let mut older: Vec<_> = (0..4).map(|_| vec![1u8; 3_000]).collect();
    agree("something older that is freed", || {
        older.pop();
        vec![1u8; 100]
    });
    let mut older: Vec<_> = (0..4).map(|_| vec![1u8; 3_000]).collect();
    agree("something older that grows", || {
        let mut grows = older.pop();
        if let Some(older) = &mut grows {
            older.reserve_exact(5_000);
        }
        grows
    });
    agree("two peaks", || {
        drop(black_box(vec![1u8; 5_000]));
        let small = black_box(vec![1u8; 100]);
        drop(black_box(vec![1u8; 5_000]));
        small
    });
}

#[track_caller]
fn agree<T>(what: &str, mut work: impl FnMut() -> T) {
    let (result, metered) = heap(&mut work);
    drop(result);
    let profiler = dhat::Profiler::builder().testing().build();
    let result = black_box(work());
    let stats = dhat::HeapStats::get();
    drop((profiler, result));
    let counted = Heap {
        allocations: stats.total_blocks,
        bytes: stats.total_bytes,
        peak: stats.max_bytes as u64,
        live: stats.curr_bytes as i64,
    };
    assert_eq!(
        metered, counted,
        "{what}: the meter counted the left, dhat the right"
    );
}
