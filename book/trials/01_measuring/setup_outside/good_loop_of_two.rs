//! Measures two requests, and keeps the numbers of the second.

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
    let mut cost = Heap::default();
    for _ in 0..2 {
        let (response, one_more) = measuring::heap(|| handler(&request));
        drop(response);
        cost = one_more;
    }
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
