//! Where valgrind is installed: its dhat counts what the meter counts, and callgrind sees the watched function only.
//!
//! The tests start this binary again, under valgrind, for the one test that works as often as it is told. A machine
//! without valgrind says so and passes.

use std::env;
use std::fs;
use std::hint::black_box;
use std::process::{Command, Output};

use serde::Deserialize;

use measuring::{heap, instructions_are_counted_here};

measuring::install!();

/// Tells the child how often to work.
const TIMES: &str = "HEAPWISE_TIMES";

#[inline(never)] // so that it has a frame on every stack
fn work() -> Vec<String> {
    (0..black_box(100u32))
        .filter(|n| n % 3 != 0)
        .map(|n| format!("item {n}"))
        .collect()
}

/// What runs under valgrind. Left to itself it does nothing.
#[test]
fn child() {
    let times: u32 = env::var(TIMES).map_or(0, |times| times.parse().unwrap());
    instructions_are_counted_here(&mut || (0..times).for_each(|_| drop(black_box(work()))));
}

#[test]
fn valgrinds_dhat_counts_the_same_allocations_and_bytes() {
    if valgrind_is_missing() {
        return;
    }
    let by_dhat = allocated_by_work(3);
    let (_, cost) = heap(|| drop(work()));
    assert_eq!(
        (by_dhat.bytes, by_dhat.allocations),
        (3 * cost.bytes, 3 * cost.allocations),
        "left: dhat, right: the meter"
    );
}

#[test]
fn callgrind_counts_the_watched_function_only() {
    if valgrind_is_missing() {
        return;
    }
    let [never, once, thrice] = [0, 1, 3].map(instructions);
    assert!(
        never < 100,
        "{never} instructions for nothing, with all of the harness around it"
    );
    assert!(once > 10_000, "{once} instructions for a hundred numbers");
    // The first call is dearer: symbols are resolved, and malloc has no free allocations yet.
    assert!(
        thrice > 2 * once && thrice <= 3 * once,
        "{once} once, {thrice} for three times"
    );
    // Where the harness's other thread happens to be when malloc is first called may cost a few instructions.
    let again = instructions(3);
    assert!(
        again.abs_diff(thrice) < thrice / 100,
        "{thrice} instructions, then {again}"
    );
}

fn valgrind_is_missing() -> bool {
    let missing = Command::new("valgrind").arg("--version").output().is_err();
    if missing {
        println!("skipped: valgrind is not installed");
    }
    missing
}

struct Allocated {
    bytes: u64,
    allocations: u64,
}

/// What dhat saw [`work`] allocate. The test harness allocates as well, a little differently each time, so only the
/// call stacks count that lead through `work`.
fn allocated_by_work(times: u32) -> Allocated {
    let file = format!("{}/dhat.{times}.json", env!("CARGO_TARGET_TMPDIR"));
    let out_file = format!("--dhat-out-file={file}");
    under_valgrind(&["--tool=dhat", "--num-callers=100", &out_file], times);
    let profile: Profile = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let is_work = |frame: &usize| profile.ftbl[*frame].contains("against_valgrind::work ");
    let points = profile
        .pps
        .iter()
        .filter(|point| point.fs.iter().any(is_work));
    points.fold(
        Allocated {
            bytes: 0,
            allocations: 0,
        },
        |sum, point| Allocated {
            bytes: sum.bytes + point.tb,
            allocations: sum.allocations + point.tbk,
        },
    )
}

/// The part of dhat's file that counts: program points with their total bytes and allocations, and the frames of their
/// stacks. (valgrind/dhat/dh_main.c describes the format.)
#[derive(Deserialize)]
struct Profile {
    pps: Vec<Point>,
    ftbl: Vec<String>,
}

#[derive(Deserialize)]
struct Point {
    tb: u64,
    tbk: u64,
    fs: Vec<usize>,
}

fn instructions(times: u32) -> u64 {
    let file = format!("{}/callgrind.{times}", env!("CARGO_TARGET_TMPDIR"));
    let out_file = format!("--callgrind-out-file={file}");
    let watched = "--toggle-collect=*instructions_are_counted_here*";
    under_valgrind(&["--tool=callgrind", &out_file, watched], times);
    let written = fs::read_to_string(file).unwrap();
    let summary = written
        .lines()
        .find_map(|line| line.strip_prefix("summary: "))
        .unwrap();
    summary.trim().parse().unwrap()
}

fn under_valgrind(arguments: &[&str], times: u32) -> Output {
    let output = Command::new("valgrind")
        .args(arguments)
        .arg(env::current_exe().unwrap())
        .args(["child", "--exact"])
        .env(TIMES, times.to_string())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
