//! The caller works too: five uploads are read at once on four cores.

#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::thread;

/// One for each core of the smallest machine that this runs on.
const WORKERS: usize = 4;

/// The checksum of each upload, in the order of the uploads.
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    let mut sums = vec![0; uploads.len()];
    let queue = Mutex::new(uploads.iter().zip(&mut sums));
    // The guard is gone when `next` returns, so nobody works with the queue locked.
    let next = || queue.lock().expect("taking a job never panics").next();
    let worker = || {
        while let Some((upload, sum)) = next() {
            *sum = checksum(upload);
        }
    };
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(worker);
        }
        worker();
    });
    sums
}
