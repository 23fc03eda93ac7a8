//! `cargo workbook reset`: an exercise as it was shipped.

use std::fs;
use std::io::ErrorKind;
use std::process::ExitCode;

use crate::catalogue::Exercise;
use crate::error::Error;
use crate::progress;
use crate::terminal::Terminal;
use crate::workspace::Workbook;

/// Puts the starter of an exercise back, or of all of them where the name is `all`. The learner's version is kept in the
/// progress folder.
///
/// # Errors
///
/// Where the name is unknown, or a file can't be written; the learner's file is then as it was.
pub fn run(workbook: &Workbook, terminal: &mut Terminal, name: &str) -> Result<ExitCode, Error> {
    if name == "all" {
        let exercises = &workbook.catalogue.exercises;
        let mut count = 0;
        for exercise in exercises {
            count += usize::from(reset(workbook, terminal, exercise)?);
        }
        let others = exercises.len() - count;
        terminal.paragraph(
            0,
            &format!("Put back: {count}. As they were shipped: {others}."),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let exercise = workbook.catalogue.exercise(name)?;
    if !reset(workbook, terminal, exercise)? {
        terminal.line(format!("{} is as it was shipped.", exercise.name))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Puts one back. False where nothing was changed.
fn reset(workbook: &Workbook, terminal: &mut Terminal, exercise: &Exercise) -> Result<bool, Error> {
    let file = workbook.root().join(exercise.file());
    let starter = workbook.root().join(exercise.starter());
    let shipped = fs::read(&starter).map_err(Error::reading(&starter))?;
    let is_link = fs::symlink_metadata(&file).is_ok_and(|it| it.is_symlink());
    let kept = match fs::read(&file) {
        Ok(yours) if yours == shipped && !is_link => return Ok(false),
        // A deleted file has nothing to keep.
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        _ => Some(progress::keep_aside(workbook, &file, &exercise.name, "rs")?),
    };
    // What a link leads to is somebody else's.
    if is_link {
        fs::remove_file(&file).map_err(Error::writing(&file))?;
    }
    fs::write(&file, shipped).map_err(Error::writing(&file))?;
    let file = exercise.file();
    terminal.paragraph(0, &format!("{} is as it was shipped.", file.display()))?;
    if let Some(kept) = kept {
        let (kept, file) = (kept.display(), file.display());
        let copy = if cfg!(windows) { "copy" } else { "cp" };
        terminal.paragraph(0, &format!("Your version is kept: {copy} {kept} {file}"))?;
    }
    Ok(true)
}
