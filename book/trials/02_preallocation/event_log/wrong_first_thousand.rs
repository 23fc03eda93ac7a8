//! Writes no more than a thousand lines.

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
    let mut text = String::with_capacity(64 * requests.len());
    for Request {
        id,
        method,
        path,
        status,
        bytes,
    } in requests.iter().take(1_000)
    {
        let _ = writeln!(text, "{id} {method} {path} {status} {bytes}");
    }
    text
}
