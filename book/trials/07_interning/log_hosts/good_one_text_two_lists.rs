//! Keeps all hosts in one text with their ends, and hosts and bytes in two lists.

#![forbid(unsafe_code)]

use std::collections::HashMap;

#[derive(Default)]
struct Report {
    text: String,
    ends: Vec<u32>,
    hosts: Vec<u32>,
    bytes: Vec<u32>,
}

impl Report {
    fn read(log: &str) -> Self {
        let mut report = Self::default();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let count = log.lines().filter_map(parse).count();
        report.hosts.reserve_exact(count);
        report.bytes.reserve_exact(count);
        for (host, bytes) in log.lines().filter_map(parse) {
            let number = *numbers.entry(host).or_insert_with(|| {
                report.text.push_str(host);
                report.ends.push(report.text.len() as u32);
                report.ends.len() as u32 - 1
            });
            report.hosts.push(number);
            report.bytes.push(bytes);
        }
        report
    }
    fn name(&self, number: usize) -> &str {
        let start = number
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        &self.text[start..self.ends[number] as usize]
    }
    fn host(&self, line: usize) -> Option<&str> {
        self.hosts
            .get(line)
            .map(|number| self.name(*number as usize))
    }
    fn bytes_of(&self, host: &str) -> u64 {
        let Some(number) = (0..self.ends.len()).find(|number| self.name(*number) == host) else {
            return 0;
        };
        self.hosts
            .iter()
            .zip(&self.bytes)
            .filter(|(it, _)| **it as usize == number)
            .map(|(_, bytes)| u64::from(*bytes))
            .sum()
    }
}

fn parse(line: &str) -> Option<(&str, u32)> {
    let (host, bytes) = line.split_once(' ')?;
    Some((host, bytes.parse().ok()?))
}
