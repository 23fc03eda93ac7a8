//! The heap profile that the exercise `find_culprit` shows is the one of its starter.

#![cfg(all(target_os = "linux", debug_assertions))]

use std::fs;
use std::path::Path;
use std::process::Command;

/// Sizes may differ with the standard library, and frames with the system. Functions, lines and their order may not.
#[test]
fn the_profile_is_that_of_the_starter() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let starter = root.join("book/trials/01_measuring/find_culprit/starter.rs");
    let starter = fs::read_to_string(starter).unwrap();
    let (_, shown) = starter.split_once("const PROFILE: &str = \"").unwrap();
    let (shown, _) = shown.split_once("\";").unwrap();

    let example = ["run", "--quiet", "-p", "measuring", "--example"];
    let output = Command::new(env!("CARGO"))
        .args(example)
        .arg("profile_report")
        .current_dir(&root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let made = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        places(shown),
        places(&made),
        "the exercise's profile is old; the example profile_report prints:\n{made}"
    );
}

/// The call sites and their places, line by line.
fn places(profile: &str) -> Vec<Vec<&str>> {
    let rows = profile.lines().filter(|line| line.contains(".rs:"));
    rows.map(|row| row.split_whitespace().skip(4).collect())
        .collect()
}
