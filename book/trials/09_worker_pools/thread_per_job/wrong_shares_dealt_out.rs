//! A quarter of the batch for each worker: a slow upload holds up its quarter.

#![forbid(unsafe_code)]

use std::thread;

/// One for each core of the smallest machine that this runs on.
const WORKERS: usize = 4;

/// The checksum of each upload, in the order of the uploads.
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    let checksum = &checksum;
    let mut sums = vec![0; uploads.len()];
    let share = uploads.len().div_ceil(WORKERS).max(1);
    thread::scope(|scope| {
        for (uploads, sums) in uploads.chunks(share).zip(sums.chunks_mut(share)) {
            scope.spawn(move || {
                for (upload, sum) in uploads.iter().zip(sums) {
                    *sum = checksum(upload);
                }
            });
        }
    });
    sums
}
