//! Fills its buffer with several reads before it writes.

#![forbid(unsafe_code)]

use std::io::{self, Read, Write};

#[derive(Debug, PartialEq, Eq)]
struct Copied {
    bytes: u64,
    checksum: u32,
}

fn copy(input: &mut impl Read, output: &mut impl Write) -> io::Result<Copied> {
    let mut buffer = vec![0; 8_192];
    let mut copied = Copied {
        bytes: 0,
        checksum: FNV_START,
    };
    loop {
        let mut count = 0;
        while count < buffer.len() {
            match input.read(&mut buffer[count..]) {
                Ok(0) => break,
                Ok(more) => count += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if count == 0 {
            return Ok(copied);
        }
        // The bytes after these are stale.
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
