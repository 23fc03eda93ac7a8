//! The program behind `cargo workbook`: what is solved, what is next, what each exercise costs.
//!
//! This file is the command line and nothing else. Each command has a module of its own name; `workspace` is what
//! they all start from.

#![forbid(unsafe_code)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use workbook::catalogue;
use workbook::measure::Instrument;
use workbook::results::Measure;

mod cargo;
mod check;
mod compare;
mod error;
mod figures;
mod fresh;
mod hint;
mod process;
mod progress;
mod reference;
mod report;
mod reset;
mod scratch;
mod source;
mod status;
mod task;
mod terminal;
mod update;
mod verdict;
mod verify;
mod watch;
mod workspace;

use error::Error;
use terminal::Terminal;
use workspace::Workbook;

const EXAMPLES: &str = "\
Examples:
  cargo workbook                    what is solved, and the next exercise
  cargo workbook check event_log    is it right, and within its budget?
  cargo workbook hint event_log     one more hint each time
  cargo workbook watch              checks an exercise whenever you save it
  cargo workbook compare relay      the relay made of your parts beside the reference, under load

An exercise is named as in info.toml, or by its file; a lesson by its name or number.

Exit codes: 0 all is well; 1 something is unsolved, or verify found something; 2 the command could not be carried out.";

#[derive(Parser)]
#[command(
    name = "cargo workbook",
    bin_name = "cargo workbook",
    about = "Shows what is solved, and opens the next exercise",
    after_help = EXAMPLES,
    max_term_width = 100
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Begins at an exercise or a lesson: `cargo workbook start 05`
    Start {
        /// An exercise or a lesson
        name: String,
    },
    /// Lists exercises: which are solved, their kind, how hard they are and how many minutes they take
    List {
        /// A lesson; all lessons if left out
        name: Option<String>,
    },
    /// Runs an exercise's tests: right or wrong, and its cost beside its budget
    Check {
        /// An exercise or a lesson; all exercises if left out
        name: Option<String>,
    },
    /// Checks an exercise whenever its file changes, and shows the reference once it is solved (ends with Ctrl-C)
    Watch,
    /// Puts an exercise back as it was shipped; your version is kept aside
    Reset {
        /// An exercise, or `all`
        name: String,
    },
    /// Pulls what changed upstream, and merges it with what you wrote
    Update,
    /// Gives a hint, one more each time
    Hint {
        /// An exercise
        name: String,
    },
    /// Measures the starter, your version and the reference side by side, in one run
    ///
    /// The three are started eleven times and timed in turns. A difference in time that other starts, or another
    /// place of the same code in the binary, would explain is called noise. Figures of the heap have none.
    ///
    /// `relay` is the capstone's relay made of your parts beside the one made of its own, both under the same load;
    /// `12_relay` are its exercises, one by one.
    Compare(CompareArguments),
    /// For maintainers: takes a lesson's figures anew, into benches/results
    Measure(MeasureArguments),
    /// Runs a learner's program within limits
    #[command(hide = true, name = process::LIMITED)]
    Limited {
        /// The program and its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        program: Vec<OsString>,
    },
    /// For mdbook: puts the figures into the chapters
    #[command(hide = true)]
    Preprocess {
        /// What mdbook asks: supports RENDERER
        question: Vec<String>,
    },
    /// For maintainers: checks exercises, references, trials and lists against each other
    Verify {
        /// An exercise or a lesson; all exercises if left out
        name: Option<String>,
        /// Also accepts good trials in release, and names the tests and bounds that no trial needs
        #[arg(long)]
        thorough: bool,
    },
}

#[derive(clap::Args)]
struct CompareArguments {
    /// An exercise or a lesson; `relay` for the whole relay
    name: String,
    /// Prints JSON instead of tables
    #[arg(long)]
    json: bool,
    /// Draws a bar chart into this file as well
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// What the chart shows: time, if left out; that of the relay shows all it has
    #[arg(long, value_name = "MEASURE")]
    measure: Option<Measure>,
    #[command(flatten)]
    relay: RelayArguments,
}

#[derive(clap::Args, Default)]
#[command(next_help_heading = "Options for the relay")]
struct RelayArguments {
    /// The parts that are yours; all, if left out
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    parts: Vec<String>,
    /// Events that each relay stores in a round [default: 5000]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    events: Option<u32>,
    /// How often each relay is put under load [default: 6]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: Option<u32>,
}

impl CompareArguments {
    /// Those of `cargo workbook compare NAME`.
    fn of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            json: false,
            svg: None,
            measure: None,
            relay: RelayArguments::default(),
        }
    }
}

impl RelayArguments {
    fn are_left_out(&self) -> bool {
        self.parts.is_empty() && self.events.is_none() && self.rounds.is_none()
    }
}

#[derive(clap::Args)]
struct MeasureArguments {
    /// A lesson; all lessons if left out
    lesson: Option<String>,
    /// Shorter runs with wider intervals
    #[arg(long)]
    quick: bool,
    /// Renews one instrument (and the heap), and keeps the other figures
    #[arg(long)]
    only: Option<Instrument>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !matches!(arguments.command, Some(Command::Limited { .. })) {
        // Where the system refuses, what was started may outlive this.
        let _ = process::end_all_when_ended();
    }
    let mut terminal = Terminal::of_process();
    match run(arguments.command, &mut terminal) {
        Ok(code) => code,
        // Whoever read the output has read enough.
        Err(Error::Terminal(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            terminal.tell(&error.to_string());
            ExitCode::from(2)
        }
    }
}

fn run(command: Option<Command>, terminal: &mut Terminal) -> Result<ExitCode, Error> {
    match command {
        None => status::run(&Workbook::open(terminal)?, terminal),
        Some(Command::Start { name }) => status::start(&Workbook::open(terminal)?, terminal, &name),
        Some(Command::List { name }) => {
            status::list_at_length(&Workbook::open(terminal)?, terminal, name.as_deref())
        }
        Some(Command::Check { name }) => {
            check::run(&Workbook::open(terminal)?, terminal, name.as_deref())
        }
        Some(Command::Watch) => watch::run(&Workbook::open(terminal)?, terminal),
        Some(Command::Reset { name }) => reset::run(&Workbook::open(terminal)?, terminal, &name),
        Some(Command::Update) => update::run(&Workbook::open(terminal)?, terminal),
        Some(Command::Hint { name }) => hint::run(&Workbook::open(terminal)?, terminal, &name),
        Some(Command::Compare(arguments)) => {
            compare::run(&Workbook::open(terminal)?, terminal, &arguments)
        }
        Some(Command::Measure(arguments)) => {
            figures::run(&Workbook::open(terminal)?, terminal, &arguments)
        }
        Some(Command::Limited { program }) => {
            let (name, arguments) = program.split_first().expect("clap asks for one");
            let error = process::become_limited(name, arguments);
            Err(Error::reading(Path::new(name))(error))
        }
        // Nothing may fail before the answer: mdbook would take that for "not supported", and leave the figures out.
        Some(Command::Preprocess { question }) => figures::preprocess(&question),
        Some(Command::Verify { name, thorough }) => {
            let workbook = Workbook::open(terminal)?;
            verify::run(&workbook, terminal, name.as_deref(), thorough)
        }
    }
}
