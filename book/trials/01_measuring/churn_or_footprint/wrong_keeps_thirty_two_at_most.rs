//! Keeps the footprint small by leaving out what no longer fits.

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
    let mut report = Vec::with_capacity(32);
    for line in log.lines() {
        match path_and_time(line) {
            Some((path, milliseconds)) if milliseconds >= limit && report.len() < 32 => report
                .push(Slow {
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
        None => Some((path, milliseconds.parse().ok()?)),
    }
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
