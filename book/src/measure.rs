//! `cargo workbook measure`: runs a lesson's benches and writes `benches/results/LESSON.json`.
//!
//! The heap comes first and always: it is exact, it is quick, and it says which cases there are. Instructions and
//! times are looked up for these cases, so a file never holds a figure of a case that is gone.

use std::collections::BTreeMap;
use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;
use std::{fs, thread};

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::results::{Case, Environment, Fact, Heap, Results, ResultsError, Time};

/// What a bench target counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Instrument {
    /// dhat
    Heap,
    /// callgrind
    Instructions,
    /// criterion
    Time,
}

/// How to measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether criterion may be quick about it, for a try: its intervals are wider then.
    pub quick: bool,
    /// The instrument to renew besides the heap; the figures of the others are kept.
    pub only: Option<Instrument>,
}

/// A measurement that didn't come about.
#[derive(Debug, Error)]
pub enum MeasureError {
    /// A program couldn't be started.
    #[error("{program} can't be started: {source}")]
    Start {
        /// Which program.
        program: String,
        /// Why not.
        source: io::Error,
    },
    /// A bench failed.
    #[error("{0} failed; what it said is above")]
    Bench(String),
    /// A bench said something else than expected.
    #[error("{bench} answered with something else than figures ({reason}): {line}")]
    Answer {
        /// Which bench.
        bench: String,
        /// The line that isn't understood.
        line: String,
        /// What is wrong with it.
        reason: serde_json::Error,
    },
    /// Criterion left no fresh figure.
    #[error(
        "criterion wrote no time of {case}: {path} {reason}; run it alone to see why: cargo bench -p benches --bench {bench}"
    )]
    NoTime {
        /// Whose time.
        case: String,
        /// Where it should be.
        path: PathBuf,
        /// What is there instead.
        reason: String,
        /// The bench that should have written it.
        bench: String,
    },
    /// Figures to keep come from elsewhere.
    #[error(
        "the figures to keep were measured elsewhere ({there}; here: {here}), and one file tells of one place; \
         measure all of it: cargo workbook measure {lesson}"
    )]
    Elsewhere {
        /// Which lesson.
        lesson: String,
        /// Where the kept figures come from.
        there: String,
        /// Where this runs.
        here: String,
    },
    /// The results file can't be read or written.
    #[error(transparent)]
    Results(#[from] ResultsError),
}

/// Runs the benches of a lesson and writes its results below the repository's root. Tells on stderr how far it is.
///
/// # Errors
///
/// Where a bench fails or answers oddly, and where the results can't be written. A missing valgrind is no error: the
/// cases then have no instructions.
pub fn measure(root: &Path, lesson: &str, options: Options) -> Result<Results, MeasureError> {
    let repository = Repository { root, lesson };
    let renews = |instrument| options.only.is_none_or(|only| only == instrument);
    let mut environment = repository.environment()?;
    let kept = match options.only {
        Some(_) => Some(repository.comparable_results(&environment)?),
        None => None,
    };
    let (mut cases, facts) = repository.heap()?;
    if renews(Instrument::Instructions) {
        repository.add_instructions(&mut cases)?;
    }
    if renews(Instrument::Time) {
        repository.add_times(&mut cases, options.quick)?;
    }
    if let Some(kept) = kept {
        keep(&kept, &mut cases, renews);
    }
    if cases.iter().all(|case| case.instructions.is_none()) {
        environment.valgrind = None;
    }
    let results = Results {
        lesson: lesson.to_owned(),
        environment,
        cases,
        facts,
    };
    results.write(root)?;
    Ok(results)
}

/// Takes over the figures that weren't renewed.
fn keep(kept: &Results, cases: &mut [Case], renews: impl Fn(Instrument) -> bool) {
    for case in cases {
        let Some(before) = kept.case(&case.id()) else {
            continue;
        };
        if !renews(Instrument::Instructions) {
            case.instructions = before.instructions;
        }
        if !renews(Instrument::Time) {
            case.time = before.time;
        }
    }
}

/// Where the benches are, and which of them.
struct Repository<'a> {
    root: &'a Path,
    lesson: &'a str,
}

impl Repository<'_> {
    fn bench(&self, instrument: &str) -> String {
        format!("{instrument}_{}", self.lesson)
    }

    /// `cargo bench` for one target. Cargo says on stderr what it builds and runs.
    fn cargo_bench(&self, instrument: &str) -> Command {
        let bench = self.bench(instrument);
        let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        command
            .current_dir(self.root)
            .args(["bench", "--package", "benches", "--bench"])
            .args([&bench, "--"])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit());
        command
    }

    fn heap(&self) -> Result<(Vec<Case>, Vec<Fact>), MeasureError> {
        let mut command = self.cargo_bench("heap");
        let answer = said_by(command.arg("--json"), &self.bench("heap"))?;
        let (mut cases, mut facts) = (Vec::new(), Vec::new());
        for line in answer.lines() {
            match self.parse("heap", line)? {
                Counted::Case { case, heap } => cases.push(uncounted(&case, heap)),
                Counted::Fact { fact, value } => facts.push(Fact { name: fact, value }),
            }
        }
        Ok((cases, facts))
    }

    fn add_instructions(&self, cases: &mut [Case]) -> Result<(), MeasureError> {
        if cfg!(not(unix)) {
            eprintln!("No instructions are counted: valgrind doesn't exist for this system.");
            return Ok(());
        }
        // Nothing to count makes iai-callgrind fail.
        if cases.is_empty() {
            return Ok(());
        }
        let mut command = self.cargo_bench("instructions");
        command.arg("--output-format=json");
        let mut counts = BTreeMap::new();
        for line in said_by(&mut command, &self.bench("instructions"))?.lines() {
            if !line.starts_with('{') {
                // The bench says which tool is missing and how to install it.
                eprintln!("{line}");
                continue;
            }
            let summary: Callgrind = self.parse("instructions", line)?;
            if let Some(count) = summary.instructions() {
                counts.insert((summary.function_name, summary.id), count);
            }
        }
        for case in cases {
            let key = (
                case.staircase.clone(),
                format!("{}_{}", case.step, case.input),
            );
            case.instructions = counts.get(&key).copied();
        }
        Ok(())
    }

    fn add_times(&self, cases: &mut [Case], quick: bool) -> Result<(), MeasureError> {
        if cases.is_empty() {
            return Ok(());
        }
        let home = self.criterion_home()?;
        let mut command = self.cargo_bench("time");
        command.env("CRITERION_HOME", &home).stdout(io::stderr());
        // Only the estimates are read, and drawing takes criterion longer than measuring.
        command.arg("--noplot");
        if quick {
            command.arg("--quick");
        }
        let started = SystemTime::now();
        said_by(&mut command, &self.bench("time"))?;
        for case in cases {
            let path = [&case.staircase, &case.step, &case.input]
                .iter()
                .fold(home.clone(), |path, part| path.join(part))
                .join("new/estimates.json");
            let time = fresh_time(&path, started).map_err(|reason| MeasureError::NoTime {
                case: case.id(),
                path,
                reason,
                bench: self.bench("time"),
            })?;
            case.time = Some(time);
        }
        Ok(())
    }

    fn parse<T: for<'a> Deserialize<'a>>(
        &self,
        instrument: &str,
        line: &str,
    ) -> Result<T, MeasureError> {
        serde_json::from_str(line).map_err(|reason| MeasureError::Answer {
            bench: self.bench(instrument),
            line: line.to_owned(),
            reason,
        })
    }

    /// Where criterion is told to write: where it always does, but said in full.
    fn criterion_home(&self) -> Result<PathBuf, MeasureError> {
        if let Some(home) = env::var_os("CRITERION_HOME") {
            return Ok(self.root.join(home));
        }
        let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        command.current_dir(self.root).args([
            "metadata",
            "--format-version=1",
            "--no-deps",
            "--offline",
        ]);
        #[derive(Deserialize)]
        struct Metadata {
            target_directory: PathBuf,
        }
        let answer = said_by(&mut command, "cargo metadata")?;
        let metadata: Metadata = self.parse("time", &answer)?;
        Ok(metadata.target_directory.join("criterion"))
    }

    /// The committed results, where they come from this machine and compiler.
    fn comparable_results(&self, here: &Environment) -> Result<Results, MeasureError> {
        let results = Results::read(self.root, self.lesson)?;
        let place = |it: &Environment| {
            format!(
                "{}, rustc {}, {}, {}",
                it.target, it.rustc, it.libc, it.machine
            )
        };
        let (there, here) = (place(&results.environment), place(here));
        if there != here {
            let lesson = self.lesson.to_owned();
            return Err(MeasureError::Elsewhere {
                lesson,
                there,
                here,
            });
        }
        Ok(results)
    }

    fn environment(&self) -> Result<Environment, MeasureError> {
        let rustc = env::var("RUSTC").unwrap_or("rustc".into());
        let about = said_by(Command::new(&rustc).arg("-vV"), &rustc)?;
        let field = |name: &str| {
            let value = about.lines().find_map(|line| line.strip_prefix(name));
            value.unwrap_or("unknown").trim().to_owned()
        };
        let cores = thread::available_parallelism().map_or(1, |count| count.get());
        Ok(Environment {
            target: field("host:"),
            machine: format!("{}, {cores} cores", processor()),
            rustc: field("release:"),
            libc: libc(),
            valgrind: valgrind(),
            commit: self.commit(),
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string()[..10].to_owned(),
        })
    }

    fn commit(&self) -> String {
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.current_dir(self.root).args(arguments);
            asked(&mut command)
        };
        let Some(commit) = git(&["rev-parse", "--short", "HEAD"]) else {
            return "unknown".to_owned();
        };
        // The results of one lesson are written before those of the next one are measured.
        match git(&["status", "--porcelain", "--", ":/", ":!/benches/results"]) {
            None => commit,
            Some(_) => commit + "-dirty",
        }
    }
}

/// A line of a heap bench.
#[derive(Deserialize)]
#[serde(untagged)]
enum Counted {
    Case { case: String, heap: Heap },
    Fact { fact: String, value: String },
}

fn uncounted(id: &str, heap: Heap) -> Case {
    let mut parts = id.splitn(3, '/').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    Case {
        staircase: part(),
        step: part(),
        input: part(),
        heap,
        instructions: None,
        time: None,
    }
}

/// A summary of iai-callgrind 0.16, as far as it matters.
#[derive(Deserialize)]
struct Callgrind {
    function_name: String,
    id: String,
    profiles: Vec<Value>,
}

impl Callgrind {
    /// The instructions of this run; `Both` holds those of the run before as well.
    fn instructions(&self) -> Option<u64> {
        let metrics = self
            .profiles
            .iter()
            .find_map(|profile| profile.pointer("/summaries/total/summary/Callgrind/Ir/metrics"))?;
        let now = metrics
            .get("Left")
            .or_else(|| metrics.get("Both").and_then(|both| both.get(0)))?;
        now.get("Int").and_then(Value::as_u64)
    }
}

/// The median that criterion wrote in this run.
fn fresh_time(path: &Path, started: SystemTime) -> Result<Time, String> {
    #[derive(Deserialize)]
    struct Estimates {
        median: Median,
    }
    #[derive(Deserialize)]
    struct Median {
        point_estimate: f64,
        confidence_interval: Interval,
    }
    #[derive(Deserialize)]
    struct Interval {
        lower_bound: f64,
        upper_bound: f64,
    }
    let modified = fs::metadata(path).and_then(|it| it.modified());
    if modified.map_err(|error| format!("can't be read ({error})"))? < started {
        return Err("is of an earlier run".to_owned());
    }
    let text = fs::read_to_string(path).map_err(|error| format!("can't be read ({error})"))?;
    let estimates: Estimates =
        serde_json::from_str(&text).map_err(|error| format!("is broken ({error})"))?;
    let Median {
        point_estimate,
        confidence_interval,
    } = estimates.median;
    // A hundredth of a nanosecond is far below what a clock sees.
    let rounded = |nanoseconds: f64| (nanoseconds * 100.0).round() / 100.0;
    Ok(Time {
        median_ns: rounded(point_estimate),
        low_ns: rounded(confidence_interval.lower_bound),
        high_ns: rounded(confidence_interval.upper_bound),
    })
}

/// Runs a program and returns what it wrote to stdout, where that isn't sent elsewhere.
fn said_by(command: &mut Command, name: &str) -> Result<String, MeasureError> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| MeasureError::Start {
            program: name.to_owned(),
            source,
        })?;
    if !output.status.success() {
        return Err(MeasureError::Bench(name.to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What a program says about itself, if it is there and says anything.
fn asked(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (!said.is_empty()).then_some(said)
}

fn processor() -> String {
    let linux = || {
        let about = fs::read_to_string("/proc/cpuinfo").ok()?;
        let line = about.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    linux()
        .or_else(|| asked(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"])))
        .or_else(|| env::var("PROCESSOR_IDENTIFIER").ok())
        .unwrap_or_else(|| format!("unknown {} processor", env::consts::ARCH))
}

/// The C library, because its `malloc` is what every allocation comes from.
fn libc() -> String {
    let glibc = || asked(Command::new("getconf").arg("GNU_LIBC_VERSION"));
    let macos = || asked(Command::new("sw_vers").arg("-productVersion"));
    match env::consts::OS {
        "windows" => "the Windows heap".to_owned(),
        "macos" => macos().map_or("libSystem".into(), |it| format!("libSystem of macOS {it}")),
        _ => glibc().unwrap_or_else(|| match cfg!(target_env = "musl") {
            true => "musl".to_owned(),
            false => "unknown".to_owned(),
        }),
    }
}

fn valgrind() -> Option<String> {
    let version = asked(Command::new("valgrind").arg("--version"))?;
    Some(version.trim_start_matches("valgrind-").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn case(id: &str, instructions: Option<u64>, median_ns: Option<f64>) -> Case {
        let heap = Heap {
            allocations: 1,
            bytes: 2,
            peak: 3,
            live: -4,
        };
        let time = median_ns.map(|median_ns| Time {
            median_ns,
            low_ns: median_ns,
            high_ns: median_ns,
        });
        Case {
            instructions,
            time,
            ..uncounted(id, heap)
        }
    }

    #[test]
    fn a_heap_bench_says_cases_and_facts() {
        let line =
            r#"{"case":"growth/push/1024","heap":{"allocations":1,"bytes":2,"live":-4,"peak":3}}"#;
        let Ok(Counted::Case { case: id, heap }) = serde_json::from_str(line) else {
            panic!("{line} is a case");
        };
        let counted = uncounted(&id, heap);
        assert_eq!(counted, case("growth/push/1024", None, None));
        assert_eq!(
            (counted.staircase.as_str(), counted.input.as_str()),
            ("growth", "1024")
        );
        let fact = serde_json::from_str(r#"{"fact":"sizes","value":"4, 8"}"#);
        assert!(
            matches!(fact, Ok(Counted::Fact { fact, value }) if fact == "sizes" && value == "4, 8")
        );
    }

    #[test]
    fn instructions_are_those_of_this_run() {
        let count = |metrics: &str| {
            let summary = format!(
                r#"{{"function_name":"growth","id":"push_1024","profiles":[{{"summaries":{{"total":{{"summary":
                {{"Callgrind":{{"Ir":{{"metrics":{metrics}}}}}}}}}}}}}]}}"#
            );
            let summary: Callgrind = serde_json::from_str(&summary).expect("a summary");
            summary.instructions()
        };
        assert_eq!(count(r#"{"Left":{"Int":11497}}"#), Some(11_497));
        assert_eq!(count(r#"{"Both":[{"Int":7},{"Int":11497}]}"#), Some(7));
        assert_eq!(count(r#"{"Right":{"Int":11497}}"#), None);
    }

    #[test]
    fn times_of_an_earlier_run_are_refused() {
        let path = env::temp_dir().join(format!("heapwise-{}-estimates.json", std::process::id()));
        let estimates = r#"{"median":{"point_estimate":417.126,"confidence_interval":
            {"confidence_level":0.95,"lower_bound":400,"upper_bound":430.5}}}"#;
        fs::write(&path, estimates).expect("a folder to write in");
        let now = SystemTime::now();
        let hour = Duration::from_secs(3_600);
        let time = fresh_time(&path, now - hour);
        let stale = fresh_time(&path, now + hour);
        fs::remove_file(&path).expect("just written");
        let absent = fresh_time(&path, now);
        assert_eq!(
            time,
            Ok(Time {
                median_ns: 417.13,
                low_ns: 400.0,
                high_ns: 430.5
            })
        );
        assert_eq!(stale, Err("is of an earlier run".to_owned()));
        assert!(absent.is_err_and(|reason| reason.starts_with("can't be read")));
    }

    #[test]
    fn what_is_not_renewed_is_kept_and_what_is_gone_stays_gone() {
        let environment = Environment {
            target: String::new(),
            machine: String::new(),
            rustc: String::new(),
            libc: String::new(),
            valgrind: None,
            commit: String::new(),
            date: String::new(),
        };
        let kept = Results {
            lesson: "growth".into(),
            environment,
            cases: vec![
                case("g/push/1", Some(10), Some(5.0)),
                case("g/gone/1", Some(9), None),
            ],
            facts: vec![],
        };
        let mut cases = [
            case("g/push/1", None, Some(4.0)),
            case("g/new/1", None, Some(3.0)),
        ];
        keep(&kept, &mut cases, |instrument| {
            instrument == Instrument::Time
        });
        let expected = [
            case("g/push/1", Some(10), Some(4.0)),
            case("g/new/1", None, Some(3.0)),
        ];
        assert_eq!(cases, expected);
    }
}
