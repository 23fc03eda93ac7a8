//! A program that watches itself: `cargo run --release -p measuring --example live_statistics`.
//!
//! It fills a cache, empties it, and prints what the meter has counted; on Linux also what the system says that the
//! process occupies. Watch the two part: an allocation that is freed is gone from the first at once, and from the second
//! when the allocator gives its pages back.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use measuring::Statistics;
use measuring::staircases::monitor::Monitor;

measuring::install!();

fn main() {
    measuring::count_process();
    println!("  allocations so far    bytes so far    bytes live     resident");
    let monitor = Monitor::start(Duration::from_millis(100), report);

    let mut cache = Vec::new();
    for _ in 0..5 {
        cache
            .extend((0..20_000).map(|number| format!("an entry in the cache, number {number:06}")));
        sleep(Duration::from_millis(100));
    }
    let newest = cache.pop();
    drop(cache);
    sleep(Duration::from_millis(300));
    println!("still there: {newest:?}");

    // Stops the thread and waits for it.
    drop(monitor);
}

fn report(now: Statistics) {
    let resident = resident().map_or("unknown".to_owned(), |bytes| bytes.to_string());
    let Statistics {
        allocations,
        bytes,
        live,
    } = now;
    println!("{allocations:>15} {bytes:>15} {live:>13} {resident:>12}");
}

/// Bytes of the process that lie in memory. Linux tells; elsewhere there is no such file.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1_024)
}
