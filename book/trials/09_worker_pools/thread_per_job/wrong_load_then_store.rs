//! Counts in two steps: two workers that load the same number read the same upload.

#![forbid(unsafe_code)]

use std::thread;

/// One for each core of the smallest machine that this runs on.
const WORKERS: usize = 4;

/// The checksum of each upload, in the order of the uploads.
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
    let sums: Vec<AtomicU64> = uploads.iter().map(|_| AtomicU64::new(0)).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let at = next.load(SeqCst);
                    let Some(upload) = uploads.get(at) else {
                        return;
                    };
                    next.store(at + 1, SeqCst);
                    sums[at].store(checksum(upload), SeqCst);
                }
            });
        }
    });
    sums.into_iter().map(AtomicU64::into_inner).collect()
}
