//! A file of lines, read in pieces of whole lines that know where they lie; and events written as lines.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Stdin, Write};
use std::path::{Path, PathBuf};

use relay::event::Event;

use super::Failure;

/// Bytes of a piece, about: enough to keep a thread busy for a millisecond or two.
const PIECE: usize = 64 << 10;
/// The longest line that is read as one. What is longer is no event that any relay takes.
const LONGEST: usize = 16 << 20;

/// Writes events as JSON, one a line.
pub(crate) struct EventWriter<W: Write> {
    output: BufWriter<W>,
    line: Vec<u8>,
}

impl<W: Write> EventWriter<W> {
    pub(crate) fn to(output: W) -> Self {
        Self {
            output: BufWriter::with_capacity(PIECE, output),
            line: Vec::new(),
        }
    }

    pub(crate) fn write(&mut self, event: &Event) -> Result<(), Failure> {
        self.line.clear();
        event.write_json(&mut self.line);
        self.line.push(b'\n');
        let written = self.output.write_all(&self.line);
        written.map_err(|cause| Failure::output(&cause))
    }

    /// Hands on what is left. Without it, nobody learns that this failed.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.output.flush().map_err(|cause| Failure::output(&cause))
    }
}

/// What is imported.
pub(crate) enum Input {
    /// Standard input.
    Stdin(Stdin),
    /// A file, with its length.
    File(PathBuf, File, u64),
}

/// Reads it line by line.
pub(crate) struct Lines {
    reader: Box<dyn BufRead>,
    name: PathBuf,
    size: Option<u64>,
    offset: u64,
    line: u64,
}

/// Some whole lines.
pub(crate) struct Piece {
    text: Vec<u8>,
    /// The number of the line before the first one.
    before: u64,
    /// Where the next piece begins, in bytes.
    pub end: u64,
    /// The number of the last line.
    pub end_line: u64,
}

impl Input {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            return Ok(Self::Stdin(io::stdin()));
        }
        let failed = |cause| Failure::file("read", path, &cause);
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        match about.is_dir() {
            true => Err(failed(io::ErrorKind::IsADirectory.into())),
            false => Ok(Self::File(path.to_owned(), file, about.len())),
        }
    }

    /// Its lines from a place on.
    pub(crate) fn lines(self, offset: u64, line: u64) -> Result<Lines, Failure> {
        let (reader, name, size): (Box<dyn BufRead>, _, _) = match self {
            Self::Stdin(stdin) => (
                Box::new(stdin.lock()),
                PathBuf::from("standard input"),
                None,
            ),
            Self::File(name, mut file, size) => {
                let moved = file.seek(SeekFrom::Start(offset));
                moved.map_err(|cause| Failure::file("read", &name, &cause))?;
                (
                    Box::new(BufReader::with_capacity(PIECE, file)),
                    name,
                    Some(size),
                )
            }
        };
        Ok(Lines {
            reader,
            name,
            size,
            offset,
            line,
        })
    }
}

impl Lines {
    pub(crate) fn name(&self) -> PathBuf {
        self.name.clone()
    }

    /// The length of the whole input, if that is known.
    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// The next lines, or nothing at the end.
    pub(crate) fn next_piece(&mut self) -> io::Result<Option<Piece>> {
        let mut piece = Piece {
            text: Vec::with_capacity(PIECE + 4096),
            before: self.line,
            end: 0,
            end_line: 0,
        };
        while piece.text.len() < PIECE {
            let read = self.next_line(&mut piece.text)?;
            if read == 0 {
                break;
            }
            self.offset += read;
            self.line += 1;
        }
        (piece.end, piece.end_line) = (self.offset, self.line);
        Ok((piece.end_line > piece.before).then_some(piece))
    }

    /// Appends a line with its end; of one that is too long, so much that it can't be an event. Gives its length.
    fn next_line(&mut self, text: &mut Vec<u8>) -> io::Result<u64> {
        let (start, mut read) = (text.len(), 0);
        loop {
            let held = self.reader.fill_buf()?;
            if held.is_empty() {
                return Ok(read);
            }
            let end = held.iter().position(|&byte| byte == b'\n').map(|at| at + 1);
            let taken = end.unwrap_or(held.len());
            if text.len() - start < LONGEST {
                text.extend_from_slice(&held[..taken]);
            }
            self.reader.consume(taken);
            read += taken as u64;
            if end.is_some() {
                if !text.ends_with(b"\n") {
                    text.push(b'\n');
                }
                return Ok(read);
            }
        }
    }
}

impl Piece {
    /// Its lines with their numbers, counted from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let text = self.text.strip_suffix(b"\n").unwrap_or(&self.text);
        (self.before + 1..).zip(text.split(|&byte| byte == b'\n'))
    }
}
