//! Results in the order in which the workers are done.

#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::thread;

/// One for each core of the smallest machine that this runs on.
const WORKERS: usize = 4;

/// The checksum of each upload, in the order of the uploads.
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    let queue = Mutex::new(uploads.iter());
    let sums = Mutex::new(Vec::with_capacity(uploads.len()));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                // The last upload first, as a stack hands them out.
                while let Some(upload) = { queue.lock().expect("no panic").next_back() } {
                    let sum = checksum(upload);
                    sums.lock().expect("no panic").push(sum);
                }
            });
        }
    });
    sums.into_inner().expect("no panic")
}
