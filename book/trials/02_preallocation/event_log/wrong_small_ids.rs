//! Writes ids as `u16`, which wrap at 65,536.

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
        // Writing to a `String` can't fail; the `Result` is `fmt::Write`'s.
        let _ = writeln!(text, "{} {method} {path} {status} {bytes}", *id as u16);
    }
    text
}
