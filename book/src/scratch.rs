//! Packages of the workbook's own, under the target folder: starters, references and trials are built there, with the
//! same dependencies, profiles and lints as the exercises.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::cargo::{Job, Product};
use crate::catalogue::Exercise;
use crate::error::Error;
use crate::workspace::Workbook;

/// A package like the root's, with other binaries.
pub struct Package {
    manifest: PathBuf,
}

/// A file that is built apart from the exercises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its name there: that of a binary or of a module.
    pub bin: String,
    /// What it is.
    pub role: Role,
}

/// What a file is to its exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// As shipped.
    Starter,
    /// The learner's.
    Yours,
    /// The reference.
    Solution,
    /// An answer that the tests must reject or accept, by the name of its file.
    Trial(String),
}

impl Piece {
    /// The piece of an exercise in a role.
    pub fn of(exercise: &Exercise, role: Role) -> Self {
        let what = match &role {
            Role::Starter => "starter",
            Role::Yours => "yours",
            Role::Solution => "solution",
            Role::Trial(name) => name,
        };
        let bin = format!("{what}_of_{}", exercise.name);
        Self { bin, role }
    }
}

impl Package {
    /// The starter, the learner's file and the reference of all exercises, a program each. What isn't there is left
    /// out.
    ///
    /// # Errors
    ///
    /// As for [`write`](Package::write).
    pub fn of_programs(workbook: &Workbook) -> Result<Self, Error> {
        let mut bins = Vec::new();
        for exercise in &workbook.catalogue.exercises {
            let files = [
                (Role::Starter, exercise.starter()),
                (Role::Yours, exercise.file()),
                (Role::Solution, exercise.solution()),
            ];
            let files = files.map(|(role, path)| {
                let path = workbook.root().join(path);
                (Piece::of(exercise, role).bin, path)
            });
            bins.extend(files.into_iter().filter(|(_, path)| path.exists()));
        }
        let folder = workbook.cargo.target().join("workbook").join("scratch");
        Self::write(workbook, &folder, &bins)
    }

    /// Writes a package of these binaries into a folder. Files that haven't changed aren't touched, so that cargo builds
    /// only what did.
    ///
    /// # Errors
    ///
    /// Where the root manifest can't be read, or the folder can't be written.
    pub fn write(
        workbook: &Workbook,
        folder: &Path,
        bins: &[(String, PathBuf)],
    ) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::writing(folder))?;
        let root = workbook.read(Path::new("Cargo.toml"))?;
        let root: Table = toml::from_str(&root)
            .map_err(|error| Error::Said(format!("Cargo.toml is broken:\n{error}")))?;
        let manifest = folder.join("Cargo.toml");
        let text = toml::to_string(&manifest_like(&root, workbook.root(), bins))
            .map_err(|error| Error::Said(format!("The scratch manifest can't be made: {error}")))?;
        write_if_new(&manifest, &text)?;
        // The same versions as in the workspace; cargo drops from it what isn't needed.
        let lock = workbook.root().join("Cargo.lock");
        let copy = folder.join("Cargo.lock");
        if lock.exists() {
            fs::copy(&lock, &copy).map_err(Error::writing(&copy))?;
        }
        Ok(Self { manifest })
    }

    /// A job in this package.
    pub fn job(&self, bins: Vec<String>, product: Product, release: bool) -> Job<'_> {
        Job {
            manifest: &self.manifest,
            bins,
            product,
            release,
            features: &[],
        }
    }
}

/// The names of an exercise's trials, sorted. All `.rs` files beside the starter are trials.
///
/// # Errors
///
/// Where the folder can't be read.
pub fn trials(workbook: &Workbook, exercise: &Exercise) -> Result<Vec<String>, Error> {
    let folder = workbook.root().join(exercise.trials());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(Error::reading(&folder))? {
        let path = entry.map_err(Error::reading(&folder))?.path();
        let is_rust = path.extension().is_some_and(|it| it == "rs");
        match path.file_stem().and_then(|stem| stem.to_str()) {
            Some(name) if is_rust && name != "starter" => names.push(name.to_owned()),
            _ => {}
        }
    }
    names.sort();
    Ok(names)
}

/// Writes a file, unless it has this text already: cargo looks at the time of the last change.
///
/// # Errors
///
/// Where it can't be written.
pub fn write_if_new(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(Error::writing(path))
}

/// A manifest of these binaries that is otherwise like the root's.
fn manifest_like(root: &Table, folder: &Path, bins: &[(String, PathBuf)]) -> Table {
    let workspace = table(root, "workspace");
    let of_all = table(&workspace, "package");
    let mut package = Table::new();
    package.insert("name".into(), "scratch".into());
    package.insert("version".into(), "0.0.0".into());
    package.insert("publish".into(), false.into());
    package.insert("autobins".into(), false.into());
    for key in ["edition", "rust-version"] {
        let own = table(root, "package").get(key).cloned();
        let own = own
            .filter(Value::is_str)
            .or_else(|| of_all.get(key).cloned());
        package.extend(own.map(|value| (key.to_owned(), value)));
    }

    let mut manifest = Table::new();
    let mut own_workspace = Table::new();
    let resolver = workspace.get("resolver").cloned();
    own_workspace.extend(resolver.map(|value| ("resolver".to_owned(), value)));
    manifest.insert("workspace".into(), own_workspace.into());
    manifest.insert("package".into(), package.into());
    for key in ["dependencies", "dev-dependencies"] {
        let shared = table(&workspace, "dependencies");
        let own = table(root, key);
        let resolved = own
            .iter()
            .map(|(name, wanted)| (name.clone(), dependency(wanted, shared.get(name), folder)));
        manifest.insert(key.into(), resolved.collect::<Table>().into());
    }
    manifest.insert("lints".into(), table(&workspace, "lints").into());
    manifest.insert("profile".into(), table(root, "profile").into());
    let bins = bins.iter().map(|(name, path)| {
        let mut bin = Table::new();
        bin.insert("name".into(), name.as_str().into());
        bin.insert("path".into(), path.to_string_lossy().as_ref().into());
        Value::from(bin)
    });
    manifest.insert("bin".into(), Value::Array(bins.collect()));
    manifest
}

/// A table in a table; empty where there is none.
fn table(of: &Table, key: &str) -> Table {
    let value = of.get(key).and_then(Value::as_table);
    value.cloned().unwrap_or_default()
}

/// A dependency as it is meant: what it inherits is filled in, and its path starts at the root of the file system.
fn dependency(wanted: &Value, shared: Option<&Value>, folder: &Path) -> Value {
    let as_table = |value: &Value| match value {
        Value::Table(table) => table.clone(),
        version => Table::from_iter([("version".to_owned(), version.clone())]),
    };
    let mut wanted = as_table(wanted);
    let mut resolved = match wanted.remove("workspace") {
        Some(_) => shared.map(as_table).unwrap_or_default(),
        None => Table::new(),
    };
    for (key, value) in wanted {
        match (resolved.get_mut(&key), value) {
            // Features add up.
            (Some(Value::Array(inherited)), Value::Array(own)) => inherited.extend(own),
            (_, value) => {
                resolved.insert(key, value);
            }
        }
    }
    if let Some(Value::String(path)) = resolved.get_mut("path") {
        *path = folder.join(&*path).to_string_lossy().into_owned();
    }
    resolved.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = r#"
        [workspace]
        resolver = "3"
        [workspace.package]
        edition = "2024"
        [workspace.dependencies]
        measuring = { path = "lessons/01_measuring" }
        bumpalo = { version = "3", features = ["collections"] }
        serde = "1"
        [workspace.lints.rust]
        missing_docs = "warn"
        [profile.dev]
        debug = "line-tables-only"
        [package]
        name = "heapwise"
        edition.workspace = true
        [dependencies]
        measuring.workspace = true
        bumpalo = { workspace = true, features = ["boxed"] }
    "#;

    #[test]
    fn the_manifest_is_like_the_roots() {
        let root: Table = toml::from_str(ROOT).expect("it is TOML");
        let folder = Path::new("clone");
        let bins = [(
            "starter_of_event_log".to_owned(),
            PathBuf::from("starter.rs"),
        )];
        let manifest = manifest_like(&root, folder, &bins);
        let expected = r#"
            workspace = { resolver = "3" }
            dev-dependencies = {}
            [package]
            name = "scratch"
            version = "0.0.0"
            publish = false
            autobins = false
            edition = "2024"
            [dependencies]
            measuring = { path = "PATH" }
            bumpalo = { version = "3", features = ["collections", "boxed"] }
            [lints.rust]
            missing_docs = "warn"
            [profile.dev]
            debug = "line-tables-only"
            [[bin]]
            name = "starter_of_event_log"
            path = "starter.rs"
        "#;
        let mut expected: Table = toml::from_str(expected).expect("it is TOML");
        let path = folder
            .join("lessons/01_measuring")
            .to_string_lossy()
            .into_owned();
        expected["dependencies"]["measuring"]["path"] = path.into();
        assert_eq!(manifest, expected);
    }
}
