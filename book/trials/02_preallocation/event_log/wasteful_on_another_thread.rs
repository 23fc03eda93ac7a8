//! Formats each line into a `String` of its own, on another thread.

#![forbid(unsafe_code)]

struct Request {
    id: u32,
    method: &'static str,
    path: &'static str,
    status: u16,
    bytes: u32,
}

fn format_log(requests: &[Request]) -> String {
    std::thread::scope(|scope| scope.spawn(|| slow(requests)).join().unwrap())
}

fn slow(requests: &[Request]) -> String {
    let mut text = String::with_capacity(64 * requests.len());
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
