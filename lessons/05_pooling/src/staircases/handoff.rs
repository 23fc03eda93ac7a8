//! One thread fills buffers, another one empties and frees them.

use std::sync::mpsc;
use std::thread;

use crate::{Limits, Locked, PerThread, Shelf, Stack};

const SIZE: usize = 4_096;
const LIMITS: Limits = Limits::of(16);

thread_local! {
    static IDLE: Stack<Vec<u8>> = Stack::new(LIMITS);
}

/// How many messages go from one to the other.
#[derive(Debug)]
pub struct Messages(pub u64);

/// As many buffers as may wait for the reader.
const QUEUE: usize = 8;

/// Sends each message through a short queue, in a buffer from `buffer`. The reader begins when the queue is full, so
/// that the peak doesn't depend on who starts when.
fn relay<B: AsMut<Vec<u8>> + Send>(messages: u64, buffer: impl Fn() -> B) -> u64 {
    let (sender, receiver) = mpsc::sync_channel::<B>(QUEUE);
    let send = move |number: u64| {
        let mut buffer = buffer();
        buffer.as_mut().extend_from_slice(&number.to_le_bytes());
        sender.send(buffer).expect("the reader reads to the end");
    };
    let read = |mut buffer: B| -> u64 { buffer.as_mut().iter().copied().map(u64::from).sum() };
    let mut numbers = 0..messages;
    numbers.by_ref().take(QUEUE).for_each(&send);
    thread::scope(|scope| {
        let reader = scope.spawn(move || receiver.into_iter().map(read).sum());
        numbers.for_each(&send);
        drop(send);
        reader.join().expect("the reader doesn't panic")
    })
}

// ANCHOR: malloc
/// Each buffer is allocated here and freed there.
pub fn malloc(messages: &Messages) -> u64 {
    relay(messages.0, || Vec::with_capacity(SIZE))
}
// ANCHOR_END: malloc

// ANCHOR: locked
/// Each buffer comes back to where it was taken.
pub fn locked(messages: &Messages) -> u64 {
    let shelf = Locked::new(LIMITS);
    relay(messages.0, || shelf.lend(|| Vec::with_capacity(SIZE)))
}
// ANCHOR_END: locked

// ANCHOR: per_thread
/// Each buffer goes to the reader's shelf, from which nobody takes.
pub fn per_thread(messages: &Messages) -> u64 {
    let shelf: PerThread<Vec<u8>> = &IDLE;
    relay(messages.0, || shelf.lend(|| Vec::with_capacity(SIZE)))
}
// ANCHOR_END: per_thread
