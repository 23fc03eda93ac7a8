//! `cargo workbook update`: what was changed upstream, without losing what the learner wrote.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::catalogue::{Catalogue, Exercise};
use crate::error::Error;
use crate::progress;
use crate::source::{Source, with_shipped};
use crate::terminal::{STRONG, Terminal, styled};
use crate::workspace::Workbook;

/// An exercise that the learner has changed.
struct Changed {
    exercise: Exercise,
    /// The starter that the learner began with.
    began: String,
    yours: String,
}

/// Pulls from where the clone came from. An exercise that was changed on both sides is merged: what stands above its line
/// from the starter that the learner began with, what stands below it as it is shipped now.
///
/// # Errors
///
/// Where git can't pull; the learner's files are then as they were.
pub fn run(workbook: &Workbook, terminal: &mut Terminal) -> Result<ExitCode, Error> {
    let changed = changed(workbook);
    for one in &changed {
        let file = workbook.root().join(one.exercise.file());
        progress::keep_aside(workbook, &file, &one.exercise.name, "rs")?;
    }
    // git pulls only where it would overwrite nothing.
    let write = |exercise: &Exercise, text: &str| {
        let file = workbook.root().join(exercise.file());
        fs::write(&file, text).map_err(Error::writing(&file))
    };
    for one in &changed {
        write(&one.exercise, &one.began)?;
    }
    terminal.progress("pulling…");
    let pulled = git(workbook.root(), &["pull", "--ff-only", "--quiet"]);
    if let Err(reason) = pulled {
        for one in &changed {
            write(&one.exercise, &one.yours)?;
        }
        return Err(Error::Said(format!(
            "git can't pull, and your exercises are as they were:\n{reason}"
        )));
    }
    let now = Catalogue::read(workbook.root())?;
    let mut merged = 0;
    for one in &changed {
        let name = &one.exercise.name;
        let shipped = now.exercise(name).ok();
        let shipped = shipped.and_then(|exercise| workbook.read(&exercise.starter()).ok());
        let Some(shipped) = shipped else {
            let gone =
                format!("{name} is no longer among the exercises; yours is in .heapwise/kept.");
            terminal.paragraph(0, &gone)?;
            continue;
        };
        if shipped == one.began {
            write(&one.exercise, &one.yours)?;
            continue;
        }
        merged += 1;
        let (text, conflict) = merge(workbook, one, &shipped)?;
        write(&one.exercise, &text)?;
        let said = match conflict {
            false => "was changed, and your answer is merged with it".to_owned(),
            true => format!(
                "was changed where you changed it, too: your answer stands, below it what is shipped now. Compare with {}",
                one.exercise.starter().display()
            ),
        };
        terminal.paragraph(0, &format!("{} {said}.", styled(STRONG, name)))?;
    }
    let (kept, all) = (changed.len() - merged, changed.len());
    terminal.paragraph(
        0,
        &format!("Up to date. Of {all} exercises that you changed, {kept} were left alone and {merged} merged."),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn changed(workbook: &Workbook) -> Vec<Changed> {
    let exercises = workbook.catalogue.exercises.iter();
    let changed = exercises.filter_map(|exercise| {
        let yours = workbook.read_exercise(exercise).ok()?;
        let began = workbook.read(&exercise.starter()).ok()?;
        (yours != began).then(|| Changed {
            exercise: exercise.clone(),
            began,
            yours,
        })
    });
    changed.collect()
}

/// The learner's answer with what changed above the line, and what is shipped below it; and whether both changed the same
/// lines, where the learner's stand.
fn merge(workbook: &Workbook, one: &Changed, shipped: &str) -> Result<(String, bool), Error> {
    let (yours, began) = (Source::of(&one.yours), Source::of(&one.began));
    let shipped = Source::of(shipped);
    let folder = workbook.cargo.target().join("workbook");
    fs::create_dir_all(&folder).map_err(Error::writing(&folder))?;
    let mut files = Vec::new();
    for (name, text) in [
        ("yours", yours.above),
        ("began", began.above),
        ("shipped", shipped.above),
    ] {
        let file = folder.join(format!("update-{name}.rs"));
        fs::write(&file, text).map_err(Error::writing(&file))?;
        files.push(file.to_string_lossy().into_owned());
    }
    let [yours_file, began_file, shipped_file] = &files[..] else {
        unreachable!("three files were written");
    };
    let merged = git(
        workbook.root(),
        &["merge-file", "-p", yours_file, began_file, shipped_file],
    );
    for file in &files {
        let _ = fs::remove_file(file);
    }
    Ok(match merged {
        Ok(above) => (with_shipped(&above, &shipped), false),
        Err(_) => (with_shipped(yours.above, &shipped), true),
    })
}

/// What git answers; or what it complains of.
fn git(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("git can't be started: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
