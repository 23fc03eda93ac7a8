//! Reading a file a kilobyte at a time: what is its checksum?

use std::hint::black_box;
use std::io::Read;

/// A file's bytes.
#[derive(Debug)]
pub struct File(pub Vec<u8>);

impl File {
    /// So many bytes.
    pub fn sample(length: u32) -> Self {
        Self((0..length).map(|at| (at % 251) as u8).collect())
    }

    /// Opens it: a slice is a reader.
    fn open(&self) -> impl Read {
        &self.0[..]
    }
}

/// Adds some bytes to a checksum.
fn add(checksum: u64, bytes: &[u8]) -> u64 {
    let sum: u64 = black_box(bytes).iter().copied().map(u64::from).sum();
    checksum.wrapping_add(sum)
}

// ANCHOR: in_the_loop
/// A buffer for every read. `None` where a read fails.
pub fn in_the_loop(file: &File) -> Option<u64> {
    let mut file = file.open();
    let mut checksum = 0;
    loop {
        let mut buffer = vec![0; 1_024];
        match file.read(&mut buffer).ok()? {
            0 => return Some(checksum),
            count => checksum = add(checksum, &buffer[..count]),
        }
    }
}
// ANCHOR_END: in_the_loop

// ANCHOR: hoisted
/// One buffer for all reads. What is past `count` is left from the read before.
pub fn hoisted(file: &File) -> Option<u64> {
    let mut file = file.open();
    let mut checksum = 0;
    let mut buffer = vec![0; 1_024];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(checksum),
            count => checksum = add(checksum, &buffer[..count]),
        }
    }
}
// ANCHOR_END: hoisted

// ANCHOR: on_the_stack
/// A kilobyte fits the stack.
pub fn on_the_stack(file: &File) -> Option<u64> {
    let mut file = file.open();
    let mut checksum = 0;
    let mut buffer = [0; 1_024];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(checksum),
            count => checksum = add(checksum, &buffer[..count]),
        }
    }
}
// ANCHOR_END: on_the_stack
