//! Tells the crate which compiler builds it and for what target: committed figures hold for one pair of the two.

use std::env;
use std::process::Command;

fn main() {
    let target = env::var("TARGET").expect("cargo names the target");
    let rustc = env::var_os("RUSTC").expect("cargo names the compiler");
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("the compiler says its version");
    let version = String::from_utf8_lossy(&version.stdout);
    // "rustc 1.95.0 (59807616e 2026-04-14)"
    let release = version.split_whitespace().nth(1).unwrap_or("unknown");
    println!("cargo::rustc-env=MEASURING_TARGET={target}");
    println!("cargo::rustc-env=MEASURING_RUSTC={release}");
    println!("cargo::rerun-if-changed=build.rs");
}
