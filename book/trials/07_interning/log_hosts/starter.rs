//! A log aggregator reads the access logs of a day. For every line it keeps which host answered and
//! how many bytes it sent (a `u32`). The text of the log is dropped before the report is read.
//! Example: after `a.example 5`, `b.example 7`, `a.example 1`, `host(2)` is `a.example`, and
//! `bytes_of("a.example")` is 6.
//!
//! As written, every line keeps a `String`: 24 bytes of handle, an allocation, and the same 22
//! letters. Equal hosts should share their text. A log can name 100,000 hosts, so `read` must not
//! compare a line with all hosts before it: a test gives up on that after ten seconds.
//!
//! | measure         |  budget | why                                                          |
//! |-----------------|--------:|--------------------------------------------------------------|
//! | allocations     |     104 | two for each of 40 hosts, the rest for lists and maps        |
//! | bytes, peak     | 104,000 | 80,000 for 10,000 lines of 8 bytes, in one allocation; hosts |
//! | live            |  96,000 | the lines and the hosts; a map may stay, too                 |
//! | live, dropped   |       0 | a dropped report leaves nothing behind                       |
//! | bytes, one line |   1,024 | nothing is sized for a large log                             |

#![forbid(unsafe_code)]

struct Line {
    // TODO: 10,000 lines name 40 hosts, and every line keeps the whole name.
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
    .allocations(104)
    .bytes(104_000)
    .peak(104_000)
    .live(96_000);

fn main() {
    let log = sample(10_000, 40);
    measuring::show(BUDGET, || {
        let report = Report::read(&log);
        (report.bytes_of("cdn-07.eu-west.example"), report)
    });
}

fn sample(lines: usize, hosts: usize) -> String {
    let host = |number| number * 7 % hosts;
    let line = |number| format!("{} {}\n", cdn(host(number)), number % 900);
    (0..lines).map(line).collect()
}

fn cdn(number: usize) -> String {
    format!("cdn-{number:02}.eu-west.example")
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;

    /// The log's text is dropped before the report is looked at.
    fn read(log: &str) -> Report {
        let log = log.to_owned();
        Report::read(&log)
    }

    /// Every line leads to its host and every host to its bytes, as a plain search of the log says.
    fn assert_agrees(log: &str) {
        let report = read(log);
        let plain: Vec<(&str, u32)> = log
            .lines()
            .map(|line| line.split_once(' ').unwrap())
            .map(|(host, bytes)| (host, bytes.parse().unwrap()))
            .collect();
        for (line, (host, _)) in plain.iter().enumerate() {
            let what = format_args!("host of line {line} of {log:?}");
            assert_gives(what, &report.host(line), &Some(*host));
        }
        for (host, _) in &plain {
            let its = plain.iter().filter(|(other, _)| other == host);
            let bytes: u64 = its.map(|(_, bytes)| u64::from(*bytes)).sum();
            let what = format_args!("bytes of {host:?} in {log:?}");
            assert_gives(what, &report.bytes_of(host), &bytes);
        }
    }

    #[measuring::test]
    fn lines_lead_to_their_hosts_and_hosts_to_their_bytes() {
        assert_agrees("b.example 1\na.example 2\nb.example 3\nbb.example 4\n");
        assert_agrees("a.example 4294967295\nb 1\na.example 4294967295\na.example 0");
        assert_agrees("żółw.example 1\nżó 2\nłw.example 3\nżółw.example 4\n");
        let alike = "x".repeat(300);
        assert_agrees(&format!(
            "{alike}a 1\n{alike} 2\n{alike}b 4\na{alike} 8\nb{alike} 16"
        ));
        assert_agrees(&sample(500, 300));
    }

    #[measuring::test]
    fn other_lines_are_left_out() {
        let report = read(
            "\na.example\na.example x\n 5\nB.example 6\nc.example 4294967296\r\nd.example 7\r\n",
        );
        let hosts: Vec<_> = (0..4).map(|line| report.host(line)).collect();
        let expected = [Some(""), Some("B.example"), Some("d.example"), None];
        assert_gives(
            "hosts of the lines that are kept",
            &hosts[..],
            &expected[..],
        );
        let hosts = [
            "",
            "B.example",
            "a.example",
            "example",
            "c.example",
            "d.example",
        ];
        let bytes = hosts.map(|host| report.bytes_of(host));
        assert_gives(
            format_args!("bytes of {hosts:?}"),
            &bytes,
            &[5, 6, 0, 0, 0, 7],
        );
        let beyond = [3, 1 << 32, (1 << 32) + 1, usize::MAX].map(|line| report.host(line));
        assert_gives("hosts of lines that the log hasn't", &beyond, &[None; 4]);
        let nothing = read("");
        assert_gives("the host of an empty log", &nothing.host(0), &None);
        assert_gives("the bytes of an empty log", &nothing.bytes_of(""), &0);
    }

    /// Too many hosts for a number of two bytes, and for a search of all hosts before each. Some
    /// differ although four bytes of their hashes are equal: `DefaultHasher` gives such a pair.
    #[measuring::test]
    fn a_hundred_thousand_hosts() {
        let alike = "x".repeat(66);
        let line = |number: u32| format!("{alike}{number}.example 3\n");
        let log: String = (0..100_000).map(line).collect();
        measuring::awaiting("a log of 100,000 hosts, too many to search all of them for each line");
        let report = read(&log);
        for (line, text) in log.lines().enumerate() {
            let (came, host) = (report.host(line), text.strip_suffix(" 3"));
            if came != host {
                assert_gives(format_args!("host of line {line} of 100,000"), &came, &host);
            }
        }
        let last = format!("{alike}99999.example");
        assert_gives("bytes of the last host", &report.bytes_of(&last), &3);
    }

    #[measuring::test]
    fn equal_hosts_share_storage_and_stay_in_budget() {
        let log = sample(10_000, 40);
        let report = BUDGET.assert_holds_in_process(|| Report::read(black_box(&log)));
        drop(log);
        let last = cdn(9_999 * 7 % 40);
        assert_gives("host of line 9999", &report.host(9_999), &Some(&*last));
        // Line 40 has the host of line 0.
        let text = |line| report.host(line).map(str::as_ptr);
        assert_gives("address of the host of line 40", &text(40), &text(0));
    }

    #[measuring::test]
    fn other_sizes_stay_in_budget() {
        let small = Budget::of("log_hosts").bytes(1_024).live(1_024);
        for log in ["", "a.example 1"] {
            small.assert_holds(|| Report::read(black_box(log)));
        }
        let log = sample(30_001, 300);
        Budget::of("log_hosts")
            .allocations(720)
            .bytes(375_000)
            .peak(375_000)
            .live(315_000)
            .assert_holds(|| Report::read(black_box(&log)));
    }

    #[measuring::test]
    fn a_dropped_report_leaves_nothing() {
        let log = sample(1_000, 40);
        let budget = Budget::of("log_hosts").live(0);
        budget.assert_holds_in_process(|| drop(Report::read(black_box(&log))));
    }
}
