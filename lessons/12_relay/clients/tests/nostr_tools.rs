//! The relay under `nostr-tools`, the client library of most web clients, where Node and npm are there.

#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;
use std::process::Command;

use relay_clients::Relay;

/// The version that this was written with, and a WebSocket, which Node has had of its own only for a while.
const PACKAGES: [&str; 2] = ["nostr-tools@2.25.2", "ws@8.23.0"];

const SCRIPT: &str = include_str!("nostr_tools.mjs");

#[test]
fn it_publishes_subscribes_and_counts() {
    let folder = tempfile::tempdir().unwrap();
    if let Err(reason) = install(folder.path()) {
        eprintln!("skipped: {reason}");
        return;
    }
    let relay = Relay::start(&[]);
    fs::write(folder.path().join("test.mjs"), SCRIPT).unwrap();
    let output = Command::new("node")
        .args(["test.mjs", &relay.url()])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.trim_end().ends_with("all is well"),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Installs the packages into a folder, or says why it can't.
fn install(folder: &Path) -> Result<(), String> {
    let version = Command::new("node").arg("--version").output();
    version.map_err(|error| format!("there is no node ({error})"))?;
    fs::write(folder.join("package.json"), r#"{"private": true}"#)
        .map_err(|error| error.to_string())?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(npm)
        .args([
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
        ])
        .args(PACKAGES)
        .current_dir(folder)
        .output()
        .map_err(|error| format!("there is no npm ({error})"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "npm can't install {PACKAGES:?}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}
