//! Each worker returns the results that are its own, and the caller puts them in order.

#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::thread;
const WORKERS: usize = 4;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut own = Vec::new();
        loop {
            let at = next.fetch_add(1, Relaxed);
            let Some(upload) = uploads.get(at) else {
                return own;
            };
            own.push((at, checksum(upload)));
        }
    };
    let mut all: Vec<(usize, u64)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no checksum panics"))
            .collect()
    });
    all.sort_unstable();
    all.into_iter().map(|(_, sum)| sum).collect()
}
