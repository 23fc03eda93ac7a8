//! Collects the fields of each line in one list, and never frees it.

#![forbid(unsafe_code)]

#[derive(Debug, PartialEq)]
struct Slow {
    path: String,
    milliseconds: u32,
}

/// Returns the requests of a log that took `limit` milliseconds or more, in the log's order. Leaves out every line of
/// another form than the one above.
fn slow_requests(log: &str, limit: u32) -> Vec<Slow> {
    let mut report = Vec::new();
    let mut fields = Vec::new();
    for line in log.lines() {
        match path_and_time(line, &mut fields) {
            Some((path, milliseconds)) if milliseconds >= limit => report.push(Slow {
                path: path.to_owned(),
                milliseconds,
            }),
            _ => {}
        }
    }
    std::mem::forget(fields);
    report
}

// Borrows the path from the line; only the report copies it.
fn path_and_time<'a>(line: &'a str, fields: &mut Vec<&'a str>) -> Option<(&'a str, u32)> {
    fields.clear();
    fields.extend(line.split(' '));
    let &[_time, _method, path, _status, milliseconds] = fields.as_slice() else {
        return None;
    };
    Some((path, milliseconds.parse().ok()?))
}
