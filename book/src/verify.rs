//! `cargo workbook verify`: the maintainers' check of exercises, references, trials and lists against each other.

use std::collections::BTreeMap;
use std::process::ExitCode;

use crate::cargo::{Built, Job, Product};
use crate::catalogue::Exercise;
use crate::error::Error;
use crate::process::RunFolder;
use crate::scratch::{self, Piece, Role, Scratch};
use crate::terminal::{BAD, GOOD, STRONG, Terminal, styled};
use crate::verdict::{self, Verdict};
use crate::workspace::Workbook;

mod answers;
mod files;

/// What is wrong, by exercise. What belongs to none is under an empty name.
#[derive(Default)]
struct Findings(BTreeMap<String, Vec<String>>);

impl Findings {
    fn add(&mut self, exercise: &str, finding: impl Into<String>) {
        let (findings, finding) = (
            self.0.entry(exercise.to_owned()).or_default(),
            finding.into(),
        );
        // What clippy says of a program it says again of its tests.
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
}

/// Verifies one exercise, a lesson's, or all of them and the lists.
///
/// # Errors
///
/// Where the name is unknown, or cargo can't do its part.
pub fn run(
    workbook: &Workbook,
    terminal: &mut Terminal,
    name: Option<&str>,
) -> Result<ExitCode, Error> {
    let exercises = workbook.catalogue.chosen(name)?;
    let mut findings = Findings::default();
    terminal.progress("reading files and lists…");
    if name.is_none() {
        files::lists(workbook, &mut findings)?;
    }
    for exercise in &exercises {
        files::exercise(workbook, exercise, &mut findings);
    }
    let count = compiled(workbook, terminal, &exercises, &mut findings)?;
    summary(terminal, &exercises, count, &findings)?;
    Ok(ExitCode::from(u8::from(!findings.0.is_empty())))
}

/// Builds and runs starters, references and trials. Returns how many trials there were.
fn compiled(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercises: &[&Exercise],
    findings: &mut Findings,
) -> Result<usize, Error> {
    let pieces: Vec<_> = exercises
        .iter()
        .flat_map(|exercise| pieces_of(workbook, exercise))
        .collect();
    let products = Products::build(workbook, terminal, &pieces)?;
    let folder = RunFolder::under(workbook.cargo.target());
    let folder = folder.map_err(Error::writing(workbook.cargo.target()))?;
    for (index, (exercise, piece)) in pieces.iter().enumerate() {
        let (number, count) = (index + 1, pieces.len());
        terminal.progress(&format!("running {number}/{count} {}…", piece.bin));
        let (kind, role) = (exercise.kind, &piece.role);
        let in_debug = judged(workbook, &products.debug, piece, &folder)?;
        let mut said = answers::complaints(kind, role, &in_debug);
        if *role == Role::Solution {
            let in_release = judged(workbook, &products.release, piece, &folder)?;
            let complaints = answers::complaints(kind, role, &in_release);
            said.extend(complaints.iter().map(|it| format!("in release, {it}")));
        }
        for built in &products.lints {
            said.extend(answers::lint_complaints(role, built, &piece.bin));
        }
        for complaint in said {
            findings.add(&exercise.name, complaint);
        }
    }
    let is_trial = |(_, piece): &&(&Exercise, Piece)| matches!(piece.role, Role::Trial(_));
    Ok(pieces.iter().filter(is_trial).count())
}

/// All that is built of all pieces, each in one call of cargo.
struct Products {
    /// The tests of every piece.
    debug: Built,
    /// The tests of the references.
    release: Built,
    /// What clippy says of starters and references, and of their tests.
    lints: [Built; 2],
}

impl Products {
    fn build(
        workbook: &Workbook,
        terminal: &mut Terminal,
        pieces: &[(&Exercise, Piece)],
    ) -> Result<Self, Error> {
        let scratch = Scratch::write(workbook)?;
        let bins = |wanted: fn(&Role) -> bool| -> Vec<String> {
            let chosen = pieces.iter().filter(|(_, piece)| wanted(&piece.role));
            chosen.map(|(_, piece)| piece.bin.clone()).collect()
        };
        let mut build = |what: &str, job: Job| {
            let (count, mut ready) = (job.bins.len(), 0);
            terminal.progress(&format!("{what} ({count})…"));
            workbook.cargo.build(&job, |name| {
                ready += 1;
                terminal.tick(&format!("{what} {ready}/{count} {name}"));
            })
        };
        let answers = bins(|role| !matches!(role, Role::Trial(_)));
        let (programs, tests) = (Product::Lints, Product::LintsOfTests);
        let job = scratch.job(bins(|_| true), Product::Tests, false);
        let debug = build("building", job)?;
        let job = scratch.job(bins(|role| *role == Role::Solution), Product::Tests, true);
        let release = build("building for release", job)?;
        let lints = [
            build("linting", scratch.job(answers.clone(), programs, false))?,
            build("linting tests", scratch.job(answers, tests, false))?,
        ];
        Ok(Self {
            debug,
            release,
            lints,
        })
    }
}

/// What there is of an exercise; what is missing was found before.
fn pieces_of<'a>(workbook: &Workbook, exercise: &'a Exercise) -> Vec<(&'a Exercise, Piece)> {
    let trials = scratch::trials(workbook, exercise).unwrap_or_default();
    let mut roles = Vec::new();
    for (role, path) in [
        (Role::Starter, exercise.starter()),
        (Role::Solution, exercise.solution()),
    ] {
        if workbook.root().join(path).exists() {
            roles.push(role);
        }
    }
    roles.extend(trials.into_iter().map(Role::Trial));
    let piece = |role| (exercise, Piece::of(exercise, role));
    roles.into_iter().map(piece).collect()
}

fn judged(
    workbook: &Workbook,
    built: &Built,
    piece: &Piece,
    folder: &RunFolder,
) -> Result<Result<Verdict, String>, Error> {
    match built.executables.get(&piece.bin) {
        Some(program) => {
            let verdict = verdict::of_program(program, workbook.root(), folder);
            Ok(Ok(verdict.map_err(Error::reading(program))?))
        }
        None => Ok(Err(built.errors(&piece.bin).unwrap_or_default())),
    }
}

fn summary(
    terminal: &mut Terminal,
    exercises: &[&Exercise],
    trials: usize,
    findings: &Findings,
) -> Result<(), Error> {
    for (name, findings) in &findings.0 {
        let title = if name.is_empty() { "the lists" } else { name };
        terminal.line(styled(STRONG, title))?;
        for finding in findings {
            terminal.paragraph(2, &format!("- {}", finding.replace('\n', "\n  ")))?;
        }
        terminal.line("")?;
    }
    let counted =
        |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let checked = format!(
        "{} and {} verified",
        counted(exercises.len(), "exercise"),
        counted(trials, "trial")
    );
    let count: usize = findings.0.values().map(Vec::len).sum();
    let (style, result) = match count {
        0 => (GOOD, "nothing to mend".to_owned()),
        count => (BAD, counted(count, "finding")),
    };
    terminal.line(format!("{checked}: {}.", styled(style, result)))?;
    Ok(())
}
