//! Reads through a `BufReader`, whose buffer it consumes.

#![forbid(unsafe_code)]

use std::io::{self, BufRead, BufReader, Read, Write};

#[derive(Debug, PartialEq, Eq)]
struct Copied {
    bytes: u64,
    checksum: u32,
}

fn copy(input: &mut impl Read, output: &mut impl Write) -> io::Result<Copied> {
    let mut input = BufReader::with_capacity(8_192, input);
    let mut copied = Copied {
        bytes: 0,
        checksum: FNV_START,
    };
    loop {
        let fresh = match input.fill_buf() {
            Ok([]) => return Ok(copied),
            Ok(fresh) => fresh,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        output.write_all(fresh)?;
        copied.checksum = fnv(copied.checksum, fresh);
        copied.bytes += fresh.len() as u64;
        let count = fresh.len();
        input.consume(count);
    }
}

const FNV_START: u32 = 0x811c_9dc5;

/// FNV-1a, continued over some more bytes.
fn fnv(checksum: u32, bytes: &[u8]) -> u32 {
    let step = |checksum: u32, byte: &u8| (checksum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(checksum, step)
}
