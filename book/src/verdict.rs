//! What an exercise's tests say: right or wrong, within budget or over it, predicted well or not.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use crate::process::{self, End, Ran, RunFolder};

/// The meter appends its verdicts to the file that this environment variable names.
const VERDICTS: &str = "HEAPWISE_VERDICTS";

/// A test program gets so long in all.
const LIMIT: Duration = Duration::from_secs(60);
/// Names another limit in seconds, for slow machines and for tests of the limit itself.
const LIMIT_SECONDS: &str = "HEAPWISE_TIME_LIMIT";

/// What all tests of an exercise said.
#[derive(Debug, Default)]
pub struct Verdict {
    /// By name.
    pub tests: Vec<Test>,
    /// Why the run broke off, where it did.
    pub broke_off: Option<String>,
}

/// A test, and what it said.
#[derive(Debug)]
pub struct Test {
    /// As libtest names it: `tests::no_requests_no_text`.
    pub name: String,
    /// How it went.
    pub outcome: Outcome,
    /// What it printed when it failed.
    pub message: String,
    /// What the meter saw in it.
    pub findings: Vec<Finding>,
}

/// How a test went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It held.
    Passed,
    /// It didn't.
    Failed,
    /// The program ended before it did.
    Unfinished,
    /// It wasn't run.
    Ignored,
}

/// What the meter saw in a test.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// A cost beside its budget.
    Budget {
        /// The most that is allowed.
        budget: Bounds,
        /// What was measured.
        spent: Heap,
        /// Whether that is allowed.
        within: bool,
    },
    /// Work that was counted: comparisons, hashes, steps.
    Work {
        /// What was counted.
        what: String,
        /// The most that is allowed.
        most: u64,
        /// What was done.
        spent: u64,
        /// Whether that is allowed.
        within: bool,
    },
    /// A learner's number.
    Prediction {
        /// What was predicted.
        what: String,
        /// The number.
        predicted: u64,
        /// What the meter says to it.
        answer: Answer,
    },
}

/// Upper bounds on heap figures.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Bounds {
    allocations: Option<i64>,
    bytes: Option<i64>,
    peak: Option<i64>,
    live: Option<i64>,
}

/// Heap figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
pub struct Heap {
    /// Allocations and reallocations.
    pub allocations: i64,
    /// Their sizes added up.
    pub bytes: i64,
    /// The most bytes live at one moment.
    pub peak: i64,
    /// Bytes live at the end.
    pub live: i64,
}

/// What the meter says to a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The meter saw more.
    TooLow,
    /// It is the measured number.
    Right,
    /// The meter saw less.
    TooHigh,
}

#[derive(Deserialize)]
struct Line {
    test: Option<String>,
    #[serde(flatten)]
    finding: Finding,
}

impl Bounds {
    /// Name, bound and spent figure of each measure.
    pub fn beside(&self, spent: &Heap) -> [(&'static str, Option<i64>, i64); 4] {
        [
            ("allocations", self.allocations, spent.allocations),
            ("bytes", self.bytes, spent.bytes),
            ("peak", self.peak, spent.peak),
            ("live", self.live, spent.live),
        ]
    }
}

impl Test {
    /// Whether it failed, or never came to its end.
    pub fn is_unsolved(&self) -> bool {
        matches!(self.outcome, Outcome::Failed | Outcome::Unfinished)
    }

    /// Whether it failed because a budget was broken, or too much work was done.
    pub fn is_over_budget(&self) -> bool {
        let over = |it: &Finding| {
            matches!(
                it,
                Finding::Budget { within: false, .. } | Finding::Work { within: false, .. }
            )
        };
        self.outcome == Outcome::Failed && self.findings.iter().any(over)
    }

    /// Whether it failed because a prediction was wrong.
    pub fn is_mispredicted(&self) -> bool {
        let wrong = |it: &Finding| matches!(it, Finding::Prediction { answer, .. } if *answer != Answer::Right);
        self.outcome == Outcome::Failed && self.findings.iter().any(wrong)
    }

    /// Whether the code did the wrong thing: it failed, and for no figure's sake.
    pub fn is_wrong(&self) -> bool {
        self.is_unsolved() && !self.is_over_budget() && !self.is_mispredicted()
    }

    /// Whether its time was up: it hung, or did far too much work.
    pub fn ran_out_of_time(&self) -> bool {
        self.outcome == Outcome::Failed && self.message.contains(" hangs: no end after ")
    }

    /// Whether it ran into a `todo!`.
    pub fn is_not_written(&self) -> bool {
        self.outcome == Outcome::Failed && self.message.contains("not yet implemented")
    }

    /// Its name without the module.
    pub fn short_name(&self) -> &str {
        self.name.strip_prefix("tests::").unwrap_or(&self.name)
    }

    /// What it panicked with, without the noise around it.
    pub fn panic_message(&self) -> String {
        let mut lines: Vec<_> = self.message.lines().map(str::trim_end).collect();
        // A test that runs alone passes on what the test program in its process printed.
        let printed = lines.iter().position(|line| *line == "running 1 test");
        let result = |line: &&str| line.starts_with("test result: ");
        if let (Some(start), Some(end)) = (printed, lines.iter().rposition(result))
            && start < end
        {
            lines.drain(start..=end);
        }
        lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
        let lines: Vec<_> = lines
            .into_iter()
            .filter(|line| !line.starts_with("note: run with `RUST_BACKTRACE="))
            .skip_while(|line| line.is_empty())
            .map(|line| match line.rsplit_once(" panicked at ") {
                Some((_, place)) => format!("at {place}"),
                None => line.to_owned(),
            })
            .collect();
        lines.join("\n").trim_end().to_owned()
    }
}

impl Verdict {
    /// Whether every test held. No test at all is no solution.
    pub fn is_solved(&self) -> bool {
        let held = self.tests.iter().any(|it| it.outcome == Outcome::Passed);
        held && self.broke_off.is_none() && !self.tests.iter().any(Test::is_unsolved)
    }

    /// The tests that failed or didn't finish.
    pub fn unsolved(&self) -> impl Iterator<Item = &Test> {
        self.tests.iter().filter(|test| test.is_unsolved())
    }
}

/// Runs a test program and reads what it says.
///
/// # Errors
///
/// Where it can't be started, or the folder can't be written.
pub fn of_program(program: &Path, root: &Path, folder: &RunFolder) -> io::Result<Verdict> {
    of_module(program, "", root, folder)
}

/// Runs the tests of one module of a test program, and reads what it says; the whole program's, where `module` is empty.
/// Tests are called as if the module were a program.
///
/// # Errors
///
/// Where it can't be started, or the folder can't be written.
pub fn of_module(
    program: &Path,
    module: &str,
    root: &Path,
    folder: &RunFolder,
) -> io::Result<Verdict> {
    let path = match module {
        "" => String::new(),
        module => format!("{module}::"),
    };
    let limit = std::env::var(LIMIT_SECONDS).ok();
    let limit = limit.and_then(|seconds| seconds.parse().ok());
    let limit = limit.map_or(LIMIT, Duration::from_secs);
    let mut list = in_root(program, root);
    list.args([path.as_str(), "--list", "--format=terse"]);
    let listed = process::run(list, limit, folder)?;
    let verdicts = folder.file("verdicts");
    let _ = fs::remove_file(&verdicts);
    let mut tests_run = in_root(program, root);
    // With one thread, tests run on the main thread and the meter can't tell their names.
    tests_run
        .args([path.as_str(), "--test-threads=2"])
        .env("RUST_BACKTRACE", "0")
        .env(VERDICTS, &verdicts);
    let ran = process::run(tests_run, limit, folder)?;
    // No verdict, no file.
    let findings = fs::read_to_string(&verdicts).unwrap_or_default();
    let mut verdict = Verdict {
        tests: tests(&listed.output, &ran.output, findings_by_test(&findings)),
        broke_off: None,
    };
    // libtest's filter takes a text anywhere in a name.
    verdict.tests.retain(|test| test.name.starts_with(&path));
    for test in &mut verdict.tests {
        test.name.drain(..path.len());
    }
    verdict.broke_off = why_it_broke_off(&ran, limit, &verdict.tests);
    Ok(verdict)
}

/// Why a run came to no end, and in which tests.
fn why_it_broke_off(ran: &Ran, limit: Duration, tests: &[Test]) -> Option<String> {
    let unfinished: Vec<_> = tests
        .iter()
        .filter(|test| test.outcome == Outcome::Unfinished)
        .map(Test::short_name)
        .collect();
    let why = match ran.end {
        End::OutOfTime => format!(
            "was ended after {} seconds. A loop without an end, or a lock that is never released?",
            limit.as_secs()
        ),
        End::WroteTooMuch => "was ended: it wrote more than 64 MB. A print in a loop?".to_owned(),
        End::OutOfMemory => {
            "was ended: it took more than 2 GB of memory. A collection that only grows?".to_owned()
        }
        End::Itself(_) if unfinished.is_empty() => return None,
        End::Itself(status) => {
            let last: Vec<_> = ran.complaints.trim().lines().rev().take(3).collect();
            let last: Vec<_> = last.into_iter().rev().collect();
            format!("broke off with {status}\n{}", last.join("\n"))
        }
    };
    let tests = match unfinished.len() {
        0 => String::new(),
        1..=5 => format!("\nNot finished: {}", unfinished.join(", ")),
        count => format!("\nNot finished: {count} tests"),
    };
    Some(why + &tests)
}

/// Tests may read files beside the manifest, as under `cargo test`.
fn in_root(program: &Path, root: &Path) -> Command {
    let mut command = process::limited(program);
    // cargo has set the variable for the workbook itself.
    command.current_dir(root).env("CARGO_MANIFEST_DIR", root);
    command
}

/// The lines that the meter wrote, by test. A line that isn't whole is left out: the program was ended meanwhile.
fn findings_by_test(lines: &str) -> HashMap<String, Vec<Finding>> {
    let mut findings: HashMap<String, Vec<Finding>> = HashMap::new();
    for line in lines.lines() {
        if let Ok(Line { test, finding }) = serde_json::from_str(line) {
            findings
                .entry(test.unwrap_or_default())
                .or_default()
                .push(finding);
        }
    }
    findings
}

/// Puts together what libtest listed, what it printed, and what the meter saw.
fn tests(listed: &str, printed: &str, mut findings: HashMap<String, Vec<Finding>>) -> Vec<Test> {
    let names = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"));
    names
        .map(|name| {
            let outcome = outcome(name, printed);
            Test {
                name: name.to_owned(),
                outcome,
                message: message(name, printed).to_owned(),
                findings: findings.remove(name).unwrap_or_default(),
            }
        })
        .collect()
}

/// Reads `test NAME ... ok`, and `test NAME - should panic ... ok`.
fn outcome(name: &str, printed: &str) -> Outcome {
    let said = printed.lines().find_map(|line| {
        let rest = line.strip_prefix("test ")?.strip_prefix(name)?;
        let rest = rest.strip_prefix(" - should panic").unwrap_or(rest);
        rest.strip_prefix(" ... ")
    });
    match said {
        Some(said) if said.starts_with("ok") => Outcome::Passed,
        Some(said) if said.starts_with("FAILED") => Outcome::Failed,
        Some(said) if said.starts_with("ignored") => Outcome::Ignored,
        _ => Outcome::Unfinished,
    }
}

/// What stands under `---- NAME stdout ----`.
fn message<'a>(name: &str, printed: &'a str) -> &'a str {
    let title = format!("---- {name} stdout ----\n");
    let Some((_, after)) = printed.split_once(&title) else {
        return "";
    };
    // The list of failures ends the last message. A message may hold such a list as well, where the test started a
    // test program of its own; so it is the last one that counts.
    let all = after
        .rfind("\nfailures:\n")
        .map_or(after, |end| &after[..end]);
    let is_title =
        |line: &str| line.starts_with("---- ") && line.trim_end().ends_with(" stdout ----");
    let own = all.split_inclusive('\n').take_while(|line| !is_title(line));
    all[..own.map(str::len).sum()].trim_end()
}

#[cfg(test)]
mod reading {
    use super::*;

    const LISTED: &str =
        "tests::costs: test\ntests::hangs: test\ntests::panics: test\ntests::works: test\n";

    const PRINTED: &str = "
running 4 tests
test tests::works ... ok
test tests::panics - should panic ... ok
test tests::costs ... FAILED

failures:

---- tests::costs stdout ----

thread 'tests::costs' (31) panicked at exercises/02_preallocation/event_log.rs:9:3:
over budget: event_log

        budget  spent
allocations       1  1,011

For a hint: cargo workbook hint event_log

note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


failures:
    tests::costs

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.06s
";

    const OVER: &str = r#"{"test":"tests::costs","kind":"budget","budget":{"exercise":"event_log","allocations":1,"bytes":65536,"peak":null,"live":null},"spent":{"allocations":1011,"bytes":9,"peak":9,"live":0},"within":false}"#;
    const LOW: &str = r#"{"test":"tests::costs","kind":"prediction","what":"allocations","predicted":3,"answer":"too_low"}"#;

    fn read(findings: &str) -> Vec<Test> {
        tests(LISTED, PRINTED, findings_by_test(findings))
    }

    #[test]
    fn libtest_says_how_each_test_went() {
        let outcomes: Vec<_> = read("").iter().map(|test| test.outcome).collect();
        use Outcome::{Failed, Passed, Unfinished};
        assert_eq!(outcomes, [Failed, Unfinished, Passed, Passed]);
    }

    #[test]
    fn a_message_is_stripped_of_what_is_noise() {
        let message = read("")[0].panic_message();
        assert!(
            message.starts_with(
                "at exercises/02_preallocation/event_log.rs:9:3:\nover budget: event_log\n\n"
            ),
            "{message}"
        );
        assert!(message.ends_with("hint event_log"), "{message}");
    }

    #[test]
    fn a_test_that_ran_alone_is_quoted_without_its_test_program() {
        let message = "\nthread 'tests::costs' (1) panicked at x.rs:2:1:\ntests::costs, alone in its process, failed:\n\n\
                       running 1 test\ntest tests::costs ... ran alone: tests::costs\nFAILED\n\nfailures:\n\n\
                       failures:\n    tests::costs\n\ntest result: FAILED. 0 passed; 1 failed\n\n\n\
                       thread 'main' (2) panicked at x.rs:9:5:\nnot yet implemented\n";
        let printed = format!(
            "test tests::costs ... FAILED\n\nfailures:\n\n---- tests::costs stdout ----\n{message}\n\nfailures:\n    tests::costs\n"
        );
        let tests = tests("tests::costs: test\n", &printed, HashMap::new());
        assert!(tests[0].is_not_written());
        assert_eq!(
            tests[0].panic_message(),
            "at x.rs:2:1:\ntests::costs, alone in its process, failed:\n\nat x.rs:9:5:\nnot yet implemented"
        );
    }

    #[test]
    fn a_broken_budget_is_told_from_wrong_behaviour() {
        let over = &read(OVER)[0];
        assert!(over.is_over_budget() && !over.is_wrong());
        let wrong = &read("")[0];
        assert!(!wrong.is_over_budget() && wrong.is_wrong());
        let within = &read(&OVER.replace("false", "true"))[0];
        assert!(within.is_wrong(), "it failed after its budget held");
    }

    #[test]
    fn predictions_are_answered() {
        let tests = read(LOW);
        assert!(tests[0].is_mispredicted() && !tests[0].is_wrong());
        let right = read(&LOW.replace("too_low", "right"));
        assert!(!right[0].is_mispredicted());
    }

    #[test]
    fn half_a_line_is_left_out() {
        let tests = read(&format!("{OVER}\n{}", &LOW[..40]));
        assert_eq!(tests[0].findings.len(), 1);
    }

    #[test]
    fn no_test_is_no_solution() {
        assert!(!Verdict::default().is_solved());
        let tests = read("").into_iter().skip(2).collect();
        assert!(
            Verdict {
                tests,
                broke_off: None
            }
            .is_solved()
        );
    }
}
