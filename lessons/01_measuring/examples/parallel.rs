//! Three counters under several threads: `cargo run --release -p measuring --example parallel`.
//!
//! The same number of additions each time, by one thread and by all that the machine runs at once. Without
//! contention, both take equally long. The forms take turns, so that a change in the machine's mood meets all of them.

use std::thread::available_parallelism;
use std::time::Duration;

use measuring::staircases::contention::{neighbours, one_counter, own_lines};
use measuring::time::{Time, readable};

/// Additions per thread.
const ROUNDS: u64 = 1_000_000;
const RUNS: usize = 21;

type Form = fn(usize, u64) -> (u64, Duration);

fn main() {
    if cfg!(debug_assertions) {
        println!("A debug build isn't timed. Add --release.");
        return;
    }
    let cores = available_parallelism().map_or(1, usize::from);
    let forms: [(&str, Form); 3] = [
        ("one counter", one_counter),
        ("neighbours", neighbours),
        ("own lines", own_lines),
    ];
    println!("nanoseconds for one addition, on a machine with {cores} cores\n");
    let mut all_threads = vec![2, 4, 8];
    all_threads.retain(|threads| *threads <= cores);
    for threads in [1].into_iter().chain(all_threads) {
        let mut samples = forms.map(|_| Vec::with_capacity(RUNS));
        for _ in 0..RUNS {
            for ((_, form), samples) in forms.iter().zip(&mut samples) {
                let (_, time) = form(threads, ROUNDS);
                samples.push(time.as_nanos() as f64 / ROUNDS as f64);
            }
        }
        for ((name, _), samples) in forms.iter().zip(samples) {
            let time = Time::from_samples(samples);
            let [median, low, high] = [time.median_ns, time.low_ns, time.high_ns].map(readable);
            println!("{threads} threads  {name:<12} {median} ({low} to {high})");
        }
    }
}
