//! Reserves for the method and the path of each request, and 31 bytes for numbers and spaces.

#![forbid(unsafe_code)]

use std::fmt::Write;

struct Request {
    id: u32,
    method: &'static str,
    path: &'static str,
    status: u16,
    bytes: u32,
}

fn format_log(requests: &[Request]) -> String {
    let mut text = String::with_capacity(
        requests
            .iter()
            .map(|it| it.method.len() + it.path.len() + 31)
            .sum(),
    );
    for Request {
        id,
        method,
        path,
        status,
        bytes,
    } in requests
    {
        // Writing to a `String` can't fail; the `Result` is `fmt::Write`'s.
        let _ = writeln!(text, "{id} {method} {path} {status} {bytes}");
    }
    text
}
