//! Keeps an owned name in the list and another in a sorted map.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;

struct Line {
    host: u32,
    bytes: u32,
}

#[derive(Default)]
struct Report {
    hosts: Vec<String>,
    numbers: BTreeMap<String, u32>,
    lines: Vec<Line>,
}

impl Report {
    /// Reads lines of a host, a space and a number of bytes. Any other line is left out.
    fn read(log: &str) -> Self {
        let mut report = Self::default();
        report.lines.reserve_exact(log.lines().count());
        for (host, bytes) in log.lines().filter_map(parse) {
            let host = match report.numbers.get(host) {
                Some(number) => *number,
                None => {
                    let number = report.hosts.len() as u32;
                    report.hosts.push(host.to_owned());
                    report.numbers.insert(host.to_owned(), number);
                    number
                }
            };
            report.lines.push(Line { host, bytes });
        }
        report
    }

    /// The host of the line with this index.
    fn host(&self, line: usize) -> Option<&str> {
        let line = self.lines.get(line)?;
        self.hosts.get(line.host as usize).map(String::as_str)
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
