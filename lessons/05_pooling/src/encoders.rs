//! Encoders whose state is worth keeping.

use std::fmt;
use std::io;

use serde::Serialize;
use zstd::bulk::Compressor;

use crate::{Pool, Pooled, Recycle, Shelf};

/// Encodes values as JSON into buffers that it lends.
///
/// ```
/// use pooling::{JsonBuffers, Limits, Locked};
///
/// let encoder = JsonBuffers::new(Locked::new(Limits::of(8).each(0, 65_536)));
/// let json = encoder.encode(&["EVENT", "sub"])?;
/// assert_eq!(&json[..], br#"["EVENT","sub"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct JsonBuffers<S: Shelf<Vec<u8>>> {
    pool: Pool<Vec<u8>, S>,
}

impl<S: Shelf<Vec<u8>>> JsonBuffers<S> {
    /// An encoder over that shelf. Buffers begin empty and keep the size that they grow to.
    pub const fn new(shelf: S) -> Self {
        let pool = Pool::new(shelf, Vec::new as fn() -> Vec<u8>);
        Self { pool }
    }

    /// The value as JSON, to be sent or written before the guard goes. To keep the bytes, detach them: then nothing
    /// was saved but the growing.
    ///
    /// # Errors
    ///
    /// Where the value can't be written as JSON, a map whose keys are no strings for example.
    pub fn encode(&self, value: &impl Serialize) -> serde_json::Result<Pooled<'_, Vec<u8>, S>> {
        let mut json = self.pool.take();
        serde_json::to_writer(&mut *json, value)?;
        Ok(json)
    }
}

/// What zstd needs to compress: tables of tens to hundreds of kilobytes, the more the larger its inputs have been. The
/// C library allocates them and sets them up.
pub struct Context {
    compressor: Compressor<'static>,
    room: usize,
}

impl Context {
    fn new(level: i32) -> io::Result<Self> {
        let compressor = Compressor::new(level)?;
        let mut context = Self {
            compressor,
            room: 0,
        };
        context.clear();
        Ok(context)
    }
}

impl Recycle for Context {
    /// zstd forgets the last input by itself when the next one begins; its tables grow with the inputs it has met.
    fn clear(&mut self) {
        self.room = self.compressor.context_mut().sizeof();
    }

    fn room(&self) -> usize {
        self.room
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let room = &self.room;
        f.debug_struct("Context")
            .field("room", room)
            .finish_non_exhaustive()
    }
}

/// Compresses with zstd, in contexts that it keeps.
///
/// ```
/// use pooling::{Compressors, Limits, Locked};
///
/// let compressors = Compressors::new(Locked::new(Limits::of(2)), 3);
/// let mut frame = Vec::new();
/// compressors.compress(&[b'a'; 10_000], &mut frame)?;
/// assert!(frame.len() < 100);
/// assert_eq!(zstd::bulk::decompress(&frame, 10_000)?, [b'a'; 10_000]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Compressors<S> {
    shelf: S,
    level: i32,
}

impl<S: Shelf<Context>> Compressors<S> {
    /// Contexts for one level of compression: 1 is fast, 3 is zstd's default, 19 takes its time. zstd takes a level
    /// out of its range for the nearest in it.
    pub const fn new(shelf: S, level: i32) -> Self {
        Self { shelf, level }
    }

    /// Replaces what is in `frame` by `bytes`, compressed. The frame gets room for the worst case, a little more than
    /// the bytes themselves; keep it for the next call.
    ///
    /// # Errors
    ///
    /// Where zstd has no memory for a context.
    // ANCHOR: compress
    pub fn compress(&self, bytes: &[u8], frame: &mut Vec<u8>) -> io::Result<()> {
        let context = match self.shelf.take() {
            Some(waiting) => waiting,
            None => Context::new(self.level)?,
        };
        let mut context = Pooled::new(context, &self.shelf);
        frame.clear();
        frame.reserve(zstd::zstd_safe::compress_bound(bytes.len()));
        context.compressor.compress_to_buffer(bytes, frame)?;
        Ok(())
    }
    // ANCHOR_END: compress

    /// The shelf that contexts wait on.
    pub const fn shelf(&self) -> &S {
        &self.shelf
    }
}
