//! Frames of at most 256 bytes, a hundred in flight at a time.
#![expect(
    clippy::missing_errors_doc,
    reason = "there are as many blocks as frames, and they are large enough"
)]

use std::hint::black_box;

use crate::{Block, BlockError, Blocks, Limits, Pooled, Shelf, Stack};

const IN_FLIGHT: usize = 100;
const ROUNDS: usize = 10;

/// What the frames carry.
#[derive(Debug)]
pub struct Payloads(Vec<Vec<u8>>);

impl Payloads {
    /// A hundred of them, of 20 to 250 bytes.
    pub fn of_100() -> Self {
        let payload = |number: usize| vec![number as u8; 20 + number * 37 % 231];
        Self((0..IN_FLIGHT).map(payload).collect())
    }
}

fn sum(frame: &[u8]) -> u64 {
    black_box(frame).iter().copied().map(u64::from).sum()
}

// ANCHOR: boxed
/// A box for every frame.
pub fn boxed(payloads: &Payloads) -> Result<u64, BlockError> {
    let frame = |payload: &Vec<u8>| {
        let mut frame = Box::new([0; 256]);
        frame[..payload.len()].copy_from_slice(payload);
        frame
    };
    let mut frames: Vec<Box<[u8; 256]>> = Vec::with_capacity(IN_FLIGHT);
    let mut total = 0;
    for _ in 0..ROUNDS {
        frames.extend(payloads.0.iter().map(frame));
        total += frames.drain(..).map(|frame| sum(&frame[..])).sum::<u64>();
    }
    Ok(total)
}
// ANCHOR_END: boxed

// ANCHOR: pooled
/// Boxes from a pool, which have to be wiped because a box has no length.
pub fn pooled(payloads: &Payloads) -> Result<u64, BlockError> {
    let shelf = Stack::new(Limits::of(IN_FLIGHT));
    let frame = |payload: &Vec<u8>| {
        let mut frame = shelf.lend(|| Box::new([0; 256]));
        frame[..payload.len()].copy_from_slice(payload);
        frame
    };
    let mut frames: Vec<Pooled<'_, Box<[u8; 256]>, _>> = Vec::with_capacity(IN_FLIGHT);
    let mut total = 0;
    for _ in 0..ROUNDS {
        frames.extend(payloads.0.iter().map(frame));
        total += frames.drain(..).map(|frame| sum(&frame[..])).sum::<u64>();
    }
    Ok(total)
}
// ANCHOR_END: pooled

// ANCHOR: blocks
/// Blocks that lie side by side in one allocation, each with a length.
pub fn blocks(payloads: &Payloads) -> Result<u64, BlockError> {
    let mut blocks = Blocks::new(IN_FLIGHT);
    let mut frames: Vec<Block<256>> = Vec::with_capacity(IN_FLIGHT);
    let mut total = 0;
    for _ in 0..ROUNDS {
        for payload in &payloads.0 {
            let mut frame = blocks.take()?;
            blocks.write(&mut frame, payload)?;
            frames.push(frame);
        }
        for frame in frames.drain(..) {
            total += sum(blocks.read(&frame)?);
            blocks.give_back(frame)?;
        }
    }
    Ok(total)
}
// ANCHOR_END: blocks
