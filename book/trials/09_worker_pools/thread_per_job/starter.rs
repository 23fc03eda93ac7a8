//! A photo service checks its uploads against damage: a checksum for each, a batch of a thousand at a time. It has
//! four cores, so four uploads can be read at once.
//!
//! As written, each upload gets a thread of its own. A thread costs a few allocations and a stack, and the kernel a good
//! deal more: far more than a checksum. And nothing limits how many there are: a batch of a hundred thousand would
//! try.
//!
//! Some uploads are much larger than others. One of them may keep its worker busy; those behind it go to the others.
//!
//! | measure, all threads | budget | why                                                                 |
//! |----------------------|--------|---------------------------------------------------------------------|
//! | allocations               |    128 | four threads need a dozen or so, the results one; the rest is yours |

#![forbid(unsafe_code)]

use std::thread;

/// One for each core of the smallest machine that this runs on.
const WORKERS: usize = 4;

/// The checksum of each upload, in the order of the uploads.
fn checksums(uploads: &[Vec<u8>], checksum: impl Fn(&[u8]) -> u64 + Sync) -> Vec<u64> {
    let checksum = &checksum;
    // TODO: start WORKERS threads, and let each take one upload after the other.
    thread::scope(|scope| {
        let start = |upload| scope.spawn(move || checksum(upload));
        let jobs: Vec<_> = uploads.iter().map(|upload| start(upload)).collect();
        let result = |job: thread::ScopedJoinHandle<u64>| job.join().expect("no checksum panics");
        jobs.into_iter().map(result).collect()
    })
}

// ---- Change nothing below this line. ----

measuring::install!();

/// Over the whole process, since the workers ask the heap for memory too.
const BUDGET: measuring::Budget = measuring::Budget::of("thread_per_job").allocations(128);

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

/// Shows the allocations of the std::thread that starts the others; the test counts those of all threads.
fn main() {
    let uploads = sample(250 * WORKERS);
    measuring::show(BUDGET, || checksums(&uploads, checksum));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;
    use std::sync::{Condvar, Mutex};
    use std::time::Duration;

    /// Far longer than any of this takes; what would wait for good fails after it.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Threads that wait until so many are done, or here.
    #[derive(Default)]
    struct Count(Mutex<usize>, Condvar);

    impl Count {
        fn add(&self) {
            *self.0.lock().unwrap() += 1;
            self.1.notify_all();
        }

        fn reaches(&self, count: usize) -> bool {
            let now = self.0.lock().unwrap();
            let waited = self.1.wait_timeout_while(now, PATIENCE, |now| *now < count);
            !waited.unwrap().1.timed_out()
        }
    }

    #[test]
    fn results_are_in_the_order_of_the_uploads() {
        for count in [0, 1, 3, 4, 5, 100] {
            let uploads = sample(count);
            let expected: Vec<u64> = uploads.iter().map(|upload| checksum(upload)).collect();
            assert_eq!(checksums(&uploads, checksum), expected);
        }
    }

    #[test]
    fn each_upload_is_read_once() {
        let reads = Count::default();
        let lengths = checksums(&sample(100), |upload| {
            reads.add();
            upload.len() as u64
        });
        assert_eq!(lengths, [64; 100]);
        assert_eq!(*reads.0.lock().unwrap(), 100);
    }

    #[test]
    fn four_uploads_are_read_at_once() {
        let inside = Count::default();
        let met = checksums(&sample(WORKERS), |_| {
            inside.add();
            u64::from(inside.reaches(WORKERS))
        });
        assert_eq!(met, [1; WORKERS], "they didn't all run at the same time");
    }

    #[test]
    fn a_slow_upload_holds_up_no_other() {
        for slow in [0, 50, 99] {
            let uploads: Vec<Vec<u8>> = (0..100).map(|number| vec![number]).collect();
            let others = Count::default();
            let free = checksums(&uploads, |upload| {
                if upload[0] == slow {
                    return u64::from(others.reaches(99));
                }
                others.add();
                1
            });
            assert_eq!(free, [1; 100], "some waited behind upload {slow}");
        }
    }

    #[test]
    fn a_thousand_uploads_stay_in_budget() {
        measuring::alone("tests::a_thousand_uploads_stay_in_budget", || {
            let uploads = sample(1_000);
            let sums = BUDGET.assert_holds_in_process(|| checksums(black_box(&uploads), checksum));
            assert_eq!(sums.len(), 1_000);
            assert_eq!(sums[999], checksum(&uploads[999]));
        });
    }
}
