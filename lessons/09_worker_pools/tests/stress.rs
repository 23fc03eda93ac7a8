//! Threads that submit while the pool is shut down: each job runs once, or is handed back.

#![cfg(not(loom))]

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use worker_pools::{Closed, Config, Pool, TrySubmitError};

const SUBMITTERS: u64 = 4;
const JOBS_EACH: u64 = 1_000;

#[test]
fn each_job_runs_once_or_is_handed_back() {
    for round in 0..10 {
        let ran = Arc::new(Mutex::new(Vec::new()));
        let noted = ran.clone();
        let work = move |(): &mut (), job: u64| {
            noted.lock().expect("not poisoned").push(job);
            if job.is_multiple_of(97) {
                std::panic::resume_unwind(Box::new("bad"));
            }
        };
        let config = Config::named("stress").workers(3).queue(4);
        let pool = Pool::start(config, || (), work).expect("threads can start");
        let submitters: Vec<_> = (0..SUBMITTERS)
            .map(|thread| {
                let submitter = pool.submitter();
                thread::spawn(move || {
                    let jobs = thread * JOBS_EACH..(thread + 1) * JOBS_EACH;
                    let refused = |job| match job % 2 {
                        0 => submitter.submit(job).err().map(|Closed(job)| job),
                        _ => submitter
                            .try_submit(job)
                            .err()
                            .map(TrySubmitError::into_job),
                    };
                    jobs.filter_map(refused).collect::<Vec<u64>>()
                })
            })
            .collect();
        thread::sleep(Duration::from_micros(200 * round));
        let counts = pool.shutdown();

        let mut all = ran.lock().expect("not poisoned").clone();
        assert_eq!(counts.accepted, all.len() as u64);
        assert_eq!(counts.accepted, counts.done + counts.panicked);
        for submitter in submitters {
            all.extend(submitter.join().expect("submitting doesn't panic"));
        }
        all.sort_unstable();
        assert!(all.into_iter().eq(0..SUBMITTERS * JOBS_EACH));
    }
}
