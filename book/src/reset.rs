//! `cargo workbook reset`: an exercise as it was shipped.

use std::fs;
use std::process::ExitCode;

use crate::error::Error;
use crate::progress;
use crate::terminal::Terminal;
use crate::workspace::Workbook;

/// Puts the starter back. The learner's version is kept in the progress folder.
///
/// # Errors
///
/// Where the name is unknown, or a file can't be written; the learner's file is then as it was.
pub fn run(workbook: &Workbook, terminal: &mut Terminal, name: &str) -> Result<ExitCode, Error> {
    let exercise = workbook.catalogue.exercise(name)?;
    let file = workbook.root().join(exercise.file());
    let starter = workbook.root().join(exercise.starter());
    let shipped = fs::read(&starter).map_err(Error::reading(&starter))?;
    let name = &exercise.name;
    let kept = match fs::read(&file) {
        Ok(yours) if yours == shipped => {
            terminal.line(format!("{name} is as it was shipped."))?;
            return Ok(ExitCode::SUCCESS);
        }
        // A deleted file has nothing to keep.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        _ => Some(progress::keep_aside(workbook, &file, name, "rs")?),
    };
    fs::write(&file, shipped).map_err(Error::writing(&file))?;
    terminal.paragraph(
        0,
        &format!("{} is as it was shipped.", exercise.file().display()),
    )?;
    if let Some(kept) = kept {
        terminal.paragraph(0, &format!("Your version is kept in {}.", kept.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}
