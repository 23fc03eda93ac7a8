//! Under every pull request, a team posts what one more request to each route costs on the heap:
//! what the handler allocates (allocations, bytes, peak), and what its response still holds (live).
//! It is the same from the second request on: for `POST /echo` 1 allocation, 1,600 bytes, all of
//! them live.
//!
//! The rows are wrong, even for a handler that does nothing. The measured region builds and frees
//! the sample request, and it drops the response, so live is always zero. And the first request to
//! a handler pays for a buffer that all later ones reuse. A response is gone before the next
//! request.
//!
//! | the whole report | budget | why                                                              |
//! |------------------|-------:|------------------------------------------------------------------|
//! | allocations      |     32 | the rows; per route a sample, a call to warm up, a call to count |
//! | bytes            | 36,864 | the same in bytes; numbers that never vary need no average       |
//! | live             |    512 | the rows: no request and no response is left behind              |

#![forbid(unsafe_code)]

use measuring::Heap;

struct Request {
    body: String,
}

// TODO: the region counts more than the handler's work on one more request.
fn cost_of_a_request<R>(
    sample: impl Fn() -> Request,
    mut handler: impl FnMut(&Request) -> R,
) -> Heap {
    let ((), cost) = measuring::heap(|| {
        let request = sample();
        drop(handler(&request));
    });
    cost
}

fn report() -> Vec<(&'static str, Heap)> {
    vec![
        ("GET /health", cost_of_a_request(sample, health)),
        ("POST /echo", cost_of_a_request(sample, echo)),
        ("POST /words", cost_of_a_request(sample, words)),
        ("POST /mentions", cost_of_a_request(sample, mentions())),
    ]
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("setup_outside")
    .allocations(32)
    .bytes(36_864)
    .live(512);

/// A request with a body of 1,600 bytes; putting it together takes more than that.
fn sample() -> Request {
    let draft = "Measure first.  ".repeat(100);
    Request {
        body: draft.replace("  ", " \n"),
    }
}

thread_local! {
    /// How many requests each handler has got on this thread, in the order of the routes.
    static REQUESTS: std::cell::Cell<[u32; 4]> = const { std::cell::Cell::new([0; 4]) };
}

fn got_a_request(route: usize) {
    let mut requests = REQUESTS.get();
    requests[route] += 1;
    REQUESTS.set(requests);
}

fn health(_: &Request) -> &'static str {
    got_a_request(0);
    "fine"
}

fn echo(request: &Request) -> String {
    got_a_request(1);
    request.body.clone()
}

fn words(request: &Request) -> usize {
    got_a_request(2);
    let mut words: Vec<&str> = request.body.split_whitespace().collect();
    words.sort_unstable();
    words.dedup();
    words.len()
}

/// Counts mentions in any case. Its lowercase copy of the body stays for the next request.
fn mentions() -> impl FnMut(&Request) -> usize {
    let mut lowercase = String::new();
    move |request| {
        got_a_request(3);
        lowercase.clear();
        lowercase.push_str(&request.body);
        lowercase.make_ascii_lowercase();
        lowercase.matches("measure").count()
    }
}

fn main() {
    measuring::show(BUDGET, report);
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, REQUESTS, Request};
    use super::{cost_of_a_request, echo, health, mentions, report, sample, words};
    use measuring::{Budget, Heap, assert_gives};
    use std::cell::Cell;
    use std::hint::black_box;
    use std::mem::take;

    /// Holds a cost against `[allocations, bytes, peak]` and live.
    #[track_caller]
    fn check(what: &str, cost: Heap, [allocations, bytes, peak]: [u64; 3], live: i64) {
        let expected = Heap {
            allocations,
            bytes,
            peak,
            live,
        };
        assert_gives(format_args!("cost of {what}"), &cost, &expected);
    }

    #[measuring::test]
    fn a_row_counts_the_handlers_work_alone() {
        let cost = cost_of_a_request(sample, health);
        check("a request that does nothing", cost, [0, 0, 0], 0);

        let cost = cost_of_a_request(sample, echo);
        let what = "a request whose body comes back";
        check(what, cost, [1, 1_600, 1_600], 1_600);

        let cost = cost_of_a_request(sample, |request| {
            drop(black_box(request.body.clone()));
            drop(black_box(vec![1u8; 1_000]));
            Box::new(black_box(request.body.len() as u64))
        });
        let what = "1,600 bytes, then 1,000, and a response of 8";
        check(what, cost, [3, 2_608, 1_600], 8);
    }

    #[measuring::test]
    fn a_row_is_that_of_the_second_request() {
        let cost = cost_of_a_request(sample, mentions());
        check("a request that reuses a buffer", cost, [0, 0, 0], 0);

        let mut is_started = false;
        let cost = cost_of_a_request(sample, |request| {
            let is_first = !std::mem::replace(&mut is_started, true);
            (!is_first).then(|| request.body.clone())
        });
        let what = "a request to a handler that only starts up at the first one";
        check(what, cost, [1, 1_600, 1_600], 1_600);
    }

    /// A buffer from a pool, which goes back there when it is dropped.
    struct Lent<'a> {
        buffer: Vec<u8>,
        pool: &'a Cell<Vec<u8>>,
    }

    impl Drop for Lent<'_> {
        fn drop(&mut self) {
            self.pool.set(take(&mut self.buffer));
        }
    }

    #[measuring::test]
    fn the_first_response_is_gone_before_the_second_request() {
        let pool = Cell::new(Vec::new());
        let cost = cost_of_a_request(sample, |request| {
            let mut buffer = pool.take();
            buffer.clear();
            buffer.extend(request.body.bytes());
            Lent {
                buffer,
                pool: &pool,
            }
        });
        let what = "a request whose response is lent from a pool";
        check(what, cost, [0, 0, 0], 0);
    }

    #[measuring::test]
    fn the_handler_gets_the_sample() {
        for body in ["", "small", &"a large body ".repeat(10_000)] {
            let sample = || Request {
                body: body.to_owned(),
            };
            // What is left behind, of any size, is live when the region ends.
            let all_gone = Budget::of("setup_outside").live(0);
            let cost = all_gone.assert_holds(|| {
                cost_of_a_request(sample, |request| {
                    assert_gives("body of the request", &request.body[..], body);
                    request.body.clone()
                })
            });
            let bytes = body.len() as u64;
            let what = format!("a request with a body of {bytes} bytes");
            check(&what, cost, [bytes.min(1), bytes, bytes], bytes as i64);
        }
    }

    #[measuring::test]
    fn every_row_is_measured_at_its_route() {
        REQUESTS.set([0; 4]);
        let rows = report();
        let requests = REQUESTS.get();
        let expected = [
            ("GET /health", cost_of_a_request(sample, health)),
            ("POST /echo", cost_of_a_request(sample, echo)),
            ("POST /words", cost_of_a_request(sample, words)),
            ("POST /mentions", cost_of_a_request(sample, mentions())),
        ];
        assert_gives("number of rows", &rows.len(), &expected.len());
        for ((row, expected), count) in rows.iter().zip(&expected).zip(requests) {
            let route = expected.0;
            assert!(
                count > 0,
                "row of {route}: expected requests to its handler, came none"
            );
            assert_gives(format_args!("row of {route}"), row, expected);
        }
    }

    #[measuring::test]
    fn the_report_stays_in_budget() {
        black_box(BUDGET.assert_holds_in_process(report));
    }
}
