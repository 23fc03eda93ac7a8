//! `cargo workbook`: what is solved, and the next exercise.

use std::process::ExitCode;

use crate::catalogue::Exercise;
use crate::check;
use crate::error::Error;
use crate::progress::{Progress, State};
use crate::report::{self, Checked};
use crate::source::Source;
use crate::task;
use crate::terminal::{Align, GOOD, QUIET, STRONG, Table, Terminal, styled, wrap};
use crate::workspace::Workbook;

/// Lists lessons and exercises, then opens the first that isn't known to be solved.
///
/// # Errors
///
/// Where an exercise can't be read or checked.
pub fn run(workbook: &Workbook, terminal: &mut Terminal) -> Result<ExitCode, Error> {
    let next = next_unsolved(workbook, terminal)?;
    let progress = Progress::read(workbook, terminal)?;
    let states = states(workbook, &progress);
    terminal.line(styled(STRONG, "Heapwise: make the number smaller."))?;
    terminal.line("")?;
    if states.iter().all(|state| *state == State::Open) {
        terminal.paragraph(
            0,
            "Welcome. Each exercise is one file, whose tests put a number on the heap. Edit the file until its \
             tests hold.",
        )?;
        terminal.line("")?;
    }
    list(workbook, terminal, &states, next.as_ref().map(|it| it.0))?;
    terminal.line("")?;
    match next {
        Some((exercise, checked)) => open(workbook, terminal, exercise, &checked)?,
        None if states.is_empty() => terminal.line("There are no exercises yet.")?,
        None => terminal.paragraph(
            0,
            "All exercises are solved. `cargo workbook compare NAME` shows yours beside the reference.",
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The first exercise that isn't solved, with its verdict. Only those that aren't known to be solved are run.
///
/// # Errors
///
/// Where an exercise can't be read or checked.
pub fn next_unsolved<'a>(
    workbook: &'a Workbook,
    terminal: &mut Terminal,
) -> Result<Option<(&'a Exercise, Checked)>, Error> {
    let progress = Progress::read(workbook, terminal)?;
    for exercise in &workbook.catalogue.exercises {
        let text = workbook.read_exercise(exercise);
        if text.is_ok_and(|text| progress.state(exercise, &text) == State::Solved) {
            continue;
        }
        let mut checked = check::exercises_checked(workbook, terminal, &[exercise])?;
        if let Some(checked) = checked.pop().filter(|checked| !checked.is_solved()) {
            return Ok(Some((exercise, checked)));
        }
    }
    Ok(None)
}

/// A state per exercise, in the catalogue's order. A file that can't be read isn't solved.
fn states(workbook: &Workbook, progress: &Progress) -> Vec<State> {
    let state = |exercise| {
        let text = workbook.read_exercise(exercise);
        text.map_or(State::Open, |text| progress.state(exercise, &text))
    };
    workbook.catalogue.exercises.iter().map(state).collect()
}

fn list(
    workbook: &Workbook,
    terminal: &mut Terminal,
    states: &[State],
    next: Option<&Exercise>,
) -> Result<(), Error> {
    let catalogue = &workbook.catalogue;
    let all: Vec<_> = catalogue.exercises.iter().zip(states).collect();
    for lesson in &catalogue.lessons {
        let own: Vec<_> = all.iter().filter(|(it, _)| it.dir == lesson.dir).collect();
        let solved = own
            .iter()
            .filter(|(_, state)| **state == State::Solved)
            .count();
        let title = styled(STRONG, format!("{} {}", lesson.number(), lesson.title));
        terminal.line(format!("{title}  {solved} of {}", own.len()))?;
        let names: Vec<_> = own
            .iter()
            .map(|(exercise, state)| entry(exercise, **state, next))
            .collect();
        if !names.is_empty() {
            terminal.line(wrap(
                &format!("   {}", names.join("  ")),
                terminal.width(),
                0,
            ))?;
        }
    }
    if states.contains(&State::ChangedSince) {
        terminal.line(styled(QUIET, "? changed since it was solved"))?;
    }
    Ok(())
}

/// Lists the exercises of a lesson, or of all: their state, kind, difficulty, and the minutes that they take.
///
/// # Errors
///
/// Where the name is unknown, or progress can't be read.
pub fn list_at_length(
    workbook: &Workbook,
    terminal: &mut Terminal,
    name: Option<&str>,
) -> Result<ExitCode, Error> {
    let progress = Progress::read(workbook, terminal)?;
    let states = states(workbook, &progress);
    let chosen = workbook.catalogue.chosen(name)?;
    let all = workbook.catalogue.exercises.iter().zip(states);
    let chosen: Vec<_> = all
        .filter(|(it, _)| chosen.iter().any(|wanted| wanted.name == it.name))
        .collect();
    for lesson in &workbook.catalogue.lessons {
        let own: Vec<_> = chosen
            .iter()
            .filter(|(it, _)| it.dir == lesson.dir)
            .collect();
        if own.is_empty() {
            continue;
        }
        let minutes: u32 = own.iter().filter_map(|(it, _)| it.minutes).sum();
        let title = styled(STRONG, format!("{} {}", lesson.number(), lesson.title));
        terminal.line(format!("{title}  about {minutes} minutes"))?;
        let left = ("", Align::Left);
        let mut table = Table::new(&[left, left, left, ("", Align::Right)]);
        for (exercise, state) in own {
            let minutes = exercise.minutes.map(|it| format!("{it} min"));
            table.row([
                entry(exercise, *state, None),
                exercise.kind.to_string(),
                exercise
                    .difficulty
                    .map(|it| it.to_string())
                    .unwrap_or_default(),
                minutes.unwrap_or_default(),
            ]);
        }
        terminal.table(&table)?;
        terminal.line("")?;
    }
    terminal.line("Open one with: cargo workbook check NAME")?;
    Ok(ExitCode::SUCCESS)
}

/// A mark and a name. The blank between them is a hard one, so that a line isn't folded there.
fn entry(exercise: &Exercise, state: State, next: Option<&Exercise>) -> String {
    let is_next = next.is_some_and(|next| next.name == exercise.name);
    let (style, mark) = match state {
        State::Solved => (GOOD, '✓'),
        _ if is_next => (STRONG, '▸'),
        State::ChangedSince => (QUIET, '?'),
        State::Open => (QUIET, '·'),
    };
    styled(style, format!("{mark}\u{a0}{}", exercise.name))
}

/// An exercise's kind, how hard it is and how long it takes: `budget, easy, about 6 minutes`.
fn effort(exercise: &Exercise) -> String {
    let mut words = vec![exercise.kind.to_string()];
    words.extend(exercise.difficulty.map(|it| it.to_string()));
    words.extend(exercise.minutes.map(|it| format!("about {it} minutes")));
    words.join(", ")
}

/// Opens an exercise: the task, what it costs now, what to do.
///
/// # Errors
///
/// Where nobody reads any more.
pub fn open(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercise: &Exercise,
    checked: &Checked,
) -> Result<(), Error> {
    let name = styled(STRONG, &exercise.name);
    terminal.paragraph(
        0,
        &format!("Next: {name} ({}). {}", effort(exercise), exercise.drills),
    )?;
    terminal.line("")?;
    // Where the file can't be read, the verdict says so.
    if let Ok(text) = workbook.read_exercise(exercise) {
        let task = task::render(&Source::of(&text).task(), terminal.width());
        terminal.line(task)?;
        terminal.line("")?;
    }
    report::at_length(terminal, exercise, checked)?;
    terminal.line("")?;
    check::what_next(terminal, exercise, checked)
}
