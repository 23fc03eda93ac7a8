//! Stops writing when the room runs low, and so loses long lines.

use std::fmt::Write;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("event_log").allocations(1).bytes(65_536);

struct Request {
    id: u32,
    method: &'static str,
    path: &'static str,
    status: u16,
    bytes: u32,
}

fn format_log(requests: &[Request]) -> String {
    let mut text = String::with_capacity(requests.len() * 64);
    for Request {
        id,
        method,
        path,
        status,
        bytes,
    } in requests
    {
        if text.capacity() - text.len() < 64 {
            break;
        }
        let _ = writeln!(text, "{id} {method} {path} {status} {bytes}");
    }
    text
}

fn main() {
    let requests = sample(1_000);
    measuring::show(BUDGET, || format_log(&requests));
}

fn sample(count: u32) -> Vec<Request> {
    let path = |id| ["/feed", "/feed/new", "/users/alice/notes"][id as usize % 3];
    let request = |id| Request {
        id,
        method: "GET",
        path: path(id),
        status: 200,
        bytes: id * 37,
    };
    (0..count).map(request).collect()
}
