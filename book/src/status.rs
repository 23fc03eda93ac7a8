//! `cargo workbook`: what is solved, and the next exercise.

use std::fs;
use std::process::ExitCode;
use std::time::SystemTime;

use crate::catalogue::{Exercise, Lesson};
use crate::check;
use crate::error::Error;
use crate::progress::{self, Progress, State};
use crate::report::{self, Checked};
use crate::source::Source;
use crate::task;
use crate::terminal::{Align, GOOD, QUIET, STRONG, Table, Terminal, styled};
use crate::workspace::Workbook;

/// Shows how many exercises are solved, and the next one: what it is about, what its tests say, and what to do. All of it
/// fits a small terminal, and what to do comes last.
///
/// # Errors
///
/// Where an exercise can't be read or checked.
pub fn run(workbook: &Workbook, terminal: &mut Terminal) -> Result<ExitCode, Error> {
    let next = next_unsolved(workbook, terminal)?;
    let progress = Progress::read(workbook, terminal)?;
    let states = states(workbook, &progress);
    let solved = states.iter().filter(|it| **it == State::Solved).count();
    let title = styled(STRONG, "Heapwise: make the number smaller.");
    terminal.line(format!("{title}  {solved} of {} solved", states.len()))?;
    lessons(workbook, terminal, &states)?;
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

/// A lesson's number, title, bar and count; two lessons on a line where they fit.
fn lessons(workbook: &Workbook, terminal: &mut Terminal, states: &[State]) -> Result<(), Error> {
    /// Columns for a lesson.
    const COLUMN: usize = 39;
    const BAR: usize = 10;
    let catalogue = &workbook.catalogue;
    let all: Vec<_> = catalogue.exercises.iter().zip(states).collect();
    let entry = |lesson: &Lesson| {
        let own = all.iter().filter(|(it, _)| it.dir == lesson.dir);
        let (count, solved) = own.fold((0, 0), |(count, solved), (_, state)| {
            (count + 1, solved + usize::from(**state == State::Solved))
        });
        let done = (BAR * solved).checked_div(count).unwrap_or(0);
        let bar = styled(GOOD, "█".repeat(done)) + &styled(QUIET, "░".repeat(BAR - done));
        let counts = format!("{solved}/{count}");
        format!("{} {:<17}{bar} {counts:<6}", lesson.number(), lesson.title)
    };
    let entries: Vec<_> = catalogue.lessons.iter().map(entry).collect();
    let columns = if terminal.width() >= 2 * COLUMN { 2 } else { 1 };
    let rows = entries.len().div_ceil(columns);
    for row in 0..rows {
        let line: Vec<_> = entries.iter().skip(row).step_by(rows.max(1)).collect();
        let line: Vec<_> = line.into_iter().map(String::as_str).collect();
        terminal.line(line.join("  ").trim_end())?;
    }
    Ok(())
}

/// Opens an exercise in a few lines: the file has the whole task, and `check` the whole verdict.
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
    /// Lines of the task, and of what failed.
    const TASK: usize = 5;
    let name = styled(STRONG, &exercise.name);
    terminal.line(format!("Next: {name} ({})", effort(exercise)))?;
    let text = workbook.read_exercise(exercise).unwrap_or_default();
    let task = task::render(&Source::of(&text).task(), terminal.width());
    let paragraph: Vec<_> = task.lines().take_while(|line| !line.is_empty()).collect();
    for line in paragraph.iter().take(TASK) {
        terminal.line(line)?;
    }
    if paragraph.len() > TASK {
        terminal.line("…")?;
    }
    terminal.line("")?;
    report::in_short(terminal, checked)?;
    terminal.line("")?;
    check::what_next(workbook, terminal, exercise, checked)
}

/// The next exercise that isn't solved, with its verdict: from the one on that was worked on last.
///
/// Files that were changed and not judged since are judged first, whatever command the learner used meanwhile.
///
/// # Errors
///
/// Where an exercise can't be read or checked.
pub fn next_unsolved<'a>(
    workbook: &'a Workbook,
    terminal: &mut Terminal,
) -> Result<Option<(&'a Exercise, Checked)>, Error> {
    let mut changed = changed(workbook, &Progress::read(workbook, terminal)?);
    if let Some((last, _)) = changed.iter().max_by_key(|(_, when)| *when) {
        progress::remember_place(workbook, terminal, last)?;
        changed.sort_by_key(|(exercise, _)| &exercise.name);
        let changed: Vec<_> = changed.iter().map(|(exercise, _)| *exercise).collect();
        check::exercises_checked(workbook, terminal, &changed)?;
    }
    let progress = Progress::read(workbook, terminal)?;
    let exercises = &workbook.catalogue.exercises;
    let place = exercises
        .iter()
        .position(|exercise| progress.place() == Some(&exercise.name));
    let (before, from_here) = exercises.split_at(place.unwrap_or(0));
    for exercise in from_here.iter().chain(before) {
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

/// Exercises that aren't as shipped and weren't judged as they are, with the time of their last change.
fn changed<'a>(workbook: &'a Workbook, progress: &Progress) -> Vec<(&'a Exercise, SystemTime)> {
    let exercises = workbook.catalogue.exercises.iter();
    let is_changed = |exercise: &&Exercise| {
        let text = workbook.read_exercise(exercise);
        let starter = workbook.read(&exercise.starter());
        text.is_ok_and(|text| {
            !progress.is_judged(exercise, &text) && starter.is_ok_and(|starter| starter != text)
        })
    };
    let modified = |exercise: &Exercise| {
        let file = fs::metadata(workbook.root().join(exercise.file()));
        file.and_then(|it| it.modified())
            .unwrap_or(SystemTime::UNIX_EPOCH)
    };
    exercises
        .filter(is_changed)
        .map(|exercise| (exercise, modified(exercise)))
        .collect()
}

/// Begins at an exercise, or at the first of a lesson: it is the next one from now on.
///
/// # Errors
///
/// Where the name is unknown, or progress can't be written.
pub fn start(workbook: &Workbook, terminal: &mut Terminal, name: &str) -> Result<ExitCode, Error> {
    let chosen = workbook.catalogue.chosen(Some(name))?;
    match chosen.first() {
        Some(exercise) => progress::remember_place(workbook, terminal, exercise)?,
        None => terminal.tell("This lesson has no exercises yet."),
    }
    run(workbook, terminal)
}

/// A state per exercise, in the catalogue's order. A file that can't be read isn't solved.
fn states(workbook: &Workbook, progress: &Progress) -> Vec<State> {
    let state = |exercise| {
        let text = workbook.read_exercise(exercise);
        text.map_or(State::Open, |text| progress.state(exercise, &text))
    };
    workbook.catalogue.exercises.iter().map(state).collect()
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
                entry(exercise, *state),
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
    if chosen
        .iter()
        .any(|(_, state)| *state == State::ChangedSince)
    {
        terminal.line(styled(QUIET, "? changed since it was solved"))?;
    }
    terminal.line("Begin at one with: cargo workbook start NAME")?;
    Ok(ExitCode::SUCCESS)
}

/// A mark and a name.
fn entry(exercise: &Exercise, state: State) -> String {
    let (style, mark) = match state {
        State::Solved => (GOOD, '✓'),
        State::ChangedSince => (QUIET, '?'),
        State::Open => (QUIET, '·'),
    };
    styled(style, format!("{mark} {}", exercise.name))
}

/// An exercise's kind, how hard it is and how long it takes: `budget, easy, about 6 minutes`.
fn effort(exercise: &Exercise) -> String {
    let mut words = vec![exercise.kind.to_string()];
    words.extend(exercise.difficulty.map(|it| it.to_string()));
    words.extend(exercise.minutes.map(|it| format!("about {it} minutes")));
    words.join(", ")
}
