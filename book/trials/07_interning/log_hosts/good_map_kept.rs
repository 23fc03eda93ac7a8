//! Keeps the map beside the list, so that `bytes_of` finds the number first.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::rc::Rc;

struct Line {
    host: u32,
    bytes: u32,
}

#[derive(Default)]
struct Report {
    hosts: Vec<Rc<str>>,
    numbers: HashMap<Rc<str>, u32>,
    lines: Vec<Line>,
}

impl Report {
    /// Reads lines of a host, a space and a number of bytes. Any other line is left out.
    fn read(log: &str) -> Self {
        let mut report = Self::default();
        report.lines.reserve_exact(log.lines().count());
        for (host, bytes) in log.lines().filter_map(parse) {
            let known = report.numbers.get(host).copied();
            let host = known.unwrap_or_else(|| {
                let (name, number) = (Rc::<str>::from(host), report.hosts.len() as u32);
                report.hosts.push(Rc::clone(&name));
                report.numbers.insert(name, number);
                number
            });
            report.lines.push(Line { host, bytes });
        }
        report
    }

    /// The host of the line with this index.
    fn host(&self, line: usize) -> Option<&str> {
        let line = self.lines.get(line)?;
        self.hosts.get(line.host as usize).map(|host| &**host)
    }

    /// What a host sent, in bytes.
    fn bytes_of(&self, host: &str) -> u64 {
        let number = self.numbers.get(host);
        let its = self.lines.iter().filter(|line| number == Some(&line.host));
        its.map(|line| u64::from(line.bytes)).sum()
    }
}

fn parse(line: &str) -> Option<(&str, u32)> {
    let (host, bytes) = line.split_once(' ')?;
    Some((host, bytes.parse().ok()?))
}
