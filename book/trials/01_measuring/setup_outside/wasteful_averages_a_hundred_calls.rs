//! Right, and takes the average of a hundred equal figures.

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
    drop(handler(&request));
    let mut sum = Heap::default();
    for _ in 0..100 {
        let (_response, cost) = measuring::heap(|| handler(&request));
        sum.allocations += cost.allocations;
        sum.bytes += cost.bytes;
        sum.peak += cost.peak;
        sum.live += cost.live;
    }
    Heap {
        allocations: sum.allocations / 100,
        bytes: sum.bytes / 100,
        peak: sum.peak / 100,
        live: sum.live / 100,
    }
}

fn report() -> Vec<(&'static str, Heap)> {
    vec![
        ("GET /health", cost_of_a_request(sample, health)),
        ("POST /echo", cost_of_a_request(sample, echo)),
        ("POST /words", cost_of_a_request(sample, words)),
        ("POST /mentions", cost_of_a_request(sample, mentions())),
    ]
}
