//! What can be checked by reading: files, lists, hints.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Findings;
use crate::catalogue::{Exercise, Kind};
use crate::error::Error;
use crate::scratch;
use crate::source::{FORBIDS_UNSAFE, LINE, Source};
use crate::workspace::Workbook;

/// More lines than this above the line are no longer read in one go.
const LONGEST: usize = 100;

/// The binaries in the root manifest.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default, rename = "bin")]
    bins: Vec<Bin>,
}

#[derive(Deserialize)]
struct Bin {
    name: String,
    path: Option<PathBuf>,
    #[serde(default = "yes")]
    test: bool,
}

fn yes() -> bool {
    true
}

/// Every file on disk is listed, and every listed file is there: info.toml, Cargo.toml, exercises, solutions, trials.
///
/// # Errors
///
/// Where Cargo.toml or a folder can't be read.
pub fn lists(workbook: &Workbook, findings: &mut Findings) -> Result<(), Error> {
    let exercises = &workbook.catalogue.exercises;
    let paths = |path: fn(&Exercise) -> PathBuf| -> BTreeSet<PathBuf> {
        exercises.iter().map(path).collect()
    };
    for (folder, listed) in [
        ("exercises", paths(Exercise::file)),
        ("solutions", paths(Exercise::solution)),
        ("book/trials", paths(Exercise::trials)),
    ] {
        for path in two_below(workbook.root(), Path::new(folder))? {
            if !listed.contains(&path) {
                findings.add(
                    "",
                    format!("{} belongs to no exercise in info.toml", shown(&path)),
                );
            }
        }
    }
    let manifest = workbook.read(Path::new("Cargo.toml"))?;
    let manifest: Manifest = toml::from_str(&manifest)
        .map_err(|error| Error::Said(format!("Cargo.toml is broken:\n{error}")))?;
    for bin in &manifest.bins {
        let exercise = bin.name.strip_suffix("_sol").unwrap_or(&bin.name);
        let listed = |it: &Exercise| it.name == exercise || it.name == bin.name;
        if !exercises.iter().any(listed) {
            findings.add(
                "",
                format!(
                    "the binary {} in Cargo.toml belongs to no exercise in info.toml",
                    bin.name
                ),
            );
        }
    }
    for exercise in exercises {
        binaries(&manifest.bins, exercise, findings);
    }
    Ok(())
}

/// An exercise has its pair of binaries, and only the reference is tested by a plain `cargo test`.
fn binaries(bins: &[Bin], exercise: &Exercise, findings: &mut Findings) {
    for (name, path, test) in [
        (exercise.name.clone(), exercise.file(), false),
        (format!("{}_sol", exercise.name), exercise.solution(), true),
    ] {
        let Some(bin) = bins.iter().find(|bin| bin.name == name) else {
            findings.add(&exercise.name, format!("Cargo.toml has no binary {name}"));
            continue;
        };
        if bin.path.as_deref() != Some(&path) {
            findings.add(
                &exercise.name,
                format!(
                    "the path of the binary {name} in Cargo.toml isn't {}",
                    shown(&path)
                ),
            );
        }
        if bin.test != test {
            let expected = if test { "must not say" } else { "must say" };
            findings.add(
                &exercise.name,
                format!("the binary {name} in Cargo.toml {expected} `test = false`"),
            );
        }
    }
}

/// Files and folders two levels below a folder; none where it doesn't exist.
fn two_below(root: &Path, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for middle in entries(root, folder)? {
        if root.join(&middle).is_dir() {
            found.extend(entries(root, &middle)?);
        }
    }
    Ok(found)
}

fn entries(root: &Path, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let absolute = root.join(folder);
    if !absolute.exists() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(&absolute).map_err(Error::reading(&absolute))? {
        let name = entry.map_err(Error::reading(&absolute))?.file_name();
        // Editors and file managers leave hidden files.
        if !name.to_string_lossy().starts_with('.') {
            paths.push(folder.join(name));
        }
    }
    paths.sort();
    Ok(paths)
}

/// An exercise's own files and its entry in info.toml.
pub fn exercise(workbook: &Workbook, exercise: &Exercise, findings: &mut Findings) {
    let name = &exercise.name;
    if exercise.hints().len() < 2 {
        findings.add(
            name,
            "info.toml gives it fewer than two hints: a nudge, then the way",
        );
    }
    if exercise.difficulty.is_none() || exercise.minutes.is_none() {
        findings.add(
            name,
            "info.toml doesn't say its difficulty (easy, medium, hard) and its minutes",
        );
    }
    if exercise.drills.trim().is_empty() {
        findings.add(name, "info.toml doesn't say what it drills");
    }
    let trials = trials(workbook, exercise, findings);
    let mut read = |path: PathBuf| {
        let text = workbook.read(&path);
        text.map_err(|error| findings.add(name, error.to_string()))
            .ok()
    };
    let file = read(exercise.file());
    let (Some(starter), Some(solution)) = (read(exercise.starter()), read(exercise.solution()))
    else {
        return;
    };
    if file.is_some_and(|file| file != starter) {
        let (file, starter) = (exercise.file(), exercise.starter());
        findings.add(
            name,
            format!("{} differs from {}", shown(&file), shown(&starter)),
        );
    }
    let (starter, solution) = (Source::of(&starter), Source::of(&solution));
    let mut complaints = of_pair(name, &starter, &solution);
    complaints.extend(of_tests(exercise.kind, starter.below));
    for (trial, text) in &trials {
        complaints.extend(of_trial(trial, &Source::of(text)));
    }
    for complaint in complaints {
        findings.add(name, complaint);
    }
}

/// What is wrong with a starter and its solution as texts.
fn of_pair(name: &str, starter: &Source, solution: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut expect = |holds: bool, complaint: String| {
        if !holds {
            complaints.push(complaint);
        }
    };
    expect(
        !starter.below.is_empty(),
        format!("the starter has no line `{LINE}`"),
    );
    expect(
        starter.below == solution.below,
        "starter and solution differ below the line".to_owned(),
    );
    expect(
        starter.below.contains("#[cfg(test)]"),
        "there are no tests below the line".to_owned(),
    );
    let others: Vec<_> = budget_names(starter.below)
        .filter(|it| *it != name)
        .collect();
    expect(
        others.is_empty(),
        format!("a budget is called {others:?} and not {name}, so that it names the wrong hint"),
    );
    expect(
        !starter.task().is_empty(),
        "the starter has no task: lines that begin with //!".to_owned(),
    );
    let unfinished =
        |source: &Source| source.above.contains("TODO") || source.above.contains("todo!");
    expect(
        unfinished(starter),
        "the starter has no TODO at the spot to change".to_owned(),
    );
    expect(
        !unfinished(solution),
        "the solution has a TODO left".to_owned(),
    );
    for (what, source) in [("starter", starter), ("solution", solution)] {
        let lines = source.above.trim_end().lines().count();
        expect(
            lines <= LONGEST,
            format!("the {what} has {lines} lines above the line; {LONGEST} is the most"),
        );
        expect(
            source.forbids_unsafe(),
            format!("the {what} lacks `{FORBIDS_UNSAFE}`"),
        );
    }
    complaints
}

/// What is wrong with what stands below the line: every test ends, and every budget bounds what is left alive.
fn of_tests(kind: Kind, below: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let endless = |line: &&str| {
        let line = line.trim();
        line == "#[test]" || line.starts_with("#[tokio::test")
    };
    match below.lines().filter(endless).count() {
        0 => {}
        count => complaints.push(format!(
            "{count} of its tests could hang: `#[measuring::test]` has a time limit"
        )),
    }
    if kind != Kind::Predict {
        let budgets = below.split(';').filter_map(|statement| {
            let (before, bounds) = statement.split_once("Budget::of(\"")?;
            let constant = before.rsplit_once("const ").map_or("", |(_, name)| name);
            Some((constant.split(':').next().unwrap_or_default(), bounds))
        });
        // What `main` shows of one thread says nothing of what is left, so the tests may add that bound.
        let bounded = |name: &str, bounds: &str| {
            let added = format!("{name}.live(");
            bounds.contains(".live(") || (!name.is_empty() && below.contains(&added))
        };
        let without = budgets.filter(|(name, bounds)| !bounded(name, bounds));
        complaints.extend(without.map(|(_, bounds)| {
            let bounds: String = bounds.split_whitespace().collect();
            format!("the budget {bounds:?} bounds no live bytes, so a leak passes")
        }));
    }
    complaints
}

/// The names that budgets are made with.
fn budget_names(text: &str) -> impl Iterator<Item = &str> {
    let made = text.split("Budget::of(\"").skip(1);
    made.filter_map(|rest| rest.split('"').next())
}

/// What is wrong with a trial as a text.
fn of_trial(name: &str, trial: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    if !["wrong_", "wasteful_", "good_"]
        .iter()
        .any(|kind| name.starts_with(kind))
    {
        complaints.push(format!(
            "the trial {name} is not called wrong_WHY, wasteful_WHY or good_WHY"
        ));
    }
    if !trial.below.is_empty() {
        complaints.push(format!(
            "the trial {name} goes on below the line; it is given what was shipped there"
        ));
    }
    // A wrong one may well do that.
    if let Some(shadow) = trial.shadows().filter(|_| !name.starts_with("wrong_")) {
        complaints.push(format!(
            "the trial {name} has `{shadow}`, which `check` refuses before any test"
        ));
    }
    if !trial.forbids_unsafe() {
        complaints.push(format!("the trial {name} lacks `{FORBIDS_UNSAFE}`"));
    }
    complaints
}

/// Reads an exercise's trials: their names and texts. It must have those that its kind asks for.
fn trials(
    workbook: &Workbook,
    exercise: &Exercise,
    findings: &mut Findings,
) -> Vec<(String, String)> {
    let name = &exercise.name;
    let trials = scratch::trials(workbook, exercise).unwrap_or_else(|error| {
        findings.add(name, error.to_string());
        Vec::new()
    });
    let any = |prefix: &str| trials.iter().any(|trial| trial.starts_with(prefix));
    if !any("wrong_") {
        findings.add(name, "there is no wrong trial");
    }
    if !any("good_") {
        findings.add(name, "there is no good trial");
    }
    if exercise.kind != Kind::Predict && !any("wasteful_") {
        findings.add(name, "there is no wasteful trial");
    }
    let read = |trial: String| {
        let path = exercise.trials().join(&trial).with_extension("rs");
        Some((trial, workbook.read(&path).ok()?))
    };
    trials.into_iter().filter_map(read).collect()
}

/// A path with slashes, whatever the system.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTER: &str = "//! Sort.\n\n#![forbid(unsafe_code)]\n\n// TODO: less\nfn sort() {}\n\n\
                           // ---- Change nothing below this line. ----\n\n\
                           const BUDGET: Budget = Budget::of(\"sort\").allocations(1);\n\n\
                           #[cfg(test)]\nmod tests {}\n";

    fn complaints(change: impl Fn(String) -> String) -> Vec<String> {
        let solution = STARTER.replace("// TODO: less\n", "");
        let starter = change(STARTER.to_owned());
        of_pair("sort", &Source::of(&starter), &Source::of(&solution))
    }

    #[test]
    fn a_pair_in_order_is_left_alone() {
        assert_eq!(complaints(|it| it), Vec::<String>::new());
    }

    #[test]
    fn what_is_out_of_order_is_found() {
        let found = |from: &str, to: &str, complaint: &str| {
            let all = complaints(|it| it.replace(from, to));
            assert!(
                all.iter().any(|it| it.contains(complaint)),
                "{complaint}: {all:?}"
            );
        };
        found("mod tests {}", "mod tests { }", "differ below the line");
        found("allocations(1)", "allocations(2)", "differ below the line");
        found("#[cfg(test)]", "", "no tests");
        found(LINE, "", "no line");
        found("//! Sort.", "", "no task");
        found("// TODO: less", "", "no TODO");
        found("\"sort\"", "\"sorts\"", "wrong hint");
        found("fn sort() {}", &"// more\n".repeat(100), "100 is the most");
        found(FORBIDS_UNSAFE, "", "lacks");
    }

    #[test]
    fn a_trial_is_named_and_ends_above_the_line() {
        let starter = Source::of(STARTER);
        let trial = |name, text: &str| of_trial(name, &Source::of(text)).len();
        assert_eq!(trial("wrong_order", starter.above), 0);
        assert_eq!(trial("other", starter.above), 1);
        assert_eq!(trial("wrong_order", STARTER), 1);
        assert_eq!(trial("wrong_order", "fn sort() {}"), 1);
    }

    #[test]
    fn tests_end_and_budgets_bound_leaks() {
        let below = "const A: Budget = Budget::of(\"a\")\n    .allocations(1)\n    .live(0);\n#[measuring::test]\n";
        assert_eq!(of_tests(Kind::Budget, below), Vec::<String>::new());
        let hangs = of_tests(Kind::Budget, "    #[test]\n");
        assert!(hangs[0].contains("1 of its tests could hang"), "{hangs:?}");
        let added = "const A: Budget = Budget::of(\"a\").peak(1);\nA.live(0).assert_holds(work);";
        assert_eq!(of_tests(Kind::Budget, added), Vec::<String>::new());
        let leaks = "Budget::of(\"a\").peak(1);";
        assert!(of_tests(Kind::Budget, leaks)[0].contains("a leak passes"));
        assert!(of_tests(Kind::Predict, leaks).is_empty());
    }

    #[test]
    fn a_solution_is_finished() {
        let starter = Source::of(STARTER);
        let all = of_pair("sort", &starter, &starter);
        assert_eq!(all, ["the solution has a TODO left"]);
    }
}
