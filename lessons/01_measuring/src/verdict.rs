//! Verdicts for programs: what `cargo workbook` reads while an exercise's tests run.

use std::env;
use std::fs::OpenOptions;
use std::io::Write;

use serde::Serialize;

use crate::alone::ALONE;
use crate::budget::Budget;
use crate::cost::Heap;

/// Names a file that every verdict is appended to, one line of JSON each.
pub(crate) const VERDICTS: &str = "HEAPWISE_VERDICTS";

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Verdict<'a> {
    /// A cost held against its budget.
    Budget {
        budget: Budget,
        spent: Heap,
        within: bool,
    },
    /// Work that was counted, held against the most that is allowed.
    Work {
        what: &'a str,
        most: u64,
        spent: u64,
        within: bool,
    },
    /// A learner's number held against the measured one, which stays secret.
    Prediction {
        what: &'a str,
        predicted: u64,
        answer: Answer,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    TooLow,
    Right,
    TooHigh,
}

/// A verdict, and the test that gave it.
#[derive(Serialize)]
struct Line<'a> {
    test: Option<&'a str>,
    #[serde(flatten)]
    verdict: &'a Verdict<'a>,
}

/// Appends a verdict where somebody asked for them. A test's outcome doesn't depend on it, so a file that can't be
/// written is the reader's problem: it finds no verdicts and says so.
pub(crate) fn record(verdict: &Verdict) {
    let Some(path) = env::var_os(VERDICTS) else {
        return;
    };
    let Ok(mut file) = OpenOptions::new().create(true).append(true).open(path) else {
        return;
    };
    let thread = std::thread::current();
    // A test that runs alone in its process does so on the main thread, which isn't called after it.
    let alone = env::var(ALONE).ok();
    if let Ok(mut line) = serde_json::to_vec(&Line {
        test: alone.as_deref().or(thread.name()),
        verdict,
    }) {
        line.push(b'\n');
        // One call, so that lines of parallel tests don't mix.
        let _ = file.write_all(&line);
    }
}
