//! Churn against footprint: counting the timeouts in a log, whatever their case. Two ways are wasteful, each of
//! them to one instrument only.

use super::scattered;

/// A service's log.
pub struct Log {
    lines: Vec<String>,
}

impl Log {
    /// Ten thousand lines; about one in seven is a timeout.
    pub fn of_10000() -> Self {
        let line = |number: u64| {
            let outcome =
                ["Timeout", "ok", "ok", "ok", "not found", "ok", "ok"][number as usize % 7];
            format!(
                "GET /users/{:04}/notes from the cache: {outcome}",
                number % 10_000
            )
        };
        Self {
            lines: scattered(1).take(10_000).map(line).collect(),
        }
    }
}

// ANCHOR: string_per_line
/// A lower-case copy of every line, thrown away at once.
pub fn string_per_line(log: &Log) -> usize {
    let mut timeouts = 0;
    for line in &log.lines {
        let lower = line.to_ascii_lowercase();
        timeouts += usize::from(lower.contains("timeout"));
    }
    timeouts
}
// ANCHOR_END: string_per_line

// ANCHOR: room_for_the_longest
/// One buffer, with room for the longest line that the log allows.
pub fn room_for_the_longest(log: &Log) -> usize {
    const LONGEST_LINE: usize = 64 * 1024;
    count_with(String::with_capacity(LONGEST_LINE), log)
}
// ANCHOR_END: room_for_the_longest

// ANCHOR: reused_buffer
/// One buffer that grows to the longest line there is.
pub fn reused_buffer(log: &Log) -> usize {
    count_with(String::new(), log)
}

fn count_with(mut lower: String, log: &Log) -> usize {
    let mut timeouts = 0;
    for line in &log.lines {
        lower.clear();
        lower.push_str(line);
        lower.make_ascii_lowercase();
        timeouts += usize::from(lower.contains("timeout"));
    }
    timeouts
}
// ANCHOR_END: reused_buffer
