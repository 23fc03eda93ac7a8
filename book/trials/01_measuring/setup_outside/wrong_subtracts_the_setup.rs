//! Leaves the setup in the region and subtracts its cost. That works for sums; a peak is no sum.

#![forbid(unsafe_code)]

use measuring::Heap;

struct Request {
    body: String,
}

fn cost_of_a_request<R>(
    sample: impl Fn() -> Request,
    mut handler: impl FnMut(&Request) -> R,
) -> Heap {
    drop(handler(&sample()));
    let (_request, setup) = measuring::heap(&sample);
    let (_both, cost) = measuring::heap(|| {
        let request = sample();
        let response = handler(&request);
        (request, response)
    });
    Heap {
        allocations: cost.allocations - setup.allocations,
        bytes: cost.bytes - setup.bytes,
        peak: cost.peak - setup.peak,
        live: cost.live - setup.live,
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
