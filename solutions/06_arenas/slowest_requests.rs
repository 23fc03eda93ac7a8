//! A line of an access log has a request's microseconds, its path and its browser, with one space
//! in between: `5012 /notes/my+day Fire+Fox`. Words after the third are ignored. The ten slowest
//! requests are listed: `slowest("7 /a Fox\n9 /b+c Fox")` → 9 `/b c`, then 7 `/a`.
//! Lines are decoded in an arena, which is reset after every line. Few lines get onto the list.
//! Those are copied out before the reset, and freed as soon as ten slower ones have come.
//!
//! | lines            | allocations | peak   | live   | why                                      |
//! |------------------|-------------|--------|--------|------------------------------------------|
//! | 10,000, no order |         300 |  4,096 |  2,048 | two per request that was listed          |
//! | 0 to 70,000      |             |  4,096 |  2,048 | ten requests and the line that is read   |
//! | 2,000 of 1 KB    |             | 20,480 | 20,480 | the same; live is 0 without the list     |

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
    /// Returns `None` for anything that isn't a line of the log: `nine / Fox`, `7 /c`.
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

/// The ten slowest requests of a log, the slowest first. Of equals, the earlier comes first.
fn slowest(log: &str) -> Vec<Request> {
    let mut arena = Bump::new();
    let mut slowest: Vec<Request> = Vec::with_capacity(LISTED + 1);
    for line in log.lines() {
        if let Some(line) = Line::decode(line, &arena) {
            let place = slowest.partition_point(|other| other.micros >= line.micros);
            // Few lines get here, and only they are copied out of the arena.
            if place < LISTED {
                slowest.insert(place, line.to_request());
                slowest.truncate(LISTED);
            }
        }
        arena.reset();
    }
    slowest
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("slowest_requests")
    .peak(4_096)
    .allocations(300)
    .live(2_048);

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
    use super::{BUDGET, Request, sample, slowest};
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;

    /// The list of any log that is within its budget, whatever the order of its lines.
    const ANY_ORDER: Budget = Budget::of("slowest_requests").peak(4_096).live(2_048);

    fn request(micros: u32, path: &str, browser: &str) -> Request {
        Request {
            micros,
            path: path.to_owned(),
            browser: browser.to_owned(),
        }
    }

    /// Decodes and sorts all lines, and cuts the list.
    fn plain(log: &str) -> Vec<Request> {
        let decode = |line: &str| {
            let words: Vec<String> = line.split(' ').map(|it| it.replace('+', " ")).collect();
            let [_, path, browser, ..] = &words[..] else {
                return None;
            };
            let micros = line.split(' ').next()?.parse().ok()?;
            Some(request(micros, path, browser))
        };
        let mut requests: Vec<Request> = log.lines().filter_map(decode).collect();
        // Stable: of those that took the same time, the earlier stays first.
        requests.sort_by_key(|it| u32::MAX - it.micros);
        requests.truncate(10);
        requests
    }

    /// A log with these times, each on a path of its own.
    fn log_of(micros: impl IntoIterator<Item = u32>) -> String {
        let numbered = micros.into_iter().enumerate();
        let line = |(number, micros)| format!("{micros} /{number} Fox\n");
        numbered.map(line).collect()
    }

    #[track_caller]
    fn assert_lists_as_a_sort(what: &str, log: &str) {
        let lines = log.lines().count();
        let input = format_args!("{what}, {lines} lines");
        assert_gives(input, &slowest(black_box(log)), &plain(log));
    }

    #[measuring::test]
    fn fields_are_decoded() {
        for line in [
            "7 /é+ü/→ Fire+Föx",
            "7 /a++b+ +",
            "7 + ++",
            "7 /a_b%20c Fox",
            "7 /a Fox and more",
            "7  /a",
            "7 /a ",
            "0 / F",
            "5 /a Fox\n70 /b+c Web+Cat\n6 /+ Fox\n",
        ] {
            assert_lists_as_a_sort(line, line);
        }
        let long = format!("7 /{0}é+{0} {0}+Fox", "way+".repeat(20_000));
        assert_lists_as_a_sort("fields of 80,000 and 160,000 bytes", &long);
    }

    #[measuring::test]
    fn what_is_no_request_is_skipped() {
        let log = "\n5 /a Fox\nnine /b Fox\n7 /c\n8\n99999999999 /d Fox\n4294967296 /d Fox\n\
            -3 /e Fox\n 9 /f Fox\n2.5 /g Fox\n6 /e Fox and more\n1e3 /h Fox\n";
        let expected = [request(6, "/e", "Fox"), request(5, "/a", "Fox")];
        assert_gives(format_args!("{log:?}"), &slowest(log), &expected);
        assert_gives("the empty log", &slowest(""), &[]);
        assert_gives("a log of empty lines", &slowest("\n\n\n"), &[]);
    }

    #[measuring::test]
    fn times_of_every_size_are_listed() {
        for most in [255, 65_535, 8_000_000, i32::MAX as u32, u32::MAX] {
            let around = (0..40).map(|it| (most - 20).saturating_add(it));
            assert_lists_as_a_sort(&format!("times around {most}"), &log_of(around));
            let apart = (0..15).map(|it| most / 15 * (it * 7 % 15));
            assert_lists_as_a_sort(&format!("times up to {most}"), &log_of(apart));
        }
    }

    /// Logs of so many lines, in every order.
    fn logs(lines: u32) -> Vec<(&'static str, String)> {
        let log_of = |time: &dyn Fn(u32) -> u32| log_of((0..lines).map(time));
        vec![
            ("in no order", sample(lines)),
            ("ascending", log_of(&|it| it)),
            ("descending", log_of(&|it| lines - it)),
            ("all equal", log_of(&|_| 7)),
            ("ascending in pairs", log_of(&|it| it / 2)),
            ("descending in threes", log_of(&|it| (lines - it) / 3)),
            ("0 to 6, again and again", log_of(&|it| it % 7)),
            ("up and down", log_of(&|it| it.min(lines - it))),
            ("down and up", log_of(&|it| it.max(lines - it))),
        ]
    }

    #[measuring::test]
    fn logs_of_every_length_and_order_are_listed() {
        for lines in [0, 1, 2, 9, 10, 11, 12, 20, 21, 99, 1_001, 3_000] {
            for (order, log) in logs(lines) {
                assert_lists_as_a_sort(order, &log);
            }
        }
    }

    #[measuring::test]
    fn a_day_of_ten_thousand_stays_in_budget() {
        let log = sample(10_000);
        // First without the list, so that nothing else may be live.
        BUDGET
            .live(0)
            .assert_holds_in_process(|| drop(slowest(black_box(&log))));
        let listed = BUDGET.assert_holds_in_process(|| slowest(black_box(&log)));
        assert_gives("the sample", &listed, &plain(&log));
    }

    #[measuring::test]
    fn logs_of_every_length_and_order_stay_in_budget() {
        for lines in [0, 1, 20, 1_000] {
            for (order, log) in logs(lines) {
                let listed = ANY_ORDER.assert_holds(|| slowest(black_box(&log)));
                assert_gives(
                    format_args!("{order}, {lines} lines"),
                    &listed,
                    &plain(&log),
                );
                ANY_ORDER
                    .live(0)
                    .assert_holds(|| drop(slowest(black_box(&log))));
            }
        }
        let log = sample(70_001);
        let listed = ANY_ORDER.assert_holds(|| slowest(black_box(&log)));
        assert_gives("70,001 lines", &listed, &plain(&log));
    }

    #[measuring::test]
    fn long_lines_are_freed_as_well() {
        let path = "way+".repeat(250);
        let line = |number: u32| format!("{} /{path}{number} Fox\n", number * 77 % 2_000);
        let log: String = (0..2_000).map(line).collect();
        let budget = Budget::of("slowest_requests").peak(20_480).live(20_480);
        let listed = budget.assert_holds(|| slowest(black_box(&log)));
        let paths: Vec<_> = listed.iter().map(|it| &it.path[1_000..]).collect();
        let expected = plain(&log);
        let expected: Vec<_> = expected.iter().map(|it| &it.path[1_000..]).collect();
        assert_gives("2,000 long lines, their paths' ends", &paths, &expected);
    }
}
