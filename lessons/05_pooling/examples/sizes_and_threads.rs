//! The allocator against three pools, by size and by thread:
//! `cargo run --release -p pooling --example sizes_and_threads`.
//!
//! The forms take turns, so that a change in the machine's mood meets all of them. Each thread uses as many buffers as
//! every other; where nobody gets in anybody's way, and there are as many cores, more threads take no longer.

use measuring::time::{Time, readable};
use pooling::staircases::contended::{
    Crew, ROUNDS, lock_free, locked, malloc, malloc_zeroed, per_thread, per_thread_zeroed,
};
use std::time::Instant;

const RUNS: usize = 15;

type Form = fn(&Crew) -> u64;

const FORMS: [(&str, Form); 6] = [
    ("malloc", malloc),
    ("locked", locked),
    ("lock_free", lock_free),
    ("per_thread", per_thread),
    ("malloc, zeroed", malloc_zeroed),
    ("per_thread, zeroed", per_thread_zeroed),
];

fn main() {
    if cfg!(debug_assertions) {
        println!("A debug build isn't timed. Add --release.");
        return;
    }
    println!("time per buffer and thread: median (interval)");
    for size in [16, 256, 4_096, 65_536] {
        for threads in [1, 2, 4] {
            println!("\n{size} bytes, threads: {threads}");
            for ((name, _), time) in FORMS.iter().zip(times(&Crew::of(threads, size))) {
                let [median, low, high] = [time.median_ns, time.low_ns, time.high_ns].map(readable);
                println!("  {name:<20} {median} ({low} to {high})");
            }
        }
    }
}

/// A time for each form.
fn times(crew: &Crew) -> [Time; FORMS.len()] {
    let mut samples = FORMS.map(|_| Vec::with_capacity(RUNS));
    for _ in 0..RUNS {
        for ((_, form), samples) in FORMS.iter().zip(&mut samples) {
            let start = Instant::now();
            std::hint::black_box(form(crew));
            samples.push(start.elapsed().as_nanos() as f64 / ROUNDS as f64);
        }
    }
    samples.map(Time::from_samples)
}
