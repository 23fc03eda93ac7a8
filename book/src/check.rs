//! `cargo workbook check`: right or wrong, and what it costs.

use std::path::Path;
use std::process::ExitCode;

use crate::cargo::{Built, Job, Product};
use crate::catalogue::{Exercise, Kind};
use crate::error::Error;
use crate::fresh;
use crate::process::RunFolder;
use crate::progress::{self, Costs};
use crate::reference;
use crate::report::{self, Checked};
use crate::source::{FORBIDS_UNSAFE, LINE, Source, equal_lines};
use crate::terminal::{Align, GOOD, STRONG, Table, Terminal, styled};
use crate::verdict;
use crate::workspace::Workbook;

/// Checks one exercise, a lesson's, or all.
///
/// # Errors
///
/// Where the name is unknown, or the tests can't be run.
pub fn run(
    workbook: &Workbook,
    terminal: &mut Terminal,
    name: Option<&str>,
) -> Result<ExitCode, Error> {
    let exercises = workbook.catalogue.chosen(name)?;
    if exercises.is_empty() {
        terminal.tell("There are no exercises here yet.");
        return Ok(ExitCode::SUCCESS);
    }
    if let [exercise] = exercises[..] {
        progress::remember_place(workbook, terminal, exercise).unwrap_or_else(|error| {
            terminal.tell(&format!("The place can't be remembered: {error}"));
        });
    }
    let checked = exercises_checked(workbook, terminal, &exercises)?;
    match (&exercises[..], &checked[..]) {
        ([exercise], [checked]) => {
            report::at_length(terminal, exercise, checked)?;
            terminal.line("")?;
            if checked.is_solved() {
                let text = workbook.read_exercise(exercise)?;
                reference::show(workbook, terminal, exercise, &text)?;
                terminal.line("")?;
            }
            what_next(workbook, terminal, exercise, checked)?;
        }
        _ => in_short(terminal, &exercises, &checked)?,
    }
    let solved = checked.iter().all(Checked::is_solved);
    Ok(ExitCode::from(u8::from(!solved)))
}

/// Checks exercises and remembers which are solved. One that doesn't compile stops no other.
///
/// # Errors
///
/// Where cargo fails for a reason that lies in none of them.
pub fn exercises_checked(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercises: &[&Exercise],
) -> Result<Vec<Checked>, Error> {
    let (texts, built) = built_from(workbook, terminal, exercises)?;
    let folder = RunFolder::under(workbook.cargo.target());
    let folder = folder.map_err(Error::writing(workbook.cargo.target()))?;
    let mut all = Vec::new();
    for (index, (exercise, text)) in exercises.iter().zip(&texts).enumerate() {
        terminal.progress(&format!(
            "{}/{} {}…",
            index + 1,
            exercises.len(),
            exercise.name
        ));
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                all.push(Checked::Unreadable(error.to_string()));
                continue;
            }
        };
        let checked = match (
            built.executables.get(&exercise.name),
            built.errors(&exercise.name),
        ) {
            (Some(program), None) => Checked::Judged {
                verdict: judged(workbook, program, &folder)?,
                before: Costs::new(),
                not_as_shipped: not_as_shipped(workbook, exercise, text),
            },
            (_, errors) => Checked::DoesNotCompile(errors.unwrap_or_default()),
        };
        let (solved, costs) = (checked.is_solved(), checked.heaps());
        let before = progress::remember_verdict(workbook, terminal, exercise, text, solved, costs);
        let checked = checked.after(before.unwrap_or_else(|error| {
            terminal.tell(&format!("The verdict can't be remembered: {error}"));
            Costs::new()
        }));
        all.push(checked);
    }
    terminal.clear_progress();
    Ok(all)
}

/// Builds exercises, and says which texts they were built from. A file that is changed meanwhile is built again.
fn built_from(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercises: &[&Exercise],
) -> Result<(Vec<Result<String, Error>>, Built), Error> {
    let read = || -> Vec<_> {
        let texts = exercises.iter().map(|it| workbook.read_exercise(it));
        texts.collect()
    };
    let mut texts = read();
    let mut round = 0;
    loop {
        round += 1;
        let readable = || {
            exercises.iter().zip(&texts).filter_map(|(exercise, text)| {
                let file = workbook.root().join(exercise.file());
                let source = fresh::Source::of(workbook.cargo.target(), &exercise.name, file);
                Some((exercise, source, text.as_ref().ok()?))
            })
        };
        for (_, source, text) in readable() {
            source.before_build(text)?;
        }
        let names = readable()
            .map(|(exercise, ..)| exercise.name.clone())
            .collect();
        let built = built(workbook, terminal, names)?;
        let now = read();
        let same = |(before, after): (&Result<String, Error>, &Result<String, Error>)| {
            before.as_ref().ok() == after.as_ref().ok()
        };
        // Somebody who saves all the time gets the verdict on the last text but one.
        if round < 3 && !texts.iter().zip(&now).all(same) {
            texts = now;
            continue;
        }
        for (exercise, source, text) in readable() {
            if let Some(program) = built.executables.get(&exercise.name) {
                source.after_build(text, program);
            }
        }
        return Ok((texts, built));
    }
}

fn built(workbook: &Workbook, terminal: &mut Terminal, bins: Vec<String>) -> Result<Built, Error> {
    let what = match &bins[..] {
        [name] => format!("building {name}"),
        _ => format!("building {} exercises", bins.len()),
    };
    let job = Job {
        manifest: &workbook.manifest(),
        bins,
        product: Product::Tests,
        release: false,
        features: &[],
    };
    Ok(workbook.cargo.build(&job, terminal, &what)?)
}

fn judged(
    workbook: &Workbook,
    program: &Path,
    folder: &RunFolder,
) -> Result<verdict::Verdict, Error> {
    verdict::of_program(program, workbook.root(), folder).map_err(Error::reading(program))
}

/// What isn't as it was shipped, though it must be for the verdict to count.
fn not_as_shipped(workbook: &Workbook, exercise: &Exercise, text: &str) -> Vec<String> {
    // Where the starter is gone, there is nothing to compare with; `verify` complains about that.
    let Ok(starter) = workbook.read(&exercise.starter()) else {
        return Vec::new();
    };
    let name = &exercise.name;
    let (yours, shipped) = (Source::of(text), Source::of(&starter));
    let mut notes = Vec::new();
    if !equal_lines(yours.below, shipped.below) {
        notes.push(format!(
            "What stands below the line `{LINE}` isn't as it was shipped, so this verdict doesn't count. \
             `cargo workbook reset {name}` brings the file back; your version is kept."
        ));
    }
    if let Some(name) = yours.shadows() {
        notes.push(format!(
            "`{name}` stands above the line, where it can take the place of what the tests use, so this verdict doesn't \
             count."
        ));
    }
    if shipped.forbids_unsafe() && !yours.forbids_unsafe() {
        notes.push(format!(
            "The line `{FORBIDS_UNSAFE}` is missing, so this verdict doesn't count. Write it below the task."
        ));
    }
    notes
}

/// Says what to do next, after the verdict on one exercise.
///
/// # Errors
///
/// Where nobody reads any more.
pub fn what_next(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercise: &Exercise,
    checked: &Checked,
) -> Result<(), Error> {
    let name = &exercise.name;
    let mut table = Table::new(&[("", Align::Left), ("", Align::Left)]);
    let mut step = |what: &str, how: String| table.row([what.to_owned(), styled(STRONG, how)]);
    if checked.is_solved() {
        // Predictions have nothing to compare.
        if exercise.kind != Kind::Predict {
            step(
                "Beside the reference",
                format!("cargo workbook compare {name}"),
            );
        }
        step("Next exercise", "cargo workbook".to_owned());
    } else {
        step("Edit", place(workbook, exercise));
        step("Check", format!("cargo workbook check {name}"));
        step("Hint", format!("cargo workbook hint {name}"));
    }
    terminal.table(&table)?;
    Ok(())
}

/// An exercise's file and the line of its first TODO, as editors and terminals understand it.
fn place(workbook: &Workbook, exercise: &Exercise) -> String {
    let text = workbook.read_exercise(exercise).unwrap_or_default();
    let marked = |line: &str| line.contains("TODO") || line.contains("todo!");
    let file = exercise.file().display().to_string();
    match text.lines().position(marked) {
        Some(line) => format!("{file}:{}", line + 1),
        None => file,
    }
}

fn in_short(
    terminal: &mut Terminal,
    exercises: &[&Exercise],
    checked: &[Checked],
) -> Result<(), Error> {
    let mut table = Table::new(&[("", Align::Left), ("", Align::Left), ("", Align::Left)]);
    for (exercise, checked) in exercises.iter().zip(checked) {
        table.row([
            exercise.name.clone(),
            checked.coloured_headline(),
            checked.costs(),
        ]);
    }
    terminal.table(&table)?;
    for (exercise, checked) in exercises.iter().zip(checked) {
        if !matches!(checked, Checked::Judged { .. }) {
            terminal.line("")?;
            report::at_length(terminal, exercise, checked)?;
        }
    }
    let solved = checked.iter().filter(|it| it.is_solved()).count();
    terminal.line("")?;
    let summary = format!("{solved} of {} solved.", checked.len());
    if solved == checked.len() {
        terminal.line(styled(GOOD, summary))?;
    } else {
        terminal.paragraph(
            0,
            &format!("{summary} `cargo workbook check NAME` shows one at length."),
        )?;
    }
    Ok(())
}
