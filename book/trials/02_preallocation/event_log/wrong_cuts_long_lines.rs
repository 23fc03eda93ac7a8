//! Stops writing when less than 64 bytes are spare, and so loses lines.

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
