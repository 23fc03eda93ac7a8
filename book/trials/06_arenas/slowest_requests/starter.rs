//! Each line of an access log says how many microseconds a request took, for which path, and by which browser:
//! `5012 /notes/my+day Fire+Fox`. Somebody wants to see the ten slowest requests of the day, in clear text.
//!
//! Clear text needs room, so lines are decoded in an arena. The list of the slowest borrows from it, which is why
//! nobody can reset it, which is why a day's log is in memory at the end, all for the sake of ten lines.
//!
//! | measure | budget | why                                                            |
//! |---------|--------|----------------------------------------------------------------|
//! | peak    |  4,096 | ten requests and the line at hand, however long the log is     |
//! | allocations  |    300 | two for each request that was among the ten slowest for a time |
//! | live    |  1,000 | the ten that are returned                                      |

#![forbid(unsafe_code)]

use bumpalo::Bump;
use bumpalo::collections::String as ArenaString;

/// A request in clear text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Request {
    micros: u32,
    path: String,
    browser: String,
}

/// A line of the log, decoded in an arena.
struct Line<'a> {
    micros: u32,
    path: &'a str,
    browser: &'a str,
}

impl<'a> Line<'a> {
    /// Nothing for what isn't a line of the log.
    fn decode(line: &str, arena: &'a Bump) -> Option<Self> {
        let mut words = line.split(' ');
        let (micros, path, browser) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            micros: micros.parse().ok()?,
            path: decode(path, arena),
            browser: decode(browser, arena),
        })
    }

    fn to_request(&self) -> Request {
        Request {
            micros: self.micros,
            path: self.path.to_owned(),
            browser: self.browser.to_owned(),
        }
    }
}

/// A plus stands for a space. The log has no other escapes.
fn decode<'a>(field: &str, arena: &'a Bump) -> &'a str {
    let mut text = ArenaString::with_capacity_in(field.len(), arena);
    text.extend(field.chars().map(|it| if it == '+' { ' ' } else { it }));
    text.into_bump_str()
}

/// How many requests are listed.
const LISTED: usize = 10;

/// The slowest requests of a log, the slowest first. Of those that took the same time, the earlier comes first.
fn slowest(log: &str) -> Vec<Request> {
    let arena = Bump::new();
    let mut slowest: Vec<Line> = Vec::with_capacity(LISTED + 1);
    // TODO: let no line stay longer than the next one takes to come, unless it is listed.
    for line in log.lines().filter_map(|line| Line::decode(line, &arena)) {
        let place = slowest.partition_point(|other| other.micros >= line.micros);
        slowest.insert(place, line);
        slowest.truncate(LISTED);
    }
    slowest.iter().map(Line::to_request).collect()
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("slowest_requests")
    .peak(4_096)
    .allocations(300)
    .live(1_000);

fn main() {
    let log = sample(10_000);
    measuring::show(BUDGET, || slowest(&log));
}

/// So many requests, in no order.
fn sample(lines: u32) -> String {
    let line = |number: u32| {
        let micros = number.wrapping_mul(2_654_435_761) >> 12;
        format!("{micros} /notes/{number}/my+day Fire+Fox+{}\n", number % 90)
    };
    (0..lines).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    fn request(micros: u32, path: &str, browser: &str) -> Request {
        Request {
            micros,
            path: path.to_owned(),
            browser: browser.to_owned(),
        }
    }

    #[test]
    fn the_slowest_come_first() {
        let log = "5 /a Fox\n70 /b+c Web+Cat\n6 /+ Fox\n";
        let expected = [
            request(70, "/b c", "Web Cat"),
            request(6, "/ ", "Fox"),
            request(5, "/a", "Fox"),
        ];
        assert_eq!(slowest(log), expected);
    }

    #[test]
    fn ten_are_listed() {
        let log: String = (0..100).map(|micros| format!("{micros} / Fox\n")).collect();
        let micros: Vec<u32> = slowest(&log).iter().map(|it| it.micros).collect();
        assert_eq!(micros, [99, 98, 97, 96, 95, 94, 93, 92, 91, 90]);
        let backwards: Vec<&str> = log.lines().rev().collect();
        assert_eq!(slowest(&backwards.join("\n")), slowest(&log));
    }

    #[test]
    fn of_equals_the_earlier_come_first() {
        let log: String = (0..20).map(|number| format!("7 /{number} Fox\n")).collect();
        let paths: Vec<String> = slowest(&log).into_iter().map(|it| it.path).collect();
        assert_eq!(
            paths,
            ["/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9"]
        );
    }

    #[test]
    fn what_is_no_request_is_skipped() {
        let log = "\n5 /a Fox\nnine /b Fox\n7 /c\n8\n99999999999 /d Fox\n6 /e Fox and more\n";
        let expected = [request(6, "/e", "Fox"), request(5, "/a", "Fox")];
        assert_eq!(slowest(log), expected);
        assert_eq!(slowest(""), []);
    }

    #[test]
    fn a_day_of_ten_thousand_stays_in_budget() {
        let log = sample(10_000);
        let listed = BUDGET.assert_holds(|| slowest(black_box(&log)));
        assert_eq!(listed.len(), 10);
        assert!(listed.is_sorted_by_key(|it| u32::MAX - it.micros));
    }

    #[test]
    fn a_long_log_takes_no_more_than_a_short_one() {
        let peak = measuring::Budget::of("slowest_requests").peak(4_096);
        for lines in [100, 1_000, 30_000] {
            let log = sample(lines);
            peak.assert_holds(|| slowest(black_box(&log)));
        }
    }
}
