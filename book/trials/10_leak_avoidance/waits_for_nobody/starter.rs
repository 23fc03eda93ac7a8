//! A search asks several indexes at once and answers with the first that finds something. One of the indexes is slow,
//! one is down: it takes the question and never answers.
//!
//! Each index is asked in a task, which holds a connection and the question. Once the search has its answer, nobody
//! waits for the others, and they work on: the slow one for a while, the other for ever. The same happens where the
//! client hangs up, which drops the search at its `await`. All of a search's tasks should end when the search does.
//!
//! | measure | budget  | why                                                                         |
//! |---------|---------|-----------------------------------------------------------------------------|
//! | bytes   | 700,000 | 100 searches: the question once, three tasks, an answer                     |
//! | live    |   8,192 | the runtime's queues may have grown; no task is left                        |

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

/// What the first index finds that finds anything.
async fn search(indexes: &[Index], question: &str) -> Option<String> {
    let question = Arc::<str>::from(question);
    // TODO: nobody owns these tasks.
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
    use std::hint::black_box;
    use std::time::Duration;
    use tokio::runtime::Handle;
    use tokio::task::yield_now;
    use tokio::time::{Instant, timeout};

    /// Answers, and how many milliseconds it took by the runtime's clock.
    fn ask(indexes: &[Index]) -> (Option<String>, u128) {
        runtime().block_on(async {
            let start = Instant::now();
            let found = search(indexes, "finch in winter").await;
            (found, start.elapsed().as_millis())
        })
    }

    /// Tasks that are alive, and connections that are open, once all that was told to end has had its turn.
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

    #[test]
    fn the_first_to_find_something_answers() {
        assert_eq!(ask(&one_is_down()), (bird(), 20));
    }

    #[test]
    fn who_finds_nothing_is_passed_over() {
        let indexes = [index(5, None), index(20, Some("a bird")), index(10, None)];
        assert_eq!(ask(&indexes), (bird(), 20));
    }

    #[test]
    fn a_slow_index_may_answer_too() {
        let indexes = [index(5, None), index(60_000, Some("a bird"))];
        assert_eq!(ask(&indexes), (bird(), 60_000));
    }

    #[test]
    fn nothing_is_found_when_all_have_answered() {
        assert_eq!(ask(&[index(5, None), index(40, None)]), (None, 40));
        assert_eq!(ask(&[]), (None, 0));
    }

    #[test]
    fn nobody_works_on_when_the_answer_is_there() {
        runtime().block_on(async {
            let indexes = one_is_down();
            for _ in 0..100 {
                assert_eq!(search(&indexes, "finch").await, bird());
                assert_eq!(left(&indexes).await, (0, 0));
            }
        });
    }

    #[test]
    fn nobody_works_on_when_the_client_has_hung_up() {
        runtime().block_on(async {
            let indexes = one_is_down();
            for _ in 0..100 {
                let patience = Duration::from_millis(10);
                let late = timeout(patience, search(&indexes, "finch")).await;
                assert!(late.is_err());
                assert_eq!(left(&indexes).await, (0, 0));
            }
        });
    }

    #[test]
    fn searches_at_once_dont_end_each_other() {
        runtime().block_on(async {
            let (quick, indexes) = ([index(1, Some("a bird"))], one_is_down());
            let both = tokio::join!(search(&indexes, "finch"), search(&quick, "finch"));
            assert_eq!(both, (bird(), bird()));
            assert_eq!(left(&indexes).await, (0, 0));
        });
    }

    #[test]
    fn a_hundred_searches_stay_in_budget() {
        let (runtime, indexes) = (runtime(), one_is_down());
        let question = "finch ".repeat(400);
        BUDGET.assert_holds(|| {
            runtime.block_on(async {
                for _ in 0..100 {
                    assert_eq!(search(&indexes, black_box(&question)).await, bird());
                }
                left(&indexes).await;
            });
        });
    }

    #[test]
    fn live_bytes_dont_grow_with_the_searches() {
        let (runtime, indexes) = (runtime(), one_is_down());
        let budget = measuring::Budget::of("waits_for_nobody").live(8_192);
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
