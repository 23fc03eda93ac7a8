//! `relay import`: reads JSONL, checks every event, stores what is right, tells what wasn't.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use clap::Args;
use measuring::grouped;
use relay::config::threads;
use relay::event::{Class, Event, signature};
use relay::store::{Put, Store, Train};
use relay::wire::{ClientMessage, FrameLimits, parse};
use worker_pools::{Config, Ordered};

use super::lines::{Input, Lines};
use super::progress::{Progress, say};
use super::resume::Resume;
use super::{Database, Failure, open, options};

/// How many places of each reason are named.
const NAMED: usize = 5;

/// Store the events of a file: one JSON object a line.
#[derive(Args)]
pub(crate) struct Import {
    /// JSONL file, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Begin at the beginning of the file, even if an import of it was interrupted
    #[arg(long)]
    restart: bool,
    /// Threads that check ids and signatures (0: one for each processor)
    #[arg(
        long,
        env = "RELAY_VERIFY_THREADS",
        value_name = "COUNT",
        default_value_t = 0
    )]
    verify_threads: usize,
    /// Events in one durable write at most
    #[arg(long, value_name = "EVENTS", default_value_t = 4096)]
    group: usize,
    #[command(flatten)]
    database: Database,
}

/// A line that holds an event, or says why not.
type Checked = (u64, Result<Event, Skip>);

/// A piece of the file after its check.
struct Verified {
    lines: Vec<Checked>,
    /// Where the next piece begins.
    end: u64,
    end_line: u64,
}

/// Why a line isn't stored, and what exactly is the matter with this one.
struct Skip {
    reason: &'static str,
    detail: Cow<'static, str>,
}

impl Import {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let storage = self.database.begin()?;
        let input = Input::open(&self.file)?;
        let mut options = options(storage);
        if storage.dictionary {
            options.train = Train::Between;
        }
        let store = open(storage, options)?;
        let resume = Resume::of(&storage.data, &input);
        let (offset, line) = match self.restart {
            true => (0, 0),
            false => resume.place(),
        };
        if offset > 0 {
            say(format_args!(
                "An import of this file was interrupted: continuing at byte {} (--restart begins anew)",
                grouped(offset)
            ));
        }
        let began = Instant::now();
        let mut tally = Tally::default();
        self.pump(&store, input.lines(offset, line)?, &resume, &mut tally)?;
        resume.forget();
        tally.tell(began);
        Ok(ExitCode::SUCCESS)
    }

    /// From the file through the check into the store, in the order of the file.
    fn pump(
        &self,
        store: &Store,
        mut lines: Lines,
        resume: &Resume,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let config = Config::named("verify")
            .workers(threads(self.verify_threads))
            .queue(8);
        let pool =
            Ordered::start(config, || (), |(), piece| verified(piece)).map_err(Failure::met)?;
        let (name, size) = (lines.name(), lines.size());
        let mut progress = Progress::new("import");
        let mut waiting = Vec::new();
        let mut trouble = None;
        let pieces = std::iter::from_fn(|| {
            lines.next_piece().unwrap_or_else(|cause| {
                trouble = Some(cause);
                None
            })
        });
        for piece in pool.map(pieces) {
            let piece = piece.map_err(Failure::met)?;
            waiting.extend(piece.lines);
            if waiting.len() >= self.group {
                put_all(store, &mut waiting, self.group, tally)?;
                resume.note(piece.end, piece.end_line);
            }
            progress.set(piece.end, size.unwrap_or(0), || tally.in_short());
        }
        put_all(store, &mut waiting, self.group, tally)?;
        match trouble {
            Some(cause) => Err(Failure::file("read", &name, &cause)),
            None => Ok(()),
        }
    }
}

/// Stores what came through the check, in durable writes of at most `group`.
fn put_all(
    store: &Store,
    waiting: &mut Vec<Checked>,
    group: usize,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.unwrap_or_default().as_secs();
    for lines in waiting.chunks(group.max(1)) {
        let mut batch = store.begin()?;
        for (line, checked) in lines {
            match checked {
                Ok(event) => tally.put(*line, batch.put(event, now)?),
                Err(skip) => tally.skip(*line, skip.reason, &skip.detail),
            }
        }
        batch.commit()?;
    }
    waiting.clear();
    Ok(())
}

fn verified(piece: super::lines::Piece) -> Verified {
    let limits = FrameLimits {
        max_tags: usize::MAX,
        max_content: usize::MAX,
        ..FrameLimits::default()
    };
    let mut frame = String::new();
    let lines = piece
        .lines()
        .filter(|(_, line)| !line.trim_ascii().is_empty());
    Verified {
        lines: lines
            .map(|(number, line)| (number, check(line, &mut frame, &limits)))
            .collect(),
        end: piece.end,
        end_line: piece.end_line,
    }
}

fn check(line: &[u8], frame: &mut String, limits: &FrameLimits) -> Result<Event, Skip> {
    let skip = |reason, detail: &dyn ToString| Skip {
        reason,
        detail: detail.to_string().into(),
    };
    let text = std::str::from_utf8(line).map_err(|error| skip("not UTF-8", &error))?;
    frame.clear();
    frame.push_str("[\"EVENT\",");
    frame.push_str(text.trim());
    frame.push(']');
    let no_event = |detail: &dyn ToString| skip("not an event", detail);
    let ClientMessage::Event(raw) = parse(frame, limits).map_err(|error| no_event(&error))? else {
        return Err(no_event(&"it is another message"));
    };
    if Class::of(raw.kind) == Class::Ephemeral {
        return Err(skip("of an ephemeral kind, which is never stored", &""));
    }
    let mut event = Event::default();
    raw.read_into(&mut event)
        .map_err(|error| no_event(&error))?;
    signature::verify(&event).map_err(|invalid| skip("invalid", &invalid))?;
    Ok(event)
}

/// What became of the lines.
#[derive(Default)]
struct Tally {
    stored: u64,
    skipped: u64,
    reasons: BTreeMap<&'static str, Reason>,
}

#[derive(Default)]
struct Reason {
    count: u64,
    places: Vec<(u64, String)>,
}

impl Tally {
    fn put(&mut self, line: u64, put: Put) {
        let reason = match put {
            Put::Stored(_) => {
                self.stored += 1;
                return;
            }
            Put::Duplicate => "stored already",
            Put::Superseded => "older than the version that is stored",
            Put::Deleted => "deleted by its author",
            Put::Vanished => "its author asked to vanish",
            Put::Expired => "expired",
            Put::Refused(why) => why,
        };
        self.skip(line, reason, "");
    }

    fn skip(&mut self, line: u64, reason: &'static str, detail: &str) {
        self.skipped += 1;
        let reason = self.reasons.entry(reason).or_default();
        reason.count += 1;
        if reason.places.len() < NAMED {
            reason.places.push((line, detail.to_owned()));
        }
    }

    fn in_short(&self) -> String {
        format!(
            "{} stored, {} skipped",
            grouped(self.stored),
            grouped(self.skipped)
        )
    }

    fn tell(&self, began: Instant) {
        let seconds = began.elapsed().as_secs_f64();
        let rate = (self.stored + self.skipped) as f64 / seconds.max(0.001);
        say(format_args!(
            "{} in {seconds:.1} s ({} a second)",
            self.in_short(),
            grouped(rate as u64)
        ));
        for (reason, Reason { count, places }) in &self.reasons {
            let places: Vec<_> = places
                .iter()
                .map(|(line, detail)| match detail.as_str() {
                    "" => line.to_string(),
                    detail => format!("{line} ({detail})"),
                })
                .collect();
            let more = if *count > NAMED as u64 { ", …" } else { "" };
            say(format_args!(
                "  {} {reason}: line {}{more}",
                grouped(*count),
                places.join(", ")
            ));
        }
    }
}
