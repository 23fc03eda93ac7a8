//! What all steps but the last have in common: a task for each message, and an endless queue for each subscriber.

use std::sync::{Arc, Mutex};

use redb::Database;
use tokio::runtime::Builder;
use tokio::spawn;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::Fallible;
use super::stream::{BATCH, Outcome, Stream, Tally};
use crate::lock;

/// Where frames for a subscriber go.
pub(super) type Client = UnboundedSender<Vec<u8>>;

/// A relay without its sockets.
pub(super) trait Relay: Sized + Send + 'static {
    /// Makes its tables.
    fn open(database: Database) -> Fallible<Self>;

    /// Takes a REQ of somebody who wants what is new.
    fn subscribe(&mut self, request: &str, client: Client) -> Fallible<()>;

    /// Takes an EVENT: passes it on, and keeps it for the next commit. Says whether it is new.
    fn publish(&mut self, frame: &str) -> Fallible<bool>;

    /// Stores what was published.
    fn commit(&mut self) -> Fallible<()>;

    /// Answers a REQ from what is stored, the newest first.
    fn ask(&mut self, request: &str, answer: &mut dyn FnMut(&[u8])) -> Fallible<()>;
}

// ANCHOR: tasks
/// Lets a relay do its work, every frame in a task of its own.
pub(super) fn run<R: Relay>(stream: &Stream) -> Fallible<Outcome> {
    let runtime = Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let relay = Arc::new(Mutex::new(R::open(stream.database()?)?));
        let mut outcome = Outcome::default();
        let mut subscribers = Vec::new();
        for request in &stream.subscriptions {
            let (client, frames) = unbounded_channel();
            lock(&relay).subscribe(request, client)?;
            subscribers.push(spawn(listen(frames)));
        }
        for frames in stream.frames.chunks(BATCH) {
            let mut messages = Vec::new();
            for frame in frames {
                messages.push(spawn(handle(Arc::clone(&relay), frame.clone())));
            }
            for message in messages {
                match message.await?? {
                    true => outcome.stored += 1,
                    false => outcome.duplicates += 1,
                }
            }
            lock(&relay).commit()?;
        }
        for request in &stream.questions {
            let answered = &mut outcome.answered;
            lock(&relay).ask(request, &mut |frame| answered.add(frame))?;
        }
        drop(relay);
        for subscriber in subscribers {
            outcome.delivered.push(subscriber.await?);
        }
        Ok(outcome)
    })
}

async fn handle<R: Relay>(relay: Arc<Mutex<R>>, frame: String) -> Fallible<bool> {
    lock(&relay).publish(&frame)
}

async fn listen(mut frames: UnboundedReceiver<Vec<u8>>) -> Tally {
    let mut tally = Tally::default();
    while let Some(frame) = frames.recv().await {
        tally.add(&frame);
    }
    tally
}
// ANCHOR_END: tasks
