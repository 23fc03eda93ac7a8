//! What the relay would take at other sizes, worked out from what it takes at this one.
//!
//! The book's page "Past one machine" quotes these facts. Each is a measurement of this crate times a number that its
//! name says.

use std::sync::LazyLock;

use measuring::case::Fact;

use crate::cases::Folder;
use crate::evidence::subscription;
use crate::generate::Generator;
use crate::store::{Store, StoreError, StoreOptions, Train};
use crate::upkeep::Stats;

/// Stored to see what an event takes.
const EVENTS: usize = 3_000;
/// How many the page is about.
const BILLION: f64 = 1e9;
/// As many subscriptions.
const MILLION: f64 = 1e6;
/// What the engine reads and writes at a time.
const PAGE: f64 = 4_096.0;
/// Different hashes of an id, and of a tag's letter and value.
const HASHES: f64 = (1u64 << 32) as f64;

/// Tables whose keys begin with a hash: each new key is on a page of its own once there are more pages than keys come
/// in a commit.
const SCATTERED: [&str; 3] = ["by_id", "by_tag", "by_value"];

macro_rules! facts {
    ($($name:ident: $value:expr;)*) => {
        /// Sizes of tables, and what they become.
        pub(crate) const FACTS: &[Fact] = &[$(Fact { name: stringify!($name), value: || $value }),*];
    };
}

facts! {
    table_events: per_event("events");
    table_by_id: per_event("by_id");
    table_by_kind: per_event("by_kind");
    table_by_author: per_event("by_author");
    table_by_tag: per_event("by_tag");
    table_values: per_event("values");
    table_by_value: per_event("by_value");
    table_all: format!("{:.0}", all());
    billion_stored: format!("{:.0} GB", all() * BILLION / 1e9);
    billion_by_tag: format!("{:.0} GB", bytes("by_tag") * BILLION / 1e9);
    billion_strangers: format!("{:.2}", BILLION / HASHES);
    billion_values: format!("{:.1}", entries("values") * BILLION / HASHES);
    scattered_keys: format!("{:.1}", scattered());
    scattered_kilobytes: format!("{:.0}", scattered() * PAGE / 1e3);
    scattered_times: format!("{:.0}", scattered() * PAGE / all());
    million_subscriptions: format!("{:.1} GB", subscription() as f64 * MILLION / 1e9);
}

/// Keys and values of a table, in bytes an event.
fn per_event(table: &str) -> String {
    format!("{:.1}", bytes(table))
}

fn bytes(table: &str) -> f64 {
    let table = STORED.tables.iter().find(|it| it.name == table);
    table.map_or(0, |table| table.stored_bytes) as f64 / STORED.events as f64
}

fn entries(table: &str) -> f64 {
    let table = STORED.tables.iter().find(|it| it.name == table);
    table.map_or(0, |table| table.entries) as f64 / STORED.events as f64
}

/// Keys and values of all tables, in bytes an event.
fn all() -> f64 {
    let tables = STORED.tables.iter();
    tables.map(|table| bytes(&table.name)).sum()
}

/// How many keys an event brings to places that no neighbour has.
fn scattered() -> f64 {
    SCATTERED.into_iter().map(entries).sum()
}

static STORED: LazyLock<Stats> = LazyLock::new(|| {
    let folder = Folder::new();
    stored(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.path().display()))
});

/// What generated events take.
fn stored(folder: &Folder) -> Result<Stats, StoreError> {
    let options = StoreOptions {
        train: Train::Never,
        ..StoreOptions::default()
    };
    let store = Store::open(folder.path(), options)?;
    let mut batch = store.begin()?;
    for event in Generator::new(1).take(EVENTS) {
        batch.put(&event, 0)?;
    }
    batch.commit()?;
    store.stats()
}
