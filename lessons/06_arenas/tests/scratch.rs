//! The arena of a server: empty after every use, bounded between them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arenas::Scratch;
use measuring::heap;

measuring::install!();

const KEEP: usize = 64 * 1024;

/// Handles a request that needs so many bytes.
fn handle(scratch: &mut Scratch, bytes: usize) -> usize {
    scratch.with(|arena| arena.alloc_slice_fill_copy(bytes, 7u8).len())
}

#[test]
fn a_new_one_has_no_memory() {
    let (scratch, cost) = heap(|| Scratch::keeping(KEEP));
    assert_eq!((cost.allocations, scratch.kept()), (0, 0));
}

#[test]
fn what_one_request_took_serves_the_next() {
    let mut scratch = Scratch::keeping(KEEP);
    handle(&mut scratch, 30_000);
    let (_, cost) = heap(|| {
        for bytes in (0..30_000).step_by(1_000) {
            handle(&mut scratch, bytes);
        }
    });
    assert_eq!(cost.allocations, 0);
}

#[test]
fn a_large_request_leaves_nothing_behind() {
    let mut scratch = Scratch::keeping(KEEP);
    let (_, cost) = heap(|| handle(&mut scratch, 1 << 20));
    assert!(cost.peak > 1 << 20);
    assert_eq!((cost.live, scratch.kept()), (0, 0));
    let (_, small) = heap(|| handle(&mut scratch, 100));
    assert!(scratch.kept() > 0 && scratch.kept() <= KEEP);
    assert_eq!(
        small.live,
        scratch.kept() as i64,
        "what is kept is what is live"
    );
}

#[test]
fn a_panic_empties_it_too() {
    let mut scratch = Scratch::keeping(KEEP);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        scratch.with(|arena| {
            arena.alloc_slice_fill_copy(1 << 20, 7u8);
            panic!("a bad request");
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(scratch.kept(), 0);
}

#[test]
fn it_can_move_to_another_thread() {
    let mut scratch = Scratch::keeping(KEEP);
    let worker = std::thread::spawn(move || handle(&mut scratch, 100));
    assert_eq!(worker.join().ok(), Some(100));
}
