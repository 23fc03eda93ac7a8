//! How pools go wrong, and that these don't: stale data, growth without end, the wrong size, a guard that stays.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::{mem, thread};

use pooling::{
    BlockError, Blocks, Compressors, Idle, JsonBuffers, Limits, LockFree, Locked, PerThread, Pool,
    Pooled, Recycle, Shelf, SizeClasses, Stack,
};

thread_local! {
    static IDLE: Stack<Vec<u8>> = Stack::new(LIMITS);
}

const LIMITS: Limits = Limits::of(4).each(16, 256).bytes(600);
const FOUR: Idle = Idle {
    values: 4,
    bytes: 256,
};

/// Asks the same of each form of shelf.
macro_rules! of_each_form {
    (|$shelf:ident| $check:block) => {{
        let $shelf = Stack::new(LIMITS);
        $check
        let $shelf = Locked::new(LIMITS);
        $check
        let $shelf = LockFree::new(LIMITS);
        $check
        let $shelf: PerThread<Vec<u8>> = &IDLE;
        $check
    }};
}

fn make() -> Vec<u8> {
    Vec::with_capacity(64)
}

#[test]
fn nothing_is_left_for_the_next_user() {
    of_each_form!(|shelf| {
        shelf.lend(make).extend_from_slice(b"secret");
        assert_eq!(shelf.idle().values, 1);
        assert!(shelf.lend(make).is_empty());
        // Past the guard as well.
        shelf.put(b"a secret of sixteen".to_vec());
        while let Some(buffer) = shelf.take() {
            assert!(buffer.is_empty());
        }
    });
}

#[test]
fn a_panic_returns_the_value_and_clears_it() {
    of_each_form!(|shelf| {
        let panicked: thread::Result<()> = catch_unwind(AssertUnwindSafe(|| {
            let mut buffer = shelf.lend(make);
            buffer.extend_from_slice(b"half a message");
            panic!("in the middle");
        }));
        assert!(panicked.is_err());
        assert_eq!((shelf.idle().values, shelf.idle().bytes), (1, 64));
        assert_eq!(shelf.take(), Some(vec![]));
    });
}

/// Panics when it is cleared, once.
struct Touchy(Rc<Cell<bool>>);

impl Recycle for Touchy {
    fn clear(&mut self) {
        assert!(!self.0.replace(false), "not now");
    }
    fn room(&self) -> usize {
        0
    }
}

#[test]
fn a_value_that_could_not_be_cleared_is_not_kept() {
    let touchy = Rc::new(Cell::new(true));
    let shelf = Stack::new(Limits::of(4));
    let put = catch_unwind(AssertUnwindSafe(|| shelf.put(Touchy(touchy.clone()))));
    assert!(put.is_err());
    assert_eq!(shelf.idle().values, 0);
    assert_eq!(Rc::strong_count(&touchy), 1, "dropped, not half cleared");
    assert!(
        shelf.put(Touchy(touchy)),
        "and the shelf is as good as before"
    );
}

#[test]
fn no_more_is_kept_than_the_limits_say() {
    of_each_form!(|shelf| {
        for _ in 0..1_000 {
            shelf.put(make());
        }
        assert_eq!(shelf.idle(), FOUR, "four values at most");
        while shelf.take().is_some() {}
        assert_eq!(shelf.idle(), Idle::default());

        for _ in 0..1_000 {
            shelf.put(Vec::with_capacity(250));
        }
        let idle = shelf.idle();
        assert_eq!((idle.values, idle.bytes), (2, 500), "600 bytes at most");
        assert!(shelf.put(Vec::with_capacity(64)), "what fits is kept still");
    });
}

#[test]
fn no_value_is_kept_that_is_too_small_or_too_large() {
    of_each_form!(|shelf| {
        assert!(!shelf.put(Vec::with_capacity(15)));
        assert!(!shelf.put(Vec::with_capacity(257)));
        assert!(!shelf.put(Vec::new()), "what `mem::take` leaves behind");
        assert!(shelf.put(Vec::with_capacity(16)));
        assert!(shelf.put(Vec::with_capacity(256)));
        shelf.lend(make).resize(10_000, 1);
        assert_eq!(shelf.idle().values, 1, "the one that grew is gone");
    });
}

#[test]
fn limits_of_nothing_keep_nothing() {
    let limits = Limits::of(0);
    assert!(!Stack::new(limits).put(vec![1u8]));
    assert!(!Locked::new(limits).put(vec![1u8]));
    assert!(!LockFree::new(limits).put(vec![1u8]));
    assert!(!Stack::new(Limits::of(1).bytes(0)).put(vec![1u8]));
}

#[test]
fn a_guard_that_stays_holds_up_nobody_and_shares_nothing() {
    let pool = Pool::new(Locked::new(LIMITS), || Vec::with_capacity(64));
    let mut stays = pool.take();
    stays.extend_from_slice(b"mine");
    for _ in 0..100 {
        let mut other = pool.take();
        assert!(other.is_empty());
        other.extend_from_slice(b"another's");
    }
    assert_eq!(&stays[..], b"mine");
    assert_eq!(pool.idle().values, 1, "all the others were one");
    drop(stays);
    assert_eq!(pool.idle().values, 2);
}

#[test]
fn a_guard_that_is_forgotten_or_detached_loses_one_value() {
    of_each_form!(|shelf| {
        shelf.put(Vec::with_capacity(64));
        shelf.put(Vec::with_capacity(64));
        mem::forget(shelf.lend(make));
        assert_eq!((shelf.idle().values, shelf.idle().bytes), (1, 64));
        let detached = Pooled::detach(shelf.lend(make));
        assert_eq!((detached.capacity(), shelf.idle().values), (64, 0));
        drop(shelf.lend(make));
        assert_eq!(shelf.idle().values, 1, "the next one is made");
    });
}

#[test]
fn a_request_never_gets_too_small_a_buffer() {
    let buffers = SizeClasses::stack([64, 256, 1_024], 10_000);
    // One of each kind that the pool could confuse: shrunk, grown, emptied, grown beyond the largest.
    let [mut shrunk, mut grown, mut emptied, mut huge] =
        [256, 64, 1_024, 64].map(|room| buffers.buffer(room));
    shrunk.shrink_to(100);
    grown.reserve_exact(200);
    mem::take(&mut *emptied);
    huge.reserve_exact(5_000);
    drop((shrunk, grown, emptied, huge));
    let idle = buffers.idle();
    assert_eq!(
        (idle.values, idle.bytes),
        (2, 100 + 200),
        "the small two are kept, as small ones"
    );
    for room in [1, 64, 65, 100, 200, 256, 257, 1_024, 1_025, 50_000] {
        let [one, other, third] = [(); 3].map(|()| buffers.buffer(room));
        for buffer in [one, other, third] {
            assert!(buffer.is_empty() && buffer.capacity() >= room);
        }
    }
    assert!(buffers.idle().bytes <= 3 * 10_000);
}

#[test]
fn classes_that_do_not_rise_are_refused() {
    for sizes in [[0, 1, 2], [4, 4, 8], [8, 4, 16]] {
        let made = catch_unwind(|| SizeClasses::locked(sizes, 1_024).idle());
        assert!(made.is_err(), "{sizes:?}");
    }
}

#[test]
fn a_class_keeps_its_share_of_bytes() {
    let buffers = SizeClasses::lock_free([64, 256, 1_024], 2_048);
    for room in [64, 256, 1_024] {
        let burst: Vec<_> = (0..100).map(|_| buffers.buffer(room)).collect();
        drop(burst);
    }
    let idle = buffers.idle();
    assert_eq!(
        idle.bytes,
        3 * 2_048,
        "large ones don't crowd out the small"
    );
    assert_eq!(idle.values, 2_048 / 64 + 2_048 / 256 + 2_048 / 1_024);
}

#[test]
fn what_a_thread_gives_back_is_freed_when_it_ends() {
    thread_local! {
        static SHELF: Stack<Counted> = Stack::new(Limits::of(4));
    }
    struct Counted(#[expect(dead_code, reason = "held, not read")] std::sync::Arc<()>);
    impl Recycle for Counted {
        fn clear(&mut self) {}
        fn room(&self) -> usize {
            0
        }
    }
    let count = std::sync::Arc::new(());
    let theirs = count.clone();
    let kept = thread::spawn(move || {
        let shelf: PerThread<Counted> = &SHELF;
        shelf.put(Counted(theirs)) && shelf.idle().values == 1
    });
    assert!(kept.join().unwrap());
    assert_eq!(std::sync::Arc::strong_count(&count), 1);
}

#[test]
fn blocks_run_out_and_come_back() {
    let mut blocks = Blocks::<8>::new(2);
    let mut one = blocks.take().unwrap();
    let two = blocks.take().unwrap();
    assert_eq!(blocks.take(), Err(BlockError::AllInUse { blocks: 2 }));

    blocks.write(&mut one, b"12345").unwrap();
    assert_eq!(
        blocks.write(&mut one, b"6789"),
        Err(BlockError::TooLong { left: 3, bytes: 4 })
    );
    assert_eq!(blocks.read(&one), Ok(&b"12345"[..]), "nothing was written");
    blocks.write(&mut one, b"678").unwrap();
    assert_eq!(blocks.read(&one), Ok(&b"12345678"[..]));
    assert_eq!(blocks.read(&two), Ok(&b""[..]));

    blocks.give_back(one).unwrap();
    let again = blocks.take().unwrap();
    assert_eq!(blocks.read(&again), Ok(&b""[..]), "no stale bytes");
}

#[test]
fn blocks_of_another_owner_are_refused() {
    let (mut mine, mut yours) = (Blocks::<8>::new(1), Blocks::<8>::new(1));
    let mut block = mine.take().unwrap();
    assert_eq!(yours.read(&block), Err(BlockError::Foreign));
    assert_eq!(yours.write(&mut block, b"x"), Err(BlockError::Foreign));
    assert_eq!(yours.give_back(block), Err(BlockError::Foreign));
    assert_eq!((mine.free(), yours.free()), (0, 1));
}

#[test]
fn an_error_while_encoding_returns_the_buffer() {
    let encoder = JsonBuffers::new(Locked::new(LIMITS));
    let no_json = std::collections::BTreeMap::from([([1u8, 2], "a key must be a string")]);
    assert!(encoder.encode(&no_json).is_err());
    let json = encoder.encode(&["an answer"]).unwrap();
    assert_eq!(&json[..], br#"["an answer"]"#, "nothing of the failed one");
}

#[test]
fn a_context_used_before_compresses_as_a_new_one_does() {
    let compressors = Compressors::new(Locked::new(Limits::of(1)), 3);
    let mut frame = Vec::new();
    for length in [10_000, 0, 1, 300_000, 10] {
        let bytes: Vec<u8> = (0..length).map(|at: u32| (at % 251) as u8).collect();
        compressors.compress(&bytes, &mut frame).unwrap();
        assert_eq!(frame, zstd::bulk::compress(&bytes, 3).unwrap());
        let restored = zstd::bulk::decompress(&frame, bytes.len()).unwrap();
        assert_eq!(restored, bytes);
    }
    assert_eq!(compressors.shelf().idle().values, 1);
}

#[test]
fn types_say_what_they_are() {
    let pool = Pool::new(Locked::new(LIMITS), || Vec::<u8>::with_capacity(64));
    drop(pool.take());
    assert_eq!(
        format!("{pool:?}"),
        "Pool { idle_values: 1, idle_bytes: 64, .. }"
    );
    let mut buffer = pool.take();
    buffer.push(7);
    assert_eq!(format!("{buffer:?}"), "[7]");
    let error = BlockError::AllInUse { blocks: 2 }.to_string();
    assert!(error.contains("give one back"), "{error}");
}
