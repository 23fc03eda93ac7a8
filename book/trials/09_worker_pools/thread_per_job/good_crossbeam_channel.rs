//! A fifth thread feeds the four through a channel of crossbeam, and only feeds.

#![forbid(unsafe_code)]

use std::thread;

/// One for each core of the smallest machine that this runs on.
const WORKERS: usize = 4;

/// The checksum of each upload, in the order of the uploads.
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    let (jobs, queue) = crossbeam::channel::bounded(WORKERS);
    let (results, done) = crossbeam::channel::bounded(WORKERS);
    let mut sums = vec![0; uploads.len()];
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            let (queue, results, checksum) = (queue.clone(), results.clone(), &checksum);
            scope.spawn(move || {
                for at in queue {
                    let upload: &Vec<u8> = &uploads[at];
                    let _ = results.send((at, checksum(upload)));
                }
            });
        }
        drop((queue, results));
        scope.spawn(move || (0..uploads.len()).for_each(|at| jobs.send(at).expect("workers")));
        for (at, sum) in done {
            sums[at] = sum;
        }
    });
    sums
}
