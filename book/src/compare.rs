//! `cargo workbook compare`: the starter, the learner's version and the reference side by side.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use workbook::chart::{self, Bar};
use workbook::results::Measure;
use workbook::units::{self, grouped};

use crate::CompareArguments;
use crate::cargo::{Built, Product};
use crate::catalogue::{Exercise, Kind};
use crate::error::Error;
use crate::process::{self, End, RunFolder};
use crate::scratch::{Package, Piece, Role};
use crate::terminal::{Align, GOOD, QUIET, STRONG, Table, Terminal, styled};
use crate::verdict::Heap;
use crate::workspace::Workbook;

mod instructions;
mod race;
mod relay;
mod statistics;

use statistics::Interval;

/// Counting an exercise's heap takes no longer.
const LIMIT: Duration = Duration::from_secs(60);

/// The three versions of an exercise, in the order of the table.
const NAMES: [&str; 3] = ["naive", "yours", "reference"];
const NAIVE: usize = 0;
const YOURS: usize = 1;
const REFERENCE: usize = 2;

/// One exercise in its three versions.
#[derive(Serialize)]
struct Comparison {
    exercise: String,
    versions: [Version; 3],
    ratios: Vec<Ratio>,
    /// Why there are no times, where there are none.
    untimed: Option<String>,
    /// Whether the naive version does the wrong thing, so that its times compare with nothing.
    naive_is_wrong: bool,
}

/// One version, measured.
#[derive(Default, Serialize)]
struct Version {
    name: &'static str,
    heap: Option<Heap>,
    instructions: Option<i64>,
    time_ns: Option<Interval>,
    /// Why it can't be measured.
    problem: Option<String>,
    #[serde(skip)]
    program: Option<PathBuf>,
    #[serde(skip)]
    samples: Vec<f64>,
}

/// The time of one version in that of another.
#[derive(Serialize)]
struct Ratio {
    of: &'static str,
    to: &'static str,
    #[serde(flatten)]
    interval: Interval,
    verdict: Difference,
}

/// What a ratio of times says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Difference {
    /// The first takes less time.
    Faster,
    /// It takes more.
    Slower,
    /// Other starts, or another place of the same code, would explain it.
    Noise,
    /// Both do the same: their instructions are equal within 1 %. So the place of the code is all that differs.
    SameInstructions,
}

impl Difference {
    fn of(interval: &Interval, of: &Version, to: &Version) -> Self {
        /// Counts of the same work differ by less.
        const SAME: f64 = 0.01;
        let instructions = of.instructions.zip(to.instructions);
        let same =
            |(of, to): (i64, i64)| (of - to).unsigned_abs() as f64 <= SAME * of.max(to) as f64;
        if instructions.is_some_and(same) {
            Self::SameInstructions
        } else if interval.is_noise() {
            Self::Noise
        } else if interval.median < 1.0 {
            Self::Faster
        } else {
            Self::Slower
        }
    }
}

/// What an exercise says under `--json`, as far as it is needed here.
#[derive(Deserialize)]
struct Shown {
    heap: Heap,
}

/// Compares one exercise, a lesson's, or the relay that learners' parts are put into.
///
/// # Errors
///
/// Where the name is unknown, cargo can't do its part, or the chart can't be written.
pub fn run(
    workbook: &Workbook,
    terminal: &mut Terminal,
    arguments: &CompareArguments,
) -> Result<ExitCode, Error> {
    if arguments.name == relay::NAME {
        return relay::run(workbook, terminal, arguments);
    }
    if !arguments.relay.are_left_out() {
        let only = "--parts, --events and --rounds are for `cargo workbook compare relay`";
        return Err(Error::Said(only.to_owned()));
    }
    let chosen = workbook.catalogue.chosen(Some(&arguments.name))?;
    let (exercises, predicted): (Vec<_>, Vec<_>) =
        chosen.into_iter().partition(|it| it.kind != Kind::Predict);
    for exercise in &predicted {
        terminal.tell(&format!(
            "{} asks for predictions: there is nothing to compare.",
            exercise.name
        ));
    }
    if exercises.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let built = built(workbook, terminal, &exercises)?;
    let missing = instructions::missing();
    let mut comparisons = Vec::new();
    for (index, exercise) in exercises.iter().enumerate() {
        let at = format!("{}/{} {}", index + 1, exercises.len(), exercise.name);
        let comparison = compared(workbook, terminal, exercise, &built, missing.is_none(), &at)?;
        if !arguments.json {
            show(terminal, &comparison)?;
            let unchanged =
                workbook.read_exercise(exercise).ok() == workbook.read(&exercise.starter()).ok();
            if unchanged {
                terminal.paragraph(0, "Yours is the starter, as it was shipped.")?;
                terminal.line("")?;
            }
        }
        comparisons.push(comparison);
    }
    terminal.clear_progress();
    if !arguments.json && comparisons.iter().any(|it| !it.ratios.is_empty()) {
        terminal.paragraph(0, &rule())?;
    }
    if arguments.json {
        let json = serde_json::to_string_pretty(&comparisons).map_err(io::Error::from)?;
        terminal.line(json)?;
    } else if let Some(reason) = missing {
        terminal.paragraph(0, reason)?;
    }
    if let Some(file) = &arguments.svg {
        let measure = arguments.measure.unwrap_or(Measure::Time);
        let names: Vec<&str> = comparisons.iter().map(|it| it.exercise.as_str()).collect();
        let drawn = chart::bars(
            &names.join(", "),
            measure.unit(),
            &bars(&comparisons, measure),
        );
        fs::write(file, drawn).map_err(Error::writing(file))?;
        terminal.tell(&format!("The chart is in {}.", file.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn built(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercises: &[&Exercise],
) -> Result<Built, Error> {
    let scratch = Package::of_programs(workbook)?;
    let mut bins = Vec::new();
    for exercise in exercises {
        for (role, path) in roles(exercise) {
            if workbook.root().join(path).exists() {
                bins.push(Piece::of(exercise, role).bin);
            }
        }
    }
    let what = format!("building {} programs for release", bins.len());
    let job = scratch.job(bins, Product::Program, true);
    Ok(workbook.cargo.build(&job, terminal, &what)?)
}

fn roles(exercise: &Exercise) -> [(Role, PathBuf); 3] {
    [
        (Role::Starter, exercise.starter()),
        (Role::Yours, exercise.file()),
        (Role::Solution, exercise.solution()),
    ]
}

fn compared(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercise: &Exercise,
    built: &Built,
    count_instructions: bool,
    at: &str,
) -> Result<Comparison, Error> {
    let target = workbook.cargo.target();
    let folder = RunFolder::under(target).map_err(Error::writing(target))?;
    let mut versions =
        roles(exercise).map(|(role, _)| version(built, &Piece::of(exercise, role).bin));
    for (version, name) in versions.iter_mut().zip(NAMES) {
        version.name = name;
        terminal.progress(&format!("{at}: counting {name}…"));
        let Some(program) = version.program.clone() else {
            continue;
        };
        match heap(&program, &folder).map_err(Error::reading(&program))? {
            Ok(heap) => version.heap = Some(heap),
            Err(problem) => {
                version.problem = Some(problem);
                version.program = None;
                continue;
            }
        }
        if count_instructions {
            let counted = instructions::count(&program, &folder);
            version.instructions = counted.map_err(Error::reading(&program))?;
        }
    }
    let untimed = time(terminal, &mut versions, at);
    let naive_is_wrong = exercise.kind == Kind::Bug;
    let pairs = if versions[YOURS].samples.is_empty() {
        vec![(REFERENCE, NAIVE)]
    } else {
        vec![(YOURS, NAIVE), (YOURS, REFERENCE)]
    };
    let ratios = pairs
        .into_iter()
        .filter(|(_, to)| !naive_is_wrong || *to != NAIVE)
        .filter_map(|(of, to)| ratio(&versions[of], &versions[to]));
    Ok(Comparison {
        exercise: exercise.name.clone(),
        ratios: ratios.collect(),
        versions,
        untimed,
        naive_is_wrong,
    })
}

fn version(built: &Built, bin: &str) -> Version {
    let program = built.executables.get(bin).cloned();
    let problem = match (&program, built.errors(bin)) {
        (Some(_), _) => None,
        (None, Some(_)) => Some("doesn't compile".to_owned()),
        (None, None) => Some("its file is missing".to_owned()),
    };
    Version {
        program,
        problem,
        ..Version::default()
    }
}

/// The heap figures of a program; or why it has none.
fn heap(program: &Path, folder: &RunFolder) -> io::Result<Result<Heap, String>> {
    let mut command = process::limited(program);
    command.arg("--json");
    let ran = process::run(command, LIMIT, folder)?;
    match ran.end {
        End::OutOfTime => {
            return Ok(Err(format!("was ended after {} seconds", LIMIT.as_secs())));
        }
        End::WroteTooMuch => return Ok(Err("was ended: it wrote more than 64 MB".to_owned())),
        End::OutOfMemory => return Ok(Err("took more than 2 GB of memory".to_owned())),
        End::Itself(_) => {}
    }
    let mut lines = ran.output.lines().rev();
    let shown = lines.find_map(|line| serde_json::from_str::<Shown>(line).ok());
    Ok(match shown {
        Some(shown) => Ok(shown.heap),
        None if ran.end.success() => Err("doesn't show its cost".to_owned()),
        None => Err(complaint(&ran.complaints)),
    })
}

/// What a program panicked with, in a line.
fn complaint(said: &str) -> String {
    let mut lines = said
        .lines()
        .skip_while(|line| !line.contains("panicked at"));
    match lines.nth(1) {
        Some(message) => format!("panics: {message}"),
        None => "breaks off".to_owned(),
    }
}

/// Times the versions that run; or says why that can't be done.
fn time(terminal: &mut Terminal, versions: &mut [Version; 3], at: &str) -> Option<String> {
    let mut running: Vec<_> = versions
        .iter_mut()
        .filter(|it| it.program.is_some())
        .collect();
    let programs: Vec<PathBuf> = running.iter().filter_map(|it| it.program.clone()).collect();
    let programs: Vec<&Path> = programs.iter().map(PathBuf::as_path).collect();
    let progress = |start, starts| {
        terminal.tick(&format!("{at}: timing in turns, {start}/{starts}…"));
    };
    let times = match race::race(&programs, progress) {
        Ok(times) => times,
        Err(error) => return Some(format!("Not timed: {error}.")),
    };
    for (version, samples) in running.iter_mut().zip(times) {
        version.time_ns = Interval::of(samples.clone());
        version.samples = samples;
    }
    None
}

fn ratio(of: &Version, to: &Version) -> Option<Ratio> {
    let interval = Interval::of_ratios(&of.samples, &to.samples)?;
    Some(Ratio {
        of: of.name,
        to: to.name,
        verdict: Difference::of(&interval, of, to),
        interval,
    })
}

impl Version {
    /// A figure in words; a dash where there is none.
    fn cell(&self, measure: Measure) -> String {
        match (measure, self.value(measure)) {
            (_, None) => "-".to_owned(),
            (Measure::Time, Some(nanoseconds)) => units::time(nanoseconds),
            (_, Some(figure)) => grouped(figure as i64),
        }
    }

    fn value(&self, measure: Measure) -> Option<f64> {
        let heap = |figure: fn(&Heap) -> i64| self.heap.as_ref().map(|heap| figure(heap) as f64);
        match measure {
            Measure::Blocks => heap(|heap| heap.allocations),
            Measure::Bytes => heap(|heap| heap.bytes),
            Measure::Peak => heap(|heap| heap.peak),
            Measure::Live => heap(|heap| heap.live),
            Measure::Instructions => self.instructions.map(|count| count as f64),
            Measure::Time => self.time_ns.map(|time| time.median),
        }
    }
}

fn show(terminal: &mut Terminal, comparison: &Comparison) -> Result<(), Error> {
    terminal.line(styled(STRONG, &comparison.exercise))?;
    terminal.line("")?;
    let table = table(&comparison.versions, terminal.width());
    terminal.table(&table)?;
    terminal.line("")?;
    for ratio in &comparison.ratios {
        terminal.paragraph(0, &in_words(ratio))?;
    }
    if let Some(reason) = &comparison.untimed {
        terminal.paragraph(0, reason)?;
    }
    if comparison.naive_is_wrong {
        terminal.paragraph(
            0,
            "The naive version is wrong, so its time compares with nothing.",
        )?;
    }
    for version in &comparison.versions {
        if let Some(problem) = &version.problem {
            terminal.paragraph(0, &format!("{}: {problem}", version.name))?;
        }
    }
    terminal.line("")?;
    Ok(())
}

fn table(versions: &[Version; 3], width: usize) -> Table {
    let instructions = if width < 60 { "instr." } else { "instructions" };
    let mut table = Table::new(&[
        ("", Align::Left),
        (NAMES[NAIVE], Align::Right),
        (NAMES[YOURS], Align::Right),
        (NAMES[REFERENCE], Align::Right),
    ]);
    for (name, measure) in [
        ("allocations", Measure::Blocks),
        ("bytes", Measure::Bytes),
        ("peak", Measure::Peak),
        ("live", Measure::Live),
        (instructions, Measure::Instructions),
        ("time", Measure::Time),
    ] {
        let cells = versions.iter().map(|version| version.cell(measure));
        table.row([name.to_owned()].into_iter().chain(cells));
    }
    type End = fn(&Interval) -> f64;
    let ends: [(&str, End); 2] = [("  from", |time| time.low), ("  to", |time| time.high)];
    for (name, end) in ends {
        let cell = |version: &Version| {
            version
                .time_ns
                .as_ref()
                .map_or("-".to_owned(), |time| units::time(end(time)))
        };
        let cells = versions.iter().map(|version| styled(QUIET, cell(version)));
        table.row([name.to_owned()].into_iter().chain(cells));
    }
    table
}

/// How times are compared.
fn rule() -> String {
    format!(
        "Rule: the programs take turns over {} starts. A time is called different when the interval of the ratio \
         (95 of 100 such runs hold the true one) lies more than {:.0} % from 1: the place of the same code in a \
         program explains as much. Where instructions are equal within 1 %, no time is called different.",
        race::STARTS,
        100.0 * statistics::PLACEMENT
    )
}

fn in_words(ratio: &Ratio) -> String {
    let Interval { median, low, high } = ratio.interval;
    let (of, to) = (ratio.of, ratio.to);
    let between = |reason: &str| {
        format!(
            "time: no difference between {of} and {to}, {reason} (ratio {median:.2}, {low:.2} to {high:.2})"
        )
    };
    match ratio.verdict {
        Difference::Noise => between("within noise"),
        Difference::SameInstructions => between("same instructions"),
        Difference::Slower => {
            let (times, low, high) = (units::ratio(median), units::ratio(low), units::ratio(high));
            format!("time: {of} is {times}× slower than {to} ({low} to {high})")
        }
        Difference::Faster => {
            let inverse = |ratio: f64| units::ratio(1.0 / ratio);
            let (times, low, high) = (inverse(median), inverse(high), inverse(low));
            styled(
                GOOD,
                format!("time: {of} is {times}× faster than {to} ({low} to {high})"),
            )
        }
    }
}

/// A bar for each version of each exercise that has such a figure.
fn bars(comparisons: &[Comparison], measure: Measure) -> Vec<Bar> {
    let mut bars = Vec::new();
    for comparison in comparisons {
        for version in &comparison.versions {
            let interval = version.time_ns.filter(|_| measure == Measure::Time);
            if let Some(value) = version.value(measure) {
                bars.push(Bar {
                    label: match comparisons.len() {
                        1 => version.name.to_owned(),
                        _ => format!("{} {}", comparison.exercise, version.name),
                    },
                    value,
                    low: interval.map(|it| it.low),
                    high: interval.map(|it| it.high),
                });
            }
        }
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions() -> [Version; 3] {
        let time = Interval {
            median: 61_234.0,
            low: 60_000.0,
            high: 62_000.0,
        };
        let heap = Heap {
            allocations: 3_012,
            bytes: 150_727,
            peak: 42_036,
            live: 0,
        };
        let naive = Version {
            name: "naive",
            heap: Some(heap),
            instructions: Some(1_234_567),
            time_ns: Some(time),
            ..Version::default()
        };
        let yours = Version {
            name: "yours",
            problem: Some("doesn't compile".into()),
            ..Version::default()
        };
        let reference = Version {
            name: "reference",
            ..Version::default()
        };
        [naive, yours, reference]
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn what_wasnt_measured_is_a_dash() {
        let text = plain(&table(&versions(), 80).render(80));
        assert!(
            text.contains("\nallocations       3,012      -          -\n"),
            "{text}"
        );
        assert!(
            text.contains("\ntime            61.2 µs      -          -\n"),
            "{text}"
        );
    }

    #[test]
    fn the_table_fits_forty_columns() {
        let text = plain(&table(&versions(), 40).render(40));
        assert!(
            text.lines().all(|line| line.chars().count() <= 40),
            "{text}"
        );
    }

    fn said(median: f64, spread: f64, instructions: [i64; 2]) -> String {
        let interval = Interval {
            median,
            low: median * (1.0 - spread),
            high: median * (1.0 + spread),
        };
        let version = |name, instructions| Version {
            name,
            instructions: Some(instructions),
            ..Version::default()
        };
        let [yours, naive] = instructions;
        let (yours, naive) = (version("yours", yours), version("naive", naive));
        plain(&in_words(&Ratio {
            of: "yours",
            to: "naive",
            interval,
            verdict: Difference::of(&interval, &yours, &naive),
        }))
    }

    #[test]
    fn a_ratio_is_said_in_times() {
        assert_eq!(
            said(0.00435, 0.2, [100, 20_000]),
            "time: yours is 230× faster than naive (190 to 290)"
        );
        assert_eq!(
            said(1.9, 0.1, [20_000, 10_000]),
            "time: yours is 1.9× slower than naive (1.7 to 2.1)"
        );
    }

    #[test]
    fn what_is_no_difference_says_why() {
        assert_eq!(
            said(0.98, 0.03, [100, 200]),
            "time: no difference between yours and naive, within noise (ratio 0.98, 0.95 to 1.01)"
        );
        // The same work, placed elsewhere: the clock may say what it likes.
        assert_eq!(
            said(1.85, 0.05, [140_188, 140_223]),
            "time: no difference between yours and naive, same instructions (ratio 1.85, 1.76 to 1.94)"
        );
    }

    #[test]
    fn a_panic_is_told_in_a_line() {
        let said = "thread 'main' (7) panicked at x.rs:3:5:\nnot yet implemented: intern it\nnote: run with\n";
        assert_eq!(complaint(said), "panics: not yet implemented: intern it");
        assert_eq!(complaint("Segmentation fault"), "breaks off");
    }

    #[test]
    fn a_chart_shows_what_was_measured() {
        let comparison = Comparison {
            exercise: "event_log".into(),
            versions: versions(),
            ratios: vec![],
            untimed: None,
            naive_is_wrong: false,
        };
        let times = bars(&[comparison], Measure::Time);
        let expected = Bar {
            label: "naive".into(),
            value: 61_234.0,
            low: Some(60_000.0),
            high: Some(62_000.0),
        };
        assert_eq!(times, [expected]);
    }
}
