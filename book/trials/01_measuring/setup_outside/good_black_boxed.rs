//! Hides the request from the optimiser, and drops the response by hand.

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
    let (response, cost) = measuring::heap(|| handler(std::hint::black_box(&request)));
    drop(response);
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
