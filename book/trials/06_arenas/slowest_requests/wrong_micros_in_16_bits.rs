//! Reads the microseconds as 16 bits; slower requests are skipped.

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
            micros: micros.parse::<u16>().ok()?.into(),
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
