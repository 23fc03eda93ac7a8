//! Formats twice: into a counter, then into a text of that exact length.

#![forbid(unsafe_code)]

use std::fmt::Write;

struct Request {
    id: u32,
    method: &'static str,
    path: &'static str,
    status: u16,
    bytes: u32,
}

struct Length(usize);

impl Write for Length {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

fn write_log(requests: &[Request], to: &mut impl Write) -> std::fmt::Result {
    for Request {
        id,
        method,
        path,
        status,
        bytes,
    } in requests
    {
        writeln!(to, "{id} {method} {path} {status} {bytes}")?;
    }
    Ok(())
}

fn format_log(requests: &[Request]) -> String {
    let mut length = Length(0);
    write_log(requests, &mut length).expect("a counter takes any text");
    let mut text = String::with_capacity(length.0);
    write_log(requests, &mut text).expect("a string takes any text");
    text
}
