//! Settings: each is declared once, here, with its meaning, unit, default and environment variable.
//!
//! `--help` prints these declarations, and so does the commented file of `relay serve --print-config`. A flag counts
//! more than an environment variable, that more than the file, that more than the default.

mod file;
#[cfg(test)]
mod tests;
mod units;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, ValueEnum};

use crate::parts;
use crate::server;
pub use file::{ConfigError, File, commented};
pub use units::{duration, size};

/// Everything that a serving relay can be told.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Settings {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub storage: Storage,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub network: Network,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub about: About,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub policy: Policy,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub limits: Limits,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub budgets: Budgets,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub workers: Workers,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub meter: Meter,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub logs: Logs,
}

/// Where events are kept, and how. Every command that opens the database takes these.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Storage")]
pub struct Storage {
    /// Folder of the database; made where it doesn't exist
    #[arg(
        long,
        env = "RELAY_DATA",
        value_name = "FOLDER",
        default_value = parts::DATA_FOLDER
    )]
    pub data: PathBuf,
    /// Memory for pages of the database (bytes)
    #[arg(long, env = "RELAY_DATABASE_CACHE", value_name = "SIZE", value_parser = size, default_value = "3 MiB")]
    pub database_cache: usize,
    /// Memory for public keys and ids by their number in the database, both ways (bytes)
    #[arg(long, env = "RELAY_VALUE_CACHE", value_name = "SIZE", value_parser = size, default_value = "512 KiB")]
    pub value_cache: usize,
    /// Whether commits note which pages are free: writing is slower, and starting after a crash is quick
    #[arg(long, env = "RELAY_QUICK_REPAIR", value_name = "true|false", action = ArgAction::Set, default_value_t = false)]
    pub quick_repair: bool,
    /// Whether texts are compressed under a dictionary that is trained on the events that are there
    #[arg(long, env = "RELAY_DICTIONARY", value_name = "true|false", action = ArgAction::Set, default_value_t = true)]
    pub dictionary: bool,
}

/// Where clients connect.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Network")]
pub struct Network {
    /// Address to listen on; 0.0.0.0 in place of 127.0.0.1 listens on all networks; port 0 takes a free one
    #[arg(
        long,
        env = "RELAY_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:7777"
    )]
    pub listen: SocketAddr,
    /// A client that has been silent this long is pinged, and dropped after twice as long (time)
    #[arg(long, env = "RELAY_PING_INTERVAL", value_name = "TIME", value_parser = duration, default_value = "2 min")]
    pub ping_interval: Duration,
    /// How long a client may take over its HTTP request (time)
    #[arg(long, env = "RELAY_HANDSHAKE", value_name = "TIME", value_parser = duration, default_value = "10 s")]
    pub handshake: Duration,
    /// How long shutdown waits for clients and writes before it ends them (time)
    #[arg(long, env = "RELAY_GRACE_PERIOD", value_name = "TIME", value_parser = duration, default_value = "5 s")]
    pub grace_period: Duration,
}

/// What the relay says of itself in its NIP-11 document. Empty texts are left out.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "What it says of itself (NIP-11)")]
pub struct About {
    /// Name of the relay
    #[arg(long, env = "RELAY_NAME", value_name = "TEXT", default_value = "relay")]
    pub name: String,
    /// What it is for
    #[arg(
        long,
        env = "RELAY_DESCRIPTION",
        value_name = "TEXT",
        default_value = "A miniature relay with compact storage"
    )]
    pub description: String,
    /// How to reach its operator: a mailto: or https: address
    #[arg(long, env = "RELAY_CONTACT", value_name = "URI", default_value = "")]
    pub contact: String,
    /// Public key of its operator: 64 digits of lower-case hex
    #[arg(long, env = "RELAY_PUBKEY", value_name = "HEX", value_parser = pubkey, default_value = "", hide_default_value = true)]
    pub pubkey: String,
    /// Address under which clients reach it, ws:// or wss://, which authentication checks; by default what it listens on
    #[arg(long, env = "RELAY_URL", value_name = "URL", value_parser = url, default_value = "", hide_default_value = true)]
    pub url: String,
}

/// Whom it serves, and what it takes.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Policy")]
pub struct Policy {
    /// When clients are challenged to authenticate (NIP-42); protected events need it in any case (NIP-70)
    #[arg(long, env = "RELAY_CHALLENGE", value_enum, default_value_t = Challenge::AtConnect)]
    pub challenge: Challenge,
    /// Kinds that only their author and those they are addressed to may read, authenticated: numbers and commas, such as
    /// 4,1059
    #[arg(
        long,
        env = "RELAY_PRIVATE_KINDS",
        value_name = "KINDS",
        default_value = ""
    )]
    pub private_kinds: Kinds,
    /// How far ahead of the clock an event may be dated (time; 0 s for any)
    #[arg(long, env = "RELAY_FUTURE_LIMIT", value_name = "TIME", value_parser = duration, default_value = "15 min")]
    pub future_limit: Duration,
}

/// When a client is challenged to authenticate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Challenge {
    /// As soon as it connects.
    AtConnect,
    /// When it asks for what needs it.
    WhenNeeded,
}

/// A list of kinds, written as numbers with commas between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinds(pub Vec<u16>);

impl FromStr for Kinds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words = text
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty());
        let kind = |word: &str| {
            word.parse()
                .map_err(|_| format!("`{word}` is no kind: kinds are 0 to 65535"))
        };
        words.map(kind).collect::<Result<_, _>>().map(Self)
    }
}

/// What a client may ask at most. NIP-11 announces these, and the relay enforces them.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Connections at once
    #[arg(
        long,
        env = "RELAY_MAX_CONNECTIONS",
        value_name = "COUNT",
        default_value_t = 4_096
    )]
    pub max_connections: usize,
    /// Length of one message from a client (bytes)
    #[arg(long, env = "RELAY_MAX_MESSAGE", value_name = "SIZE", value_parser = size, default_value = "512 KiB")]
    pub max_message: usize,
    /// Subscriptions of one connection
    #[arg(
        long,
        env = "RELAY_MAX_SUBSCRIPTIONS",
        value_name = "COUNT",
        default_value_t = 64
    )]
    pub max_subscriptions: usize,
    /// Filters of one subscription
    #[arg(
        long,
        env = "RELAY_MAX_FILTERS",
        value_name = "COUNT",
        default_value_t = 32
    )]
    pub max_filters: usize,
    /// Values in all lists of one filter
    #[arg(
        long,
        env = "RELAY_MAX_FILTER_VALUES",
        value_name = "COUNT",
        default_value_t = 2_048
    )]
    pub max_filter_values: usize,
    /// Stored events that one filter returns
    #[arg(
        long,
        env = "RELAY_MAX_LIMIT",
        value_name = "EVENTS",
        default_value_t = 1_000
    )]
    pub max_limit: usize,
    /// Stored events that a filter without a limit returns
    #[arg(
        long,
        env = "RELAY_DEFAULT_LIMIT",
        value_name = "EVENTS",
        default_value_t = 500
    )]
    pub default_limit: usize,
    /// Queries of one connection that wait for a reader
    #[arg(
        long,
        env = "RELAY_MAX_QUERIES",
        value_name = "COUNT",
        default_value_t = 256
    )]
    pub max_queries: usize,
    /// Tags of one event
    #[arg(
        long,
        env = "RELAY_MAX_TAGS",
        value_name = "COUNT",
        default_value_t = 5_000
    )]
    pub max_tags: usize,
    /// Length of an event's content (bytes)
    #[arg(long, env = "RELAY_MAX_CONTENT", value_name = "SIZE", value_parser = size, default_value = "400 KiB")]
    pub max_content: usize,
}

/// Memory that caches and queues may take. Each is held to its budget and shown against it on the relay's page.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Memory budgets")]
pub struct Budgets {
    /// Ids of events that were stored lately, which answer duplicates without a look into the database (bytes)
    #[arg(long, env = "RELAY_RECENT_IDS", value_name = "SIZE", value_parser = size, default_value = "256 KiB")]
    pub recent_ids: usize,
    /// Events that were read lately (bytes)
    #[arg(long, env = "RELAY_EVENT_CACHE", value_name = "SIZE", value_parser = size, default_value = "16 MiB")]
    pub event_cache: usize,
    /// Whole answers to filters that were asked before, compressed; 0 keeps none (bytes)
    #[arg(long, env = "RELAY_QUERY_CACHE", value_name = "SIZE", value_parser = size, default_value = "4 MiB")]
    pub query_cache: usize,
    /// Subscriptions of all clients together (bytes)
    #[arg(long, env = "RELAY_SUBSCRIPTIONS", value_name = "SIZE", value_parser = size, default_value = "64 MiB")]
    pub subscriptions: usize,
    /// What may wait for one slow client before it is dropped; at least two messages and 256 KiB (bytes)
    #[arg(long, env = "RELAY_OUTBOX", value_name = "SIZE", value_parser = size, default_value = "512 KiB")]
    pub outbox: usize,
    /// Events between arrival and durable write, in all queues together; at least 1 MiB (bytes)
    #[arg(long, env = "RELAY_INGEST_QUEUE", value_name = "SIZE", value_parser = size, default_value = "2 MiB")]
    pub ingest_queue: usize,
}

/// What it tells of its own memory.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Meter")]
pub struct Meter {
    /// Whether the page shows the live bytes of the heap, and the metrics its allocations too, which costs four atomic
    /// operations an allocation
    #[arg(long, env = "RELAY_COUNT_HEAP", value_name = "true|false", action = ArgAction::Set, default_value_t = false)]
    pub count_heap: bool,
}

/// How many threads do what. 0 takes one for each processor.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Workers")]
pub struct Workers {
    /// Threads that read and write sockets (0: one for each processor)
    #[arg(
        long,
        env = "RELAY_SOCKET_THREADS",
        value_name = "COUNT",
        default_value_t = 0
    )]
    pub socket_threads: usize,
    /// Threads that check ids and signatures (0: one for each processor)
    #[arg(
        long,
        env = "RELAY_VERIFY_THREADS",
        value_name = "COUNT",
        default_value_t = 0
    )]
    pub verify_threads: usize,
    /// Threads that read the database (0: one for each processor)
    #[arg(
        long,
        env = "RELAY_READER_THREADS",
        value_name = "COUNT",
        default_value_t = 0
    )]
    pub reader_threads: usize,
}

/// What is logged, and how. Logs go to standard error.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Logs")]
pub struct Logs {
    /// What to log: error, warn, info, debug, trace, or directives such as relay::server=debug
    #[arg(long, env = "RUST_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: String,
    /// How a line of the log looks
    #[arg(long, env = "RELAY_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Time, level, message and fields; coloured on a terminal.
    Text,
    /// The same without the time, for journals that note it themselves.
    Plain,
    /// One JSON object a line.
    Json,
}

/// A count of threads, where 0 stands for one for each processor.
pub fn threads(configured: usize) -> usize {
    match configured {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        count => count,
    }
}

/// A command that takes every setting and nothing else.
pub fn command() -> clap::Command {
    Alone::command()
}

#[derive(Parser)]
#[command(name = "relay")]
struct Alone {
    #[command(flatten)]
    settings: Settings,
}

impl Default for Settings {
    /// The defaults, whatever the environment says.
    ///
    /// # Panics
    ///
    /// Never: a test reads every default.
    fn default() -> Self {
        let command = command().mut_args(|arg| arg.env(None::<&str>));
        let matches = command.get_matches_from(["relay"]);
        let alone = Alone::from_arg_matches(&matches);
        alone.expect("every default can be read").settings
    }
}

impl From<&Settings> for server::Settings {
    fn from(settings: &Settings) -> Self {
        let (limits, network) = (&settings.limits, &settings.network);
        let some = |url: &String| (!url.is_empty()).then(|| url.clone());
        Self {
            listen: network.listen,
            urls: some(&settings.about.url).into_iter().collect(),
            challenge_at_connect: settings.policy.challenge == Challenge::AtConnect,
            private_kinds: settings.policy.private_kinds.0.clone(),
            verifiers: threads(settings.workers.verify_threads),
            readers: threads(settings.workers.reader_threads),
            recent_bytes: settings.budgets.recent_ids,
            event_cache_bytes: settings.budgets.event_cache,
            query_cache_bytes: settings.budgets.query_cache,
            limits: server::Limits {
                connections: limits.max_connections,
                message_bytes: limits.max_message,
                subscriptions: limits.max_subscriptions,
                filters: limits.max_filters,
                filter_values: limits.max_filter_values,
                limit: limits.max_limit,
                default_limit: limits.default_limit,
                queries: limits.max_queries,
                tags: limits.max_tags,
                content_bytes: limits.max_content,
                ahead: Some(settings.policy.future_limit).filter(|ahead| !ahead.is_zero()),
                in_flight_bytes: settings.budgets.ingest_queue,
                outbox_bytes: settings.budgets.outbox,
                subscription_bytes: settings.budgets.subscriptions,
                idle: network.ping_interval,
                handshake: network.handshake,
                grace: network.grace_period,
            },
        }
    }
}

fn pubkey(text: &str) -> Result<String, String> {
    let is_hex = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match is_hex || text.is_empty() {
        true => Ok(text.to_owned()),
        false => Err("a public key is 64 digits of lower-case hex (not npub…)".to_owned()),
    }
}

fn url(text: &str) -> Result<String, String> {
    match text.is_empty() || text.starts_with("ws://") || text.starts_with("wss://") {
        true => Ok(text.to_owned()),
        false => Err("an address for clients begins with ws:// or wss://".to_owned()),
    }
}
