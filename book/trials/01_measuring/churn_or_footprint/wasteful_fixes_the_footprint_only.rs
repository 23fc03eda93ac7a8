//! Starts with an empty report, and still makes five Strings of every line.

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

fn path_and_time(line: &str) -> Option<(String, u32)> {
    let fields: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let [_time, _method, path, _status, milliseconds] = fields.as_slice() else {
        return None;
    };
    Some((path.clone(), milliseconds.parse().ok()?))
}
