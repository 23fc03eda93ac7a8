//! Room for a message of up to a kilobyte while it is put together.

use std::hint::black_box;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use smallvec::SmallVec;

/// How long a message may be.
pub const ROOM: usize = 1_024;

/// Messages in parts, to be put together and handed on.
#[derive(Debug)]
pub struct Outbox(Vec<[String; 3]>);

impl Outbox {
    /// So many messages of about sixty bytes.
    pub fn sample(messages: usize) -> Self {
        let parts = |message: usize| {
            [
                format!("[\"EVENT\",\"sub{}\",", message % 7),
                format!("\"note {message} to whom it may concern\""),
                "]".to_owned(),
            ]
        };
        Self((0..messages).map(parts).collect())
    }
}

/// Stands for the socket: gives the bytes it took, and can't be looked through.
#[inline(never)]
fn send(message: &[u8]) -> usize {
    black_box(message).len()
}

/// What the steps give: the bytes sent, or nothing where a message is too long.
pub type Sent = Option<usize>;

// ANCHOR: vectors
/// A vector with room for a kilobyte. The number is a constant, and the room is on the heap all the same.
pub fn vectors(outbox: &Outbox) -> Sent {
    let mut sent = 0;
    for parts in &outbox.0 {
        let mut message = Vec::with_capacity(ROOM);
        for part in parts {
            message.extend_from_slice(part.as_bytes());
        }
        sent += send(&message);
    }
    Some(sent)
}
// ANCHOR_END: vectors

// ANCHOR: arrays
/// An array on the stack, which is filled with zeros each time.
pub fn arrays(outbox: &Outbox) -> Sent {
    let mut sent = 0;
    for parts in &outbox.0 {
        let mut message = [0; ROOM];
        let mut free = &mut message[..];
        for part in parts {
            free.write_all(part.as_bytes()).ok()?;
        }
        let length = ROOM - free.len();
        sent += send(&message[..length]);
    }
    Some(sent)
}
// ANCHOR_END: arrays

// ANCHOR: small_vecs
/// Room on the stack that nobody fills first. A longer message would spill to the heap.
pub fn small_vecs(outbox: &Outbox) -> Sent {
    let mut sent = 0;
    for parts in &outbox.0 {
        let mut message = SmallVec::<[u8; ROOM]>::new();
        for part in parts {
            message.extend_from_slice(part.as_bytes());
        }
        sent += send(&message);
    }
    Some(sent)
}
// ANCHOR_END: small_vecs

// ANCHOR: hoisted
/// One array for all messages, filled with zeros once.
pub fn hoisted(outbox: &Outbox) -> Sent {
    let mut sent = 0;
    let mut message = [0; ROOM];
    for parts in &outbox.0 {
        let mut free = &mut message[..];
        for part in parts {
            free.write_all(part.as_bytes()).ok()?;
        }
        let length = ROOM - free.len();
        sent += send(&message[..length]);
    }
    Some(sent)
}
// ANCHOR_END: hoisted

// ANCHOR: pooled
/// A vector out of a pool, which is given back when the message is sent.
pub fn pooled(outbox: &Outbox) -> Sent {
    let pool: Mutex<Vec<Vec<u8>>> = Mutex::default();
    let shelf = || pool.lock().unwrap_or_else(PoisonError::into_inner);
    let mut sent = 0;
    for parts in &outbox.0 {
        // Bound first, so that the lock is free again before the message is put together.
        let taken = shelf().pop();
        let mut message = taken.unwrap_or_else(|| Vec::with_capacity(ROOM));
        for part in parts {
            message.extend_from_slice(part.as_bytes());
        }
        sent += send(&message);
        message.clear();
        shelf().push(message);
    }
    Some(sent)
}
// ANCHOR_END: pooled
