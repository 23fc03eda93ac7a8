//! Where valgrind is installed: its dhat counts what the meter counts, and callgrind sees the watched function only.
//!
//! The tests start this binary again, under valgrind, for the one test that works as often as it is told. A machine
//! without valgrind says so and passes.

use std::env;
use std::fs;
use std::hint::black_box;
use std::process::{Command, Output};

use measuring::{heap, instructions_are_counted_here};

measuring::install!();

/// Tells the child how often to work.
const TIMES: &str = "HEAPWISE_TIMES";

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
fn valgrinds_dhat_counts_the_same_blocks_and_bytes() {
    if valgrind_is_missing() {
        return;
    }
    // The test harness allocates as well, the same in every run, so the difference of two runs is the work's.
    let [once, thrice] = [1, 3].map(allocated_in_all);
    let (_, cost) = heap(|| drop(work()));
    assert_eq!(
        (thrice.bytes - once.bytes, thrice.blocks - once.blocks),
        (2 * cost.bytes, 2 * cost.blocks)
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
    // The first call is dearer: symbols are resolved, and malloc has no free blocks yet.
    assert!(
        thrice > 2 * once && thrice <= 3 * once,
        "{once} once, {thrice} for three times"
    );
    assert_eq!(
        instructions(3),
        thrice,
        "the same run takes the same instructions"
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
    blocks: u64,
}

fn allocated_in_all(times: u32) -> Allocated {
    let output = under_valgrind(&["--tool=dhat", "--dhat-out-file=/dev/null"], times);
    // "==123== Total:     6,350 bytes in 77 blocks"
    let said = String::from_utf8_lossy(&output.stderr).replace(',', "");
    let total = said
        .lines()
        .find(|line| line.contains("Total:"))
        .expect("dhat sums up");
    let words: Vec<&str> = total.split_whitespace().collect();
    let [.., bytes, "bytes", "in", blocks, "blocks"] = words[..] else {
        panic!("{total}")
    };
    Allocated {
        bytes: bytes.parse().unwrap(),
        blocks: blocks.parse().unwrap(),
    }
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
