//! What the Go material says about pooling, settled: a test per row of `book/claims.toml`.
//!
//! Each test asks for what holds wherever Rust runs; exact figures of one std and one target are asked for only where
//! [`measured_here`] says so. Where the question is time, the test settles what the heap can say about it, and the
//! row names the benchmark beside it.

use std::any::Any;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::Arc;
use std::{mem, thread};

use measuring::figures;
use measuring::{Heap, alone, freed_by, heap};
use pooling::staircases::requests::FixedSeed;
use pooling::{
    Blocks, Compressors, Context, Limits, LockFree, Locked, PerThread, Pool, Pooled, Recycle,
    Shelf, SizeClasses, Stack,
};

measuring::install!();

/// Whether the committed results were measured with this std, for this target.
fn measured_here() -> bool {
    figures::measured_here(include_str!("../../../benches/results/pooling.json"))
}

/// What a case costs.
#[track_caller]
fn cost(case: &str) -> Heap {
    pooling::lesson().heap(case)
}

/// What a fact says, as a number.
#[track_caller]
fn fact(name: &str) -> usize {
    let value = pooling::lesson().fact(name).replace(',', "");
    value.parse().expect("the fact is a number")
}

const POOLS: [&str; 3] = ["locked", "lock_free", "per_thread"];
const SIZES: [&str; 3] = ["16", "4096", "65536"];

fn make() -> Vec<u8> {
    Vec::with_capacity(4_096)
}

thread_local! {
    static IDLE: Stack<Vec<u8>> = Stack::new(Limits::of(4));
}

#[test]
fn object_pool_basic() {
    let pool = Pool::new(Stack::new(Limits::of(4)), make);
    let (_, first) = heap(|| drop(pool.take()));
    let (_, steady) = heap(|| (0..1_000).for_each(|_| drop(pool.take())));
    assert_eq!((first.allocations, steady.allocations), (1, 0));
    let (both, empty) = heap(|| [pool.take(), pool.take()]);
    assert_eq!(empty.allocations, 1, "made only when none waits");
    drop(both);
    // Whoever can keep the buffer needs no pool for that.
    assert_eq!(cost("acquire/kept/4096").allocations, 1);
    for pool in POOLS {
        assert_eq!(cost(&format!("acquire/{pool}/4096")).allocations, 0);
    }
}

#[test]
fn pool_cuts_collector_load() {
    // There is no collector to relieve. What a pool takes off the allocator is this:
    for size in SIZES {
        assert_eq!(cost(&format!("acquire/malloc/{size}")).allocations, 1_000);
        for pool in POOLS {
            assert_eq!(cost(&format!("acquire/{pool}/{size}")).allocations, 0);
        }
        // And keeping a buffer takes it off just as well.
        assert_eq!(cost(&format!("acquire/kept/{size}")).allocations, 1);
    }
}

#[test]
fn pool_acquire_is_faster() {
    // It allocates nothing; whether that is quicker is the benchmarks' to say.
    let shelves = (
        Stack::new(Limits::of(1)),
        Locked::new(Limits::of(1)),
        LockFree::new(Limits::of(1)),
    );
    shelves.0.put(make());
    shelves.1.put(make());
    shelves.2.put(make());
    let (_, taken) = heap(|| {
        for _ in 0..100 {
            shelves.0.lend(make).push(1);
            shelves.1.lend(make).push(1);
            shelves.2.lend(make).push(1);
        }
    });
    assert_eq!((taken.allocations, taken.live), (0, 0));
}

#[test]
fn pool_lowers_memory_use() {
    let exact = cost("burst/exact/1000");
    for pool in ["one_size", "three_classes"] {
        let pooled = cost(&format!("burst/{pool}/1000"));
        assert_eq!(exact.live, 0);
        assert!(
            pooled.live > 3_000_000,
            "the burst is over, the bytes are not"
        );
        assert!(pooled.peak > exact.peak);
    }
    // What falls is the sum of all requests, over time.
    let fresh = cost("requests/fresh/1000");
    let pooled = cost("requests/pooled/1000");
    assert!(pooled.bytes < fresh.bytes && pooled.peak > fresh.peak);
}

#[test]
fn pool_4k_buffers() {
    let pool = Pool::new(Locked::new(Limits::of(8)), make);
    let buffer = pool.take();
    assert_eq!((buffer.len(), buffer.capacity()), (0, 4_096));
    drop(buffer);
    let (_, pooled) = heap(|| pool.take().push(1));
    let mut own = make();
    let (_, kept) = heap(|| {
        own.clear();
        own.push(1);
    });
    assert_eq!(
        (pooled.allocations, kept.allocations),
        (0, 0),
        "the heap can't tell them apart"
    );
}

#[test]
fn truncate_keep_capacity() {
    let mut buffer = vec![7u8; 4_096];
    let mut text = "text".repeat(100);
    let (_, cleared) = heap(|| {
        buffer.clear();
        text.clear();
    });
    assert_eq!((cleared.allocations, cleared.live), (0, 0));
    assert_eq!((buffer.capacity(), text.capacity()), (4_096, 400));

    // One level deep only: what the elements own is freed.
    let mut lines: Vec<String> = (0..100).map(|number| format!("{number:08}")).collect();
    let (_, freed) = freed_by(|| lines.clear());
    assert_eq!(freed, 800);
    // A cursor keeps the strings as well: clear each one when its turn comes.
    let mut lines: Vec<String> = (0..100).map(|number| format!("{number:08}")).collect();
    let (_, reused) = heap(|| {
        for (number, line) in lines.iter_mut().enumerate() {
            line.clear();
            write!(line, "{number:08}").expect("a String takes what it is given");
        }
    });
    assert_eq!((reused.allocations, reused.live), (0, 0));
}

#[test]
fn reset_before_reuse() {
    /// Its `clear` forgets a field, as it happens when one is added.
    struct Session {
        user: Option<u64>,
        body: Vec<u8>,
    }
    impl Recycle for Session {
        fn clear(&mut self) {
            self.body.clear();
        }
        fn room(&self) -> usize {
            self.body.capacity()
        }
    }
    let shelf = Stack::new(Limits::of(4));
    let new = || Session {
        user: None,
        body: Vec::new(),
    };
    {
        let mut session = shelf.lend(new);
        session.user = Some(7);
        session.body.extend_from_slice(b"secret");
    }
    let next = shelf.lend(new);
    assert_eq!(
        next.user,
        Some(7),
        "the next user is taken for the last one"
    );
    assert_eq!(next.body.get(..6), None, "behind a length nobody can read");
}

#[test]
fn reset_on_return_or_on_take() {
    let drops = Rc::new(Cell::new(0));
    struct Noted(Rc<Cell<u32>>);
    impl Drop for Noted {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let shelf = Stack::new(Limits::of(1));
    shelf.lend(Vec::new).push(Noted(drops.clone()));
    assert_eq!(
        drops.get(),
        1,
        "freed on return, not when the next one comes"
    );
    // Once more on taking costs nothing: no allocation, and an empty vector has nothing to drop.
    let (_, again) = heap(|| shelf.lend(Vec::new).clear());
    assert_eq!((again.allocations, again.live, drops.get()), (0, 0, 1));
}

#[test]
fn release_with_scope_guard() {
    let shelf: PerThread<Vec<u8>> = &IDLE;
    let early = || -> Option<u8> {
        let buffer = shelf.lend(make);
        buffer.first().copied()
    };
    assert_eq!((early(), shelf.idle().values), (None, 1));
    let panicked = catch_unwind(|| {
        let _buffer = shelf.lend(make);
        panic!("in the middle");
    });
    assert!(panicked.is_err());
    assert_eq!(shelf.idle().values, 1);
    mem::forget(shelf.lend(make));
    assert_eq!(shelf.idle().values, 0, "what is forgotten is lost, no more");
}

#[test]
fn preallocate_inside_pooled_objects() {
    let map: HashMap<u64, u64, FixedSeed> =
        HashMap::with_capacity_and_hasher(4, FixedSeed::default());
    assert!(map.capacity() >= 4);
    if measured_here() {
        assert_eq!(map.capacity(), 7);
    }
    let shelf = Stack::new(Limits::of(1));
    shelf.put(map);
    let (_, requests) = heap(|| {
        for request in 0..1_000 {
            let mut map = shelf.lend(HashMap::default);
            map.extend((0..4).map(|key| (key, request)));
        }
    });
    assert_eq!(requests.allocations, 0);
    // Without a first size it grows once, and is as large from then on: the pool keeps what it learned.
    let shelf: Stack<Vec<u8>> = Stack::new(Limits::of(1));
    let request = || shelf.lend(Vec::new).extend_from_slice(&[7; 1_000]);
    assert_eq!(
        (heap(request).1.allocations, heap(request).1.allocations),
        (1, 0)
    );
}

#[test]
fn typed_pool_wrapper() {
    let pool: Pool<Vec<u8>, Stack<Vec<u8>>> = Pool::new(Stack::new(Limits::of(1)), make);
    drop(pool.take());
    let (buffer, taken) = heap(|| pool.take());
    assert_eq!(taken.allocations, 0, "no box, no cast");
    let (pointer, buffer_size) = (size_of::<usize>(), size_of::<Vec<u8>>());
    assert_eq!(size_of_val(&buffer), buffer_size + pointer);
    drop(buffer);
    // What a pool of anything costs: a box for each value, and a question when it is taken.
    let anything: Vec<Box<dyn Any>> = Vec::with_capacity(1);
    let shelf = Stack::new(Limits::of(1));
    shelf.put(anything);
    let (_, boxed) = heap(|| {
        let mut values = shelf.lend(Vec::new);
        values.push(Box::new(String::new()));
        assert!(values[0].downcast_ref::<String>().is_some());
    });
    assert_eq!(boxed.allocations, 1);
}

#[test]
fn reject_undersized_buffers() {
    let shelf = Stack::new(Limits::of(4).each(4_096, 16_384));
    mem::take(&mut *shelf.lend(make));
    assert_eq!(shelf.idle().values, 0, "an emptied buffer is no buffer");
    shelf.lend(make).shrink_to(100);
    assert_eq!(shelf.idle().values, 0);
    shelf.lend(make).extend_from_slice(b"used");
    assert_eq!(shelf.idle().values, 1);
    assert_eq!(
        shelf.take().map(|it| it.len()),
        Some(0),
        "no length is restored"
    );
}

#[test]
fn pool_pointer_to_header() {
    let shelf = Locked::new(Limits::of(100));
    let buffers: Vec<Vec<u8>> = (0..100).map(|_| make()).collect();
    let (_, put) = heap(|| {
        for buffer in buffers {
            assert!(shelf.put(buffer));
        }
    });
    assert_eq!(
        put.allocations, 0,
        "three words are moved into a list that is long enough"
    );
    assert_eq!(size_of::<Vec<u8>>(), 3 * size_of::<usize>());
}

#[test]
fn do_not_pool_tiny_values() {
    let (_, value) = heap(|| black_box(black_box(7u64) + 1));
    let (_, boxed) = heap(|| black_box(Box::new(7u64)));
    assert_eq!(
        (value.allocations, boxed.allocations),
        (0, 1),
        "no heap is better than a pool"
    );
    // The guard alone is larger than the value.
    assert!(size_of::<Pooled<'_, Box<[u8; 8]>, Stack<Box<[u8; 8]>>>>() > 8);
    assert_eq!(cost("acquire/per_thread/16").allocations, 0);
}

#[test]
fn do_not_pool_stateful_connections() {
    let Ok(listener) = TcpListener::bind("127.0.0.1:0") else {
        return println!("skipped: there is no network here");
    };
    struct Connection(TcpStream);
    impl Recycle for Connection {
        /// There is nothing to clear: the state is in the network.
        fn clear(&mut self) {}
        fn room(&self) -> usize {
            0
        }
    }
    let address = listener
        .local_addr()
        .expect("a bound listener has an address");
    let shelf = Stack::new(Limits::of(1));
    let connect = || Connection(TcpStream::connect(address).expect("somebody listens"));
    let first = shelf.lend(connect);
    let (mut server, _) = listener.accept().expect("somebody connects");
    // The first user is gone before its answer has come.
    drop(first);
    server
        .write_all(b"for the first")
        .expect("the client is there");
    let mut read = [0; 13];
    let mut second = shelf.lend(connect);
    second
        .0
        .read_exact(&mut read)
        .expect("there is something to read");
    assert_eq!(&read, b"for the first", "and the second user reads it");
}

#[test]
fn pooled_items_may_vanish() {
    let shelf = Locked::new(Limits::of(1_000));
    let burst: Vec<_> = (0..1_000).map(|_| shelf.lend(make)).collect();
    drop(burst);
    // A quiet time: one at a time.
    (0..10_000).for_each(|_| drop(shelf.lend(make)));
    let idle = shelf.idle();
    assert_eq!(
        (idle.values, idle.bytes),
        (1_000, 4_096_000),
        "nothing ever leaves"
    );
    let (_, freed) = freed_by(|| while shelf.take().is_some() {});
    assert_eq!(freed, 4_096_000, "until somebody says so");
    assert!(cost("burst/bounded/1000").live < 250_000);
}

#[test]
fn pool_shared_with_lock() {
    let shared = Locked::new(Limits::of(4));
    let own: PerThread<Vec<u8>> = &IDLE;
    thread::scope(|scope| {
        let other = scope.spawn(|| (shared.put(make()), own.put(make())));
        assert_eq!(other.join().expect("no panic"), (true, true));
    });
    assert!(shared.take().is_some(), "a shared shelf has it");
    assert!(own.take().is_none(), "another thread's own is its own");
    alone("pool_shared_with_lock", || {
        let [shared, own] =
            ["locked", "per_thread"].map(|step| cost(&format!("handoff/{step}/1000")));
        assert!(shared.allocations < 100);
        assert!(
            own.allocations > 900,
            "given back where nobody takes, it is made again each time"
        );
    });
}

#[test]
fn pool_http_buffers() {
    let own = fact("buffers_of_10000_connections");
    let pooled = fact("buffers_of_10_requests");
    assert!(own >= 40_960_000);
    assert!((40_960..50_000).contains(&pooled));
    // Ten thousand that are all at work need as much from a pool, and it keeps it.
    let shelf = Locked::new(Limits::of(10_000));
    let (_, all) = heap(|| drop((0..10_000).map(|_| shelf.lend(make)).collect::<Vec<_>>()));
    assert_eq!(all.live, 40_960_000);
}

#[test]
fn pool_codec_state() {
    let compressors = Compressors::new(Locked::new(Limits::of(4)), 3);
    let mut frame = Vec::with_capacity(1_000);
    let compress = |frame: &mut Vec<u8>| compressors.compress(&[7; 500], frame);
    compress(&mut frame).expect("there is memory");
    let waiting = compressors.shelf().idle();
    assert_eq!(waiting.values, 1);
    assert!(
        waiting.bytes > 10_000,
        "what a fresh context sets up each time"
    );
    compress(&mut frame).expect("there is memory");
    assert_eq!(compressors.shelf().idle(), waiting, "the same one");
    // None of it shows in Rust's own figures: the C library asks malloc itself.
    let (context, made) = heap(|| zstd::bulk::Compressor::new(3));
    assert!(context.is_ok());
    assert!(made.bytes < 1_000);
}

#[test]
fn do_not_pool_long_lived() {
    let shelf = Locked::new(Limits::of(10));
    let (kept, pooled) = heap(|| (0..10).map(|_| shelf.lend(make)).collect::<Vec<_>>());
    let (plain, owned) = heap(|| (0..10).map(|_| make()).collect::<Vec<_>>());
    assert_eq!(
        pooled.allocations, owned.allocations,
        "made one by one all the same"
    );
    assert!(pooled.bytes > owned.bytes, "with guards on top");
    assert_eq!((kept.len(), plain.len(), shelf.idle().values), (10, 10, 0));
}

#[test]
fn do_not_pool_objects_needing_cleanup() {
    struct File(#[expect(dead_code, reason = "held, not read")] Arc<()>);
    impl Recycle for File {
        fn clear(&mut self) {}
        fn room(&self) -> usize {
            0
        }
    }
    thread_local! {
        static FILES: Stack<File> = Stack::new(Limits::of(1));
    }
    let open = Arc::new(());
    let count = || Arc::strong_count(&open) - 1;
    let shelf = Stack::new(Limits::of(1));
    shelf.put(File(open.clone()));
    assert_eq!(count(), 1, "given back, but not closed");
    shelf.put(File(open.clone()));
    assert_eq!(count(), 1, "what is refused is closed");
    drop(shelf);
    assert_eq!(count(), 0, "and so is all of it, with the pool");

    let file = File(open.clone());
    let thread = thread::spawn(move || {
        let files: PerThread<File> = &FILES;
        files.put(file)
    });
    assert!(thread.join().expect("no panic"));
    assert_eq!(count(), 0, "or with the thread");
}

#[test]
fn pool_when_frequent_costly_temporary() {
    // Costly to set up: a context. Not costly: a buffer, which is one allocation and no work.
    let context = fact("context_bytes_540");
    let (_, buffer) = heap(make);
    assert!(context > 8 * 4_096);
    assert_eq!((buffer.allocations, buffer.bytes), (1, 4_096));
    // Rare: one use in a program's life saves nothing.
    let shelf = Stack::new(Limits::of(1));
    let (_, once) = heap(|| drop(shelf.lend(make)));
    assert_eq!(once.allocations, 1);
}

#[test]
fn do_not_pool_when_memory_matters_more() {
    let [exact, endless, bounded] =
        ["exact", "three_classes", "bounded"].map(|step| cost(&format!("burst/{step}/1000")));
    assert_eq!(exact.live, 0);
    assert!(
        endless.live > 10 * bounded.live,
        "a bound is what limits the damage"
    );
    assert!(bounded.live > 100_000, "and it is a price still");
    for step in ["exact", "three_classes", "bounded"] {
        let blocks = cost(&format!("burst/{step}/1000")).allocations;
        assert!(
            (1_000..1_010).contains(&blocks),
            "a first burst saves nobody a block"
        );
    }
}

#[test]
fn overusing_pools() {
    // Each time there is a way without a pool that takes as few allocations, or fewer.
    assert!(cost("acquire/kept/4096").allocations <= 1);
    assert!(cost("json/kept/short").allocations < 5);
    assert_eq!(cost("requests/borrowed/1000").allocations, 0);
    assert!(cost("requests/pooled/1000").allocations >= 6_000);
    assert!(cost("fixed/blocks/1000").allocations < cost("fixed/pooled/1000").allocations);
}

#[test]
fn question_when_to_pool() {
    // Dear to make and shared: yes. Kept by its user, small, copied out, or freed on another thread: no.
    assert!(fact("context_bytes_540") > 8 * 4_096);
    assert_eq!(cost("json/copied/short").allocations, 100);
    assert_eq!(cost("acquire/kept/16").allocations, 1);
}

#[test]
fn context_pool() {
    let [fresh, pooled, borrowed] =
        ["fresh", "pooled", "borrowed"].map(|step| cost(&format!("requests/{step}/1000")));
    // The map and the buffer are saved; the six strings in the map are made every time.
    assert_eq!(fresh.allocations, 8_000);
    assert!((6_000..6_010).contains(&pooled.allocations));
    assert_eq!(borrowed.allocations, 0);
}

#[test]
fn request_struct_pool() {
    let pooled = cost("requests/pooled/1000");
    let borrowed = cost("requests/borrowed/1000");
    assert_eq!((borrowed.bytes, borrowed.peak), (0, 0), "nothing is copied");
    assert!(pooled.peak > 1_024);
}

#[test]
fn copy_out_defeats_pool() {
    for input in ["short", "long"] {
        let step = |step| cost(&format!("json/{step}/{input}"));
        assert_eq!(step("pooled").allocations, 0);
        assert_eq!(
            step("copied").allocations,
            100,
            "a block per note, as without a pool"
        );
        assert!(step("fresh").allocations > 100, "only the growing is saved");
        assert!(step("kept").allocations < 5);
    }
}

#[test]
fn three_tier_buffer_pool() {
    let buffers = SizeClasses::stack([512, 4_096, 16_384], 1 << 20);
    assert_eq!(
        [1, 512, 513, 4_097, 16_384].map(|room| buffers.buffer(room).capacity()),
        [512, 512, 4_096, 16_384, 16_384]
    );
    assert_eq!(buffers.buffer(100_000).capacity(), 100_000);
    assert_eq!(buffers.idle().values, 3, "one of each; the largest is gone");
    // By its upper bound, a buffer of 600 bytes would be filed under 4,096.
    while buffers.take().is_some() {}
    buffers.put(Vec::with_capacity(600));
    assert_eq!(buffers.buffer(4_096).capacity(), 4_096);
    assert_eq!(buffers.buffer(512).capacity(), 600);
}

#[test]
fn tiered_pool_saving() {
    let [one_size, classes] = [fact("burst_in_one_size"), fact("burst_in_three_classes")];
    assert_eq!((one_size, classes), (16_384_000, 3_174_400));
    assert!(cost("burst/one_size/1000").live as usize >= one_size);
    let in_classes = cost("burst/three_classes/1000");
    assert!(in_classes.live as usize >= classes && in_classes.live < 3_500_000);
    // Without any pool it is as little at the peak, and nothing afterwards.
    let exact = cost("burst/exact/1000");
    assert!(exact.peak < in_classes.peak);
    assert_eq!(exact.live, 0);
}

#[test]
fn discard_oversized_on_return() {
    assert!(cost("oversized/kept/100").live > 10_000_000);
    for step in ["dropped", "shrunk"] {
        assert!(cost(&format!("oversized/{step}/100")).live < 5_000);
    }
}

/// A pooled map of which strange requests must not make a large one for good.
struct Params(HashMap<u64, u64, FixedSeed>);

impl Recycle for Params {
    fn clear(&mut self) {
        self.0.clear();
        self.0.shrink_to(14);
    }
    fn room(&self) -> usize {
        self.0.room()
    }
}

#[test]
fn bounded_map_reuse() {
    let shelf = Stack::new(Limits::of(1));
    let new = || Params(HashMap::default());
    let with = |entries| {
        let mut map = shelf.lend(new);
        map.0.extend((0..entries).map(|key| (key, key)));
        drop(map);
        shelf.idle().bytes
    };
    let small = with(8);
    let (again, usual) = heap(|| with(8));
    assert_eq!(
        (again, usual.allocations),
        (small, 0),
        "the usual size is kept"
    );
    with(1_000);
    assert_eq!(shelf.idle().bytes, small, "more than that is not");
    // By its length, a map that was emptied passes for a small one.
    let mut emptied: HashMap<u64, u64, FixedSeed> = (0..1_000).map(|key| (key, key)).collect();
    emptied.retain(|key, _| *key < 3);
    assert!(emptied.len() < 8 && emptied.capacity() >= 1_000);
}

#[test]
fn maps_never_shrink() {
    let mut map: HashMap<u64, u64, FixedSeed> = (0..1_000).map(|key| (key, key)).collect();
    let room = map.capacity();
    map.clear();
    assert_eq!(map.capacity(), room);
    map.extend((0..1_000).map(|key| (key, key)));
    let (_, removed) = heap(|| map.retain(|_, _| false));
    assert_eq!((map.len(), removed.live), (0, 0));
    assert!(map.capacity() >= 1_000);
    map.shrink_to_fit();
    assert_eq!(map.capacity(), 0);
    if measured_here() {
        assert_eq!(room, 1_792);
        assert_eq!(fact("map_bytes_after_1000"), 34_832);
    }
}

#[test]
fn fixed_size_block_pool() {
    // A block of another size doesn't compile: see the examples of `Blocks`.
    let [boxed, pooled, blocks] =
        ["boxed", "pooled", "blocks"].map(|step| cost(&format!("fixed/{step}/1000")));
    assert_eq!(boxed.allocations, 1_001);
    assert_eq!((pooled.allocations, blocks.allocations), (102, 3));
    assert!(blocks.peak < pooled.peak, "no pointers, no list of guards");
    let (allocator, made) = heap(|| Blocks::<256>::new(100));
    assert_eq!((allocator.free(), made.allocations), (100, 2));
}

#[test]
fn relay_buffer_pool_benefit() {
    for input in ["short", "long"] {
        let [fresh, pooled, copied, kept] =
            ["fresh", "pooled", "copied", "kept"].map(|step| cost(&format!("json/{step}/{input}")));
        assert!(fresh.allocations >= 200);
        assert_eq!(pooled.allocations, 0, "all of it");
        assert!(kept.allocations < 5, "as well as all of it, without a pool");
        assert_eq!(copied.allocations, 100, "between a half and three quarters");
        assert!(2 * copied.allocations <= fresh.allocations);
    }
}

#[test]
fn relay_pool_impact_sites() {
    // An index key is short and bounded: an array holds it.
    let (author, created_at, serial) = ([7u8; 32], 1_700_000_000u64, 42u64);
    let (key, on_the_stack) = heap(|| {
        let mut key = [0u8; 48];
        key[..32].copy_from_slice(black_box(&author));
        key[32..40].copy_from_slice(&created_at.to_be_bytes());
        key[40..].copy_from_slice(&serial.to_be_bytes());
        key
    });
    assert_eq!((on_the_stack.allocations, key[0]), (0, 7));
    // A serial is a number. Only an encoded event has no bound, and its buffer can be the caller's.
    assert!(cost("json/kept/long").allocations < 5);
}

#[test]
fn json_encode_pooled_buffer() {
    let step = |step| cost(&format!("json/{step}/short"));
    let (fresh, pooled) = (step("fresh"), step("pooled"));
    assert!(fresh.allocations >= 200 && fresh.bytes >= 100 * fact("json_bytes_short") as u64);
    assert_eq!((pooled.allocations, pooled.bytes), (0, 0));
    if measured_here() {
        assert_eq!(fresh.allocations, 200, "128 bytes, and then 256");
        assert_eq!(cost("json/fresh/long").allocations, 400);
    }
}

/// What is shared between threads must be able to.
#[test]
fn pools_are_as_shareable_as_they_say() {
    fn shared<T: Send + Sync>() {}
    shared::<Pool<Vec<u8>, Locked<Vec<u8>>>>();
    shared::<Pool<Vec<u8>, LockFree<Vec<u8>>>>();
    shared::<Pool<Vec<u8>, PerThread<Vec<u8>>>>();
    shared::<SizeClasses<LockFree<Vec<u8>>>>();
    fn sent<T: Send>() {}
    sent::<Pooled<'static, Vec<u8>, Locked<Vec<u8>>>>();
    sent::<Stack<Vec<u8>>>();
    sent::<Context>();
}
