//! Starts with an empty report, and still makes five Strings of every line.

use measuring::Budget;

measuring::install!();

const BUDGET: Budget = Budget::of("churn_or_footprint")
    .allocations(32)
    .bytes(400_000)
    .live(2_048);

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

/// Ten thousand requests, one in five hundred of them slow.
fn sample_log() -> String {
    let line = |n: u32| {
        let (hours, minutes, seconds) = (n / 3_600, n / 60 % 60, n % 60);
        let milliseconds = if n % 500 == 250 { 1_000 + n } else { n % 90 };
        let user = n % 37;
        format!("{hours:02}:{minutes:02}:{seconds:02} GET /users/{user} 200 {milliseconds}\n")
    };
    (0..10_000).map(line).collect()
}

fn main() {
    let log = sample_log();
    measuring::show(BUDGET, || slow_requests(&log, 1_000));
}
