//! Where `PROFILE` in the exercise `find_culprit` comes from: `cargo run -p measuring --example profile_report`.
//!
//! It runs the exercise's starter under dhat, adds up what dhat says of each function, and prints it in 80 columns. The
//! whole profile, with every call stack, is in `target/find_culprit.dhat.json`; open it in
//! [the viewer](https://nnethercote.github.io/dh_view/dh_view.html).
//!
//! A debug build only: the optimiser inlines the functions.

mod profile;

use std::error::Error;
use std::fs;
use std::path::Path;

// The starter asks for `measuring::install!`. That is the macro below: in this program, the name `measuring` means the
// program itself.
extern crate measuring as meter;
extern crate self as measuring;

pub use meter::*;

/// Installs dhat's allocator, not the meter, and adds a function that can call what is private in the starter.
#[macro_export]
macro_rules! install {
    () => {
        #[global_allocator]
        static ALLOCATOR: dhat::Alloc = dhat::Alloc;

        pub fn profile(file: &std::path::Path) {
            let log = sample(500);
            // Whole stacks: ten frames, as by default, can end inside a collection.
            let profiler = dhat::Profiler::builder()
                .file_name(file)
                .trim_backtraces(None)
                .build();
            drop(read_wall(&log));
            drop(profiler);
        }
    };
}

#[allow(dead_code, reason = "only what `profile` needs is called")]
#[path = "../../../../book/trials/01_measuring/find_culprit/starter.rs"]
mod find_culprit;

fn main() -> Result<(), Box<dyn Error>> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    fs::create_dir_all(&target)?;
    let file = target.join("find_culprit.dhat.json");
    find_culprit::profile(&file);
    println!("{}", profile::listing(&file)?);
    Ok(())
}
