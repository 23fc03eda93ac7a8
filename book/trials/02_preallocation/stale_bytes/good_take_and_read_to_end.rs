//! Reads up to 8,192 bytes at a time with `take`.

#![forbid(unsafe_code)]

use std::io::{self, Read, Write};

#[derive(Debug, PartialEq, Eq)]
struct Copied {
    bytes: u64,
    checksum: u32,
}

fn copy(input: &mut impl Read, output: &mut impl Write) -> io::Result<Copied> {
    let mut buffer = Vec::with_capacity(8_192);
    let mut copied = Copied {
        bytes: 0,
        checksum: FNV_START,
    };
    loop {
        buffer.clear();
        if input.take(8_192).read_to_end(&mut buffer)? == 0 {
            return Ok(copied);
        }
        // The bytes after these are stale.
        let fresh = &buffer[..];
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
