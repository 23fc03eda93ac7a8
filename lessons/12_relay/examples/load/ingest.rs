//! Events in: over some connections, each with a window of events that wait for their OK.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use serde::Serialize;

use super::client::{Address, Answer, Client, LoadError, Remarks};
use super::corpus::{self, Corpus};
use super::{Load, joined};

const OWED: &str = "an OK";

/// What came of the events.
#[derive(Debug, Default, Serialize)]
pub struct Ingest {
    /// Events that were sent.
    pub sent: u64,
    /// OK true.
    pub accepted: u64,
    /// OK true, because it was there already.
    pub duplicates: u64,
    /// OK false, by the first word of the reason; and a reason in full.
    pub refused: BTreeMap<String, u64>,
    /// The first refusal in full.
    pub refusal: Option<String>,
    /// From the first event to the last OK.
    pub seconds: f64,
    /// Answered events a second.
    pub per_second: f64,
}

impl Ingest {
    fn count(&mut self, accepted: bool, reason: String) {
        let word = reason.split(':').next().unwrap_or_default();
        match accepted {
            true if word == "duplicate" => self.duplicates += 1,
            true => self.accepted += 1,
            false => {
                let word = if word.is_empty() { "no reason" } else { word };
                *self.refused.entry(word.to_owned()).or_default() += 1;
                self.refusal.get_or_insert(reason);
            }
        }
    }

    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.accepted += other.accepted;
        self.duplicates += other.duplicates;
        for (word, count) in other.refused {
            *self.refused.entry(word).or_default() += count;
        }
        if self.refusal.is_none() {
            self.refusal = other.refusal;
        }
    }
}

/// Sends all events of the corpus, and waits for all answers.
///
/// # Errors
///
/// Where the relay breaks off or says nothing.
pub fn run(
    relay: &Address,
    corpus: &Corpus,
    load: &Load,
    remarks: &mut Remarks,
) -> Result<Ingest, LoadError> {
    let connections = usize::from(load.connections);
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(Client::connect(relay)?);
    }
    let messages: Vec<Vec<String>> = (0..connections)
        .map(|first| {
            let share = corpus.events.iter().skip(first).step_by(connections);
            share.map(corpus::message).collect()
        })
        .collect();
    let window = usize::from(load.window);
    let start_line = Barrier::new(connections + 1);
    let (mut sum, mut failed) = (Ingest::default(), None);
    let started = thread::scope(|scope| {
        let mut senders = Vec::new();
        for (client, messages) in clients.iter_mut().zip(messages) {
            let start_line = &start_line;
            senders.push(scope.spawn(move || {
                start_line.wait();
                send(client, messages, window)
            }));
        }
        // Before anybody is let go: this thread may be the last to run again.
        let started = Instant::now();
        start_line.wait();
        for sender in senders {
            match joined(sender) {
                Ok(part) => sum.add(part),
                Err(error) => failed = Some(error),
            }
        }
        started
    });
    sum.seconds = started.elapsed().as_secs_f64();
    sum.per_second = sum.sent as f64 / sum.seconds;
    for client in clients {
        remarks.add(&client.remarks);
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(sum),
    }
}

/// Sends messages over one connection, and waits for all answers.
///
/// # Errors
///
/// Where the relay breaks off or says nothing.
pub fn send(
    client: &mut Client,
    messages: Vec<String>,
    window: usize,
) -> Result<Ingest, LoadError> {
    let mut part = Ingest::default();
    let mut waiting = 0;
    let mut messages = messages.into_iter();
    loop {
        // Half a window at once: a message for each OK would make as many packets as events.
        if waiting <= window / 2 {
            for message in messages.by_ref().take(window - waiting) {
                client.write(message, OWED)?;
                (waiting, part.sent) = (waiting + 1, part.sent + 1);
            }
            client.flush(OWED)?;
        }
        if waiting == 0 {
            return Ok(part);
        }
        if let Answer::Ok { accepted, reason } = client.read(OWED)? {
            waiting -= 1;
            part.count(accepted, reason);
        }
    }
}
