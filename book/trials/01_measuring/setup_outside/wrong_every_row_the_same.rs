//! Measures `health` for another route.

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
        ("POST /echo", cost_of_a_request(sample, health)),
        ("POST /words", cost_of_a_request(sample, words)),
        ("POST /mentions", cost_of_a_request(sample, mentions())),
    ]
}
