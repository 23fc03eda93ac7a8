//! How far a long command is: a bar on a terminal, a plain line now and then elsewhere.

use std::io::{self, IsTerminal, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

const BAR: &str = "{msg} {wide_bar} {percent} %, {eta} left";
/// How often a plain line is written.
const EVERY: Duration = Duration::from_secs(5);

/// Written to standard error, so that output can go through a pipe.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    what: String,
    last: Instant,
}

impl Progress {
    pub(crate) fn new(what: &str) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            bar.set_style(
                ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar.set_message(what.to_owned());
            bar
        });
        Self {
            bar,
            what: what.to_owned(),
            last: Instant::now(),
        }
    }

    /// `done` of `of` in any unit, and what else is known.
    pub(crate) fn set(&mut self, done: u64, of: u64, detail: impl FnOnce() -> String) {
        let done = done.min(of);
        if let Some(bar) = &self.bar {
            bar.set_length(of);
            bar.set_position(done);
            bar.set_message(format!("{}: {}", self.what, detail()));
        } else if self.last.elapsed() >= EVERY {
            self.last = Instant::now();
            let share = (100 * done)
                .checked_div(of)
                .map_or_else(String::new, |share| format!("{share} %, "));
            say(format_args!("{}: {share}{}", self.what, detail()));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A line on standard error. Where nobody reads that, the work goes on.
pub(crate) fn say(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}
