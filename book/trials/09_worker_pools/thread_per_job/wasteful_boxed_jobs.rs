//! Four workers, and a box for each job.

#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::thread;

/// One for each core of the smallest machine that this runs on.
const WORKERS: usize = 4;

/// The checksum of each upload, in the order of the uploads.
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    type Job<'a> = Box<dyn FnOnce() -> u64 + Send + 'a>;
    let checksum = &checksum;
    let jobs: Vec<Job> = uploads
        .iter()
        .map(|upload| -> Job { Box::new(move || checksum(upload)) })
        .collect();
    let queue = Mutex::new(jobs.into_iter().enumerate());
    let sums = Mutex::new(vec![0; uploads.len()]);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no panic").next();
                    let Some((at, job)) = next else { return };
                    let sum = job();
                    sums.lock().expect("no panic")[at] = sum;
                }
            });
        }
    });
    sums.into_inner().expect("no panic")
}
