//! Writes bytes through `io::Write` and makes a `String` of the same allocation.

#![forbid(unsafe_code)]

use std::io::Write;

struct Request {
    id: u32,
    method: &'static str,
    path: &'static str,
    status: u16,
    bytes: u32,
}

fn format_log(requests: &[Request]) -> String {
    let mut text = Vec::with_capacity(60 * requests.len());
    for Request {
        id,
        method,
        path,
        status,
        bytes,
    } in requests
    {
        let _ = writeln!(text, "{id} {method} {path} {status} {bytes}");
    }
    String::from_utf8(text).expect("made of strings")
}
