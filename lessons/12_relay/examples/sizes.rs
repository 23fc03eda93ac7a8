//! What events take on disk, and how fast they get there.
//!
//! `cargo run --release -p relay --example sizes -- FILE` stores the events of a file, one in JSON a line;
//! `-- 200000` generates so many. `--batch 256` says how many share a commit, `--cache 2` how many MiB the engine may
//! keep, `--quick-repair` how it commits, `--compare` adds the same events as JSON and as plain binary in the same
//! engine, `--keep FOLDER` leaves the database there.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use relay::event::Event;
use relay::generate::Generator;
use relay::store::{Put, Store, StoreOptions, Train};
use relay::wire::{self, ClientMessage, FrameLimits};

/// Events made at a time, so that making them isn't timed and not all are in memory.
const CHUNK: usize = 4096;

struct Run {
    source: String,
    batch: usize,
    compare: bool,
    keep: Option<PathBuf>,
    options: StoreOptions,
}

fn arguments() -> Result<Run, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut run = Run {
        source: String::new(),
        batch: 256,
        compare: false,
        keep: None,
        options: StoreOptions {
            train: Train::Between,
            ..StoreOptions::default()
        },
    };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or("an option lacks its value");
        match argument.as_str() {
            "--batch" => run.batch = value()?.parse()?,
            "--cache" => run.options.cache_bytes = value()?.parse::<usize>()? << 20,
            "--quick-repair" => run.options.quick_repair = true,
            "--beside" => run.options.train = Train::Beside,
            "--compare" => run.compare = true,
            "--keep" => run.keep = Some(value()?.into()),
            _ => run.source = argument,
        }
    }
    Ok(run)
}

fn events(source: &str) -> Result<Box<dyn Iterator<Item = Event>>, Box<dyn Error>> {
    if let Ok(count) = source.parse() {
        return Ok(Box::new(Generator::new(1).take(count)));
    }
    let mut events = Vec::new();
    for line in fs::read_to_string(source)?.lines() {
        let frame = format!("[\"EVENT\",{line}]");
        let mut event = Event::default();
        match wire::parse(&frame, &FrameLimits::default()) {
            Ok(ClientMessage::Event(raw)) => match raw.read_into(&mut event) {
                Ok(()) => events.push(event),
                Err(error) => eprintln!("skipped: {error:?}"),
            },
            Ok(_) => eprintln!("skipped: no event"),
            Err(error) => eprintln!("skipped: {error:?}"),
        }
    }
    Ok(Box::new(events.into_iter()))
}

/// How long this thread has run, where the system says: on a busy machine it waits as well.
fn on_processor() -> Duration {
    let times = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = times.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(first.unwrap_or_default())
}

/// Anonymous resident memory, where the system says.
fn anonymous() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon"));
    line.unwrap_or("RssAnon: unknown").to_owned()
}

fn main() -> Result<(), Box<dyn Error>> {
    let run = arguments()?;
    let temporary = tempfile::tempdir()?;
    let folder = run.keep.clone().unwrap_or(temporary.path().to_path_buf());
    let store = Store::open(&folder, run.options.clone())?;
    let mut source = events(&run.source)?;
    let (mut seen, mut stored, mut took, mut slowest) = (0, 0, Duration::ZERO, Duration::ZERO);
    let mut work = Duration::ZERO;
    loop {
        let chunk: Vec<Event> = source.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            break;
        }
        for batch in chunk.chunks(run.batch) {
            let (began, worked) = (Instant::now(), on_processor());
            let mut writing = store.begin()?;
            for event in batch {
                seen += 1;
                // Nothing has expired: sizes are compared with those of all events.
                stored += usize::from(matches!(writing.put(event, 0)?, Put::Stored(_)));
            }
            writing.commit()?;
            took += began.elapsed();
            work += on_processor().saturating_sub(worked);
            slowest = slowest.max(began.elapsed());
        }
    }
    let rate = f64::from(seen) / took.as_secs_f64();
    println!(
        "{seen} events, {stored} stored, {rate:.0} a second, slowest batch {slowest:?}; {}",
        anonymous()
    );
    print(&store, "live")?;
    if run.compare {
        let others = tempfile::tempdir()?;
        let others = store.compare(others.path(), run.batch)?;
        let per_event = |bytes: u64| bytes as f64 / others.events as f64;
        println!(
            "in the same engine: JSON {:.1} B per event, plain binary {:.1}",
            per_event(others.json_bytes),
            per_event(others.binary_bytes)
        );
    }
    drop(store);
    let began = Instant::now();
    let gained = Store::compact(&folder, run.options.clone(), &mut |_| {})?;
    println!("compacted in {:?}: {gained:?}", began.elapsed());
    let store = Store::open(&folder, run.options)?;
    print(&store, "compact")?;
    Ok(())
}

fn print(store: &Store, state: &str) -> Result<(), Box<dyn Error>> {
    let stats = store.stats()?;
    let per_event = |bytes: u64| bytes as f64 / stats.events as f64;
    println!(
        "{state}: {} events, {:.1} B per event on disk ({:.1} by file length), JSON {:.1}, binary {:.1}",
        stats.events,
        per_event(stats.allocated_bytes),
        per_event(stats.file_bytes),
        per_event(stats.json_bytes),
        per_event(stats.binary_bytes)
    );
    println!(
        "  records {:.1}; texts {:.1}, compressed {:.1}; references {:.1}, interned {:.1}",
        per_event(stats.record_bytes),
        per_event(stats.text_bytes[0]),
        per_event(stats.text_bytes[1]),
        per_event(stats.reference_bytes[0]),
        per_event(stats.reference_bytes[1])
    );
    for table in &stats.tables {
        println!(
            "  {:12} {:9} entries {:8.1} stored {:6.1} metadata {:6.1} free",
            table.name,
            table.entries,
            per_event(table.stored_bytes),
            per_event(table.metadata_bytes),
            per_event(table.fragmented_bytes)
        );
    }
    Ok(())
}
