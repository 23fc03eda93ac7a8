//! A search asks several indexes at once. Its answer is the first that any index finds, or `None`
//! when all have answered. Example: one index finds a song after 30 ms, one a bird after 20 ms, one
//! never answers → a bird after 20 ms.
//!
//! Each index is asked in a task, which holds a connection and the question. The search owns its
//! tasks: a `JoinSet` aborts them when it is dropped, whether the search has its answer or is
//! dropped at its `await`.
//!
//! | measure | budget  | why                                                                   |
//! |---------|--------:|-----------------------------------------------------------------------|
//! | bytes   | 800,000 | 100 searches: a question of 2,400 bytes once, three tasks, an answer  |
//! | live    |     512 | no task is left and no question                                       |
//!
//! Other sizes have bytes in proportion: short and long questions, no index, 30 indexes.

#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
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

/// Returns the first answer that an index finds, or `None` when all have answered.
async fn search(indexes: &[Index], question: &str) -> Option<String> {
    let question = Arc::<str>::from(question);
    let mut asked = JoinSet::new();
    for index in indexes {
        asked.spawn(index.clone().ask(Arc::clone(&question)));
    }
    while let Some(answer) = asked.join_next().await {
        if let Ok(Some(found)) = answer {
            return Some(found);
        }
    }
    None
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("waits_for_nobody")
    .bytes(800_000)
    .live(512);

fn main() {
    let (runtime, indexes) = (runtime(), one_is_down());
    let question = "finch ".repeat(400);
    measuring::show(BUDGET, || {
        searches(&runtime, &indexes, &question);
        indexes.each_ref().map(Index::open_connections)
    });
}

const YEAR: u64 = 365 * 24 * 3_600 * 1_000;

fn index(milliseconds: u64, finds: Option<&'static str>) -> Index {
    let takes = std::time::Duration::from_millis(milliseconds);
    let connections = std::sync::Arc::default();
    Index {
        takes,
        finds,
        connections,
    }
}

fn one_is_down() -> [Index; 3] {
    [
        index(30, Some("a song")),
        index(20, Some("a bird")),
        index(YEAR, None),
    ]
}

/// 100 searches, one after the other.
fn searches(runtime: &tokio::runtime::Runtime, indexes: &[Index], question: &str) {
    runtime.block_on(async {
        for _ in 0..100 {
            search(indexes, std::hint::black_box(question)).await;
        }
        // What was told to end has its turn.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    });
}

/// On this thread, with a clock that jumps to the next timer instead of waiting for it.
fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("it needs neither threads nor sockets")
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, Index, YEAR, index, one_is_down, runtime, search, searches};
    use measuring::{Budget, assert_gives, awaiting};
    use std::future::{Future as _, poll_fn};
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::Poll;
    use std::time::Duration;
    use tokio::runtime::Handle;
    use tokio::task::yield_now;
    use tokio::time::{Instant, sleep, timeout};

    const HOUR: Duration = Duration::from_secs(3_600);

    /// An answer, and how many milliseconds it took by the runtime's clock.
    async fn answer(indexes: &[Index], question: &str) -> (Option<String>, u128) {
        let start = Instant::now();
        awaiting("search, which perhaps blocks the thread");
        let Ok(found) = timeout(HOUR, search(indexes, question)).await else {
            panic!("{question:?}: expected an answer, came none within an hour");
        };
        (found, start.elapsed().as_millis())
    }

    fn bird(milliseconds: u128) -> (Option<String>, u128) {
        (Some("finch: a bird".to_owned()), milliseconds)
    }

    /// A row of indexes: after how many milliseconds each answers, and whether it finds a bird.
    #[track_caller]
    fn assert_answers(rows: &[(u64, bool)], expected: (Option<String>, u128)) {
        let indexes = rows
            .iter()
            .map(|(takes, finds)| index(*takes, finds.then_some("a bird")));
        let indexes: Vec<_> = indexes.collect();
        let came = runtime().block_on(answer(&indexes, "finch in winter"));
        let (count, first) = (rows.len(), &rows[..rows.len().min(4)]);
        let what = format_args!("{count} indexes (milliseconds, finds): {first:?}");
        assert_gives(what, &came, &expected);
    }

    fn connections(indexes: &[Index]) -> usize {
        let each = indexes
            .iter()
            .map(|index| Arc::strong_count(&index.connections) - 1);
        each.sum()
    }

    /// Tasks that are alive and connections that are open, once all that was told to end has had its turn.
    async fn left(indexes: &[Index]) -> (usize, usize) {
        let left = || {
            (
                Handle::current().metrics().num_alive_tasks(),
                connections(indexes),
            )
        };
        for _ in 0..100 {
            if left() == (0, 0) {
                break;
            }
            yield_now().await;
        }
        left()
    }

    #[measuring::test]
    fn the_first_find_is_the_answer() {
        assert_answers(&[(20, true)], bird(20));
        assert_answers(&[(5, false), (20, true), (10, false)], bird(20));
        assert_answers(&[(30, true), (20, true), (YEAR, false)], bird(20));
        assert_answers(&[(5, false), (60_000, true)], bird(60_000));
        assert_answers(&[(YEAR, false), (0, true)], bird(0));
        // Nothing is found when all have answered.
        assert_answers(&[], (None, 0));
        assert_answers(&[(5, false)], (None, 5));
        assert_answers(&[(5, false), (40, false)], (None, 40));
        runtime().block_on(async {
            for (number, finds) in ["a bird", "a song", "a café", "Фринг"]
                .into_iter()
                .enumerate()
            {
                let question = format!("finch{number} in winter");
                let indexes = [index(20, Some(finds)), index(9, None)];
                let came = answer(&indexes, &question).await;
                let expected = (Some(format!("finch{number}: {finds}")), 20);
                assert_gives(format_args!("{question:?}"), &came, &expected);
            }
        });
    }

    #[measuring::test]
    fn many_indexes_are_asked_at_once() {
        for count in [17, 300, 1_000] {
            let mut rows: Vec<_> = (0..count).map(|number| (number % 7, false)).collect();
            assert_answers(&rows, (None, 6));
            rows.push((6, true));
            assert_answers(&rows, bird(6));
            rows.pop();
            rows.push((50, true));
            assert_answers(&rows, bird(50));
            rows.insert(0, (YEAR, true));
            assert_answers(&rows, bird(50));
            rows.fill((3, true));
            assert_answers(&rows, bird(3));
        }
    }

    #[measuring::test]
    fn each_index_has_a_connection_until_it_has_answered() {
        runtime().block_on(async {
            let indexes = one_is_down();
            let mut searching = pin!(search(&indexes, "finch"));
            awaiting("the first step of search");
            for after in [0, 10] {
                sleep(Duration::from_millis(after)).await;
                poll_fn(|context| Poll::Ready(searching.as_mut().poll(context).is_ready())).await;
                yield_now().await;
                let open = indexes
                    .each_ref()
                    .map(|index| Arc::strong_count(&index.connections) > 1);
                let what = format_args!("connections to 3 indexes after {after} ms");
                assert_gives(what, &open, &[true; 3]);
            }
        });
    }

    #[measuring::test]
    fn no_task_goes_on_when_the_answer_is_there() {
        runtime().block_on(async {
            let mut indexes = one_is_down().to_vec();
            for others in [0, 2, 300] {
                indexes.extend((0..others).map(|_| index(YEAR, None)));
                for round in 0..20 {
                    let came = answer(&indexes, "finch").await;
                    let what = format_args!("search {round} of {} indexes", indexes.len());
                    assert_gives(what, &came, &bird(20));
                    let came = left(&indexes).await;
                    assert_gives(
                        format_args!("(tasks, connections) after {what}"),
                        &came,
                        &(0, 0),
                    );
                }
            }
        });
    }

    #[measuring::test]
    fn no_task_goes_on_when_the_client_has_hung_up() {
        runtime().block_on(async {
            let indexes = [
                one_is_down().to_vec(),
                (0..50).map(|_| index(7, None)).collect(),
            ]
            .concat();
            for milliseconds in [0, 1, 7, 10, 19] {
                for _ in 0..10 {
                    awaiting("a search whose client hangs up");
                    let patience = Duration::from_millis(milliseconds);
                    let late = timeout(patience, search(&indexes, "finch")).await;
                    let what = format_args!("a client who hangs up after {milliseconds} ms");
                    assert_gives(what, &late.ok(), &None);
                    let came = left(&indexes).await;
                    assert_gives(
                        format_args!("(tasks, connections) after {what}"),
                        &came,
                        &(0, 0),
                    );
                }
            }
        });
    }

    #[measuring::test]
    fn searches_at_once_dont_end_each_other() {
        runtime().block_on(async {
            let (quick, indexes) = ([index(1, Some("a bird"))], one_is_down());
            let hung_up = timeout(Duration::from_millis(5), search(&indexes, "finch"));
            let searches = async {
                tokio::join!(
                    answer(&indexes, "finch"),
                    answer(&quick, "finch"),
                    answer(&indexes, "finch"),
                    hung_up
                )
            };
            let (first, second, third, _) = searches.await;
            let expected = [bird(20), bird(1), bird(20)];
            assert_gives("three searches at once", &[first, second, third], &expected);
            let came = left(&indexes).await;
            assert_gives(
                "(tasks, connections) after three searches at once",
                &came,
                &(0, 0),
            );
        });
    }

    #[measuring::test]
    fn a_hundred_searches_stay_in_budget() {
        let (runtime, indexes) = (runtime(), one_is_down());
        let question = "finch ".repeat(400);
        awaiting("a hundred searches");
        BUDGET.assert_holds_in_process(|| searches(&runtime, &indexes, &question));
    }

    #[measuring::test]
    fn searches_of_other_sizes_stay_in_budget() {
        let (runtime, down) = (runtime(), one_is_down());
        awaiting("a hundred searches");
        let short = Budget::of("waits_for_nobody").bytes(550_000).live(512);
        short.assert_holds(|| searches(&runtime, &down, "finch"));
        let none = Budget::of("waits_for_nobody").bytes(200_000).live(512);
        none.assert_holds(|| searches(&runtime, &[], "finch"));
        let many: Vec<_> = (0..30).map(|_| index(YEAR, Some("a bird"))).collect();
        let question = "finch ".repeat(4_000);
        let long = Budget::of("waits_for_nobody").bytes(7_500_000).live(512);
        long.assert_holds(|| searches(&runtime, &many, &question));
    }
}
