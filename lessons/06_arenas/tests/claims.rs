//! What the Go material says about arenas, settled: a test per row of `book/claims.toml`.
//!
//! Each test asks two things. The *order* of costs holds wherever Rust runs, and is asked for everywhere. The exact
//! figures belong to one version of bumpalo and one target, because how an arena grows is no promise;
//! [`measured_here`] says whether this machine is of the kind that the committed results come from.

use std::hint::black_box;

use arenas::dom::{self, Page};
use arenas::{Region, RegionFull};
use bumpalo::Bump;
use bumpalo::boxed::Box as ArenaBox;
use bumpalo::collections::{String as ArenaString, Vec as ArenaVec};
use measuring::figures;
use measuring::{Heap, freed_by, heap};

measuring::install!();

/// Whether the committed results were measured with this compiler, for this target.
fn measured_here() -> bool {
    figures::measured_here(include_str!("../../../benches/results/arenas.json"))
}

/// What a case costs.
#[track_caller]
fn cost(case: &str) -> Heap {
    arenas::lesson().heap(case)
}

#[test]
fn region_bulk_free() {
    let boxed = cost("tree/boxed/65535");
    let arena = cost("tree/arena/65535");
    let indexed = cost("tree/indexed/65535");
    assert_eq!(
        boxed.allocations, 65_534,
        "all but the root, which lies on the stack"
    );
    assert!(arena.allocations < 20);
    assert_eq!(indexed.allocations, 1);
    assert_eq!(cost("tree/reused/65535").allocations, 0);
    // A doubled chunk may be half empty, so the fewest allocations are not the fewest bytes.
    assert!(boxed.peak < arena.peak);
    assert!(indexed.peak < boxed.peak);
    assert!(cost("dom/borrowed/200").allocations * 10 < cost("dom/counted/200").allocations);

    // Freed together, but not dropped: what a value owns elsewhere is lost.
    let (_, strings) = heap(|| {
        let arena = Bump::new();
        for _ in 0..100 {
            arena.alloc(String::from("sixteen letters."));
        }
    });
    assert_eq!(strings.live, 1_600);
    let (_, boxes) = heap(|| {
        let arena = Bump::new();
        for _ in 0..100 {
            black_box(ArenaBox::new_in(String::from("sixteen letters."), &arena));
        }
    });
    assert_eq!(boxes.live, 0);
    let (_, texts) = heap(|| {
        let arena = Bump::new();
        for _ in 0..100 {
            black_box(ArenaString::from_str_in("sixteen letters.", &arena));
        }
    });
    assert_eq!(texts.live, 0);
}

/// That std's collections can't be put into an arena on a stable compiler is a `compile_fail` example of the crate's
/// first page.
#[test]
fn language_arena_experimental() {
    let (_, cost) = heap(|| {
        let arena = Bump::with_capacity(4_096);
        let mut words = ArenaVec::new_in(&arena);
        words.extend(["one", "two"].map(|word| ArenaString::from_str_in(word, &arena)));
        let boxed = ArenaBox::new_in(words, &arena);
        black_box(boxed)
            .iter()
            .map(|word| word.len())
            .sum::<usize>()
    });
    assert_eq!(cost.allocations, 1, "vector, strings and box in one chunk");
}

/// That nothing gets out without a copy is a `compile_fail` example of the crate's first page.
#[test]
fn copy_result_out_of_arena() {
    let page = Page::sample(200);
    let (paths, cost) = heap(|| dom::borrowed::paths(&page));
    let copied: usize = paths.iter().map(String::len).sum();
    assert_eq!(paths.len(), 20);
    assert_eq!(paths[0], "/html/main/ul/li/p/b");
    // The list of results and their text are all that is left of the arena.
    let list = paths.capacity() * size_of::<String>();
    assert_eq!(cost.live as usize, list + copied);
    assert!(dom::borrowed::size(&page) > 50 * cost.live as usize);
}

/// The bytes that an arena has handed out when a vector was filled in it, alone or in turns with another one.
fn handed_out(vectors: usize, room: usize) -> usize {
    let mut arena = Bump::with_capacity(1 << 20);
    let vector = |_| ArenaVec::with_capacity_in(room, &arena);
    let mut vectors: Vec<ArenaVec<u64>> = (0..vectors).map(vector).collect();
    for number in 0..1_000 {
        vectors.iter_mut().for_each(|vector| vector.push(number));
    }
    // Not dropped: the one that was allocated last would give its room back.
    for vector in vectors {
        vector.into_bump_slice();
    }
    arena.iter_allocated_chunks().map(<[_]>::len).sum()
}

#[test]
fn arena_slice_with_capacity() {
    let sized = cost("growing/arena_sized/1000");
    assert_eq!(sized.allocations, 1);
    assert!(cost("growing/arena/1000").bytes > 2 * sized.bytes);
    assert!(cost("interleaved/arena/1000").peak > 2 * cost("interleaved/arena_sized/1000").peak);
    // What the heap gets back from a vector that moved, the arena keeps.
    assert!(cost("growing/arena/1000000").peak > 2 * cost("growing/malloc/1000000").peak);

    assert_eq!(handed_out(1, 1_000), 8_000);
    assert!(
        handed_out(1, 0) < 2 * 8_000,
        "the last thing in a chunk grows in its place"
    );
    assert_eq!(handed_out(2, 1_000), 16_000);
    assert!(
        handed_out(2, 0) > 2 * 16_000,
        "two of them get in each other's way"
    );
}

#[test]
fn bump_pointer_allocator() {
    let mut buffer = vec![0; 1 << 20];
    let ((), cost) = heap(|| {
        let region = Region::over(&mut buffer);
        let mut pieces = 0;
        while region.alloc_aligned(100, 8).is_ok() {
            pieces += 1;
        }
        assert_eq!(
            pieces,
            (1 << 20) / 104,
            "each begins where 8 divides the address"
        );
    });
    assert_eq!(cost.allocations, 0);
    // That the pieces lie apart is tested against a model in tests/region.rs.

    let used = |fill: fn(&Bump)| {
        let mut arena = Bump::with_capacity(4_096);
        fill(&arena);
        arena.iter_allocated_chunks().map(<[_]>::len).sum::<usize>()
    };
    let mixed = used(|arena| {
        for number in 0..100u8 {
            arena.alloc(number);
            arena.alloc(u64::from(number));
        }
    });
    let sorted = used(|arena| {
        for number in 0..100u64 {
            arena.alloc(number);
        }
        for number in 0..100u8 {
            arena.alloc(number);
        }
    });
    assert_eq!(
        (mixed, sorted),
        (1_600, 900),
        "alignment is paid for in bytes"
    );
}

#[test]
fn arena_thousand_kilobyte_blocks() {
    for input in ["untouched", "written"] {
        let step = |step| cost(&format!("blocks/{step}/{input}"));
        assert_eq!(
            step("malloc").allocations,
            1_001,
            "a list of what is to be freed, too"
        );
        assert_eq!(step("with_capacity").allocations, 1);
        assert_eq!(step("region").allocations, 1);
        assert_eq!(step("reused").allocations, 0);
        assert!(step("chunks").allocations < 20);
    }
    let arena = Bump::with_capacity(1 << 20);
    let (_, served) = heap(|| {
        for _ in 0..1_000 {
            arena.alloc_slice_fill_copy(1_024, 7u8);
        }
    });
    assert_eq!(served.allocations, 0);
}

#[test]
fn arena_full_panics() {
    // Ours gives an error, to the byte.
    let mut buffer = [0; 100];
    let region = Region::over(&mut buffer);
    assert!(region.alloc(60).is_ok() && region.alloc(40).is_ok());
    assert_eq!(region.alloc(1), Err(RegionFull { asked: 1, left: 0 }));

    // bumpalo takes another chunk,
    let arena = Bump::with_capacity(100);
    let room = arena.chunk_capacity();
    arena.alloc_slice_fill_copy(room, 7u8);
    let (_, more) = heap(|| arena.alloc(7u8));
    assert_eq!(more.allocations, 1);

    // unless it is told where to end. Then `try_alloc` gives an error where `alloc` panics.
    let arena = Bump::new();
    arena.set_allocation_limit(Some(64 * 1024));
    let mut kilobytes = 0;
    while arena.try_alloc([0u8; 1024]).is_ok() {
        kilobytes += 1;
    }
    assert!(arena.allocated_bytes() <= 64 * 1024);
    assert!(kilobytes > 32 && kilobytes < 64);
}

#[test]
fn arena_reset_constant_time() {
    let mut arena = Bump::new();
    let fill = |arena: &Bump| {
        for number in 0..12_500u64 {
            arena.alloc(number);
        }
    };
    let ((), first) = heap(|| fill(&arena));
    assert!(first.allocations > 5, "one chunk after the other");
    let all = arena.allocated_bytes();
    let ((), freed) = freed_by(|| arena.reset());
    assert!(freed > 0, "all chunks but the last are freed");
    assert!(arena.allocated_bytes() > all / 3 && arena.allocated_bytes() < all);

    // The last chunk is smaller than all of them together, so the next request may need one more.
    let ((), second) = heap(|| fill(&arena));
    arena.reset();
    let ((), third) = heap(|| fill(&arena));
    assert_eq!((second.allocations, third.allocations), (1, 0));
    let ((), reset) = heap(|| arena.reset());
    assert_eq!(reset.live, 0, "one chunk: only its mark moves");
    if measured_here() {
        assert_eq!(first.allocations, 8);
    }

    // What lies in an arena isn't wiped.
    let mut buffer = [0; 6];
    Region::over(&mut buffer)
        .copy(b"secret")
        .expect("six bytes of six");
    let region = Region::over(&mut buffer);
    assert_eq!(region.alloc(6).as_deref(), Ok(&b"secret"[..]));
}
