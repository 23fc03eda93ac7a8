//! CONTRIBUTING.md, followed to the letter in a copy of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex_lite::Regex;

fn root() -> &'static Path {
    let book = Path::new(env!("CARGO_MANIFEST_DIR"));
    book.parent()
        .expect("the book is a folder of the repository")
}

/// A copy of what is tracked by git, or would be.
fn copy_of_the_repository() -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recipe");
    // What an earlier run left.
    let _ = fs::remove_dir_all(&copy);
    copy_folder(root(), &copy);
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the target folder can be written");
    for entry in fs::read_dir(from).expect("the repository can be read") {
        let entry = entry.expect("the repository can be read");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if ["target", ".git", ".heapwise"]
            .iter()
            .any(|it| entry.file_name() == *it)
        {
            continue;
        }
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a file can be copied");
        }
    }
}

/// Follows the recipe: writes files, adds to files, copies files.
fn follow(recipe: &str, copy: &Path) -> usize {
    let step = Regex::new(
        "(?m)^(?:Write `(?<new>[^`]+)`(?:, with the rest of `(?<rest>[^`]+)`)?|Add to the end of `(?<end>[^`]+)`|\
         Add below `(?<line>[^`]+)` in `(?<below>[^`]+)`):\n\n```[a-z]+\n(?<text>(?s:.*?))^```$|\
         ^Copy `(?<from>[^`]+)` to `(?<to>[^`]+)`\\.$",
    )
    .expect("it is a regular expression");
    let read = |path: &str| {
        fs::read_to_string(copy.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let write = |path: &str, text: &str| {
        let path = copy.join(path);
        let folder = path.parent().expect("a file has a folder");
        fs::create_dir_all(folder).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    };
    let mut steps = 0;
    for found in step.captures_iter(recipe) {
        let part = |name| found.name(name).map(|it| it.as_str());
        let text = part("text").unwrap_or_default();
        if let Some(path) = part("new") {
            let mut text = text.to_owned();
            if let Some(other) = part("rest") {
                let last = text.lines().last().expect("it ends with the line");
                let other = read(other);
                let (_, rest) = other.split_once(last).expect("the line is in both");
                text = text.trim_end().to_owned() + rest;
            }
            write(path, &text);
        } else if let Some(path) = part("end") {
            write(path, &(read(path) + text));
        } else if let (Some(line), Some(path)) = (part("line"), part("below")) {
            let line = format!("\n{line}\n");
            assert_eq!(read(path).matches(&line).count(), 1, "{line} in {path}");
            write(path, &read(path).replace(&line, &format!("{line}{text}")));
        } else if let (Some(from), Some(to)) = (part("from"), part("to")) {
            write(to, &read(from));
        }
        steps += 1;
    }
    steps
}

fn succeeds(command: &mut Command) -> String {
    let output = command.output().expect("it can be started");
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{said}");
    said
}

#[test]
#[ignore = "compiles an exercise and a lesson; the gate runs it"]
fn the_recipe_makes_a_lesson_and_an_exercise() {
    let copy = copy_of_the_repository();
    let recipe = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("it is there");
    let fences = recipe.matches("\n```").count() / 2;
    // All but the one with the two commands, and one step more that only copies.
    assert_eq!(follow(&recipe, &copy), fences, "every listing is a step");

    // The crates that exercises are built with are there already.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let target = target.expect("it lies in the target folder");
    let in_copy = |command: &mut Command| {
        command
            .current_dir(&copy)
            .env("CARGO_TARGET_DIR", target)
            .env("COLUMNS", "80");
        succeeds(command)
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    in_copy(Command::new(&cargo).args(["fmt", "--check", "-p", "sorting", "-p", "benches"]));
    let said = in_copy(Command::new(env!("CARGO_BIN_EXE_workbook")).args(["verify", "sorting"]));
    let expected =
        "1 exercise and 3 trials (1 wrong, 1 wasteful, 1 good) verified: nothing to repair.";
    assert!(said.contains(expected), "{said}");
    in_copy(Command::new(&cargo).args([
        "clippy",
        "-p",
        "sorting",
        "--all-targets",
        "--",
        "--deny=warnings",
    ]));
    in_copy(Command::new(&cargo).args(["check", "-p", "benches", "--bench", "heap_sorting"]));
}
