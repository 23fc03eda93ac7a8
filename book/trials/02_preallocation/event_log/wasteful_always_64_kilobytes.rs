//! Reserves what a thousand requests need, whatever the batch.

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
    let mut text = String::with_capacity(64_000);
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
    text
}
