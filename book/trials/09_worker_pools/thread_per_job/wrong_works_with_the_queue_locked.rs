//! The guard in the head of the loop lives as long as its body.

use std::sync::Mutex;
use std::thread;

measuring::install!();

/// Over the whole process, since the workers ask the heap for memory too.
const BUDGET: measuring::Budget = measuring::Budget::of("thread_per_job").allocations(128);

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

/// FNV-1a.
fn checksum(upload: &[u8]) -> u64 {
    upload.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn sample(count: usize) -> Vec<Vec<u8>> {
    let upload = |number: usize| (0..64).map(|at| (number ^ at) as u8).collect();
    (0..count).map(upload).collect()
}

/// Shows the allocations of the thread that starts the others; the test counts those of all threads.
fn main() {
    let uploads = sample(250 * WORKERS);
    measuring::show(BUDGET, || checksums(&uploads, checksum));
}
