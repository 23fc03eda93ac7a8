//! The settings file: read with the line of every mistake, printed with the meaning of every setting.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};
use toml::de::{DeTable, DeValue};

/// The values of a settings file, each as one would write it behind its flag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    values: HashMap<String, String>,
}

/// A settings file that can't be used.
#[derive(Debug)]
pub struct ConfigError {
    path: PathBuf,
    line: Option<usize>,
    problem: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "settings file {}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for ConfigError {}

impl File {
    /// Reads a file, and checks each of its values as the flag of that name would. `known` is a command that takes
    /// every setting.
    ///
    /// # Errors
    ///
    /// Where the file can't be read, isn't TOML, names a setting that doesn't exist, or sets one to what it can't be.
    pub fn read(path: &Path, known: &Command) -> Result<Self, ConfigError> {
        let error = |line, problem| ConfigError {
            path: path.to_owned(),
            line,
            problem,
        };
        let text = std::fs::read_to_string(path)
            .map_err(|cause| error(None, format!("it can't be read: {cause}")))?;
        let line_at =
            |offset: usize| Some(1 + text[..offset.min(text.len())].matches('\n').count());
        let table = DeTable::parse(&text).map_err(|cause| {
            let line = cause.span().and_then(|span| line_at(span.start));
            error(line, cause.message().to_owned())
        })?;
        let mut values = HashMap::new();
        for (key, value) in table.get_ref() {
            let name: &str = key.get_ref();
            let read = setting(known, name)
                .and_then(|arg| check(arg, name, value.get_ref()))
                .map_err(|problem| error(line_at(key.span().start), problem))?;
            values.insert(name.to_owned(), read);
        }
        Ok(Self { values })
    }

    /// The command with the file's values in place of its defaults. What the command doesn't take is passed over.
    pub fn into_defaults(&self, command: Command) -> Command {
        command.mut_args(
            |arg| match arg.get_long().and_then(|name| self.values.get(name)) {
                Some(value) => arg.default_value(value.clone()),
                None => arg,
            },
        )
    }
}

/// The flag that a key of the file stands for.
fn setting<'a>(known: &'a Command, name: &str) -> Result<&'a Arg, String> {
    let names = || settings(known).filter_map(Arg::get_long);
    settings(known)
        .find(|arg| arg.get_long() == Some(name))
        .ok_or_else(|| {
            let nearest = names().max_by(|a, b| {
                let alike = |other| strsim::jaro_winkler(name, other);
                alike(a).total_cmp(&alike(b))
            });
            format!(
                "there is no setting `{name}`; the nearest is `{}`",
                nearest.unwrap_or_default()
            )
        })
}

/// The flags that are settings: they have a default, which flags for one run don't.
fn settings(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| {
        arg.get_env().is_some()
            && arg.get_action().takes_values()
            && !arg.get_default_values().is_empty()
    })
}

/// The value as text, if the flag would take it.
fn check(arg: &Arg, name: &str, value: &DeValue<'_>) -> Result<String, String> {
    let text = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Boolean(yes) => yes.to_string(),
        DeValue::Float(number) => number.to_string(),
        _ => {
            return Err(format!(
                "`{name}` takes one value: a text in quotes, or a number"
            ));
        }
    };
    let alone = Command::new("relay").arg(arg.clone().env(None::<&str>));
    match alone.try_get_matches_from(["relay".to_owned(), format!("--{name}={text}")]) {
        Ok(_) => Ok(text),
        Err(cause) => {
            let shown = cause.render().to_string();
            let first = shown.split("\n\nFor more").next().unwrap_or_default();
            Err(first
                .trim_start_matches("error: ")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "))
        }
    }
}

/// A settings file with every setting of a command that is in force, its meaning and its default.
pub fn commented(command: &Command, in_force: &ArgMatches) -> String {
    let mut file = String::from(
        "# Settings of the relay. A flag or an environment variable counts more than this file.\n",
    );
    let mut section = None;
    for arg in settings(command) {
        let Some(name) = arg.get_long() else { continue };
        if section != arg.get_help_heading() {
            section = arg.get_help_heading();
            let _ = write!(file, "\n# ---- {} ----\n", section.unwrap_or_default());
        }
        let raw = in_force
            .get_raw(arg.get_id().as_str())
            .and_then(|mut raw| raw.next());
        let _ = write!(
            file,
            "\n{}{name} = {}\n",
            comment(arg),
            written(raw.unwrap_or_default())
        );
    }
    file
}

fn comment(arg: &Arg) -> String {
    let mut lines = String::new();
    let _ = writeln!(lines, "# {}.", arg.get_help().cloned().unwrap_or_default());
    let choices = arg.get_possible_values();
    if !choices.is_empty() {
        let names: Vec<_> = choices.iter().map(|choice| choice.get_name()).collect();
        let _ = writeln!(lines, "# One of: {}.", names.join(", "));
    }
    let default = arg.get_default_values().first().map(|value| written(value));
    let environment = arg.get_env().unwrap_or_default().to_string_lossy();
    let _ = writeln!(
        lines,
        "# Default {}, environment {environment}.",
        default.unwrap_or_default()
    );
    lines
}

/// A value as TOML: numbers bare, all else in quotes.
fn written(value: &OsStr) -> String {
    let text = value.to_string_lossy();
    match text.parse::<u32>() {
        Ok(number) if number.to_string() == text => text.into_owned(),
        _ if text == "true" || text == "false" => text.into_owned(),
        _ => toml::Value::String(text.into_owned()).to_string(),
    }
}
