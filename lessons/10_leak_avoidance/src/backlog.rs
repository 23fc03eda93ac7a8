//! A reader of the network that is faster than the writer to the disk.

use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::quiet_runtime;

/// So many messages of 256 bytes, and the runtime that reader and writer share.
#[derive(Debug)]
pub struct Feed {
    messages: usize,
    runtime: Runtime,
}

impl Feed {
    /// A feed of so many messages.
    pub fn of(messages: usize) -> Self {
        let feed = Self {
            messages,
            runtime: quiet_runtime(),
        };
        // The runtime's queue has grown before anything is counted.
        for step in [unbounded, bounded, one_slot] {
            step(&feed);
        }
        feed
    }
}

/// A message, as it comes off the network.
type Message = Box<[u8]>;

fn message() -> Message {
    vec![1; 256].into()
}

/// Stands for the disk: says how much of a message it took.
fn store(message: &[u8]) -> usize {
    message.len()
}

// ANCHOR: unbounded
/// A channel without a bound: sending never waits, so nothing keeps the reader from running ahead.
pub fn unbounded(feed: &Feed) -> usize {
    feed.runtime.block_on(async {
        let (sender, mut waiting) = mpsc::unbounded_channel::<Message>();
        let writer = tokio::spawn(async move {
            let mut stored = 0;
            while let Some(message) = waiting.recv().await {
                stored += store(&message);
            }
            stored
        });
        for _ in 0..feed.messages {
            let _ = sender.send(message());
        }
        drop(sender);
        writer.await.unwrap_or(0)
    })
}
// ANCHOR_END: unbounded

/// Reader and writer with room for so many messages between them.
// ANCHOR: bounded
fn with_room_for(room: usize, feed: &Feed) -> usize {
    feed.runtime.block_on(async {
        let (sender, mut waiting) = mpsc::channel::<Message>(room);
        let writer = tokio::spawn(async move {
            let mut stored = 0;
            while let Some(message) = waiting.recv().await {
                stored += store(&message);
            }
            stored
        });
        for _ in 0..feed.messages {
            let _ = sender.send(message()).await;
        }
        drop(sender);
        writer.await.unwrap_or(0)
    })
}

/// A channel with room for 64 messages: when it is full, the reader waits.
pub fn bounded(feed: &Feed) -> usize {
    with_room_for(64, feed)
}
// ANCHOR_END: bounded

/// Room for one: reader and writer take turns, message by message.
pub fn one_slot(feed: &Feed) -> usize {
    with_room_for(1, feed)
}
