//! What every step is given to do, and what it has to show for it.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase, ReadableTableMetadata, StorageBackend};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use super::Fallible;
use crate::event::{Class, Event};
use crate::generate::{Generator, Options};
use crate::store::StoreOptions;
use crate::vocabulary::words;

/// So many frames arrive before the next commit.
pub(super) const BATCH: usize = 32;

const SEED: u64 = 12;
const DELETION: u16 = 5;
/// One frame of so many comes a second time.
const REPEATED: usize = 20;

/// So many events there are.
pub(super) const MOST: usize = 1_000;
/// What subscribers and those who ask know of the events.
const KNOWN: usize = 300;

/// Frames as clients send them.
pub(super) struct Stream {
    /// Events, a few of them twice.
    pub(super) frames: Vec<String>,
    /// A REQ of each subscriber, who wants what comes from now on.
    pub(super) subscriptions: Vec<String>,
    /// REQs for what is stored.
    pub(super) questions: Vec<String>,
    scrap: Scrap,
}

impl Stream {
    /// So many events, people who wait for some of them, and some who ask for the first hundreds afterwards: as many and
    /// the same whatever the count.
    pub(super) fn of(count: usize) -> Self {
        let events = events(count);
        let first = &events[..KNOWN.min(count)];
        Self {
            subscriptions: subscriptions(first),
            questions: questions(first),
            ..Self::to_store(events)
        }
    }

    /// So many events that nobody waits for: to see what they take on disk.
    pub(super) fn unheard(count: usize) -> Self {
        Self::to_store(events(count))
    }

    fn to_store(events: &[Event]) -> Self {
        warm_up();
        let mut frames = Vec::new();
        for (number, event) in events.iter().enumerate() {
            frames.push(frame(event));
            if number % REPEATED == REPEATED - 1 {
                frames.push(frame(&events[number - REPEATED / 2]));
            }
        }
        Self {
            frames,
            subscriptions: Vec::new(),
            questions: Vec::new(),
            scrap: Scrap::new().expect("the folder for temporary files can be written to"),
        }
    }

    /// The JSON of the events, each once.
    pub(super) fn json_bytes(&self) -> u64 {
        let frames: HashSet<&String> = self.frames.iter().collect();
        frames
            .iter()
            .map(|frame| (frame.len() - r#"["EVENT",]"#.len()) as u64)
            .sum()
    }

    /// An empty database, for one run.
    pub(super) fn database(&self) -> Fallible<Database> {
        self.scrap.file.set_len(0)?;
        self.scrap.open()
    }

    /// What the database of the last run takes: all pages of its tables, with what is free in them. Not the length of
    /// the file, which the engine lets grow in strides.
    pub(super) fn bytes_on_disk(&self) -> Fallible<u64> {
        let database = self.scrap.open()?;
        let transaction = database.begin_read()?;
        let mut bytes = 0;
        for table in transaction.list_tables()? {
            let pages = transaction.open_untyped_table(table)?.stats()?;
            bytes += pages.stored_bytes() + pages.metadata_bytes() + pages.fragmented_bytes();
        }
        Ok(bytes)
    }
}

/// A process sets some things up when it first needs them, such as the list of a record's words. The step that comes first
/// doesn't pay for them.
fn warm_up() {
    words::code("");
    let runtime = Builder::new_current_thread().build();
    runtime
        .expect("it needs nothing that could be missing")
        .block_on(async {});
}

/// The first of the events, which are made once.
fn events(count: usize) -> &'static [Event] {
    static EVENTS: OnceLock<Vec<Event>> = OnceLock::new();
    &EVENTS.get_or_init(generated)[..count]
}

/// Events of many kinds, no two of one second, none that replaces or deletes another: the order within a second and the
/// rules of the NIPs are the same work in each step.
fn generated() -> Vec<Event> {
    let options = Options {
        gap: 20,
        ..Options::default()
    };
    let (mut times, mut versions) = (HashSet::new(), HashSet::new());
    let mut is_new = |event: &Event| {
        let identifier = match event.class() {
            Class::Addressable => event.identifier(),
            _ => "",
        };
        let version = (event.pubkey, event.kind, identifier.to_owned());
        !event.class().has_versions() || versions.insert(version)
    };
    Generator::with(SEED, options)
        .filter(|event| event.kind != DELETION && event.expiration().is_none())
        .filter(|event| is_new(event) && times.insert(event.created_at))
        .take(MOST)
        .collect()
}

fn frame(event: &Event) -> String {
    let mut frame = br#"["EVENT","#.to_vec();
    event.write_json(&mut frame);
    frame.push(b']');
    String::from_utf8(frame).expect("JSON is UTF-8")
}

/// The values of a tag, each once, in their order.
fn tagged<'a>(events: &'a [Event], letter: u8) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    let letters = events.iter().filter(|event| event.kind != 3);
    let values = letters.flat_map(Event::letters);
    let values = values.filter_map(|(found, value)| (found == letter).then_some(value));
    values
        .filter(|value: &&'a str| seen.insert(*value))
        .collect()
}

fn subscriptions(events: &[Event]) -> Vec<String> {
    let authors: Vec<String> = events
        .iter()
        .map(|event| event.pubkey.to_string())
        .collect();
    let (people, ids, words) = (
        tagged(events, b'p'),
        tagged(events, b'e'),
        tagged(events, b't'),
    );
    let mut filters = vec![json!({"kinds": [1]}), json!({"kinds": [0, 7]})];
    let feeds = authors.chunks(12).step_by(3).take(8);
    filters.extend(feeds.map(|authors| json!({"authors": authors, "kinds": [1, 6, 30023]})));
    let mentions = people.iter().step_by(3).take(8);
    filters.extend(mentions.map(|person| json!({"#p": [person], "kinds": [1, 6, 7, 9735]})));
    filters.extend(ids.chunks(3).take(4).map(|ids| json!({"#e": ids})));
    filters.extend(words.chunks(2).take(2).map(|words| json!({"#t": words})));
    let filters = filters.iter().enumerate();
    filters
        .map(|(number, filter)| request(&format!("sub{number}"), filter))
        .collect()
}

fn questions(events: &[Event]) -> Vec<String> {
    let (people, ids) = (tagged(events, b'p'), tagged(events, b'e'));
    let notes: Vec<&Event> = events.iter().filter(|event| event.kind == 1).collect();
    let mut filters = Vec::new();
    for tenth in 0..2 {
        let ids = events.iter().skip(tenth).step_by(events.len().div_ceil(10));
        let ids: Vec<String> = ids.map(|event| event.id.to_string()).collect();
        filters.push(json!({"ids": ids}));
    }
    for note in notes.iter().step_by(notes.len().div_ceil(3)) {
        let (author, time) = (note.pubkey.to_string(), note.created_at);
        filters.push(json!({"authors": [author], "kinds": [1], "limit": 20}));
        filters.push(json!({"kinds": [1], "since": time, "until": time + 1_000, "limit": 30}));
    }
    filters.extend(
        ids.iter()
            .take(2)
            .map(|id| json!({"#e": [id], "limit": 200})),
    );
    filters.extend(
        people
            .iter()
            .take(2)
            .map(|person| json!({"#p": [person], "kinds": [1, 6, 7, 16], "limit": 50})),
    );
    filters
        .iter()
        .map(|filter| request("asked", filter))
        .collect()
}

fn request(name: &str, filter: &Value) -> String {
    json!(["REQ", name, filter]).to_string()
}

/// What became of the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Events that were new.
    pub(super) stored: u64,
    /// And those that were not.
    pub(super) duplicates: u64,
    /// What each subscriber got.
    pub(super) delivered: Vec<Tally>,
    /// What was stored, as those got it who asked.
    pub(super) answered: Tally,
}

impl Outcome {
    /// How many frames all subscribers got.
    pub(super) fn deliveries(&self) -> u64 {
        self.delivered.iter().map(|tally| tally.frames).sum()
    }
}

/// Frames that somebody got: the other end of a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) frames: u64,
    bytes: u64,
    /// Of what is in the frames, and in which order they came. A DOM writes the members of an object in another order
    /// than they had: within a frame, the order doesn't matter.
    digest: u64,
}

impl Tally {
    pub(super) fn add(&mut self, frame: &[u8]) {
        let squares = frame.iter().map(|byte| u64::from(*byte) * u64::from(*byte));
        self.frames += 1;
        self.bytes += frame.len() as u64;
        self.digest = self.digest.wrapping_mul(31).wrapping_add(squares.sum());
    }
}

/// A file for one database after the other, which goes with its owner.
struct Scrap {
    file: File,
    path: PathBuf,
}

impl Scrap {
    fn new() -> io::Result<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "heapwise-{}-{}.redb",
            std::process::id(),
            MADE.fetch_add(1, Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)?;
        Ok(Self { file, path })
    }

    fn open(&self) -> Fallible<Database> {
        let file = Unsynced(FileBackend::new(self.file.try_clone()?)?);
        let mut builder = redb::Builder::new();
        builder.set_cache_size(StoreOptions::default().cache_bytes);
        Ok(builder.create_with_backend(file)?)
    }
}

impl Drop for Scrap {
    fn drop(&mut self) {
        // What can't be removed now is left to whoever tidies that folder.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A file that isn't waited for: the disk would take most of the time, and the same in each step.
#[derive(Debug)]
struct Unsynced(FileBackend);

impl StorageBackend for Unsynced {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }
}
