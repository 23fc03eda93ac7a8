//! Guesses the number of slow requests from the length of the log, which suits one day only.

#![forbid(unsafe_code)]

#[derive(Debug, PartialEq)]
struct Slow {
    path: String,
    milliseconds: u32,
}

/// Returns the requests of a log that took `limit` milliseconds or more, in the log's order. Leaves out every line of
/// another form than the one above.
fn slow_requests(log: &str, limit: u32) -> Vec<Slow> {
    let mut report = Vec::with_capacity(log.len() / 10_000);
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

// Borrows the path from the line; only the report copies it.
fn path_and_time(line: &str) -> Option<(&str, u32)> {
    let mut fields = line.split(' ');
    let path = fields.nth(2)?;
    let milliseconds = fields.nth(1)?;
    match fields.next() {
        Some(_one_too_many) => None,
        None => Some((path, milliseconds.parse().ok()?)),
    }
}
