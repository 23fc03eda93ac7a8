//! `cargo workbook verify`: the maintainers' check of exercises, references, trials and lists against each other.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use crate::cargo::{Built, Job, Product};
use crate::catalogue::Exercise;
use crate::error::Error;
use crate::process::RunFolder;
use crate::scratch::Role;
use crate::terminal::{BAD, GOOD, STRONG, Terminal, styled};
use crate::verdict::{self, Verdict};
use crate::workspace::Workbook;

mod answers;
mod batch;
mod files;
mod needed;

use batch::{Batch, Module};

/// A race is caught in most runs of a test, and not in each: a trial counts as rejected when one of so many runs does.
const RUNS: usize = 6;

/// An exercise as shipped fails within two seconds; a machine that is busy or slow gets three times as long.
const STARTER_FAILS_WITHIN: Duration = Duration::from_secs(6);

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

/// Verifies one exercise, a lesson's, or all of them and the lists. With `thorough`, good trials must be accepted in
/// release too, and every test and every bound must be needed to reject some trial.
///
/// # Errors
///
/// Where the name is unknown, or cargo can't do its part.
pub fn run(
    workbook: &Workbook,
    terminal: &mut Terminal,
    name: Option<&str>,
    thorough: bool,
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
    let modules: Vec<_> = exercises
        .iter()
        .flat_map(|exercise| Module::all_of(workbook, exercise))
        .collect();
    let in_debug = judged(workbook, terminal, modules.iter().collect(), false)?;
    let is_good = |role: &Role| matches!(role, Role::Trial(name) if name.starts_with("good_"));
    let in_release = |module: &&Module| {
        module.piece.role == Role::Solution || (thorough && is_good(&module.piece.role))
    };
    let in_release = modules.iter().filter(in_release).collect();
    let in_release = judged(workbook, terminal, in_release, true)?;
    complain(&in_debug, "", &mut findings);
    complain(&in_release, "in release, ", &mut findings);
    if thorough {
        for (exercise, finding) in needed::findings(&in_debug) {
            findings.add(exercise, finding);
        }
    }
    lint(workbook, terminal, &exercises, &mut findings)?;
    summary(terminal, &exercises, &modules, &in_debug, &findings)?;
    Ok(ExitCode::from(u8::from(!findings.0.is_empty())))
}

/// A module, what its tests said, and how long they took; or the compiler's errors.
struct Judged<'a> {
    module: &'a Module<'a>,
    verdict: Result<Verdict, String>,
    took: Duration,
    runs: usize,
}

/// Builds modules and runs their tests, as many at a time as there are processors.
fn judged<'a>(
    workbook: &Workbook,
    terminal: &mut Terminal,
    modules: Vec<&'a Module<'a>>,
    release: bool,
) -> Result<Vec<Judged<'a>>, Error> {
    let batch = Batch::build(workbook, terminal, &modules, release)?;
    let (next, judged) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let count = modules.len();
    let judge = || -> Result<(), Error> {
        let folder = RunFolder::under(workbook.cargo.target());
        let folder = folder.map_err(Error::writing(workbook.cargo.target()))?;
        while let Some(module) = modules.get(next.fetch_add(1, Relaxed)) {
            let start = Instant::now();
            let mut runs = 0;
            let verdict = match batch.program(module) {
                Err(errors) => Err(errors),
                Ok(program) => loop {
                    let name = &module.piece.bin;
                    let verdict = verdict::of_module(program, name, workbook.root(), &folder);
                    let verdict = verdict.map_err(Error::reading(program))?;
                    runs += 1;
                    let is_over = runs == RUNS || !verdict.is_solved();
                    if is_over || !is_to_be_rejected(&module.piece.role) {
                        break Ok(verdict);
                    }
                },
            };
            let took = start.elapsed();
            let mut all = judged.lock().expect("nobody panics with it");
            all.push(Judged {
                module,
                verdict,
                took,
                runs,
            });
        }
        Ok(())
    };
    terminal.progress(&format!("judging {count} answers…"));
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(judge)).collect();
        let join = |worker: thread::ScopedJoinHandle<_>| worker.join().expect("it doesn't panic");
        workers.into_iter().try_for_each(join)
    })?;
    let mut judged = judged.into_inner().expect("nobody panics with it");
    judged.sort_by_key(|it| it.module.piece.bin.clone());
    Ok(judged)
}

fn is_to_be_rejected(role: &Role) -> bool {
    matches!(role, Role::Trial(name) if !name.starts_with("good_"))
}

fn complain(judged: &[Judged], when: &str, findings: &mut Findings) {
    for Judged {
        module,
        verdict,
        took,
        ..
    } in judged
    {
        let exercise = module.exercise;
        for complaint in answers::complaints(exercise.kind, &module.piece.role, verdict) {
            findings.add(&exercise.name, format!("{when}{complaint}"));
        }
        if module.piece.role == Role::Starter && *took > STARTER_FAILS_WITHIN {
            let finding = format!(
                "as shipped it should fail within two seconds; here it took {:.1}",
                took.as_secs_f64()
            );
            findings.add(&exercise.name, finding);
        }
    }
}

/// What the compiler says of the exercises, and the compiler and clippy of the references and their tests.
fn lint(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercises: &[&Exercise],
    findings: &mut Findings,
) -> Result<(), Error> {
    let manifest = workbook.manifest();
    let reference = |exercise: &Exercise| format!("{}_sol", exercise.name);
    let references: Vec<_> = exercises.iter().map(|it| reference(it)).collect();
    let own = exercises.iter().map(|it| it.name.clone());
    let mut lints = |what: &str, bins: Vec<String>, product| -> Result<Built, Error> {
        let what = format!("linting {} {what}", bins.len());
        let job = Job {
            manifest: &manifest,
            bins,
            product,
            release: false,
            features: &[],
        };
        Ok(workbook.cargo.build(&job, terminal, &what)?)
    };
    let programs = own.chain(references.clone()).collect();
    let programs = lints("programs", programs, Product::Lints)?;
    let tests = lints("tests", references, Product::LintsOfTests)?;
    for exercise in exercises {
        let name = &exercise.name;
        let mut said = answers::lint_complaints(&Role::Starter, &programs, name);
        for built in [&programs, &tests] {
            let of_reference =
                answers::lint_complaints(&Role::Solution, built, &reference(exercise));
            said.extend(of_reference);
        }
        for complaint in said {
            findings.add(name, complaint);
        }
    }
    Ok(())
}

fn summary(
    terminal: &mut Terminal,
    exercises: &[&Exercise],
    modules: &[Module],
    judged: &[Judged],
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
    let of_kind = |kind: &str| {
        let is_one = |module: &&Module| matches!(&module.piece.role, Role::Trial(name) if name.starts_with(kind));
        modules.iter().filter(is_one).count()
    };
    let trials = [
        (of_kind("wrong_"), "wrong"),
        (of_kind("wasteful_"), "wasteful"),
        (of_kind("good_"), "good"),
    ];
    let starters = judged
        .iter()
        .filter(|it| it.module.piece.role == Role::Starter);
    if let Some(slowest) = starters.max_by_key(|it| it.took) {
        terminal.line(format!(
            "The slowest exercise as shipped is {}: its tests fail after {:.1} s.",
            slowest.module.exercise.name,
            slowest.took.as_secs_f64()
        ))?;
    }
    let late: Vec<_> = judged
        .iter()
        .filter(|it| it.runs > 1 && it.runs < RUNS)
        .map(|it| format!("{} ({})", it.module.piece.bin, it.runs))
        .collect();
    if !late.is_empty() {
        let late = late.join(", ");
        terminal.paragraph(0, &format!("Rejected by a later run only: {late}."))?;
    }
    let counted =
        |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let all = trials.iter().map(|(count, _)| count).sum();
    let kinds = trials
        .map(|(count, kind)| format!("{count} {kind}"))
        .join(", ");
    let checked = format!(
        "{} and {} ({kinds}) verified",
        counted(exercises.len(), "exercise"),
        counted(all, "trial")
    );
    let count: usize = findings.0.values().map(Vec::len).sum();
    let (style, result) = match count {
        0 => (GOOD, "nothing to repair".to_owned()),
        count => (BAD, counted(count, "finding")),
    };
    terminal.line(format!("{checked}: {}.", styled(style, result)))?;
    Ok(())
}
