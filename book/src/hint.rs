//! `cargo workbook hint`: one more hint each time.

use std::process::ExitCode;

use crate::error::Error;
use crate::progress::{self, Progress};
use crate::task;
use crate::terminal::{STRONG, Terminal, styled};
use crate::workspace::Workbook;

/// Shows the next hint of an exercise; after the last, all of them.
///
/// # Errors
///
/// Where the name is unknown.
pub fn run(workbook: &Workbook, terminal: &mut Terminal, name: &str) -> Result<ExitCode, Error> {
    let exercise = workbook.catalogue.exercise(name)?;
    let hints = exercise.hints();
    // A hint is no less of a help where nothing can be remembered.
    let place = progress::remember_place(workbook, terminal, exercise);
    let progress = place.and_then(|()| Progress::read(workbook, terminal));
    let progress = progress.unwrap_or_else(|error| {
        terminal.tell(&format!("Which hints were read isn't known: {error}"));
        Progress::default()
    });
    let read = progress.hints(exercise);
    let count = hints.len();
    if read >= count {
        for (index, hint) in hints.iter().enumerate() {
            show(terminal, index, count, hint)?;
            terminal.line("")?;
        }
        terminal.paragraph(
            0,
            &format!(
                "These are all. The reference is {}.",
                exercise.solution().display()
            ),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    show(terminal, read, count, &hints[read])?;
    terminal.line("")?;
    let name = &exercise.name;
    let left = match count - read - 1 {
        0 => "That was the last.".to_owned(),
        1 => format!("One more: cargo workbook hint {name}"),
        left => format!("{left} more: cargo workbook hint {name}"),
    };
    terminal.paragraph(0, &left)?;
    if let Err(error) = progress::remember_hints(workbook, terminal, exercise, read + 1) {
        terminal.tell(&format!("The hint can't be remembered: {error}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn show(terminal: &mut Terminal, index: usize, count: usize, hint: &str) -> Result<(), Error> {
    let title = format!("Hint {} of {count}", index + 1);
    terminal.line(styled(STRONG, title))?;
    let hint = task::render(hint, terminal.width());
    Ok(terminal.line(hint)?)
}
