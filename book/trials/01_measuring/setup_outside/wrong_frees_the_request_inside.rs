//! Gives the request away to the region, which frees an allocation that is older than itself.

use measuring::{Budget, Heap};

measuring::install!();

const BUDGET: Budget = Budget::of("setup_outside").allocations(32).bytes(36_864);

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
    let (_response, cost) = measuring::heap(move || {
        let response = handler(&request);
        drop(request);
        response
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
