//! Reading a log, line by line: how many bytes were served?

use std::io::{BufRead, Read};

/// A log as it lies on the disk.
#[derive(Debug)]
pub struct Log(pub Vec<u8>);

impl Log {
    /// So many lines: a number, a path, a status, the bytes served.
    pub fn sample(lines: u64) -> Self {
        let paths = ["/feed", "/users/alice/notes", "/media/2026/cat.jpg"];
        let line = |number: u64| {
            let path = paths[number as usize % 3];
            format!("{number} GET {path} 200 {}\n", number * 37)
        };
        Self((0..lines).map(line).collect::<String>().into_bytes())
    }

    /// Opens it. A slice is a reader, as a file behind a `BufReader` is.
    fn open(&self) -> impl BufRead {
        &self.0[..]
    }
}

/// The last field of a line.
fn bytes_served(line: &str) -> Option<u64> {
    line.trim_end().rsplit(' ').next()?.parse().ok()
}

// ANCHOR: lines
/// `lines` gives away a new `String` each time. `None` where the log is damaged.
pub fn lines(log: &Log) -> Option<u64> {
    let mut served = 0;
    for line in log.open().lines() {
        served += bytes_served(&line.ok()?)?;
    }
    Some(served)
}
// ANCHOR_END: lines

// ANCHOR: read_line
/// `read_line` appends to ours, so it is cleared each time.
pub fn read_line(log: &Log) -> Option<u64> {
    let mut reader = log.open();
    let mut served = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 0 {
        served += bytes_served(&line)?;
        line.clear();
    }
    Some(served)
}
// ANCHOR_END: read_line

// ANCHOR: whole
/// Everything at once: lines are then borrowed, but the whole log is in memory.
pub fn whole(log: &Log) -> Option<u64> {
    let mut text = String::new();
    log.open().read_to_string(&mut text).ok()?;
    text.lines().map(bytes_served).sum()
}
// ANCHOR_END: whole
