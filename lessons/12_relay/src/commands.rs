//! The commands: what each is told, and what it answers when something is in the way.

mod failure;
mod serve;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use relay::config::{self, File};

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
    Serve(serve::Serve),
}

/// Where settings are read from, besides flags and environment.
#[derive(Args)]
pub(crate) struct Source {
    /// Settings file; `relay serve --print-config` prints one
    #[arg(long, env = "RELAY_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Runs the command that the arguments name.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = with_serve(arguments.collect());
    match settled(arguments).and_then(|(command, matches)| start(command, &matches)) {
        Ok(status) => status,
        Err(failure) => failure.report(),
    }
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
    }
}
