//! What the Go material claims about measuring and about processors, as far as the heap can settle it: a test per
//! row of `book/claims.toml`, named as the row. Times and instructions settle others; see the benchmarks.

use std::any::Any;
use std::collections::HashMap;
use std::fs;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use measuring::case::Case;
use measuring::staircases::monitor::Monitor;
use measuring::staircases::{FixedHash, contention, storage};
use measuring::time::Time;
use measuring::{
    Heap, Meter, alone, count_process, freed_by, heap, heap_of_process, lesson, statistics, time,
};

// Over dhat, because two of the claims are about profiles. Where no profiler runs, dhat passes every call on.
#[global_allocator]
static METER: Meter<dhat::Alloc> = Meter::over(dhat::Alloc);

fn case(id: &str) -> Case {
    lesson()
        .case(id)
        .unwrap_or_else(|| panic!("no case is called {id:?}"))
}

fn cost_of(id: &str) -> Heap {
    lesson().heap(id)
}

fn allocations_of(id: &str) -> u64 {
    cost_of(id).allocations
}

// ---- measuring ----

#[test]
fn intuition_about_speed_is_usually_wrong() {
    // A map and a collect in between, and not one allocation: the new vector takes over the old one's allocation.
    let numbers: Vec<u64> = (0..1_000).collect();
    let (numbers, cost) = heap(|| numbers.into_iter().map(|it| it + 1).collect::<Vec<_>>());
    assert_eq!((cost.allocations, numbers.len()), (0, 1_000));

    // Collecting a thousand results looks as if the size were known. It grows from four.
    let digits = vec!["7"; 1_000];
    let (numbers, cost) = heap(|| {
        digits
            .iter()
            .map(|it| it.parse())
            .collect::<Result<Vec<u64>, _>>()
    });
    assert!(numbers.is_ok());
    assert_eq!(
        (cost.allocations, cost.bytes),
        (
            9,
            8 * (4..=1_024)
                .filter(|it: &u64| it.is_power_of_two())
                .sum::<u64>()
        )
    );
}

#[test]
fn attend_to_long_running_latency() {
    // No collector comes later. Whoever drops the last owner frees every allocation, there and then.
    let index: Vec<String> = (0..10_000).map(|it| format!("{it:08}")).collect();
    let (_, freed) = freed_by(|| drop(index));
    assert_eq!(freed, 10_000 * (8 + size_of::<String>()) as u64);
}

#[test]
fn attend_to_memory_constrained_hosts() {
    // One element more than a power of two: nearly half of the vector is room for nobody.
    let (numbers, cost) = heap(|| {
        let mut numbers: Vec<u64> = Vec::new();
        numbers.extend(0..1_024);
        numbers.push(1_024);
        numbers
    });
    assert_eq!((numbers.len() * 8, cost.live), (8_200, 16_384));

    // A map that grows holds the old table until the new one is filled: half as much again, for a moment.
    let mut counts: HashMap<u64, u64, FixedHash> = HashMap::default();
    let (_, small_table) = heap(|| counts.reserve(1_000));
    counts.extend((0..counts.capacity() as u64).map(|it| (it, it)));
    let ((_, growth), freed) = freed_by(|| heap(|| counts.insert(u64::MAX, 0)));
    assert_eq!(growth.allocations, 1, "a new table");
    assert_eq!(
        freed as i64, small_table.live,
        "and the old one goes when it is filled"
    );
    assert!(growth.peak > 2 * small_table.peak - 64, "twice as large");

    // Clearing keeps the room.
    let (_, cost) = heap(|| counts.clear());
    assert_eq!(cost.live, 0);
}

// ANCHOR: heap_profile
#[test]
fn heap_profile_to_file() {
    alone("heap_profile_to_file", || {
        let file = in_target("heap_profile_to_file.json");
        let profiler = dhat::Profiler::builder().file_name(&file).build();
        let kept: Vec<Box<u64>> = (0..1_000).map(|it| black_box(Box::new(it))).collect();
        drop(profiler);
        drop(kept);
        let boxes = program_point(&file, 1_000);
        assert_eq!(boxes["tb"], 8_000, "bytes in total");
        assert_eq!(boxes["eb"], 8_000, "bytes at the end");
    });
}
// ANCHOR_END: heap_profile

#[test]
fn collect_before_heap_snapshot() {
    // There are no dead objects to sweep away first: what is dropped is gone from the count.
    let (_, cost) = heap(|| {
        let garbage: Vec<String> = (0..1_000).map(|it| it.to_string()).collect();
        drop(garbage);
    });
    assert_eq!((cost.allocations, cost.live), (1_001, 0));
}

#[test]
fn total_allocated_versus_live_view() {
    let churn = cost_of("churn/string_per_line/10000");
    let footprint = cost_of("churn/room_for_the_longest/10000");
    assert_eq!((churn.allocations, footprint.allocations), (10_000, 1));
    assert_eq!((churn.bytes, footprint.bytes), (416_725, 65_536));
    assert_eq!((churn.peak, footprint.peak), (47, 65_536));

    let neither = cost_of("churn/reused_buffer/10000");
    assert_eq!((neither.allocations, neither.peak), (2, 80));
}

#[test]
fn live_http_heap_endpoint() {
    alone("live_http_heap_endpoint", || {
        count_process();
        let cache = black_box(vec![0u8; 1 << 20]);
        let endpoint = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = endpoint.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut client, _) = endpoint.accept().unwrap();
            let body = format!("live {}\n", statistics().live);
            let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            client.write_all((head + &body).as_bytes()).unwrap();
        });
        let mut answer = String::new();
        let mut client = TcpStream::connect(address).unwrap();
        client.read_to_string(&mut answer).unwrap();
        server.join().unwrap();
        let live: i64 = answer.rsplit_once(' ').unwrap().1.trim().parse().unwrap();
        assert!(
            (1 << 20..(1 << 20) + 100_000).contains(&live),
            "{live} bytes, of which the cache is a mebibyte"
        );
        drop(cache);
    });
}

#[test]
#[should_panic(expected = "the meter is counting: close the region before timing")]
fn profile_cpu_heap_and_allocations_separately() {
    heap(|| time(|| vec![0u8; 10]));
}

#[test]
fn profile_from_benchmark() {
    alone("profile_from_benchmark", || {
        let file = in_target("profile_from_benchmark.json");
        let mut work = case("churn/string_per_line/10000").prepare();
        let profiler = dhat::Profiler::builder().file_name(&file).build();
        work.run();
        drop(profiler);
        let lines = program_point(&file, 10_000);
        assert_eq!(lines["tb"], 416_725, "bytes in total");
        assert_eq!(lines["eb"], 0, "bytes at the end");
    });
}

#[test]
fn allocation_delta_tracker() {
    // Another thread allocates all the while, and isn't counted.
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Relaxed) {
                drop(black_box(vec![0u8; 64]));
            }
        });
        for _ in 0..100 {
            let (text, cost) = heap(|| "twelve bytes".repeat(100));
            assert_eq!((cost.allocations, cost.bytes, cost.live), (1, 1_200, 1_200));
            drop(text);
        }
        stop.store(true, Relaxed);
    });
}

#[test]
fn memstats_field_reading() {
    alone("memstats_field_reading", || {
        count_process();
        let before = statistics();
        drop(black_box(vec![0u8; 3_000]));
        let kept = black_box(vec![0u8; 500]);
        let now = statistics();
        assert_eq!(now.allocations - before.allocations, 2);
        assert_eq!(now.bytes - before.bytes, 3_500);
        assert_eq!(now.live - before.live, 500);
        drop(kept);
    });
}

#[test]
fn periodic_memory_monitor() {
    alone("periodic_memory_monitor", || {
        count_process();
        let before = statistics().live;
        let (reports, seen) = mpsc::channel();
        let monitor = Monitor::start(Duration::from_millis(1), move |now| {
            // Nobody listens any more once the test has seen enough.
            let _ = reports.send(now.live);
        });
        let cache = black_box(vec![0u8; 1 << 20]);
        let with_cache = seen.iter().find(|live| *live - before >= 1 << 20);
        assert!(with_cache.is_some());
        drop(cache);
        drop(monitor);
        // The thread is gone, and its end of the channel with it: this loop ends.
        seen.iter().for_each(drop);
        drop(seen);
        let left = statistics().live - before;
        assert!(left < 4_096, "the monitor leaves {left} bytes behind");
    });
}

#[test]
fn benchmarks_report_allocations() {
    // A reallocation is an allocation of its own, with its full size: 4, 8 and 16 numbers.
    let growth = cost_of("dedup/all_pairs/16");
    assert_eq!((growth.allocations, growth.bytes), (3, 8 * (4 + 8 + 16)));
}

#[test]
fn benchmark_line_interpretation() {
    // One batch in forty was interrupted. The mean doubles; median and interval stay where they are.
    let mut samples = vec![100.0; 40];
    samples.push(4_200.0);
    let mean = samples.iter().sum::<f64>() / samples.len() as f64;
    let time = Time::from_samples(samples);
    assert_eq!(mean, 200.0);
    assert_eq!(
        (time.low_ns, time.median_ns, time.high_ns),
        (100.0, 100.0, 100.0)
    );
}

#[test]
fn exclude_setup_from_timing() {
    // All that the naive benchmark allocates belongs to its setup.
    assert_eq!(allocations_of("setup/inside/1000"), 1_001);
    assert_eq!(allocations_of("setup/outside/1000"), 0);
}

#[test]
fn keep_results_alive() {
    assert_eq!(allocations_of("elided/behind_black_box/1000"), 1_000);
    let in_plain_sight = allocations_of("elided/in_plain_sight/1000");
    if cfg!(debug_assertions) {
        assert_eq!(in_plain_sight, 1_000);
    } else {
        assert_eq!(in_plain_sight, 0, "the optimiser leaves the boxes out");
    }
}

#[test]
fn parallel_benchmark() {
    alone("parallel_benchmark", || {
        for form in [
            contention::one_counter,
            contention::neighbours,
            contention::own_lines,
        ] {
            let ((counted, _), cost) = heap_of_process(|| form(4, 1_000));
            assert_eq!(counted, 4_000, "every thread did its work");
            // Threads cost allocations of their own, and the standard library may change how many.
            assert!(cost.allocations >= 4, "the meter sees every thread");
            assert!(
                cost.allocations <= 60 && cost.peak <= 64 * 1_024,
                "{cost:?}"
            );
        }
    });
}

#[test]
fn longer_benchmark_time() {
    // Work of 100 ns on a machine that is busy for as long as the benchmark runs: ten in a hundred slower, give or
    // take five. Ten times as many samples make the interval narrow, and no more right.
    let sample = |index: usize| 110.0 + (index * 37 % 101) as f64 / 10.0 - 5.0;
    let width = |time: Time| time.high_ns - time.low_ns;
    let [short, long] = [41, 410].map(|count| Time::from_samples((0..count).map(sample).collect()));
    assert!(width(long) < width(short) / 2.0, "{short:?}, {long:?}");
    assert!(
        short.low_ns > 100.0 && long.low_ns > 100.0,
        "the truth is in neither"
    );
}

#[test]
fn run_single_benchmark() {
    assert_eq!(case("dedup/hash_set/256").id(), "dedup/hash_set/256");
    assert!(lesson().case("dedup/hash_set").is_none());
}

#[test]
fn zero_allocation_assertion() {
    let mut line = String::new();
    let mut format_into = |number: u32| {
        use std::fmt::Write;
        line.clear();
        write!(line, "request {number:>5}").expect("a String takes any text");
    };
    let ((), first) = heap(|| format_into(0));
    assert!(first.allocations > 0, "the first call makes the buffer");
    let ((), warm) = heap(|| (1..=1_000).for_each(&mut format_into));
    assert_eq!(warm, Heap::default(), "no average: none at all");
}

#[test]
fn escape_report_command() {
    // Returned, captured and lent: in Go each may move a local to the heap. Here they stay where they are.
    fn returned() -> [u8; 4_096] {
        black_box([7; 4_096])
    }
    fn lent(page: &dyn Any) -> bool {
        black_box(page).is::<[u8; 4_096]>()
    }
    let (total, cost) = heap(|| {
        let page = returned();
        let captured = |index: usize| page[index];
        u32::from(captured(9)) + u32::from(lent(&page))
    });
    assert_eq!((total, cost), (8, Heap::default()));

    // The heap has a name in the source.
    let (_, cost) = heap(|| Box::new(returned()));
    assert_eq!((cost.allocations, cost.bytes), (1, 4_096));
}

#[test]
fn collector_trace() {
    // Nothing piles up until a cycle comes: the peak of ten thousand temporaries is one of them.
    let ((), cost) = heap(|| {
        for _ in 0..10_000 {
            drop(black_box(vec![0u8; 100]));
        }
    });
    assert_eq!((cost.allocations, cost.bytes), (10_000, 1_000_000));
    assert_eq!((cost.peak, cost.live), (100, 0));
}

#[test]
fn domain_benchmark_with_test_resolver() {
    let allocations = ["fresh_vec", "sized_vec", "callers_buffer"]
        .map(|step| allocations_of(&format!("encode/{step}/1000")));
    assert_eq!(allocations, [3_000, 1_000, 4]);
}

// ---- cpu ----

#[test]
fn optimisation_priority_order() {
    let allocations = [
        "naive",
        "algorithm",
        "data_structure",
        "allocation",
        "locality",
        "micro",
    ]
    .map(|rung| allocations_of(&format!("order/{rung}/10000")));
    assert_eq!(allocations, [10_008, 10_021, 10_009, 9, 9, 9]);
    // The better algorithm holds every author at once.
    assert!(cost_of("order/algorithm/10000").peak > 20 * cost_of("order/naive/10000").peak);
}

#[test]
fn replace_quadratic_scan() {
    // Sorting in place takes nothing; keeping equal numbers in their order takes as much room again.
    let mut numbers: Vec<u64> = (0..4_096).map(|it| it * 1_000_003 % 4_096).collect();
    let (_, stable) = heap(|| numbers.clone().sort());
    let (_, unstable) = heap(|| numbers.clone().sort_unstable());
    assert_eq!((stable.allocations, unstable.allocations), (2, 1));
    assert_eq!((stable.bytes, unstable.bytes), (2 * 32_768, 32_768));
    numbers.truncate(16);
    let (_, stable) = heap(|| numbers.sort());
    assert_eq!(
        stable.allocations, 0,
        "short slices are sorted in place as well"
    );
}

#[test]
fn fast_path_first() {
    assert_eq!(allocations_of("fast_path/always_built/plain"), 1_000);
    assert_eq!(allocations_of("fast_path/fast_path/plain"), 0);
    // Where every name is special, the test for it is all that is added.
    let [built, tested] =
        ["always_built", "fast_path"].map(|step| cost_of(&format!("fast_path/{step}/special")));
    assert_eq!(built, tested);
}

#[test]
fn avoid_dynamic_typing_on_hot_path() {
    let allocations = ["boxed_each", "lent_batch", "enum_batch", "generic"]
        .map(|step| allocations_of(&format!("batch/{step}/1000")));
    assert_eq!(allocations, [1_000, 1, 1, 0]);
}

#[test]
fn typed_setters() {
    // A hundred numbers and a hundred texts. A box for any type costs an allocation per value, and another per text.
    let [any, one_map, map_per_type] = ["boxed_any", "enum_value", "map_per_type"]
        .map(|step| allocations_of(&format!("storage/{step}/200")));
    assert_eq!(any - one_map, 200);
    assert!(one_map < map_per_type, "two tables grow, in place of one");
    // The tag lies where no pointer can be: the enum is no larger than a text alone, or than a box of any type.
    assert_eq!(size_of::<storage::Value>(), size_of::<Box<str>>());
    assert_eq!(size_of::<storage::Value>(), size_of::<Box<dyn Any>>());
}

#[test]
fn generics_for_typed_storage() {
    assert_eq!(cost_of("batch/generic/1000"), Heap::default());
}

#[test]
fn convert_once_in_batch() {
    let [each, batch, lent, generic] = ["boxed_each", "boxed_batch", "lent_batch", "generic"]
        .map(|step| allocations_of(&format!("batch/{step}/1000")));
    assert_eq!((each, batch), (1_000, 1_001), "one more, not fewer");
    assert_eq!((lent, generic), (1, 0));
}

// ---- profiles ----

/// Where a test may write.
fn in_target(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The place in a heap profile where so many allocations were made.
fn program_point(profile: &Path, allocations: u64) -> serde_json::Value {
    let profile: serde_json::Value = serde_json::from_slice(&fs::read(profile).unwrap()).unwrap();
    assert_eq!(profile["dhatFileVersion"], 2);
    let points = profile["pps"].as_array().unwrap();
    let found = points.iter().find(|point| point["tbk"] == allocations);
    found
        .unwrap_or_else(|| panic!("no place makes {allocations} allocations"))
        .clone()
}
