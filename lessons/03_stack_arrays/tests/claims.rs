//! What the Go material says about stack storage and arrays, settled: a test per row of `book/claims.toml`.
//!
//! A test settles what the heap can tell. Instructions and times are the benchmarks' business; the rows name both.

use std::any::Any;
use std::env;
use std::hint::black_box;
use std::io::{LineWriter, Write};
use std::mem;
use std::process::Command;
use std::sync::mpsc;
use std::thread;

use measuring::figures;
use measuring::{Heap, heap};
use smallvec::SmallVec;
use stack_arrays::params::{self, Requests, share_within};
use stack_arrays::serials::Serial;
use stack_arrays::{EventId, InlineMap, PublicKey, Signature, large, scratch};

measuring::install!();

/// Whether the committed results were measured with this std, for this target.
fn measured_here() -> bool {
    figures::measured_here(include_str!("../../../benches/results/stack_arrays.json"))
}

/// What a case costs.
#[track_caller]
fn cost(case: &str) -> Heap {
    stack_arrays::lesson().heap(case)
}

fn allocations<T>(work: impl FnOnce() -> T) -> u64 {
    heap(|| black_box(work())).1.allocations
}

#[test]
fn allocation_preference_order() {
    let allocations = |step| cost(&format!("scratch/{step}/1000")).allocations;
    assert_eq!((allocations("hoisted"), allocations("arrays")), (0, 0));
    assert!(
        allocations("pooled") <= 2,
        "a vector, and the shelf it lies on"
    );
    assert_eq!(allocations("vectors"), 1_000);
}

#[test]
fn heap_only_when_outliving_scope() {
    // Outliving the function is no reason: what is given back moves into the caller's room.
    assert_eq!(cost("digests/by_value/1000").allocations, 0);
    let id = || EventId::new(black_box([7; 32]));
    assert_eq!(allocations(id), 0);
    // Being of a size that only running tells is one, and so is having an unknown number of owners.
    assert_eq!(allocations(|| vec![7u8; black_box(32)]), 1);
    assert_eq!(allocations(|| std::sync::Arc::new(id())), 1);
}

#[test]
fn fixed_array_stays_on_stack() {
    struct Owner {
        _name: u64,
        digest: [u8; 32],
    }
    let owner = |byte| Owner {
        _name: 1,
        digest: [byte; 32],
    };
    assert_eq!(size_of::<Owner>(), 8 + 32);
    assert_eq!(allocations(|| owner(7).digest[black_box(3)]), 0);
    // It lies where its owner lies. In a box, that is the heap.
    let (_boxed, cost) = heap(|| Box::new(owner(7)));
    assert_eq!((cost.allocations, cost.bytes), (1, 40));
}

#[test]
fn returned_slice_forces_heap() {
    let vector = cost("digests/vector/1000");
    assert_eq!((vector.allocations, vector.bytes), (1_000, 32_000));
    assert_eq!(cost("digests/by_value/1000").allocations, 0);
    assert_eq!(size_of::<Vec<u8>>(), 3 * size_of::<usize>());
}

#[test]
fn fixed_size_binary_newtypes() {
    let [texts, slices, arrays] =
        ["texts", "slices", "arrays"].map(|step| cost(&format!("records/{step}/1000")));
    assert_eq!(
        (texts.allocations, slices.allocations, arrays.allocations),
        (3_001, 3_001, 1)
    );
    assert_eq!(arrays.bytes, 1_000 * (32 + 32 + 64));
    let headers = 1_000 * 3 * size_of::<Vec<u8>>() as u64;
    assert_eq!(slices.bytes, arrays.bytes + headers);
    assert_eq!(texts.bytes, 2 * arrays.bytes + headers);
}

#[test]
fn length_enforced_by_type() {
    let bytes = [7; 64];
    assert!(EventId::try_from(&bytes[..31]).is_err());
    assert!(EventId::try_from(&bytes[..33]).is_err());
    assert_eq!(EventId::try_from(&bytes[..32]), Ok(EventId::new([7; 32])));
    assert!(Signature::try_from(&bytes[..]).is_ok());
    // The check is at the edge, once, and takes no allocation even where it fails. Inside there is nothing to check: the
    // documentation of `EventId` shows a key in an id's place refused by the compiler.
    assert_eq!(allocations(|| PublicKey::try_from(&bytes[..31])), 0);
}

#[test]
fn whole_array_zero_comparison() {
    assert!(EventId::ZERO.is_zero() && Signature::ZERO.is_zero());
    for position in 0..32 {
        let mut bytes = [0; 32];
        bytes[position] = 1;
        assert!(!EventId::new(bytes).is_zero());
    }
    assert_eq!(cost("zero_test/whole/1000").allocations, 0);
    // Every pattern of bits is an id, so an `Option` has to keep its own byte.
    assert_eq!(size_of::<Option<EventId>>(), 32 + 1);
}

#[test]
fn by_value_up_to_64_bytes() {
    for bytes in [8, 16, 64] {
        assert_eq!(cost(&format!("passing/by_value/{bytes}")).allocations, 0);
        assert_eq!(
            cost(&format!("passing/by_reference/{bytes}")).allocations,
            0
        );
    }
}

#[test]
fn judge_65_to_128_bytes() {
    /// Between the two limits.
    #[derive(Clone, Copy)]
    struct Middling([u8; 96]);
    fn read(value: &Middling) -> u8 {
        value.0[95]
    }
    fn change(value: &mut Middling) {
        value.0[95] += 1;
    }
    // Reading and changing both by reference; neither asks the heap.
    let mut value = Middling([1; 96]);
    let (_, lent) = heap(|| {
        change(black_box(&mut value));
        read(black_box(&value))
    });
    assert_eq!((lent.allocations, value.0[95]), (0, 2));
    assert_eq!(cost("passing/by_value/128").allocations, 0);
}

#[test]
fn pointer_beyond_128_bytes() {
    let kilobyte = [1u64; 128];
    let lent = |value: &[u64; 128]| value[black_box(127)];
    assert_eq!(
        allocations(|| lent(black_box(&kilobyte))),
        0,
        "a reference needs no heap"
    );
    let (_boxed, owned) = heap(|| Box::new(black_box(kilobyte)));
    assert_eq!(
        (owned.allocations, owned.bytes),
        (1, 1_024),
        "an owning pointer does"
    );
}

#[test]
fn pointers_for_small_structs() {
    let points = || (0..1_000u64).map(|number| [number, number]);
    let (_, boxed) = heap(|| points().map(Box::new).collect::<Vec<_>>());
    let (values, plain) = heap(|| points().collect::<Vec<_>>());
    let (_, lent) = heap(|| values.iter().collect::<Vec<&[u64; 2]>>());
    assert_eq!(
        (boxed.allocations, plain.allocations, lent.allocations),
        (1_001, 1, 1)
    );
    assert_eq!(
        boxed.bytes,
        8_000 + 16_000,
        "a pointer for each, and what it points to"
    );
    assert_eq!(plain.bytes, 16_000);
}

#[test]
fn convert_array_to_slice_at_edges() {
    let id = EventId::new([7; 32]);
    let edge = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let (sum, viewed) = heap(|| edge(black_box(&id).as_ref()));
    assert_eq!((sum, viewed.allocations), (7 * 32, 0));
    let view: &[u8] = id.as_ref();
    assert_eq!(view.as_ptr(), id.as_bytes().as_ptr(), "a view, no copy");
    assert_eq!(allocations(|| view.to_vec()), 1);
}

#[test]
fn take_arrays_in_signatures() {
    let read = |id: &[u8; 32]| id[31];
    let id = EventId::new([7; 32]);
    assert_eq!(allocations(|| read(black_box(&id).as_bytes())), 0);
    assert_eq!(size_of::<&[u8; 32]>(), size_of::<usize>());
    assert_eq!(
        size_of::<&[u8]>(),
        2 * size_of::<usize>(),
        "a slice brings its length along"
    );
    assert_eq!(cost("distance/arrays/1000"), cost("distance/slices/1000"));
}

#[test]
fn escape_definition() {
    // Nothing moves to the heap because of what is done with it: lent, captured, sent away or given back.
    let table = [7u64; 512];
    let (sum, cost) = heap(|| {
        let lent: &dyn Fn(usize) -> u64 = &|index| black_box(&table)[index];
        let moved = move || table;
        lent(3) + moved()[3]
    });
    assert_eq!((sum, cost.allocations), (14, 0));
    // What takes an allocation says so by its type.
    assert_eq!(allocations(|| Box::new(table)), 1);
}

#[test]
fn question_what_is_escape_analysis() {
    let text = black_box("an id, a key, a signature");
    assert_eq!(allocations(|| text.to_owned()), 1);
    assert!(
        allocations(|| format!("{text}!")) >= 1,
        "it guesses the length"
    );
    assert_eq!(
        allocations(|| text.split(' ').collect::<Vec<_>>()),
        2,
        "it grows from four"
    );
    assert_eq!(allocations(|| vec![text; 3]), 1);
    assert_eq!(allocations(|| Box::new(text)), 1);
    // A move is none.
    let owned = text.to_owned();
    let (owned, moved) = heap(|| black_box(owned));
    assert_eq!((moved.allocations, owned.len()), (0, text.len()));
}

#[test]
fn escape_by_returned_pointer() {
    // The compiler refuses to lend a local to the caller; see the documentation of `digests`. Two ways remain.
    fn value(number: u64) -> u64 {
        number + 1
    }
    fn boxed(number: u64) -> Box<u64> {
        Box::new(number + 1)
    }
    assert_eq!(allocations(|| value(black_box(1))), 0);
    let (_, cost) = heap(|| black_box(boxed(black_box(1))));
    assert_eq!((cost.allocations, cost.bytes), (1, 8));
}

#[test]
fn escape_by_interface_boxing() {
    let numbers: Vec<u64> = (0..1_000).collect();
    let (_, boxed) = heap(|| {
        let boxed = |number: &u64| Box::new(*number) as Box<dyn Any>;
        numbers.iter().map(boxed).collect::<Vec<_>>()
    });
    let (_, lent) = heap(|| {
        let lent = |number| number as &dyn Any;
        numbers.iter().map(lent).collect::<Vec<_>>()
    });
    assert_eq!((boxed.allocations, lent.allocations), (1_001, 1));
    let unit = || Box::new(()) as Box<dyn Any>;
    assert_eq!(allocations(unit), 0, "what has no size needs no room");
    assert_eq!(cost("filters/boxed/1000").allocations, 3_000);
    assert_eq!(cost("filters/borrowed/1000").allocations, 0);
}

#[test]
fn escape_by_closure_capture() {
    fn adder(summand: u64) -> impl Fn(u64) -> u64 {
        move |number| number + summand
    }
    let (add, cost) = heap(|| adder(black_box(7)));
    assert_eq!((cost.allocations, add(1)), (0, 8));
    assert_eq!(
        size_of_val(&add),
        size_of::<u64>(),
        "what it captured, and nothing else"
    );

    let table = [7u8; 1_024];
    let index = move |at: usize| table[at];
    assert_eq!(
        (size_of_val(&index), index(3)),
        (1_024, 7),
        "captured by move: in the closure"
    );

    type Boxed = Box<dyn Fn(u64) -> u64>;
    assert_eq!(allocations(|| Box::new(adder(7)) as Boxed), 1);
    assert_eq!(
        allocations(|| Box::new(|number: u64| number + 1) as Boxed),
        0,
        "nothing captured"
    );
}

#[test]
fn escape_by_dynamic_size() {
    let filled = |length: usize| vec![7u8; length];
    assert_eq!(allocations(|| filled(black_box(32))), 1);
    // With a bound, the room for it can be in place; beyond the bound there is an allocation again.
    let inline = |length: usize| SmallVec::<[u8; 32]>::from_elem(7, length);
    assert_eq!(allocations(|| inline(black_box(32))), 0);
    assert_eq!(allocations(|| inline(black_box(33))), 1);
    // Or the caller lends room, of which as much is used as it takes.
    let mut room = [0; 64];
    let (used, cost) = heap(|| {
        let used = &mut room[..black_box(33)];
        used.fill(7);
        used.len()
    });
    assert_eq!((used, cost.allocations), (33, 0));
}

#[test]
fn escape_by_channel_send() {
    fn sends<T>(value: impl Fn(u64) -> T) -> Heap {
        let work = || {
            let (sender, receiver) = mpsc::channel();
            for number in 0..1_000 {
                sender.send(value(number)).expect("the receiver is here");
            }
            (sender, receiver)
        };
        heap(work).1
    }
    let values = sends(|number| number);
    let boxes = sends(Box::new);
    assert!(
        values.allocations < 100,
        "the channel's own allocations, many values in each"
    );
    assert_eq!(boxes.allocations, values.allocations + 1_000);
    let arrays = sends(|number| [number; 128]);
    assert_eq!(
        arrays.allocations, values.allocations,
        "larger values, larger allocations"
    );

    // A bounded channel takes its room at the start, and then none.
    let (sender, receiver) = mpsc::sync_channel::<u64>(1_000);
    let ((), sent) = heap(|| (0..1_000).for_each(|number| sender.send(number).expect("room")));
    assert_eq!((sent.allocations, receiver.iter().next()), (0, Some(0)));
}

/// Tells a child process what to try.
const WAY: &str = "STACK_ARRAYS_WAY";

/// Takes one of the ways to a large table, on a thread whose stack is a quarter as large.
fn take(way: &str) {
    let work = match way {
        "on_the_stack" => || u64::from(large::on_the_stack()),
        "through_the_stack" => || large::through_the_stack().len() as u64,
        _ => || allocations(large::on_the_heap),
    };
    let thread = thread::Builder::new().stack_size(large::LARGE / 4);
    let result = thread.spawn(work).expect("a thread starts").join();
    println!("survived with {}", result.expect("it doesn't panic"));
}

/// Takes the way in a process of its own, because a stack that overflows ends the process.
fn survives(way: &str) -> bool {
    let output = Command::new(env::current_exe().expect("a running test knows where it is"))
        .args(["escape_by_large_value", "--exact", "--nocapture"])
        .env(WAY, way)
        .output()
        .expect("a test binary can be started again");
    let survived = String::from_utf8_lossy(&output.stdout).contains("survived with");
    assert_eq!(survived, output.status.success(), "{way}");
    if !survived && cfg!(target_os = "linux") {
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            complaint.contains("has overflowed its stack"),
            "{complaint}"
        );
    }
    survived
}

#[test]
fn escape_by_large_value() {
    if let Ok(way) = env::var(WAY) {
        return take(&way);
    }
    assert!(!survives("on_the_stack"), "nobody moves it to the heap");
    assert!(survives("on_the_heap"));
    if measured_here() && cfg!(debug_assertions) {
        assert!(
            !survives("through_the_stack"),
            "made on the stack, then moved into its box"
        );
    }
    let (_table, cost) = heap(large::on_the_heap);
    assert_eq!((cost.allocations, cost.peak), (1, large::LARGE as u64));
}

#[test]
fn fill_callers_buffer() {
    assert_eq!(
        cost("digests/into_callers/1000"),
        cost("digests/by_value/1000")
    );
    assert_eq!(cost("scratch/hoisted/1000").allocations, 0);
    // For a result that grows, the caller's vector takes blocks until it has seen the largest.
    let encode = |length: usize, into: &mut Vec<u8>| {
        into.clear();
        into.resize(length, 7);
    };
    let mut buffer = Vec::new();
    encode(4_096, &mut buffer);
    let ((), steady) = heap(|| (0..=4_096).for_each(|length| encode(length, &mut buffer)));
    assert_eq!(steady.allocations, 0);
}

#[test]
fn kilobyte_stack_scratch() {
    assert_eq!(cost("scratch/arrays/1000").allocations, 0);
    assert_eq!(cost("scratch/vectors/1000").allocations, 1_000);

    async fn waits_with_scratch() -> u8 {
        let scratch = black_box([7; scratch::ROOM]);
        std::future::ready(()).await;
        scratch[3]
    }
    let size = size_of_val(&waits_with_scratch());
    assert!(
        size > scratch::ROOM,
        "what is needed after a wait is part of the future"
    );
}

#[test]
fn small_constant_capacity_may_stay_on_stack() {
    let (_, vector) = heap(|| {
        let mut room = Vec::with_capacity(16);
        room.extend([1u8, 2, 3]);
        black_box(&room).len()
    });
    let (_, inline) = heap(|| {
        let mut room = SmallVec::<[u8; 16]>::new();
        room.extend([1u8, 2, 3]);
        black_box(&room).len()
    });
    assert_eq!((vector.allocations, vector.bytes), (1, 16));
    assert_eq!(inline.allocations, 0);
}

#[test]
fn return_by_value() {
    /// Larger than any register.
    #[derive(Debug, PartialEq)]
    struct Big([u64; 64]);
    #[inline(never)]
    fn big(number: u64) -> Result<Big, String> {
        Ok(Big([number; 64]))
    }
    #[inline(never)]
    fn boxed(number: u64) -> Box<Big> {
        Box::new(Big([number; 64]))
    }
    let (value, by_value) = heap(|| big(black_box(7)));
    let (pointer, by_pointer) = heap(|| boxed(black_box(7)));
    assert_eq!((by_value.allocations, by_pointer.allocations), (0, 1));
    assert_eq!(value.as_ref(), Ok(&*pointer));
    // A `Result` is as large as the larger of its sides, so it is the rare large error that deserves a box.
    assert!(size_of::<Result<u8, Big>>() >= size_of::<Big>());
}

#[test]
fn lend_to_interface_method() {
    trait Sink {
        fn take(&mut self, id: &EventId);
    }
    struct Count(u64);
    impl Sink for Count {
        fn take(&mut self, id: &EventId) {
            self.0 += u64::from(!id.is_zero());
        }
    }
    fn give(sink: &mut dyn Sink) {
        let id = EventId::new([7; 32]);
        sink.take(&id);
    }
    let mut count = Count(0);
    let ((), cost) = heap(|| give(black_box(&mut count)));
    assert_eq!((cost.allocations, count.0), (0, 1));
    assert_eq!(cost, measuring::Heap::default());
}

#[test]
fn printing_does_not_escape() {
    let id = EventId::new(black_box([7; 32]));
    let (written, cost) = heap(|| write!(std::io::sink(), "{id} {id:?}").is_ok());
    assert_eq!((written, cost.allocations), (true, 0));
    // Standard output is such a writer: one buffer, made when it is first used.
    let mut output = LineWriter::new(std::io::sink());
    let (written, cost) = heap(|| writeln!(output, "{id}").is_ok());
    assert_eq!((written, cost.allocations), (true, 0));
    assert_eq!(allocations(|| id.to_string()), 1);
    assert_eq!(
        allocations(|| id.write_hex(&mut [0; EventId::HEX_LENGTH]).len()),
        0
    );
}

#[test]
fn forty_bit_integer_wrapper() {
    let serials = |count: u64| (0..count).map(|number| Serial::from_bytes(bytes(number)));
    fn bytes(number: u64) -> [u8; 5] {
        let [_, _, _, bytes @ ..] = (number << 20).to_be_bytes();
        bytes
    }
    assert_eq!(
        (size_of::<Serial>(), align_of::<Serial>()),
        (8, align_of::<u64>())
    );
    let (wide, in_eight) = heap(|| serials(1_000).collect::<Vec<_>>());
    let (narrow, in_five) = heap(|| serials(1_000).map(Serial::to_bytes).collect::<Vec<_>>());
    assert_eq!((in_eight.allocations, in_eight.bytes), (1, 8_000));
    assert_eq!((in_five.allocations, in_five.bytes), (1, 5_000));
    // On disk they are compared as bytes, which gives the same order.
    assert!(wide.is_sorted() && narrow.is_sorted());
    assert_eq!(mem::size_of::<Option<Serial>>(), 16);
    assert_eq!(size_of::<Option<std::num::NonZeroU64>>(), 8);
}

#[test]
fn five_byte_stack_read() {
    let step = |step| cost(&format!("serials/{step}/1000"));
    assert_eq!(
        (step("vectors").allocations, step("vectors").bytes),
        (2_000, 6_000)
    );
    assert_eq!(
        (step("arrays").allocations, step("chunks").allocations),
        (0, 0)
    );
    let mut out = Vec::with_capacity(6);
    let ((), tagged) = heap(|| out.write_all(&[5]).expect("a vector takes all"));
    assert_eq!(tagged.allocations, 0);
}

#[test]
fn inline_storage_for_few_items() {
    for count in 0..=4 {
        let pairs = || (0..count).map(|number| (number, number));
        assert_eq!(
            allocations(|| pairs().collect::<SmallVec<[(u32, u32); 4]>>()),
            0
        );
        assert_eq!(
            allocations(|| pairs().collect::<InlineMap<u32, u32, 4>>()),
            0
        );
    }
    // The owner pays: it is this much larger, whether the slots are full or not.
    type Pair = (&'static str, &'static str);
    let word = size_of::<usize>();
    assert_eq!(size_of::<Vec<Pair>>(), 3 * word);
    assert_eq!(size_of::<SmallVec<[Pair; 4]>>(), (4 * 4 + 1) * word);
    assert!(size_of::<InlineMap<&str, &str, 4>>() >= 4 * size_of::<Pair>());
    let moving = |step| cost(&format!("moving/{step}/1000"));
    assert_eq!(
        (
            moving("vectors").allocations,
            moving("inline_4").allocations
        ),
        (1_002, 2)
    );
    assert!(moving("inline_64").bytes > 5 * moving("vectors").bytes);
}

#[test]
fn inline_covers_most_requests() {
    let requests = Requests::mostly_few();
    let share = share_within(&requests, 4) as u64;
    // An allocation for each request that spills, and none for the others: by construction. How many spill is the
    // workload's affair, so count yours.
    let spilled = cost("params/small_vecs/mostly_few").allocations;
    assert_eq!(spilled, 1_000 - 10 * share);
    assert_eq!(cost("params/inline_maps/mostly_few").allocations, spilled);
    assert_eq!(share_within(&Requests::many(), 4), 0);
    assert!(cost("params/small_vecs/many").allocations >= 1_000);
}

#[test]
fn linear_scan_beats_map_when_tiny() {
    // Neither asks the heap; what tells them apart is work. But to be searched, a map has to be filled first.
    for count in [4, 64] {
        assert_eq!(cost(&format!("lookup/hashed/{count}")).allocations, 0);
        assert_eq!(cost(&format!("lookup/one_by_one/{count}")).allocations, 0);
    }
    let map = cost("params/hash_map/mostly_few");
    let list = cost("params/vectors/mostly_few");
    assert!(list.allocations < map.allocations && list.bytes < map.bytes);
}

#[test]
fn overflow_to_map() {
    let fill = |count: u32| {
        (0..count)
            .map(|key| (key, key))
            .collect::<InlineMap<u32, u32, 4>>()
    };
    assert_eq!((allocations(|| fill(4)), allocations(|| fill(5))), (0, 1));
    assert_eq!(allocations(|| fill(8)), 1, "the map has room for eight");

    // What a map beside the slots gets wrong: after the spill, an old key must not be found twice, or stale.
    let mut map = fill(5);
    assert_eq!(map.insert(0, 100), Some(0));
    assert_eq!((map.get(&0), map.len()), (Some(&100), 5));
    assert_eq!(map.remove(&0), Some(100));
    assert_eq!((map.get(&0), map.len()), (None, 4));
    assert!(map.spilled(), "and it doesn't go back and forth");
}

#[test]
fn fixed_header_array() {
    assert_eq!(cost("params/bounded/mostly_few").allocations, 0);
    assert_eq!(cost("params/bounded/many").allocations, 0);
    // All of it is paid for by every owner, full or empty. In a box, it is on the heap like the rest of the box.
    type Headers = [(&'static str, &'static str); params::MOST];
    struct Context {
        _headers: Headers,
    }
    let context = Context {
        _headers: [("", ""); params::MOST],
    };
    let (_boxed, cost) = heap(|| Box::new(black_box(context)));
    assert_eq!(
        (cost.allocations, cost.bytes),
        (1, size_of::<Headers>() as u64)
    );
    assert_eq!(size_of::<Headers>(), params::MOST * 4 * size_of::<usize>());
}
