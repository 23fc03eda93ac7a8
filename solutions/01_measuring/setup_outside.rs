//! Under every pull request, a team posts the heap cost of a request to each route of its service. A row says what
//! *one more* request costs: what the handler allocates (allocations, bytes, peak) and what its response still holds (live).
//!
//! The region holds the handler's call and nothing else. The request is older than the region and outlives it, the
//! response leaves the region alive, and an earlier call has paid for what is only ever paid for once.
//!
//! The report itself may cost this much. Heap figures repeat to the byte, so nothing is gained by taking an average.
//!
//! | measure | budget | why                                                                                  |
//! |---------|--------|--------------------------------------------------------------------------------------|
//! | allocations  |     32 | the rows; for each route one sample, one call to warm up, one call to count          |
//! | bytes   | 36,864 | the same in bytes                                                                    |

#![forbid(unsafe_code)]

use measuring::Heap;

struct Request {
    body: String,
}

fn cost_of_a_request<R>(
    sample: impl Fn() -> Request,
    mut handler: impl FnMut(&Request) -> R,
) -> Heap {
    let request = sample();
    // Warms the handler up: what it keeps for later requests is in place from here on.
    drop(handler(&request));
    let (_response, cost) = measuring::heap(|| handler(&request));
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
    .bytes(36_864);

/// A request with a body of 1,600 bytes; putting it together takes more than that.
fn sample() -> Request {
    let draft = "Measure first.  ".repeat(100);
    Request {
        body: draft.replace("  ", " \n"),
    }
}

fn health(_: &Request) -> &'static str {
    "fine"
}

fn echo(request: &Request) -> String {
    request.body.clone()
}

fn words(request: &Request) -> usize {
    let mut words: Vec<&str> = request.body.split_whitespace().collect();
    words.sort_unstable();
    words.dedup();
    words.len()
}

/// Counts mentions in any case. Its lowercase copy of the body stays for the next request.
fn mentions() -> impl FnMut(&Request) -> usize {
    let mut lowercase = String::new();
    move |request| {
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
    use super::*;
    use measuring::Heap;
    use std::hint::black_box;

    const NOTHING: Heap = Heap {
        allocations: 0,
        bytes: 0,
        peak: 0,
        live: 0,
    };

    #[test]
    fn a_handler_that_does_nothing_costs_nothing() {
        assert_eq!(cost_of_a_request(sample, health), NOTHING);
    }

    #[test]
    fn a_response_is_live() {
        let cost = cost_of_a_request(sample, echo);
        assert_eq!((cost.allocations, cost.bytes), (1, 1_600));
        assert_eq!((cost.peak, cost.live), (1_600, 1_600));
    }

    #[test]
    fn what_a_handler_frees_is_not_live() {
        let cost = cost_of_a_request(sample, |request| {
            let copy = black_box(request.body.clone());
            Box::new(copy.len() as u64)
        });
        assert_eq!((cost.allocations, cost.bytes), (2, 1_608));
        assert_eq!((cost.peak, cost.live), (1_608, 8));
    }

    #[test]
    fn a_kept_buffer_costs_later_requests_nothing() {
        assert_eq!(cost_of_a_request(sample, mentions()), NOTHING);
    }

    #[test]
    fn the_handler_gets_the_sample() {
        let sample = || Request {
            body: "small".to_owned(),
        };
        let cost = cost_of_a_request(sample, |request| {
            assert_eq!(request.body, "small");
            request.body.clone()
        });
        assert_eq!((cost.allocations, cost.bytes), (1, 5));
    }

    #[test]
    fn every_route_has_a_row() {
        let routes: Vec<_> = report().into_iter().map(|(route, _)| route).collect();
        assert_eq!(
            routes,
            ["GET /health", "POST /echo", "POST /words", "POST /mentions"]
        );
    }

    #[test]
    fn the_report_stays_in_budget() {
        black_box(BUDGET.assert_holds(report));
    }
}
