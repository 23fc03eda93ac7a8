//! A load for any relay on this machine: events in, questions, and one event to many listeners; then what the relay's
//! process and its folder have grown to.
//!
//! `cargo run --release -p relay --example load -- --url ws://127.0.0.1:7777 [--pid PID] [--data FOLDER] [--json]`
//!
//! It speaks NIP-01 and nothing else, and knows nothing of the relay at the other end. The events are made and signed
//! before a clock runs. Several relays, in turn and in one table: `-- NAME=URL[,pid=PID][,data=FOLDER] …`.

#![forbid(unsafe_code)]

pub mod client;
pub mod corpus;
pub mod costs;
pub mod fanout;
pub mod ingest;
pub mod peer;
pub mod queries;
mod report;
mod table;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use serde::Serialize;

use client::LoadError;
use corpus::Corpus;
use peer::Peer;

/// What a run does, and to whom.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "load",
    about = "A load for relays on this machine",
    args_override_self = true
)]
pub struct Load {
    /// Several relays in turn, and one table: an address, with a name, a process and a data folder where you like
    #[arg(value_name = "[NAME=]URL[,pid=PID][,data=FOLDER]")]
    pub peers: Vec<Peer>,
    /// Address of the relay; on this machine
    #[arg(long, default_value = "ws://127.0.0.1:7777", conflicts_with = "peers")]
    pub url: String,
    /// The relay's process, to see its memory (Linux)
    #[arg(long, conflicts_with = "peers")]
    pub pid: Option<u32>,
    /// The relay's data folder, to see what it takes on disk
    #[arg(long, value_name = "FOLDER", conflicts_with = "peers")]
    pub data: Option<std::path::PathBuf>,
    /// Events to store
    #[arg(long, default_value_t = 5_000)]
    pub events: usize,
    /// Questions of each shape
    #[arg(long, default_value_t = 2_000)]
    pub queries: usize,
    /// Who listens to the same filter
    #[arg(long, default_value_t = 100)]
    pub subscribers: usize,
    /// Events that each of them gets
    #[arg(long, default_value_t = 500)]
    pub published: usize,
    /// Connections that store, and that ask
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub connections: u16,
    /// Events of one connection that wait for their OK
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    pub window: u16,
    /// How often each relay has its turn, with other events each time
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub rounds: u16,
    /// Decides which events there are
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// When the last event is dated, in seconds since 1970; now, if left out. Seed and date settle every byte of the
    /// events
    #[arg(long, value_name = "SECONDS")]
    pub now: Option<u64>,
    /// What to do; questions find something only where the same events were stored before
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Phase::Ingest, Phase::Queries, Phase::Fanout])]
    pub phases: Vec<Phase>,
    /// How long to wait for a message, in seconds
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub patience: u64,
    /// Print a line of JSON for each relay
    #[arg(long)]
    pub json: bool,
}

/// A part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Phase {
    /// Store events, and wait for each OK.
    Ingest,
    /// Ask for what was stored, in five shapes.
    Queries,
    /// Publish to many subscribers of one filter.
    Fanout,
}

/// What came of a run against one relay.
#[derive(Debug, Serialize)]
pub struct Run {
    /// Its name, as given.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Storing events.
    pub ingest: Option<ingest::Ingest>,
    /// Questions, by shape.
    pub queries: Vec<queries::Shape>,
    /// One event to many.
    pub fanout: Option<fanout::Fanout>,
    /// The process's memory in the end.
    pub memory: Option<costs::Memory>,
    /// The folder in the end.
    pub disk: Option<costs::Disk>,
    /// What it said besides answers: NOTICE, CLOSED.
    pub remarks: client::Remarks,
    /// What kept it from going on; everything before is there.
    pub failed: Option<String>,
}

impl Load {
    fn patience(&self) -> Duration {
        Duration::from_secs(self.patience)
    }

    /// Puts the load on one relay.
    pub fn run(&self, peer: &Peer, corpus: &Corpus) -> Run {
        let mut run = Run {
            name: peer.name.clone(),
            url: peer.url.clone(),
            ingest: None,
            queries: Vec::new(),
            fanout: None,
            memory: None,
            disk: None,
            remarks: client::Remarks::default(),
            failed: None,
        };
        let done = self.phases_of(peer, corpus, &mut run);
        run.failed = done.err().map(|error| error.to_string());
        run
    }

    fn phases_of(&self, peer: &Peer, corpus: &Corpus, run: &mut Run) -> Result<(), LoadError> {
        let relay = client::Address::of(&peer.url, self.patience())?;
        // What can't be looked at is said before the work is done.
        peer.data.as_deref().map(costs::Disk::of).transpose()?;
        peer.pid.map(costs::Memory::of).transpose()?;
        for phase in &self.phases {
            match phase {
                Phase::Ingest => {
                    let before = peer.data.as_deref().map(costs::Disk::of).transpose()?;
                    let ingest = ingest::run(&relay, corpus, self, &mut run.remarks)?;
                    run.ingest = Some(ingest);
                    if let (Some(folder), Some(before)) = (&peer.data, before) {
                        run.disk = Some(costs::Disk::of(folder)?.since(before));
                    }
                }
                Phase::Queries => queries::run(&relay, corpus, self, run)?,
                Phase::Fanout => {
                    run.fanout = Some(fanout::run(&relay, corpus, self, &mut run.remarks)?);
                }
            }
            if let Some(pid) = peer.pid {
                run.memory = Some(costs::Memory::of(pid)?);
            }
        }
        Ok(())
    }
}

/// What a thread came to; its panic is ours.
fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn main() -> ExitCode {
    run(&Load::parse())
}

/// Puts the load on the relays that it names, and shows what came of it.
pub fn run(load: &Load) -> ExitCode {
    let peers = match load.peers.is_empty() {
        true => vec![Peer {
            name: "relay".to_owned(),
            url: load.url.clone(),
            pid: load.pid,
            data: load.data.clone(),
        }],
        false => load.peers.clone(),
    };
    let in_a_table = !load.peers.is_empty();
    let mut relays: Vec<Vec<Run>> = peers.iter().map(|_| Vec::new()).collect();
    for round in 0..usize::from(load.rounds) {
        // Other events and other authors: what was stored before is none of it.
        let corpus = Corpus::make(&Load {
            seed: load.seed.wrapping_add(round as u64),
            ..load.clone()
        });
        for turn in 0..peers.len() {
            // Nobody is always the first.
            let index = (turn + round) % peers.len();
            if in_a_table && !load.json {
                eprintln!("round {}: {}…", round + 1, peers[index].name);
            }
            let run = load.run(&peers[index], &corpus);
            match (load.json, in_a_table) {
                (true, _) => report::json(&run),
                (false, true) => {}
                (false, false) => report::lines(&run),
            }
            relays[index].push(run);
        }
    }
    if in_a_table && !load.json {
        println!("{} events sent to each in a round\n", load.events);
        table::show(&relays);
    }
    if !load.json {
        relays.iter().for_each(|runs| report::remarks(runs));
    }
    match relays.iter().flatten().any(|run| run.failed.is_some()) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}
