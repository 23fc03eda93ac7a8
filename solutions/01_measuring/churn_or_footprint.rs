//! At midnight a dashboard reads the access log of the day, ten thousand lines such as
//!
//! ```text
//! 03:17:42 GET /users/17 200 1204
//! ```
//!
//! and keeps the requests that took too long (the last field: milliseconds). It holds ninety such reports in memory.
//!
//! Memory has two prices. *Churn*: a line is taken apart by borrowing from it, so that a request that isn't kept costs
//! nothing. *Footprint*: the report starts empty and grows with what it holds. Growing costs a few allocations; a guess that
//! is right only on the worst of days would be paid for on all ninety.
//!
//! | measure |  budget | why                                                                            |
//! |---------|---------|--------------------------------------------------------------------------------|
//! | allocations  |      32 | churn: a path per slow request, and the report, which may grow or shrink       |
//! | bytes   | 400,000 | churn: even room for every line would fit, if it is asked for only once        |
//! | live    |   2,048 | footprint: twenty requests, with a little air                                  |

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
        None => Some((path, milliseconds.parse().ok()?)),
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("churn_or_footprint")
    .allocations(32)
    .bytes(400_000)
    .live(2_048);

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    fn slow(path: &str, milliseconds: u32) -> Slow {
        Slow {
            path: path.to_owned(),
            milliseconds,
        }
    }

    #[test]
    fn slow_requests_are_kept_in_order() {
        let log = "\
00:00:01 GET /feed 200 12
00:00:02 GET /search 200 1500
00:00:02 PUT /notes/7 404 999
00:00:03 GET /feed 200 1000
";
        assert_eq!(
            slow_requests(log, 1_000),
            [slow("/search", 1_500), slow("/feed", 1_000)]
        );
    }

    #[test]
    fn other_lines_are_left_out() {
        let log = "\
restarted
00:00:01 GET /feed 200
00:00:01 GET /feed 200 5000 again
00:00:01 GET /feed 200 5000ms
00:00:01 GET /feed 200 -5000

00:00:01  GET /feed 200 5000
00:00:01 GET /last 200 5000";
        assert_eq!(slow_requests(log, 1_000), [slow("/last", 5_000)]);
    }

    #[test]
    fn an_empty_log_is_an_empty_report() {
        assert_eq!(slow_requests("", 0), []);
    }

    #[test]
    fn a_bad_day_is_reported_whole() {
        let log = sample_log();
        let report = slow_requests(&log, 0);
        assert_eq!(report.len(), 10_000);
        assert_eq!(report[9_999], slow("/users/9", 9_999 % 90));
    }

    #[test]
    fn the_sample_has_twenty_slow_requests() {
        let report = slow_requests(&sample_log(), 1_000);
        assert_eq!(report.len(), 20);
        assert_eq!(report[0], slow("/users/28", 1_250));
    }

    #[test]
    fn a_day_stays_in_budget() {
        let log = sample_log();
        black_box(BUDGET.assert_holds(|| slow_requests(black_box(&log), black_box(1_000))));
    }
}
