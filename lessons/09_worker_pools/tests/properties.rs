//! The pool against a model, for any setup and any jobs.

#![cfg(not(loom))]

use std::collections::VecDeque;

use crossbeam::channel;
use proptest::prelude::*;
use worker_pools::{Config, Counts, Lost, Ordered, Pool, TrySubmitError};

#[derive(Clone, Copy, Debug)]
enum Move {
    TrySubmit { panics: bool },
    LetOneEnd,
    Close,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        6 => any::<bool>().prop_map(|panics| Move::TrySubmit { panics }),
        3 => Just(Move::LetOneEnd),
        1 => Just(Move::Close),
    ];
    prop::collection::vec(one, 0..40)
}

/// A pool with one worker, as simple as can be: a job in hand, a queue, a flag.
#[derive(Default)]
struct Model {
    in_hand: Option<Job>,
    queue: VecDeque<Job>,
    closed: bool,
    ended: Vec<usize>,
    counts: Counts,
}

#[derive(Clone, Copy)]
struct Job {
    number: usize,
    panics: bool,
}

impl Model {
    fn end_one(&mut self) {
        if let Some(job) = self.in_hand.take() {
            if job.panics {
                self.counts.panicked += 1;
            } else {
                self.counts.done += 1;
                self.ended.push(job.number);
            }
            self.in_hand = self.queue.pop_front();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_worker_does_what_the_model_does(capacity in 1usize..5, moves in moves()) {
        let mut model = Model::default();
        let (tell, begun) = channel::unbounded();
        let (go, wait) = channel::unbounded::<()>();
        let (finish, finished) = channel::unbounded();
        let work = move |(): &mut (), job: Job| {
            tell.send(job.number).expect("the test listens");
            let _ = wait.recv();
            // Quietly: a panic would print its message.
            if job.panics {
                std::panic::resume_unwind(Box::new("bad"));
            }
            finish.send(job.number).expect("the test listens");
        };
        let config = Config::named("model").workers(1).queue(capacity);
        let pool = Pool::start(config, || (), work).expect("a thread can start");

        for (number, action) in moves.into_iter().enumerate() {
            match action {
                Move::TrySubmit { panics } => {
                    let job = Job { number, panics };
                    let outcome = pool.try_submit(job);
                    if model.closed {
                        prop_assert!(matches!(outcome, Err(TrySubmitError::Closed(it)) if it.number == number));
                        model.counts.refused_closed += 1;
                    } else if model.in_hand.is_none() {
                        prop_assert!(outcome.is_ok());
                        prop_assert_eq!(begun.recv(), Ok(number));
                        model.in_hand = Some(job);
                        model.counts.accepted += 1;
                    } else if model.queue.len() < capacity {
                        prop_assert!(outcome.is_ok());
                        model.queue.push_back(job);
                        model.counts.accepted += 1;
                    } else {
                        prop_assert!(matches!(outcome, Err(TrySubmitError::Full(it)) if it.number == number));
                        model.counts.refused_full += 1;
                    }
                }
                Move::LetOneEnd => {
                    if model.in_hand.is_some() {
                        go.send(()).expect("the worker waits");
                        model.end_one();
                        if let Some(next) = model.in_hand {
                            prop_assert_eq!(begun.recv(), Ok(next.number));
                        }
                    }
                }
                Move::Close => {
                    pool.close();
                    model.closed = true;
                }
            }
        }
        drop(go);
        let counts = pool.shutdown();
        while model.in_hand.is_some() {
            model.end_one();
        }
        prop_assert_eq!(counts, model.counts);
        prop_assert_eq!(finished.iter().collect::<Vec<_>>(), model.ended);
    }

    #[test]
    fn a_map_is_a_map(
        inputs in prop::collection::vec(0u32..100, 0..60),
        workers in 1usize..4,
        queue in 0usize..6,
        bad in 0u32..100,
    ) {
        let work = move |(): &mut (), number: u32| {
            if number == bad {
                std::panic::resume_unwind(Box::new("bad"));
            }
            number + 1
        };
        let config = Config::named("map").workers(workers).queue(queue);
        let ordered = Ordered::start(config, || (), work).expect("threads can start");
        let results: Vec<_> = ordered.map(inputs.iter().copied()).collect();
        let expected: Vec<_> = inputs
            .iter()
            .enumerate()
            .map(|(index, number)| if *number == bad { Err(Lost { index }) } else { Ok(number + 1) })
            .collect();
        prop_assert_eq!(results, expected);
        prop_assert_eq!(ordered.shutdown().accepted, inputs.len() as u64);
    }
}
