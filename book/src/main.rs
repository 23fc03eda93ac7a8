//! The program behind `cargo workbook`.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use workbook::measure::{Instrument, Options, measure};
use workbook::pages;

#[derive(Parser)]
#[command(bin_name = "cargo workbook")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs the benches and writes benches/results
    Measure {
        /// One lesson instead of all
        lesson: Option<String>,
        /// Shorter runs with wider intervals
        #[arg(long)]
        quick: bool,
        /// Renew one instrument (and the heap), and keep the other figures
        #[arg(long)]
        only: Option<Instrument>,
    },
    /// Puts the figures into the chapters; mdbook runs it
    #[command(hide = true)]
    Preprocess {
        /// What mdbook asks: supports RENDERER
        question: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), Box<dyn Error>> {
    // Asked when it runs: a target folder that several checkouts share holds one binary for all of them.
    let book = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("run it as `cargo workbook`")?;
    let root = Path::new(&book).parent().unwrap_or(Path::new(".."));
    match task {
        Task::Measure {
            lesson,
            quick,
            only,
        } => {
            let lessons = match lesson {
                Some(lesson) => vec![lesson],
                None => vec!["measuring".into(), "preallocation".into()],
            };
            for lesson in lessons {
                let results = measure(root, &lesson, Options { quick, only })?;
                let cases: Vec<_> = results.cases.iter().collect();
                println!("{}", pages::tables(&cases));
            }
            println!("The book reads these figures when it is built: mdbook build book");
        }
        // Every renderer gets the figures.
        Task::Preprocess { question } if !question.is_empty() => {}
        Task::Preprocess { .. } => pages::preprocess(io::stdin().lock(), io::stdout().lock())?,
    }
    Ok(())
}
