//! Looks lines up by 32 bits of their number.

#![forbid(unsafe_code)]

use std::collections::HashMap;

struct Line {
    host: u32,
    bytes: u32,
}

#[derive(Default)]
struct Report {
    hosts: Vec<Box<str>>,
    lines: Vec<Line>,
}

impl Report {
    /// Reads lines of a host, a space and a number of bytes. Any other line is left out.
    fn read(log: &str) -> Self {
        let mut report = Self::default();
        let mut numbers = HashMap::new();
        report.lines.reserve_exact(log.lines().count());
        for (host, bytes) in log.lines().filter_map(parse) {
            let host = *numbers.entry(host).or_insert_with(|| {
                report.hosts.push(host.into());
                report.hosts.len() as u32 - 1
            });
            report.lines.push(Line { host, bytes });
        }
        report
    }

    /// The host of the line with this index.
    fn host(&self, line: usize) -> Option<&str> {
        let line = self.lines.get(line as u32 as usize)?;
        self.hosts.get(line.host as usize).map(|host| &**host)
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
