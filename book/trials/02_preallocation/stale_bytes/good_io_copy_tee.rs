//! Copies with `io::copy` to a writer that hashes what it passes on.

#![forbid(unsafe_code)]

use std::io::{self, Read, Write};

#[derive(Debug, PartialEq, Eq)]
struct Copied {
    bytes: u64,
    checksum: u32,
}

fn copy(input: &mut impl Read, output: &mut impl Write) -> io::Result<Copied> {
    let mut copied = Copied {
        bytes: 0,
        checksum: FNV_START,
    };
    struct Tee<'a, W>(&'a mut W, &'a mut Copied);
    impl<W: Write> Write for Tee<'_, W> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = self.0.write(bytes)?;
            self.1.checksum = fnv(self.1.checksum, &bytes[..count]);
            Ok(count)
        }
        fn flush(&mut self) -> io::Result<()> {
            self.0.flush()
        }
    }
    copied.bytes = io::copy(input, &mut Tee(output, &mut copied))?;
    Ok(copied)
}

const FNV_START: u32 = 0x811c_9dc5;

/// FNV-1a, continued over some more bytes.
fn fnv(checksum: u32, bytes: &[u8]) -> u32 {
    let step = |checksum: u32, byte: &u8| (checksum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(checksum, step)
}
