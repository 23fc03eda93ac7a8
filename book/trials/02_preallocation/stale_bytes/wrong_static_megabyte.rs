//! Reads into a static megabyte behind a lock, so that copies wait for each other.

#![forbid(unsafe_code)]

use std::io::{self, Read, Write};

#[derive(Debug, PartialEq, Eq)]
struct Copied {
    bytes: u64,
    checksum: u32,
}

fn copy(input: &mut impl Read, output: &mut impl Write) -> io::Result<Copied> {
    static BUFFER: std::sync::Mutex<[u8; 1 << 20]> = std::sync::Mutex::new([0; 1 << 20]);
    let mut buffer = BUFFER
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut copied = Copied {
        bytes: 0,
        checksum: FNV_START,
    };
    loop {
        let count = match input.read(&mut buffer[..]) {
            Ok(0) => return Ok(copied),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        // Behind these bytes lie those of an earlier read.
        let fresh = &buffer[..count];
        output.write_all(fresh)?;
        copied.checksum = fnv(copied.checksum, fresh);
        copied.bytes += fresh.len() as u64;
    }
}

const FNV_START: u32 = 0x811c_9dc5;

/// FNV-1a, continued over some more bytes.
fn fnv(checksum: u32, bytes: &[u8]) -> u32 {
    let step = |checksum: u32, byte: &u8| (checksum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(checksum, step)
}
