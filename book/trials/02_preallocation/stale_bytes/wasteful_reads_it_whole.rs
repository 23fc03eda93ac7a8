//! Reads the whole file into memory, where no byte can be stale.

use std::io::{self, Read, Write};

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("stale_bytes").allocations(1).bytes(8_192);

#[derive(Debug, PartialEq, Eq)]
struct Copied {
    bytes: u64,
    checksum: u32,
}

fn copy(input: &mut impl Read, output: &mut impl Write) -> io::Result<Copied> {
    let mut file = Vec::new();
    input.read_to_end(&mut file)?;
    output.write_all(&file)?;
    Ok(Copied {
        bytes: file.len() as u64,
        checksum: fnv(FNV_START, &file),
    })
}

const FNV_START: u32 = 0x811c_9dc5;

/// FNV-1a, continued over some more bytes.
fn fnv(checksum: u32, bytes: &[u8]) -> u32 {
    let step = |checksum: u32, byte: &u8| (checksum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(checksum, step)
}

fn main() {
    let file = sample(100_000);
    measuring::show(BUDGET, || copy(&mut file.as_slice(), &mut io::sink()));
}

/// Bytes that hardly repeat, so that old ones don't pass for new ones.
fn sample(length: u32) -> Vec<u8> {
    let byte = |at: u32| at.wrapping_mul(2_654_435_761).to_be_bytes()[0];
    (0..length).map(byte).collect()
}
