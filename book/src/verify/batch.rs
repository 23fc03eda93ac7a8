//! Starters, references and trials of a lesson as the modules of one program: a program for each of them would take
//! most of its time to link, and there are hundreds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::{Built, Product};
use crate::catalogue::Exercise;
use crate::error::Error;
use crate::scratch::{Package, Piece, Role, trials, write_if_new};
use crate::source::{Source, with_shipped};
use crate::terminal::Terminal;
use crate::workspace::Workbook;

/// A program has one global allocator, so the batch installs the meter for its modules.
const INSTALLS: [&str; 2] = [
    "measuring::install!();",
    "measuring::install_unless_part!();",
];

/// A piece, the exercise that it belongs to, and its text with what was shipped below the line.
pub struct Module<'a> {
    /// Whose it is.
    pub exercise: &'a Exercise,
    /// Which one, and the module's name.
    pub piece: Piece,
    text: String,
}

impl<'a> Module<'a> {
    /// What there is of an exercise; what is missing is found elsewhere.
    pub fn all_of(workbook: &Workbook, exercise: &'a Exercise) -> Vec<Self> {
        let solution = workbook.read(&exercise.solution());
        let starter = workbook.read(&exercise.starter());
        // Trials are held against what the starter has below the line; the solution has the same.
        let shipped = starter.as_deref().unwrap_or_default().to_owned();
        let shipped = Source::of(&shipped);
        let trial = |name: String| {
            let path = exercise.trials().join(&name).with_extension("rs");
            let text = workbook.read(&path).ok()?;
            Some((Role::Trial(name), with_shipped(&text, &shipped)))
        };
        let known = [(Role::Starter, &starter), (Role::Solution, &solution)];
        let known = known
            .into_iter()
            .filter_map(|(role, text)| Some((role, text.as_ref().ok()?.clone())));
        let trials = trials(workbook, exercise).unwrap_or_default();
        known
            .chain(trials.into_iter().filter_map(trial))
            .map(|(role, text)| Self {
                exercise,
                piece: Piece::of(exercise, role),
                text,
            })
            .collect()
    }

    fn name(&self) -> &str {
        &self.piece.bin
    }
}

/// The test programs of some modules: one per lesson.
#[derive(Default)]
pub struct Batch {
    programs: BTreeMap<String, PathBuf>,
    errors: BTreeMap<String, String>,
}

impl Batch {
    /// Builds them. A module that doesn't compile is left out, and the others are built without it.
    ///
    /// # Errors
    ///
    /// Where the target folder can't be written, or cargo fails for a reason that lies in none of the modules.
    pub fn build(
        workbook: &Workbook,
        terminal: &mut Terminal,
        modules: &[&Module],
        release: bool,
    ) -> Result<Self, Error> {
        let what = if release { "release" } else { "debug" };
        let folder = workbook.cargo.target().join("workbook").join("batches");
        let folder = folder.join(what);
        let mut batch = Self::default();
        loop {
            let left: Vec<_> = modules
                .iter()
                .copied()
                .filter(|module| !batch.errors.contains_key(module.name()))
                .collect();
            let lessons: BTreeSet<_> = left.iter().map(|it| it.exercise.dir.as_str()).collect();
            let mut bins = Vec::new();
            for lesson in lessons {
                let own = left.iter().filter(|module| module.exercise.dir == lesson);
                let main = write(&folder.join(lesson), own.copied())?;
                bins.push((program_of(lesson), main));
            }
            let package = Package::write(workbook, &folder, &bins)?;
            let say = format!("building {} answers for {what}", left.len());
            let names = bins.into_iter().map(|(name, _)| name).collect();
            let job = package.job(names, Product::Tests, release);
            let built = workbook.cargo.build(&job, terminal, &say)?;
            let errors = errors_by_module(&built);
            if errors.is_empty() {
                batch.programs = built.executables;
                return Ok(batch);
            }
            if !left.iter().any(|module| errors.contains_key(module.name())) {
                let said = errors.into_values().collect();
                return Err(Error::Said(said));
            }
            batch.errors.extend(errors);
        }
    }

    /// The program that a module's tests are in; or why it doesn't compile.
    pub fn program(&self, module: &Module) -> Result<&Path, String> {
        if let Some(errors) = self.errors.get(module.name()) {
            return Err(errors.clone());
        }
        let program = self.programs.get(&program_of(&module.exercise.dir));
        program
            .map(PathBuf::as_path)
            .ok_or_else(|| "cargo built no program of it".to_owned())
    }
}

fn program_of(lesson: &str) -> String {
    format!("answers_of_{lesson}")
}

/// Writes a program of these modules; returns where its `main` is.
fn write<'a>(
    folder: &Path,
    modules: impl Iterator<Item = &'a Module<'a>>,
) -> Result<PathBuf, Error> {
    fs::create_dir_all(folder).map_err(Error::writing(folder))?;
    let mut declared = String::new();
    let mut install = None;
    for module in modules {
        let mut text = String::new();
        for line in module.text.split_inclusive('\n') {
            match INSTALLS.iter().find(|it| line.trim_end() == **it) {
                Some(_) => install = Some(INSTALLS[0]),
                None => text.push_str(line),
            }
        }
        let path = folder.join(module.name()).with_extension("rs");
        write_if_new(&path, &text)?;
        declared += &format!("mod {};\n", module.name());
    }
    let main = folder.join("main.rs");
    let install = install.unwrap_or_default();
    // What the compiler warns of is looked at elsewhere, and only in starters and references.
    let text = format!("#![allow(warnings)]\n\n{install}\n\n{declared}\nfn main() {{}}\n");
    write_if_new(&main, &text)?;
    Ok(main)
}

/// The compiler's errors by the module whose file they are in.
fn errors_by_module(built: &Built) -> BTreeMap<String, String> {
    let mut errors: BTreeMap<String, String> = BTreeMap::new();
    for message in built.messages.values().flatten() {
        let file = message.file.as_deref().filter(|_| message.is_error);
        let module = file
            .and_then(Path::file_stem)
            .and_then(|stem| stem.to_str());
        if let Some(module) = module {
            let said = errors.entry(module.to_owned()).or_default();
            *said += message.rendered.trim_end();
            *said += "\n\n";
        }
    }
    errors
}
