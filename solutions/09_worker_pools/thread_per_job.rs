//! A photo service checks its uploads against damage: a checksum of each, a thousand per batch. It
//! has four cores, so it reads four uploads at once.
//!
//! Four workers share one iterator behind a lock: the uploads, each with the place of its result.
//! A worker that is free takes the next pair. So the results are in order without sorting, and a
//! large upload keeps no other waiting. With shares that are dealt out beforehand, uploads would
//! wait behind it while other workers have nothing to do.

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
    });
    sums
}

// ---- Change nothing below this line. ----

measuring::install!();

/// Of the whole process: a worker's allocations count as much as the caller's.
const BUDGET: measuring::Budget = measuring::Budget::of("thread_per_job")
    .allocations(128)
    .peak(65_536);

/// FNV-1a.
fn checksum(upload: &[u8]) -> u64 {
    upload.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Uploads of 0 to 96 bytes.
fn sample(count: usize) -> Vec<Vec<u8>> {
    let upload = |number: usize| (0..number % 97).map(|at| (number ^ at) as u8).collect();
    (0..count).map(upload).collect()
}

/// Shows the allocations of this thread; the tests count those of all threads.
fn main() {
    let uploads = sample(250 * WORKERS);
    measuring::show(BUDGET, || checksums(&uploads, checksum));
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, assert_work, awaiting};
    use std::cell::Cell;
    use std::hint::black_box;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
    use std::sync::{Condvar, Mutex};
    use std::time::{Duration, Instant};

    /// As many as the statement says.
    const AT_ONCE: usize = 4;

    /// Far longer than any of this takes.
    const PATIENCE: Duration = Duration::from_secs(2);

    /// Threads that wait until so many are done, or here.
    #[derive(Default)]
    struct Count(Mutex<usize>, Condvar);

    impl Count {
        fn add(&self) -> usize {
            let mut count = self.0.lock().unwrap();
            *count += 1;
            self.1.notify_all();
            *count
        }

        fn reaches(&self, count: usize, patience: Duration) -> bool {
            let now = self.0.lock().unwrap();
            let waited = self.1.wait_timeout_while(now, patience, |now| *now < count);
            !waited.unwrap().1.timed_out()
        }
    }

    fn one_after_the_other(uploads: &[Vec<u8>]) -> Vec<u64> {
        uploads.iter().map(|upload| checksum(upload)).collect()
    }

    #[measuring::test]
    fn results_are_in_the_order_of_the_uploads() {
        awaiting("checksums, of a small batch");
        for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 100, 257, 1_000] {
            let uploads = sample(count);
            let sums = checksums(&uploads, checksum);
            let expected = one_after_the_other(&uploads);
            assert_gives(
                format_args!("checksums of {count} uploads"),
                &sums,
                &expected,
            );
        }
    }

    /// Large batches, again and again: two workers that take the same upload meet sooner or later.
    #[measuring::test]
    fn each_upload_is_read_once() {
        awaiting("checksums, of a large batch");
        let (start, mut uploads) = (Instant::now(), vec![vec![]; 1_000]);
        while start.elapsed() < Duration::from_millis(1_500) {
            let (began, count) = (Instant::now(), uploads.len());
            let reads = Reads::default();
            let sums = checksums(&uploads, |_| {
                reads.add();
                7
            });
            let what = format_args!("reads of {count} uploads");
            assert_gives(what, &reads.sum(), &count);
            let sevens = sums.iter().filter(|sum| **sum == 7).count();
            let what = format_args!("results of {count} uploads, and those that are right");
            assert_gives(what, &(sums.len(), sevens), &(count, count));
            // A thread for each upload is slow, and not what is tested here.
            let few = reads.threads.into_inner() <= 8;
            if few && count < 1_000_000 && began.elapsed() < Duration::from_millis(250) {
                uploads.resize((count * 4).max(16_000), vec![]);
            }
        }
    }

    /// Counts each thread's reads by itself, so that threads don't wait for each other there.
    #[derive(Default)]
    struct Reads {
        threads: AtomicUsize,
        of_threads: [Alone; 16],
    }

    /// On a cache line of its own.
    #[derive(Default)]
    #[repr(align(128))]
    struct Alone(AtomicUsize);

    impl Reads {
        fn add(&self) {
            thread_local!(static NUMBER: Cell<Option<usize>> = const { Cell::new(None) });
            let number = NUMBER.get().unwrap_or_else(|| {
                let number = self.threads.fetch_add(1, SeqCst);
                NUMBER.set(Some(number));
                // The first four go on when they are all there, or soon.
                let start = Instant::now();
                let soon = || start.elapsed() < Duration::from_millis(50);
                while self.threads.load(SeqCst) < AT_ONCE && soon() {
                    std::thread::yield_now();
                }
                number
            });
            self.of_threads[number % 16].0.fetch_add(1, Relaxed);
        }

        fn sum(&self) -> usize {
            self.of_threads
                .iter()
                .map(|reads| reads.0.load(SeqCst))
                .sum()
        }
    }

    #[measuring::test]
    fn four_uploads_are_read_at_once_and_no_fifth() {
        awaiting("checksums, of 16 uploads that wait for each other");
        let (inside, alone) = (Count::default(), AtomicUsize::new(0));
        checksums(&sample(4 * AT_ONCE), |_| {
            inside.add();
            if alone.load(SeqCst) == 0 && !inside.reaches(AT_ONCE, PATIENCE) {
                alone.fetch_add(1, SeqCst);
            }
            0
        });
        let alone = alone.into_inner();
        assert!(
            alone == 0,
            "an upload waited 2 s for three others to be read at the same time"
        );

        // The first four wait a while for a fifth, which must not come.
        let (inside, over) = (Count::default(), AtomicUsize::new(0));
        let most = AtomicUsize::new(0);
        checksums(&sample(4 * AT_ONCE), |_| {
            let entered = inside.add();
            most.fetch_max(entered, SeqCst);
            if over.load(SeqCst) == 0 && !inside.reaches(AT_ONCE + 1, PATIENCE / 5) {
                over.fetch_add(1, SeqCst);
            }
            *inside.0.lock().unwrap() -= 1;
            0
        });
        let most = most.into_inner() as u64;
        assert_work("uploads that are read at once", most, AT_ONCE as u64);
    }

    #[measuring::test]
    fn a_slow_upload_holds_up_no_other() {
        awaiting("checksums, where one upload waits for all others");
        for slow in [0, 1, 50, 98, 99] {
            let uploads: Vec<Vec<u8>> = (0..100).map(|number| vec![number]).collect();
            let others = Count::default();
            let free = checksums(&uploads, |upload| {
                if upload[0] == slow {
                    return u64::from(others.reaches(99, PATIENCE));
                }
                others.add();
                1
            });
            let waited = free != [1; 100];
            assert!(
                !waited,
                "some of 100 uploads waited behind upload {slow}, which was slow"
            );
        }
    }

    #[measuring::test]
    fn a_thousand_uploads_stay_in_budget() {
        awaiting("checksums, of 1,000 uploads");
        let uploads = sample(1_000);
        BUDGET.live(4_096).assert_holds_in_process(|| {
            drop(checksums(black_box(&uploads), checksum));
            ended();
        });
    }

    #[measuring::test]
    fn twenty_batches_of_eight_stay_in_budget() {
        awaiting("checksums, of twenty batches of 8 uploads");
        let uploads = sample(8);
        let budget = Budget::of("thread_per_job")
            .allocations(20 * 25)
            .peak(4_096)
            .live(1_024);
        budget.assert_holds_in_process(|| {
            (0..20).for_each(|_| drop(checksums(black_box(&uploads), checksum)));
            ended();
        });
    }

    /// A scope ends a moment before its threads do. What they hold is freed after that.
    fn ended() {
        std::thread::sleep(Duration::from_millis(50));
    }
}
