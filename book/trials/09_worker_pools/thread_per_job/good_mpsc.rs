//! Two channels of std: jobs to the workers, results back.

#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::thread;
const WORKERS: usize = 4;

use std::sync::mpsc;
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    let (jobs, queue) = mpsc::channel();
    let (results, done) = mpsc::channel();
    let queue = Mutex::new(queue);
    let mut sums = vec![0; uploads.len()];
    for job in uploads.iter().enumerate() {
        jobs.send(job).expect("the queue is there");
    }
    drop(jobs);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            let (results, queue, checksum) = (results.clone(), &queue, &checksum);
            scope.spawn(move || {
                loop {
                    let next = queue.lock().expect("no panic").recv();
                    let Ok((at, upload)) = next else { return };
                    let _ = results.send((at, checksum(upload)));
                }
            });
        }
        drop(results);
        for (at, sum) in done {
            sums[at] = sum;
        }
    });
    sums
}
