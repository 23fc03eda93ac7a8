//! The guard in the head of the loop lives as long as its body.

#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::thread;

/// One for each core of the smallest machine that this runs on.
const WORKERS: usize = 4;

/// The checksum of each upload, in the order of the uploads.
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    let mut sums = vec![0; uploads.len()];
    let queue = Mutex::new(uploads.iter().zip(&mut sums));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((upload, sum)) = queue.lock().expect("no panic").next() {
                    *sum = checksum(upload);
                }
            });
        }
    });
    sums
}
