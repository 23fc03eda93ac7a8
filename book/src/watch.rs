//! `cargo workbook watch`: checks an exercise whenever its file changes.

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use notify::{RecursiveMode, Watcher};

use crate::catalogue::{Exercise, Kind};
use crate::error::Error;
use crate::terminal::{GOOD, QUIET, Terminal, styled};
use crate::workspace::Workbook;
use crate::{CompareArguments, check, compare, hint, reference, report, status};

/// A save is over when nothing has happened for so long: editors write in pieces, or write a new file and rename it.
const QUIET_TIME: Duration = Duration::from_millis(100);
/// How long a key or a save may wait until it is seen.
const TICK: Duration = Duration::from_millis(50);

/// Opens the next exercise, then checks whichever is saved, until all are solved or Ctrl-C ends it. At a terminal there are
/// keys, and an exercise that was solved stays on the screen until one is pressed.
///
/// # Errors
///
/// Where the exercises can't be watched.
pub fn run(workbook: &Workbook, terminal: &mut Terminal) -> Result<ExitCode, Error> {
    let folder = workbook.root().join("exercises");
    let (send, events) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading the files is an event, too, and would never come to an end.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            // Nobody listens: the program ends.
            let _ = send.send(());
        }
    })
    .and_then(|mut watcher| {
        watcher.watch(&folder, RecursiveMode::Recursive)?;
        Ok(watcher)
    })
    .map_err(|error| {
        Error::Said(format!(
            "{} can't be watched: {error}. `cargo workbook check NAME` does without.",
            folder.display()
        ))
    })?;
    let mut seen = texts(workbook);
    let mut watch = Watch {
        workbook,
        terminal,
        shown: None,
        has_keys: io::stdin().is_terminal() && io::stdout().is_terminal(),
    };
    watch.open_next()?;
    while watch.shown.is_some() {
        let done = match watch.wait(&events)? {
            Happened::Nothing => break,
            Happened::Key(key) => watch.key(key),
            Happened::Saved => watch.saved(&mut seen),
        };
        match done {
            Ok(true) => {}
            Ok(false) => break,
            Err(Error::Terminal(error)) => return Err(error.into()),
            // Another save may well repair it.
            Err(error) => watch.terminal.tell(&error.to_string()),
        }
    }
    watcher.unwatch(&folder).ok();
    Ok(ExitCode::SUCCESS)
}

/// What a learner did.
enum Happened {
    /// A file changed.
    Saved,
    /// A key was pressed.
    Key(char),
    /// Nothing can happen any more.
    Nothing,
}

struct Watch<'a> {
    workbook: &'a Workbook,
    terminal: &'a mut Terminal,
    /// The exercise on the screen; none where all are solved.
    shown: Option<&'a Exercise>,
    has_keys: bool,
}

impl<'a> Watch<'a> {
    fn wait(&self, events: &Receiver<()>) -> io::Result<Happened> {
        if !self.has_keys {
            return Ok(match wait(events) {
                true => Happened::Saved,
                false => Happened::Nothing,
            });
        }
        // Keys come at once, not with the next line; while something is printed, the terminal is as usual.
        enable_raw_mode()?;
        let happened = wait_for_keys_too(events);
        disable_raw_mode()?;
        happened
    }

    /// Does what a key is for. False where that is to end.
    fn key(&mut self, key: char) -> Result<bool, Error> {
        let Some(shown) = self.shown else {
            return Ok(false);
        };
        match key {
            'q' => return Ok(false),
            'h' => {
                self.terminal.line("")?;
                hint::run(self.workbook, self.terminal, &shown.name)?;
            }
            'n' => return self.open_next(),
            'r' => return self.check(shown),
            'c' if shown.kind != Kind::Predict => {
                self.terminal.line("")?;
                let arguments = CompareArguments::of(&shown.name);
                compare::run(self.workbook, self.terminal, &arguments)?;
            }
            _ => return Ok(true),
        }
        self.show_keys()?;
        Ok(true)
    }

    /// Checks whatever was saved. False where all are solved.
    fn saved(&mut self, seen: &mut HashMap<&'a str, String>) -> Result<bool, Error> {
        let now = texts(self.workbook);
        for exercise in &self.workbook.catalogue.exercises {
            let name = exercise.name.as_str();
            // A file that is just being replaced is looked at when it is there again.
            let Some(text) = now.get(name).filter(|text| seen.get(name) != Some(text)) else {
                continue;
            };
            seen.insert(name, text.clone());
            if !self.check(exercise)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Checks an exercise. False where all are solved.
    fn check(&mut self, exercise: &'a Exercise) -> Result<bool, Error> {
        self.begin_screen()?;
        self.shown = Some(exercise);
        let checked = check::exercises_checked(self.workbook, self.terminal, &[exercise])?;
        for checked in &checked {
            report::at_length(self.terminal, exercise, checked)?;
            self.terminal.line("")?;
            if !checked.is_solved() {
                check::what_next(self.workbook, self.terminal, exercise, checked)?;
                self.show_keys()?;
                return Ok(true);
            }
        }
        let text = self.workbook.read_exercise(exercise)?;
        reference::show(self.workbook, self.terminal, exercise, &text)?;
        if self.has_keys {
            self.show_keys()?;
            return Ok(true);
        }
        self.begin_screen()?;
        self.open_next()
    }

    /// Opens the next exercise. False where there is none.
    fn open_next(&mut self) -> Result<bool, Error> {
        let next = status::next_unsolved(self.workbook, self.terminal)?;
        self.shown = next.as_ref().map(|(exercise, _)| *exercise);
        let Some((exercise, checked)) = next else {
            self.terminal
                .line(styled(GOOD, "All exercises are solved."))?;
            return Ok(false);
        };
        if self.has_keys {
            self.begin_screen()?;
        }
        status::open(self.workbook, self.terminal, exercise, &checked)?;
        self.terminal.line("")?;
        self.terminal.paragraph(
            0,
            "Watching the exercises: save one, and it is checked. Ctrl-C ends this.",
        )?;
        self.show_keys()?;
        Ok(true)
    }

    fn show_keys(&mut self) -> Result<(), Error> {
        if self.has_keys {
            let keys = "h hint   n next   c compare   r run again   q quit";
            self.terminal.line("")?;
            self.terminal.line(styled(QUIET, keys))?;
        }
        Ok(())
    }

    /// Each run has a screen of its own; in a pipe, a line between them.
    fn begin_screen(&mut self) -> Result<(), Error> {
        if self.has_keys {
            return Ok(self.terminal.clear_screen()?);
        }
        let rule = "─".repeat(self.terminal.width());
        self.terminal.line("")?;
        self.terminal.line(styled(QUIET, rule))?;
        Ok(())
    }
}

/// Every exercise's file as it reads.
fn texts(workbook: &Workbook) -> HashMap<&str, String> {
    let exercises = workbook.catalogue.exercises.iter();
    exercises
        .filter_map(|exercise| {
            Some((
                exercise.name.as_str(),
                workbook.read_exercise(exercise).ok()?,
            ))
        })
        .collect()
}

/// Waits for something to happen, and then for it to be over. False where nothing can happen any more.
fn wait(events: &Receiver<()>) -> bool {
    events.recv().is_ok() && settled(events)
}

/// Waits until nothing has happened for a while. False where nothing can happen any more.
fn settled(events: &Receiver<()>) -> bool {
    loop {
        match events.recv_timeout(QUIET_TIME) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Waits for a save to be over, or for a key.
fn wait_for_keys_too(events: &Receiver<()>) -> io::Result<Happened> {
    loop {
        if event::poll(TICK)?
            && let Event::Key(key) = event::read()?
            && key.kind == KeyEventKind::Press
        {
            let control = key.modifiers.contains(KeyModifiers::CONTROL);
            match key.code {
                KeyCode::Char('c' | 'd') if control => return Ok(Happened::Key('q')),
                KeyCode::Char(key) => return Ok(Happened::Key(key.to_ascii_lowercase())),
                _ => {}
            }
        }
        match events.try_recv() {
            Ok(()) => {
                return Ok(match settled(events) {
                    true => Happened::Saved,
                    false => Happened::Nothing,
                });
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return Ok(Happened::Nothing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_events_is_one() {
        let (send, events) = channel();
        for _ in 0..3 {
            send.send(()).expect("it is received");
        }
        assert!(wait(&events));
        assert!(events.try_recv().is_err());
        drop(send);
        assert!(!wait(&events));
    }
}
