//! `cargo workbook watch`: checks an exercise whenever its file changes.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{RecursiveMode, Watcher};
use similar::{ChangeTag, TextDiff};

use crate::catalogue::Exercise;
use crate::check;
use crate::error::Error;
use crate::report;
use crate::source::Source;
use crate::status;
use crate::terminal::{BAD, GOOD, QUIET, STRONG, Terminal, styled};
use crate::workspace::Workbook;

/// A save is over when nothing has happened for so long: editors write in pieces, or write a new file and rename it.
const QUIET_TIME: Duration = Duration::from_millis(100);
/// Lines of code around a change.
const CONTEXT: usize = 2;

/// Opens the next exercise, then checks whichever is saved, until all are solved or Ctrl-C ends it.
///
/// # Errors
///
/// Where the exercises can't be watched.
pub fn run(workbook: &Workbook, terminal: &mut Terminal) -> Result<ExitCode, Error> {
    let folder = workbook.root().join("exercises");
    let (send, events) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading the files is an event, too, and would never come to an end.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            // Nobody listens: the program ends.
            let _ = send.send(());
        }
    })
    .and_then(|mut watcher| {
        watcher.watch(&folder, RecursiveMode::Recursive)?;
        Ok(watcher)
    })
    .map_err(|error| {
        Error::Said(format!(
            "{} can't be watched: {error}. `cargo workbook check NAME` does without.",
            folder.display()
        ))
    })?;
    let mut seen = texts(workbook);
    if open_next(workbook, terminal)? {
        while wait(&events) {
            let now = texts(workbook);
            for exercise in &workbook.catalogue.exercises {
                let name = exercise.name.as_str();
                // A file that is just being replaced is looked at when it is there again.
                let Some(text) = now.get(name).filter(|text| seen.get(name) != Some(text)) else {
                    continue;
                };
                seen.insert(name, text.clone());
                match check_again(workbook, terminal, exercise, text) {
                    Ok(true) => {}
                    Ok(false) => return Ok(ExitCode::SUCCESS),
                    Err(Error::Terminal(error)) => return Err(error.into()),
                    // Another save may well mend it.
                    Err(error) => terminal.tell(&error.to_string()),
                }
            }
        }
    }
    watcher.unwatch(&folder).ok();
    Ok(ExitCode::SUCCESS)
}

/// Every exercise's file as it reads.
fn texts(workbook: &Workbook) -> HashMap<&str, String> {
    let exercises = workbook.catalogue.exercises.iter();
    exercises
        .filter_map(|exercise| {
            Some((
                exercise.name.as_str(),
                workbook.read_exercise(exercise).ok()?,
            ))
        })
        .collect()
}

/// Waits for something to happen, and then for it to be over. False where nothing can happen any more.
fn wait(events: &Receiver<()>) -> bool {
    if events.recv().is_err() {
        return false;
    }
    loop {
        match events.recv_timeout(QUIET_TIME) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Checks an exercise that was saved. False where all are solved.
fn check_again(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercise: &Exercise,
    text: &str,
) -> Result<bool, Error> {
    rule(terminal)?;
    let checked = check::exercises_checked(workbook, terminal, &[exercise])?;
    for checked in &checked {
        report::at_length(terminal, exercise, checked)?;
        terminal.line("")?;
        if !checked.is_solved() {
            check::what_next(workbook, terminal, exercise, checked)?;
            return Ok(true);
        }
    }
    after_solving(workbook, terminal, exercise, text)?;
    rule(terminal)?;
    open_next(workbook, terminal)
}

/// Opens the first exercise that isn't solved. False where there is none.
fn open_next(workbook: &Workbook, terminal: &mut Terminal) -> Result<bool, Error> {
    match status::next_unsolved(workbook, terminal)? {
        Some((exercise, checked)) => {
            status::open(workbook, terminal, exercise, &checked)?;
            terminal.line("")?;
            terminal.paragraph(
                0,
                "Watching the exercises: save one, and it is checked. Ctrl-C ends this.",
            )?;
            Ok(true)
        }
        None => {
            terminal.line(styled(GOOD, "All exercises are solved."))?;
            Ok(false)
        }
    }
}

/// What the reference does differently, and where that is explained.
fn after_solving(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercise: &Exercise,
    text: &str,
) -> Result<(), Error> {
    let reference = workbook.read(&exercise.solution())?;
    match difference(&Source::of(text).code(), &Source::of(&reference).code()) {
        Some(difference) => {
            terminal.line(styled(
                STRONG,
                "What the reference does differently (- yours, + reference)",
            ))?;
            terminal.line("")?;
            terminal.line(difference)?;
        }
        None => terminal.line("Your code is the reference's, line for line.")?,
    }
    let lesson = workbook.catalogue.lesson_in(&exercise.dir);
    let chapter = lesson.map(|lesson| lesson.chapter());
    if let Some(chapter) = chapter.filter(|chapter| workbook.root().join(chapter).exists()) {
        terminal.line("")?;
        let why = format!("Why: {} (or `mdbook serve book`)", chapter.display());
        terminal.paragraph(0, &why)?;
    }
    Ok(())
}

/// The lines that differ, with some around them; `None` where none does.
fn difference(yours: &str, reference: &str) -> Option<String> {
    let diff = TextDiff::from_lines(yours, reference);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push(styled(QUIET, "  …"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end();
            lines.push(match change.tag() {
                ChangeTag::Delete => styled(BAD, format!("- {line}")),
                ChangeTag::Insert => styled(GOOD, format!("+ {line}")),
                ChangeTag::Equal => format!("  {line}").trim_end().to_owned(),
            });
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn rule(terminal: &mut Terminal) -> Result<(), Error> {
    let rule = "─".repeat(terminal.width());
    terminal.line("")?;
    terminal.line(styled(QUIET, rule))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown() {
        let yours = "a\nb\nc\nd\ne\nf\ng\nh\n";
        let reference = "a\nb\nc\nd\nE\nf\ng\nh\n";
        let text = difference(yours, reference).expect("they differ");
        let text = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(text, "  c\n  d\n- e\n+ E\n  f\n  g");
        assert_eq!(difference(yours, yours), None);
    }

    #[test]
    fn a_burst_of_events_is_one() {
        let (send, events) = channel();
        for _ in 0..3 {
            send.send(()).expect("it is received");
        }
        assert!(wait(&events));
        assert!(events.try_recv().is_err());
        drop(send);
        assert!(!wait(&events));
    }
}
