//! A backup program copies files into an archive and keeps a checksum of each. Several copies run
//! at the same time. Example: the file `"some"` → the same four bytes, and `bytes: 4`.
//!
//! `read` returns how many bytes it put into the buffer: all, some, or 0 at the end. The bytes
//! after these are stale: an earlier read wrote them. Most copies are too long now, with a wrong
//! checksum. And a signal during a read (`ErrorKind::Interrupted`: nothing was read, try again)
//! ends the copy. Every other error, of input or output, does end the copy and is returned.
//!
//! | measure         | budget            | why                                           |
//! |-----------------|------------------:|-----------------------------------------------|
//! | allocations     |                 1 | one buffer serves all reads                   |
//! | bytes           |             8,192 | the size of the buffer, for files of any size |
//! | live            |                 0 | the buffer is freed at the end of the copy    |
//! | buffer in bytes |             8,192 | also if it isn't on the heap                  |
//! | reads           | length / 200 + 10 | a read takes hundreds of bytes                |

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
    // TODO: the whole buffer is written and hashed after each read, and each error ends the loop.
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
    .bytes(8_192)
    .live(0);

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
    use measuring::doubles::{Choppy, Failing};
    use measuring::{assert_gives, assert_work};
    use std::hint::black_box;
    use std::io::{self, ErrorKind, Read, Write};
    use std::sync::mpsc;
    use std::time::Duration;

    /// FNV-1a, as the published description has it.
    fn fnv_1a(bytes: &[u8]) -> u32 {
        let step = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(16_777_619);
        bytes.iter().fold(2_166_136_261, step)
    }

    /// Holds what was written, and what `copy` returned, against the file.
    #[track_caller]
    fn assert_copied(how: &str, file: &[u8], copied: io::Result<Copied>, output: &[u8]) {
        let what = format!("{} bytes {how}", file.len());
        let copied = copied
            .map(|it| (it.bytes, it.checksum))
            .map_err(|error| error.kind());
        assert_gives(
            format_args!("bytes written for {what}"),
            &output.len(),
            &file.len(),
        );
        let same = output
            .iter()
            .zip(file)
            .position(|(came, expected)| came != expected);
        assert_gives(
            format_args!("first byte that differs of {what}"),
            &same,
            &None,
        );
        let expected = Ok((file.len() as u64, fnv_1a(file)));
        assert_gives(
            format_args!("bytes and checksum of {what}"),
            &copied,
            &expected,
        );
    }

    const LENGTHS: [u32; 9] = [0, 1, 100, 8_191, 8_192, 8_193, 16_384, 20_000, 70_000];

    #[measuring::test]
    fn files_of_every_size_are_copied() {
        for file in LENGTHS.map(sample) {
            let mut output = Vec::new();
            let copied = copy(&mut black_box(&file[..]), &mut output);
            assert_copied("read at once", &file, copied, &output);
        }
        let published = (fnv_1a(b""), fnv_1a(b"a"), fnv_1a(b"foobar"));
        assert_gives(
            "FNV-1a of the published texts",
            &published,
            &(0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968),
        );
    }

    #[measuring::test]
    fn short_and_interrupted_reads_lose_nothing() {
        for file in LENGTHS.map(sample) {
            for most in [1, 7, 900, 8_192]
                .into_iter()
                .filter(|it| file.len() <= it * 9_000)
            {
                let mut output = Vec::new();
                let copied = copy(&mut Choppy::new(&file[..], most), &mut output);
                let how = format!("in reads of {most} bytes, every third interrupted");
                assert_copied(&how, &file, copied, &output);
            }
        }
    }

    #[measuring::test]
    fn short_and_interrupted_writes_lose_nothing() {
        for file in LENGTHS.map(sample) {
            for most in [7, 900] {
                let mut output = Choppy::new(Vec::new(), most);
                let copied = copy(&mut &file[..], &mut output);
                let how = format!("in writes of {most} bytes, every third interrupted");
                assert_copied(&how, &file, copied, &output.into_inner());
            }
        }
    }

    /// Interrupted so many times before each read.
    struct Signals<'a>(usize, usize, &'a [u8]);

    impl Read for Signals<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            if !self.1.is_multiple_of(self.0) {
                return Err(ErrorKind::Interrupted.into());
            }
            self.2.read(buffer)
        }
    }

    #[measuring::test]
    fn interruptions_in_a_row_lose_nothing() {
        for (length, times) in [(20_000, 1), (20_000, 10), (20_000, 300), (100, 70_000)] {
            let file = sample(length);
            let mut output = Vec::new();
            let copied = copy(&mut Signals(times + 1, 0, &file), &mut output);
            let how = format!("with {times} interruptions before each read");
            assert_copied(&how, &file, copied, &output);
        }
    }

    /// Gives four bytes, then fails in this way again and again.
    struct Fails(ErrorKind, usize);

    impl Read for Fails {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            assert!(
                self.1 <= 100,
                "read 100 times after it failed with {:?}",
                self.0
            );
            match self.1 {
                1 => (&b"some"[..]).read(buffer),
                _ => Err(self.0.into()),
            }
        }
    }

    #[track_caller]
    fn assert_fails(what: &str, copied: io::Result<Copied>, kind: ErrorKind) {
        let came = copied.map_err(|error| error.kind());
        assert_gives(format_args!("{what}"), &came, &Err(kind));
    }

    #[measuring::test]
    fn other_errors_of_the_input_end_the_copy() {
        use ErrorKind::*;
        for kind in [
            ConnectionReset,
            PermissionDenied,
            UnexpectedEof,
            WouldBlock,
            TimedOut,
            Other,
        ] {
            let copied = copy(&mut Fails(kind, 0), &mut io::sink());
            assert_fails(
                &format!("a copy whose input fails with {kind:?}"),
                copied,
                kind,
            );
        }
        let file = sample(20_000);
        for length in [0, 1, 8_191, 8_192, 8_193, 19_999, 20_000] {
            let mut output = Vec::new();
            let copied = copy(&mut Failing::after(length, &file[..]), &mut output);
            assert_fails(
                &format!("an input that fails after {length} bytes"),
                copied,
                BrokenPipe,
            );
            let is_start = output == file[..output.len()];
            assert_gives(
                "written before that: the start of the file",
                &is_start,
                &true,
            );
        }
    }

    /// Takes no byte at all, which isn't an error yet.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            self.0 += 1;
            assert!(
                self.0 <= 100,
                "written to 100 times, though it took no byte any time"
            );
            Ok(0)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[measuring::test]
    fn errors_of_the_output_end_the_copy() {
        let file = sample(20_000);
        for length in [0, 1, 8_191, 8_192, 8_193, 19_999] {
            let copied = copy(&mut &file[..], &mut Failing::after(length, Vec::new()));
            let what = format!("20,000 bytes to an output that fails after {length}");
            assert_fails(&what, copied, ErrorKind::BrokenPipe);
        }
        let copied = copy(&mut &file[..], &mut Full(0));
        assert_gives(
            "an output that takes no byte is an error",
            &copied.is_err(),
            &true,
        );
    }

    /// Waits in its first read until another thread has copied a file.
    struct Meanwhile(bool);

    impl Read for Meanwhile {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Ok(0);
            }
            let (done, is_done) = mpsc::channel();
            std::thread::spawn(move || {
                let _ = copy(&mut &sample(20_000)[..], &mut io::sink());
                let _ = done.send(());
            });
            let came = is_done.recv_timeout(Duration::from_secs(2)).is_ok();
            assert_gives(
                "a copy ends while another waits for its input",
                &came,
                &true,
            );
            Ok(0)
        }
    }

    #[measuring::test]
    fn copies_dont_wait_for_each_other() {
        let mut output = Vec::new();
        let copied = copy(&mut Meanwhile(false), &mut output);
        assert_copied("beside another copy", b"", copied, &output);
    }

    /// Counts its reads, and notes the largest buffer that it was to fill.
    struct Watched<'a> {
        left: &'a [u8],
        reads: u64,
        largest: u64,
    }

    impl Read for Watched<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.reads += 1;
            self.largest = self.largest.max(buffer.len() as u64);
            self.left.read(buffer)
        }
    }

    /// Runs alone in its process, with all threads counted.
    #[measuring::test]
    fn files_of_every_size_stay_in_budget() {
        for length in [100_000, 0, 1, 8_193, 1_000_000] {
            let file = sample(length);
            let mut input = Watched {
                left: &file,
                reads: 0,
                largest: 0,
            };
            BUDGET.assert_holds_in_process(|| copy(black_box(&mut input), &mut io::sink()).is_ok());
            assert_work("reads of a file", input.reads, 10 + u64::from(length) / 200);
            assert_work(
                "bytes of the buffer, wherever it lies",
                input.largest,
                8_192,
            );
        }
    }

    #[measuring::test]
    fn many_small_reads_stay_in_the_same_budget() {
        let file = sample(20_000);
        for end in [19_999, 30_000] {
            let mut input = Failing::after(end, Choppy::new(&file[..], 100));
            BUDGET.assert_holds(|| copy(black_box(&mut input), &mut io::sink()).is_ok());
        }
    }
}
