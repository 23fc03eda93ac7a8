//! A log aggregator reads the access logs of a day and keeps, for every line, which host answered and how many bytes
//! it sent. The text of the log is gone afterwards; reports are made from what was kept.
//!
//! As written, every line keeps a `String` for its host: 24 bytes of handle, an allocation, and the same 22 letters again,
//! 10,000 times for 40 hosts.
//!
//! | measure | budget | why                                                            |
//! |---------|--------|----------------------------------------------------------------|
//! | allocations  |     64 | one for each of 40 hosts, the rest for lists and a map         |
//! | bytes   | 96,000 | 80,000 for 10,000 lines of 8 bytes, the rest for hosts and map |
//! | live    | 84,000 | the lines and the hosts                                        |

#![forbid(unsafe_code)]

struct Line {
    // TODO: keep each host once, in the report, and a small number here.
    host: String,
    bytes: u32,
}

#[derive(Default)]
struct Report {
    lines: Vec<Line>,
}

impl Report {
    /// Reads lines of a host, a space and a number of bytes. Any other line is left out.
    fn read(log: &str) -> Self {
        let mut report = Self::default();
        for (host, bytes) in log.lines().filter_map(parse) {
            report.lines.push(Line {
                host: host.to_owned(),
                bytes,
            });
        }
        report
    }

    /// The host of the line with this index.
    fn host(&self, line: usize) -> Option<&str> {
        self.lines.get(line).map(|line| line.host.as_str())
    }

    /// What a host sent, in bytes.
    fn bytes_of(&self, host: &str) -> u64 {
        let lines = self.lines.iter().enumerate();
        let its = lines.filter(|(index, _)| self.host(*index) == Some(host));
        its.map(|(_, line)| u64::from(line.bytes)).sum()
    }
}

fn parse(line: &str) -> Option<(&str, u32)> {
    let (host, bytes) = line.split_once(' ')?;
    Some((host, bytes.parse().ok()?))
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("log_hosts")
    .allocations(64)
    .bytes(96_000)
    .live(84_000);

fn main() {
    let log = sample(10_000);
    measuring::show(BUDGET, || {
        let report = Report::read(&log);
        (report.bytes_of("cdn-07.eu-west.example"), report)
    });
}

fn sample(lines: usize) -> String {
    let line = |number: usize| {
        format!(
            "cdn-{:02}.eu-west.example {}\n",
            number * 7 % 40,
            number % 900
        )
    };
    (0..lines).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    /// The log's text is dropped before the report is looked at.
    fn read(log: &str) -> Report {
        let log = log.to_owned();
        Report::read(&log)
    }

    #[test]
    fn lines_lead_to_their_hosts() {
        let report = read("b.example 1\na.example 2\nb.example 3\nbb.example 4\n");
        let hosts: Vec<_> = (0..5).map(|line| report.host(line)).collect();
        let b = Some("b.example");
        assert_eq!(hosts, [b, Some("a.example"), b, Some("bb.example"), None]);
    }

    #[test]
    fn totals_are_by_host() {
        let report = read("b.example 1\na.example 4000000000\nb.example 3\na.example 4000000000");
        let hosts = ["b.example", "a.example", "example", ""];
        let bytes = hosts.map(|host| report.bytes_of(host));
        assert_eq!(bytes, [4, 8_000_000_000, 0, 0]);
    }

    #[test]
    fn other_lines_are_left_out() {
        let report = read("\na.example\na.example x\n 5\nB.example 6\n");
        assert_eq!(
            (report.host(0), report.host(1), report.host(2)),
            (Some(""), Some("B.example"), None)
        );
        assert_eq!(read("").host(0), None);
    }

    #[test]
    fn more_hosts_than_a_byte_can_number() {
        let log: String = (0..70_000).map(|host| format!("host-{host} 1\n")).collect();
        let report = read(&log);
        assert_eq!(report.host(69_999), Some("host-69999"));
        assert_eq!(report.bytes_of("host-7"), 1);
    }

    #[test]
    fn equal_hosts_share_storage_and_stay_in_budget() {
        let log = sample(10_000);
        let report = BUDGET.assert_holds(|| Report::read(black_box(&log)));
        drop(log);
        assert_eq!(report.host(9_999), Some("cdn-33.eu-west.example"));
        // Line 40 has the host of line 0, and line 1 has another.
        let text = |line| report.host(line).unwrap().as_ptr();
        assert_eq!(text(0), text(40));
        assert_ne!(text(0), text(1));
    }
}
