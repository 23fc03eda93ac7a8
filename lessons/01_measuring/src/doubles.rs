//! Readers and writers for tests that are as unkind as real ones: they take and give a few bytes at a time, are
//! interrupted, and fail.
//!
//! A `Vec<u8>` takes every write whole and never fails, so code that ignores what `write` returns passes a test with
//! one. None of these allocates by itself.

use std::io::{self, ErrorKind, Read, Write};

/// Takes or gives at most so many bytes at a time, and is interrupted at every third call.
///
/// ```
/// use measuring::doubles::Choppy;
/// use std::io::{Read, Write};
///
/// let mut output = Choppy::new(Vec::new(), 7);
/// assert_eq!(output.write(b"more than seven bytes").unwrap(), 7);
/// output.write_all(b" and the rest").unwrap();
/// assert_eq!(output.into_inner(), b"more th and the rest");
///
/// let mut text = String::new();
/// Choppy::new(&b"in pieces"[..], 2).read_to_string(&mut text).unwrap();
/// assert_eq!(text, "in pieces");
/// ```
#[derive(Debug)]
pub struct Choppy<I> {
    inner: I,
    most: usize,
    calls: usize,
}

impl<I> Choppy<I> {
    /// In front of another reader or writer.
    pub fn new(inner: I, most: usize) -> Self {
        Self {
            inner,
            most,
            calls: 0,
        }
    }

    /// What is behind it.
    pub fn into_inner(self) -> I {
        self.inner
    }

    /// How often it was asked, interruptions included.
    pub fn calls(&self) -> usize {
        self.calls
    }

    fn call(&mut self) -> io::Result<()> {
        self.calls += 1;
        match self.calls % 3 {
            0 => Err(ErrorKind::Interrupted.into()),
            _ => Ok(()),
        }
    }
}

impl<R: Read> Read for Choppy<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.call()?;
        let most = buffer.len().min(self.most);
        self.inner.read(&mut buffer[..most])
    }
}

impl<W: Write> Write for Choppy<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.call()?;
        self.inner.write(&bytes[..bytes.len().min(self.most)])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Fails with [`ErrorKind::BrokenPipe`] once so many bytes have passed.
///
/// It can be asked a hundred times after that, and then panics: an error that is not
/// [`Interrupted`](ErrorKind::Interrupted) stays, so asking again and again would never end.
///
/// ```
/// use measuring::doubles::Failing;
/// use std::io::Write;
///
/// let mut disk = Failing::after(3, Vec::new());
/// assert_eq!(disk.write(b"12345").unwrap(), 3);
/// assert!(disk.write(b"45").is_err());
/// ```
#[derive(Debug)]
pub struct Failing<I> {
    inner: I,
    left: usize,
    failed: usize,
}

impl<I> Failing<I> {
    /// In front of another reader or writer.
    pub fn after(bytes: usize, inner: I) -> Self {
        Self {
            inner,
            left: bytes,
            failed: 0,
        }
    }

    /// What is behind it.
    pub fn into_inner(self) -> I {
        self.inner
    }

    fn room(&mut self, wanted: usize) -> io::Result<usize> {
        if self.left > 0 || wanted == 0 {
            return Ok(wanted.min(self.left));
        }
        self.failed += 1;
        assert!(
            self.failed <= 100,
            "asked a hundred times after it had failed: a broken pipe stays broken"
        );
        Err(ErrorKind::BrokenPipe.into())
    }
}

impl<R: Read> Read for Failing<R> {
    /// # Panics
    ///
    /// At the hundred and first call after it had failed.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.room(buffer.len())?;
        let read = self.inner.read(&mut buffer[..most])?;
        self.left -= read;
        Ok(read)
    }
}

impl<W: Write> Write for Failing<W> {
    /// # Panics
    ///
    /// At the hundred and first call after it had failed.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let most = self.room(bytes.len())?;
        let written = self.inner.write(&bytes[..most])?;
        self.left -= written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
