//! At midnight a dashboard reads the access log of the day and keeps its slow requests. It holds
//! ninety such reports. Of `03:17:42 GET /users/17 200 1204` it keeps the path and the
//! milliseconds, `/users/17` and 1,204. A line ends with `\n` or `\r\n`.
//!
//! *Churn*: this code splits every line into Strings, and drops them before the next line.
//! *Footprint*: the report has capacity for every line of the log, holds twenty requests, and keeps
//! the capacity for ninety days. A profile sorted by total bytes shows the churn, one sorted by
//! live bytes the footprint. Fixing one doesn't fix the other.
//!
//! | measure     | budget | why, for twenty slow requests in a log of any length             |
//! |-------------|-------:|------------------------------------------------------------------|
//! | allocations |     32 | churn: a path per slow request, a report that grows, two buffers |
//! | bytes       |  4,096 | churn: the same in bytes                                         |
//! | peak        |  2,048 | footprint: nothing but the report, and a line at a time          |
//! | live        |  1,536 | footprint: twenty requests, each path in its own length          |

#![forbid(unsafe_code)]

#[derive(Debug, PartialEq)]
struct Slow {
    path: String,
    milliseconds: u32,
}

/// Returns the requests of a log that took `limit` milliseconds or more, in the log's order. Leaves out every line of
/// another form than the one above.
fn slow_requests(log: &str, limit: u32) -> Vec<Slow> {
    // TODO: footprint. The report has capacity for every line of the log, and keeps it.
    let mut report = Vec::with_capacity(log.lines().count());
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

// TODO: churn. Each line costs five Strings and a vector, slow or not.
fn path_and_time(line: &str) -> Option<(String, u32)> {
    let fields: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let [_time, _method, path, _status, milliseconds] = fields.as_slice() else {
        return None;
    };
    Some((path.clone(), milliseconds.parse().ok()?))
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("churn_or_footprint")
    .allocations(32)
    .bytes(4_096)
    .peak(2_048)
    .live(1_536);

/// So many requests, twenty of them slow.
fn sample_log(lines: u32) -> String {
    let line = |n: u32| {
        let (hours, minutes, seconds) = (n / 3_600 % 24, n / 60 % 60, n % 60);
        let is_slow = n % (lines / 20) == lines / 40;
        let milliseconds = if is_slow { 1_000 + n } else { n % 90 };
        let user = n % 37;
        format!("{hours:02}:{minutes:02}:{seconds:02} GET /users/{user} 200 {milliseconds}\n")
    };
    (0..lines).map(line).collect()
}

fn main() {
    let log = sample_log(10_000);
    measuring::show(BUDGET, || slow_requests(&log, 1_000));
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, sample_log, slow_requests};
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;

    #[track_caller]
    fn check(what: &str, log: &str, limit: u32, expected: &[(&str, u32)]) {
        let log = log.to_owned();
        let report = slow_requests(&log, limit);
        // A report outlives the log.
        drop(log);
        let kept = report.iter().map(|it| (&*it.path, it.milliseconds));
        let kept: Vec<(&str, u32)> = kept.collect();
        assert_gives(
            format_args!("{what}, of {limit} ms or more"),
            &kept[..],
            expected,
        );
    }

    #[measuring::test]
    fn slow_requests_are_kept_in_order() {
        let log = "\
00:00:01 GET /feed 200 12
00:00:02 GET /search 200 1500
00:00:02 PUT /notes/7 404 999
00:00:03 GET /feed 200 1000
00:00:04 GET /naïve/🦀 200 70000
00:00:05 GET / 500 4294967295";
        let slow = [
            ("/search", 1_500),
            ("/feed", 1_000),
            ("/naïve/🦀", 70_000),
            ("/", u32::MAX),
        ];
        check("requests", log, 1_000, &slow);
        check("requests", log, u32::MAX, &slow[3..]);
        let windows = log.replace('\n', "\r\n") + "\r\n";
        check("requests with Windows line ends", &windows, 1_000, &slow);
        check("requests of an empty log", "", 0, &[]);
        let long = "/long".repeat(14_000);
        let log = format!("00:00:01 GET {long} 200 1000");
        check("a request with a long path", &log, 1, &[(&long, 1_000)]);
    }

    #[measuring::test]
    fn other_lines_are_left_out() {
        for line in [
            "",
            "restarted",
            "00:00:01 GET /feed 200",
            "00:00:01 GET /feed 200 5000 again",
            "00:00:01 GET /feed 200 5000 ",
            " 00:00:01 GET /feed 200 5000",
            "00:00:01  GET /feed 200 5000",
            "00:00:01 GET /feed  5000 200 5000",
            "00:00:01 GET /feed 200 5000ms",
            "00:00:01 GET /feed 200 -5000",
            "00:00:01 GET /feed 200 ",
        ] {
            let log = format!("{line}\n00:00:01 GET /last 200 5000");
            let what = format!("requests of a log with the line {line:?}");
            check(&what, &log, 1_000, &[("/last", 5_000)]);
        }
    }

    #[measuring::test]
    fn twenty_slow_requests_stay_in_budget() {
        for lines in [10_000, 70_000] {
            let log = sample_log(lines);
            let limit = black_box(1_000);
            let report = BUDGET.assert_holds_in_process(|| slow_requests(black_box(&log), limit));
            assert_gives("requests in the sample's report", &report.len(), &20);
        }
    }

    #[measuring::test]
    fn a_bad_day_costs_what_its_requests_need() {
        let log = sample_log(10_000);
        let all = Budget::of("churn_or_footprint")
            .allocations(10_032)
            .bytes(2_500_000)
            .peak(800_000)
            .live(700_000);
        let report = all.assert_holds(|| slow_requests(black_box(&log), black_box(0)));
        assert_gives("requests of a bad day", &report.len(), &10_000);
        for (line, it) in log.lines().zip(&report) {
            let kept = format!(" GET {} 200 {}", it.path, it.milliseconds);
            assert_gives(format_args!("request of {line:?}"), &kept[..], &line[8..]);
        }
    }

    #[measuring::test]
    fn nothing_outlives_a_report() {
        let log = sample_log(10_000);
        let nothing = Budget::of("churn_or_footprint").live(0);
        nothing.assert_holds(|| slow_requests(black_box(&log), black_box(1_000)).len());
    }
}
