//! A search asks several indexes at once and answers with the first that finds something: of one
//! that finds nothing after 5 ms and one that finds "a bird" after 20 ms, it gives the bird after
//! 20 ms. One index is slow, one is down: it takes the question and never answers.
//!
//! Each index is asked in a task, which holds a connection and the question. A search that has its
//! answer waits for no other index, but their tasks work on, some of them for ever. The same
//! happens when a client hangs up, which drops the search at its `await`. End all tasks of a
//! search when it ends, in whichever way: at the next turn of the runtime none is alive.. tokio
//! and tokio-util will do.
//!
//! | measure             |  budget | why                                               |
//! |---------------------|---------|---------------------------------------------------|
//! | bytes, 100 searches | 700,000 | the question once, three tasks, an answer         |
//! | peak, 100 searches  |  65,536 | one search, and the runtime's queues              |
//! | live, 1,000 searches |  8,192 | the runtime's queues may have grown; no task left |

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;

/// A clone of it is a connection to it.
#[derive(Clone)]
struct Index {
    takes: Duration,
    finds: Option<&'static str>,
    connections: Arc<()>,
}

impl Index {
    async fn ask(self, question: Arc<str>) -> Option<String> {
        sleep(self.takes).await;
        let finds = self.finds?;
        let first = question.split(' ').next()?;
        Some(format!("{first}: {finds}"))
    }

    fn open_connections(&self) -> usize {
        Arc::strong_count(&self.connections) - 1
    }
}

/// What is found by the first index that finds anything.
async fn search(indexes: &[Index], question: &str) -> Option<String> {
    let question = Arc::<str>::from(question);
    // TODO: these tasks outlive the search that started them.
    let (sender, mut answers) = mpsc::channel(indexes.len().max(1));
    for index in indexes {
        let asking = index.clone().ask(Arc::clone(&question));
        let sender = sender.clone();
        tokio::spawn(async move {
            // Where nobody listens any more, the answer came too late.
            let _ = sender.send(asking.await).await;
        });
    }
    drop(sender);
    while let Some(answer) = answers.recv().await {
        if answer.is_some() {
            return answer;
        }
    }
    None
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("waits_for_nobody")
    .bytes(700_000)
    .peak(65_536)
    .live(8_192);

fn main() {
    let indexes = [index(20, Some("a bird")), index(YEAR, None), index(9, None)];
    let (runtime, question) = (runtime(), "finch ".repeat(400));
    measuring::show(BUDGET, || {
        runtime.block_on(async {
            for _ in 0..100 {
                search(&indexes, &question).await;
            }
        });
        indexes.each_ref().map(Index::open_connections)
    });
}

const YEAR: u64 = 365 * 24 * 3_600 * 1_000;

fn index(milliseconds: u64, finds: Option<&'static str>) -> Index {
    let (takes, connections) = (
        std::time::Duration::from_millis(milliseconds),
        std::sync::Arc::default(),
    );
    Index {
        takes,
        finds,
        connections,
    }
}

/// On this thread, with a clock that jumps to the next timer instead of waiting for it.
fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("it needs neither threads nor sockets")
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, awaiting};
    use std::hint::black_box;
    use std::time::Duration;
    use tokio::runtime::Handle;
    use tokio::task::yield_now;
    use tokio::time::{Instant, timeout};

    /// The answer, and how many milliseconds it took by the runtime's clock. A search that takes
    /// longer than a day is given up.
    fn ask(indexes: &[Index]) -> (Option<String>, u128) {
        awaiting("a search whose indexes have all answered, or one of which has");
        runtime().block_on(async {
            let start = Instant::now();
            let day = Duration::from_secs(24 * 3_600);
            let found = timeout(day, search(indexes, "finch in winter")).await;
            let found = found.unwrap_or_else(|_| Some("nothing within a day".to_owned()));
            (found, start.elapsed().as_millis())
        })
    }

    /// Tasks that are alive, and connections that are open, at the next turn of the runtime.
    async fn left(indexes: &[Index]) -> (usize, usize) {
        for _ in 0..4 {
            yield_now().await;
        }
        let tasks = Handle::current().metrics().num_alive_tasks();
        (tasks, indexes.iter().map(Index::open_connections).sum())
    }

    fn one_is_down() -> [Index; 3] {
        [
            index(30, Some("a song")),
            index(20, Some("a bird")),
            index(YEAR, None),
        ]
    }

    fn bird() -> Option<String> {
        Some("finch: a bird".to_owned())
    }

    #[measuring::test]
    fn the_first_to_find_something_answers() {
        let cases = [
            (
                "song after 30 ms, bird after 20, nothing after a year",
                &one_is_down()[..],
            ),
            ("bird after 20 ms", &[index(20, Some("a bird"))]),
            (
                "nothing after 5 ms, bird after 20, nothing after 10",
                &[index(5, None), index(20, Some("a bird")), index(10, None)],
            ),
        ];
        for (what, indexes) in cases {
            assert_gives(what, &ask(indexes), &(bird(), 20));
        }
    }

    #[measuring::test]
    fn many_indexes_may_be_asked() {
        let mut indexes: Vec<Index> = (0..200).map(|number| index(100 + number, None)).collect();
        indexes.push(index(90, Some("a bird")));
        let what = "200 that find nothing after 100 ms and more, bird after 90";
        assert_gives(what, &ask(&indexes), &(bird(), 90));
        indexes[200] = index(1_000, Some("a bird"));
        let what = "200 that find nothing after 299 ms at most, bird after 1,000";
        assert_gives(what, &ask(&indexes), &(bird(), 1_000));
    }

    #[measuring::test]
    fn a_slow_index_may_answer_too() {
        let hours = 20 * 3_600_000;
        let indexes = [index(5, None), index(hours, Some("a bird"))];
        let came = ask(&indexes);
        assert_gives(
            "nothing after 5 ms, bird after 20 hours",
            &came,
            &(bird(), u128::from(hours)),
        );
    }

    #[measuring::test]
    fn nothing_is_found_when_all_have_answered() {
        let came = ask(&[index(5, None), index(40, None)]);
        assert_gives("nothing after 5 ms, nothing after 40", &came, &(None, 40));
        assert_gives("no index", &ask(&[]), &(None, 0));
    }

    #[measuring::test]
    fn no_task_works_on_when_the_answer_is_there() {
        awaiting("a search, one of whose indexes answers after 20 ms");
        runtime().block_on(async {
            for indexes in [
                &one_is_down()[..],
                &[index(YEAR, None), index(0, Some("a bird"))],
            ] {
                for turn in 0..100 {
                    let found = search(indexes, "finch").await;
                    assert_gives("a search", &found, &bird());
                    let what = format_args!("tasks and connections after search {turn}");
                    assert_gives(what, &left(indexes).await, &(0, 0));
                }
            }
        });
    }

    /// At its first turn already, or later.
    #[measuring::test]
    fn no_task_works_on_when_the_client_has_hung_up() {
        awaiting("a timeout of 10 ms around a search");
        runtime().block_on(async {
            let indexes = one_is_down();
            for turn in 0..100 {
                let patience = Duration::from_millis(turn % 3 * 5);
                let late = timeout(patience, search(&indexes, "finch")).await.is_err();
                assert!(
                    late,
                    "a search was over before its first index had answered"
                );
                let what =
                    format_args!("tasks and connections after a client hung up in {patience:?}");
                assert_gives(what, &left(&indexes).await, &(0, 0));
            }
        });
    }

    #[measuring::test]
    fn searches_at_once_dont_end_each_other() {
        awaiting("two searches at once");
        runtime().block_on(async {
            let (quick, indexes) = ([index(1, Some("a bird"))], one_is_down());
            let both = tokio::join!(search(&indexes, "finch"), search(&quick, "finch"));
            assert_gives("two searches at once", &both, &(bird(), bird()));
            let both = tokio::join!(
                timeout(Duration::from_millis(5), search(&indexes, "finch")),
                search(&indexes, "finch"),
            );
            let came = (both.0.is_err(), both.1);
            assert_gives(
                "two searches, of which a client drops one",
                &came,
                &(true, bird()),
            );
            assert_gives("tasks and connections", &left(&indexes).await, &(0, 0));
        });
    }

    #[measuring::test]
    fn a_hundred_searches_stay_in_budget() {
        awaiting("a search, one of whose indexes answers after 20 ms");
        let (runtime, indexes) = (runtime(), one_is_down());
        let question = "finch ".repeat(400);
        let found = BUDGET.assert_holds_in_process(|| {
            runtime.block_on(async {
                let mut found = 0;
                for _ in 0..100 {
                    found += usize::from(search(&indexes, black_box(&question)).await.is_some());
                }
                left(&indexes).await;
                found
            })
        });
        assert_gives("searches of 100 that found something", &found, &100);
    }

    #[measuring::test]
    fn live_bytes_dont_grow_with_the_searches() {
        awaiting("a search, one of whose indexes answers after 20 ms");
        let (runtime, indexes) = (runtime(), one_is_down());
        let budget = Budget::of("waits_for_nobody").peak(65_536).live(8_192);
        budget.assert_holds(|| {
            runtime.block_on(async {
                for _ in 0..1_000 {
                    search(&indexes, black_box("finch")).await;
                }
                left(&indexes).await;
            });
        });
    }
}
