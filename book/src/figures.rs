//! `cargo workbook measure`, and the call by which mdbook gets the figures into the chapters.

use std::io;
use std::process::ExitCode;

use workbook::measure::{Options, measure};
use workbook::pages;

use crate::MeasureArguments;
use crate::error::Error;
use crate::terminal::Terminal;
use crate::workspace::Workbook;

/// Measures a lesson, or all of them, and shows the tables.
///
/// # Errors
///
/// Where no lesson has the name, a bench fails, or the results can't be written.
pub fn run(
    workbook: &Workbook,
    terminal: &mut Terminal,
    arguments: &MeasureArguments,
) -> Result<ExitCode, Error> {
    let lessons = match &arguments.lesson {
        Some(name) => vec![workbook.catalogue.lesson(name)?],
        None => workbook.catalogue.lessons.iter().collect(),
    };
    let options = Options {
        quick: arguments.quick,
        only: arguments.only,
    };
    for lesson in lessons {
        let results = measure(workbook.root(), lesson.name(), options).map_err(said)?;
        let cases: Vec<_> = results.cases.iter().collect();
        terminal.line(pages::tables(&cases))?;
    }
    terminal.line("The book reads these figures when it is built: mdbook build book")?;
    Ok(ExitCode::SUCCESS)
}

/// Answers mdbook: what it supports, or the book with every figure in its place.
///
/// # Errors
///
/// Where a placeholder can't be resolved, or mdbook says what this program doesn't understand.
pub fn preprocess(question: &[String]) -> Result<ExitCode, Error> {
    // `supports RENDERER`: every renderer gets the figures.
    if question.is_empty() {
        pages::preprocess(io::stdin().lock(), io::stdout().lock()).map_err(said)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn said(error: impl std::error::Error) -> Error {
    Error::Said(error.to_string())
}
