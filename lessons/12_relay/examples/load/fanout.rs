//! One event to many: everybody listens to the same filter while one connection publishes.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use serde::Serialize;
use serde_json::json;

use super::Load;
use super::client::{Address, Answer, Client, LoadError, Remarks};
use super::corpus::{self, Corpus};
use super::ingest;
use super::joined;

/// Threads that read for the subscribers: they shouldn't take the relay's processors.
const READERS: usize = 2;
/// Fewer than in [`ingest`], so that nobody's queue overflows only because we read slowly.
const WINDOW: usize = 16;

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Fanout {
    /// Who listened.
    pub subscribers: usize,
    /// Events that were published.
    pub published: u64,
    /// Events that arrived, of all subscribers together.
    pub deliveries: u64,
    /// From the first event to the last delivery.
    pub seconds: f64,
    /// Deliveries a second.
    pub per_second: f64,
}

/// Subscribes, publishes and waits until everybody has everything.
///
/// # Errors
///
/// Where the relay breaks off, says nothing, or refuses a subscription.
pub fn run(
    relay: &Address,
    corpus: &Corpus,
    load: &Load,
    remarks: &mut Remarks,
) -> Result<Fanout, LoadError> {
    let mut publisher = Client::connect(relay)?;
    let question = json!(["REQ", "many", corpus.live_filter()]).to_string();
    let mut listeners = Vec::new();
    for _ in 0..load.subscribers {
        listeners.push(subscribe(relay, &question)?);
    }
    let messages: Vec<_> = corpus.notes.iter().map(corpus::message).collect();
    let start_line = Barrier::new(READERS + 1);
    let (published, deliveries, started) = thread::scope(|scope| {
        let share = listeners.len().div_ceil(READERS).max(1);
        let mut shares = listeners.chunks_mut(share);
        let readers: Vec<_> = (0..READERS)
            .map(|_| {
                let (listeners, start_line) = (shares.next().unwrap_or_default(), &start_line);
                scope.spawn(move || {
                    start_line.wait();
                    read_all(listeners, corpus.notes.len())
                })
            })
            .collect();
        // Before anybody is let go: this thread may be the last to run again.
        let started = Instant::now();
        start_line.wait();
        let published = ingest::send(&mut publisher, messages, WINDOW);
        let mut deliveries = Ok(0_u64);
        for reader in readers {
            let more = joined(reader);
            deliveries = deliveries.and_then(|sum| Ok(sum + more?));
        }
        (published, deliveries, started)
    });
    let seconds = started.elapsed().as_secs_f64();
    for client in listeners {
        remarks.add(&client.remarks);
    }
    let published = published?;
    // Nobody hears of events that the relay refuses, and that is what is wrong then.
    if let Some(reason) = published.refusal {
        return Err(LoadError::Unpublished(reason));
    }
    let deliveries = deliveries?;
    Ok(Fanout {
        subscribers: load.subscribers,
        published: published.sent,
        deliveries,
        seconds,
        per_second: deliveries as f64 / seconds,
    })
}

fn subscribe(relay: &Address, question: &str) -> Result<Client, LoadError> {
    const OWED: &str = "an EOSE";
    let mut client = Client::connect(relay)?;
    client.write(question.to_owned(), OWED)?;
    client.flush(OWED)?;
    loop {
        match client.read(OWED)? {
            Answer::Eose => return Ok(client),
            Answer::Closed(reason) => return Err(LoadError::Refused(reason)),
            Answer::Event | Answer::Ok { .. } => {}
        }
    }
}

/// Everybody gets the events in the same order: one of each in turn.
fn read_all(listeners: &mut [Client], events: usize) -> Result<u64, LoadError> {
    let mut deliveries = 0;
    for _ in 0..events {
        for listener in &mut *listeners {
            loop {
                match listener.read("an event that was published")? {
                    Answer::Event => break,
                    Answer::Closed(reason) => return Err(LoadError::Refused(reason)),
                    Answer::Eose | Answer::Ok { .. } => {}
                }
            }
            deliveries += 1;
        }
    }
    Ok(deliveries)
}
