//! Takes the lower of two calls, measure by measure, and warms nothing up.

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
    let (_first, one) = measuring::heap(|| handler(&request));
    let (_second, two) = measuring::heap(|| handler(&request));
    let cost = Heap {
        allocations: one.allocations.min(two.allocations),
        bytes: one.bytes.min(two.bytes),
        peak: one.peak.min(two.peak),
        live: one.live.min(two.live),
    };
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
