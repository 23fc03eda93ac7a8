//! The commands: what each is told, and what it answers when something is in the way.

mod export;
mod failure;
mod generate;
mod import;
mod lines;
mod progress;
mod resume;
mod serve;
mod stats;
mod upkeep;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use relay::config::{self, File, LogFormat, Logs, Storage};
use relay::store::{FILE_NAME, Store, StoreError, StoreOptions, Train};
use tracing_subscriber::EnvFilter;

pub(crate) use failure::Failure;

const BEGIN: &str = "\
A miniature Nostr relay with compact storage.

Without arguments it serves: WebSocket on ws://127.0.0.1:7777, data in ./relay-data, a page that shows it at work on
http://127.0.0.1:7777. Ctrl-C ends it; nothing that it acknowledged is lost.

Every setting can be given as a flag, as an environment variable, or in a file (--config FILE); a flag counts more than
the environment, that more than the file. `relay serve --print-config > relay.toml` writes such a file, with comments.
Sizes are written 4096 or 4 MiB, times 500 ms, 10 s or 15 min.";

#[derive(Parser)]
#[command(name = "relay", version, about = "A miniature Nostr relay with compact storage", long_about = BEGIN)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve clients (what `relay` alone does)
    Serve(Box<serve::Serve>),
    /// Store the events of a JSONL file
    Import(import::Import),
    /// Write the events as JSONL, the oldest first
    Export(export::Export),
    /// Say what the events take on disk
    Stats(stats::Statistics),
    /// Make the database smaller
    Compact(upkeep::Compact),
    /// Read everything back and compare it
    Check(upkeep::Check),
    /// Make realistic events
    Generate(generate::Generate),
}

/// Where settings are read from, besides flags and environment.
#[derive(Args)]
pub(crate) struct Source {
    /// Settings file; `relay serve --print-config` prints one
    #[arg(long, env = "RELAY_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What the commands take that work on a database while no relay serves it.
#[derive(Args)]
pub(crate) struct Database {
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    storage: Storage,
    #[command(flatten)]
    logs: Logs,
}

impl Database {
    /// Begins to log. Where the database is.
    fn begin(&self) -> Result<&Storage, Failure> {
        logs(&self.logs)?;
        Ok(&self.storage)
    }
}

/// Runs the command that the arguments name.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    speak_plainly_of_the_engine();
    let arguments = with_serve(arguments.collect());
    match settled(arguments).and_then(|(command, matches)| start(command, &matches)) {
        Ok(status) => status,
        Err(failure) => failure.report(),
    }
}

/// The database engine panics where a file is damaged. The store catches that and says what to do, so a line in the log
/// replaces the trace.
fn speak_plainly_of_the_engine() {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        match info
            .location()
            .filter(|place| place.file().contains("redb-"))
        {
            Some(place) => tracing::error!(%place, "the database engine gave up"),
            None => others(info),
        }
    }));
}

/// `relay` and `relay --flag` stand for `relay serve` and `relay serve --flag`.
fn with_serve(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_flag = |word: &OsString| {
        let word = word.to_string_lossy();
        word.starts_with('-') && !matches!(&*word, "-h" | "--help" | "-V" | "--version")
    };
    if arguments.get(1).is_none_or(is_flag) {
        arguments.insert(arguments.len().min(1), "serve".into());
    }
    arguments
}

/// The arguments, with what the settings file says in place of the defaults.
fn settled(arguments: Vec<OsString>) -> Result<(Cli, clap::ArgMatches), Failure> {
    let given = reference().try_get_matches_from(&arguments)?;
    let file = given
        .subcommand()
        .and_then(|(_, flags)| flags.get_one::<PathBuf>("config"));
    let matches = match file {
        None => given,
        Some(path) => {
            let file = File::read(path, &config::command())?;
            let with_file = reference().mut_subcommands(|command| file.into_defaults(command));
            with_file.try_get_matches_from(&arguments)?
        }
    };
    Ok((Cli::from_arg_matches(&matches)?, matches))
}

/// The command line, with every setting in its long help.
fn reference() -> clap::Command {
    let mut settings = config::command()
        .disable_help_flag(true)
        .help_template("{all-args}");
    let settings = settings.render_long_help();
    Cli::command().after_long_help(format!("Settings of `relay serve` (the other commands take those of storage and logs):\n\n{settings}"))
}

fn start(cli: Cli, matches: &clap::ArgMatches) -> Result<ExitCode, Failure> {
    let flags = matches.subcommand().map_or(matches, |(_, flags)| flags);
    match cli.command {
        Command::Serve(serve) => serve.run(flags),
        Command::Import(import) => import.run(),
        Command::Export(export) => export.run(),
        Command::Stats(stats) => stats.run(),
        Command::Compact(compact) => compact.run(),
        Command::Check(check) => check.run(),
        Command::Generate(generate) => generate.run(),
    }
}

/// Begins to log, as the settings say.
fn logs(settings: &Logs) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|cause| {
        Failure::Told(format!("--log {:?} can't be read: {cause}", settings.log))
    })?;
    // A log that can't be written is no reason to stop.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .log_internal_errors(false)
        .with_writer(io::stderr);
    let log = log.with_ansi(io::stderr().is_terminal());
    match settings.log_format {
        LogFormat::Text => log.with_target(false).init(),
        LogFormat::Plain => log
            .with_target(false)
            .with_ansi(false)
            .without_time()
            .init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// What the store is told.
fn options(settings: &Storage) -> StoreOptions {
    StoreOptions {
        cache_bytes: settings.database_cache,
        value_cache_bytes: settings.value_cache,
        quick_repair: settings.quick_repair,
        train: if settings.dictionary {
            Train::Beside
        } else {
            Train::Never
        },
        ..StoreOptions::default()
    }
}

/// Opens the database, and makes one where there is none.
fn open(settings: &Storage, options: StoreOptions) -> Result<Store, Failure> {
    let folder = &settings.data;
    match Store::open(folder, options) {
        // Said of the folder: that is what was asked for.
        Err(StoreError::Io(cause)) => Err(Failure::file("use the data folder", folder, &cause)),
        other => Ok(other?),
    }
}

/// Refuses a folder without a database, where it would make no sense to make one.
fn existing(settings: &Storage) -> Result<(), Failure> {
    match settings.data.join(FILE_NAME).try_exists() {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::met(format_args!(
            "there is no database in {}: name its folder with --data, or make one with `relay` or `relay import`",
            settings.data.display()
        ))),
        Err(cause) => Err(Failure::file("use the data folder", &settings.data, &cause)),
    }
}

/// Opens a database that is there.
fn open_existing(settings: &Storage) -> Result<Store, Failure> {
    existing(settings)?;
    open(settings, options(settings))
}
