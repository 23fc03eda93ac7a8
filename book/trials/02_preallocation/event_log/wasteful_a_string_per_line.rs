//! Reserves the text once, and still makes a `String` for each line.

#![forbid(unsafe_code)]

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
        text += &format!("{id} {method} {path} {status} {bytes}\n");
    }
    text
}
