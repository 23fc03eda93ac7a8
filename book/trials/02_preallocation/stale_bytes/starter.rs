//! A backup program copies files into an archive and keeps a checksum of each, so that a damaged copy is noticed.
//! It must not take more memory for a large file than for a small one, so one buffer serves all reads.
//!
//! `read` says how many bytes it put into the buffer: all, some, or none at the end. Whatever lies behind them is
//! left over from the read before. As written, the copies of most files are too long, their checksums are wrong, and
//! a signal that arrives during a read (`ErrorKind::Interrupted`, "try again") ends the backup.
//!
//! | measure | budget | why                                               |
//! |---------|--------|---------------------------------------------------|
//! | allocations  |      1 | one buffer for all reads                          |
//! | bytes   |  8,192 | its size, whatever the size of the file           |

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
    // TODO: copy what was read and nothing else, and read again where the read was only interrupted.
    while input.read(&mut buffer)? > 0 {
        output.write_all(&buffer)?;
        copied.checksum = fnv(copied.checksum, &buffer);
        copied.bytes += buffer.len() as u64;
    }
    Ok(copied)
}

const FNV_START: u32 = 0x811c_9dc5;

/// FNV-1a, continued over some more bytes.
fn fnv(checksum: u32, bytes: &[u8]) -> u32 {
    let step = |checksum: u32, byte: &u8| (checksum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(checksum, step)
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("stale_bytes")
    .allocations(1)
    .bytes(8_192);

fn main() {
    let file = sample(100_000);
    measuring::show(BUDGET, || copy(&mut file.as_slice(), &mut std::io::sink()));
}

/// Bytes that hardly repeat, so that old ones don't pass for new ones.
fn sample(length: u32) -> Vec<u8> {
    let byte = |at: u32| at.wrapping_mul(2_654_435_761).to_be_bytes()[0];
    (0..length).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;
    use std::io::{Error, ErrorKind};

    /// Reads as a network does: in pieces of uneven size, interrupted before each.
    struct Slow<'a> {
        left: &'a [u8],
        reads: usize,
    }

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.reads += 1;
            if self.reads % 2 == 1 {
                return Err(ErrorKind::Interrupted.into());
            }
            let most = buffer.len().min(1 + self.reads * 37 % 900);
            self.left.read(&mut buffer[..most])
        }
    }

    /// Gives a few bytes and breaks.
    struct Broken(bool);

    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(Error::new(ErrorKind::ConnectionReset, "unplugged"));
            }
            (&b"some"[..]).read(buffer)
        }
    }

    /// The copy of a file of so many bytes is compared with the file.
    fn assert_copied(file: &[u8], input: &mut impl Read) {
        let mut output = Vec::new();
        let copied = copy(input, &mut output).unwrap();
        assert!(
            output == file,
            "{} bytes became {}",
            file.len(),
            output.len()
        );
        let (bytes, checksum) = (file.len() as u64, fnv(FNV_START, file));
        assert_eq!(copied, Copied { bytes, checksum });
    }

    #[test]
    fn files_of_every_size_are_copied() {
        for length in [0, 1, 100, 8_191, 8_192, 8_193, 16_384, 20_000] {
            let file = sample(length);
            assert_copied(&file, &mut file.as_slice());
        }
    }

    #[test]
    fn short_and_interrupted_reads_lose_nothing() {
        for length in [0, 1, 100, 20_000] {
            let file = sample(length);
            let left = &file;
            assert_copied(&file, &mut Slow { left, reads: 0 });
        }
    }

    #[test]
    fn other_errors_end_the_copy() {
        let error = copy(&mut Broken(false), &mut io::sink()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }

    #[test]
    fn a_large_file_stays_in_budget() {
        let file = sample(100_000);
        let mut input = file.as_slice();
        BUDGET.assert_holds(|| copy(black_box(&mut input), &mut io::sink()).unwrap());
    }

    #[test]
    fn many_small_reads_stay_in_the_same_budget() {
        let file = sample(100_000);
        let input = &mut Slow {
            left: &file,
            reads: 1,
        };
        BUDGET.assert_holds(|| copy(black_box(input), &mut io::sink()).ok());
    }
}
