//! The cache of public keys and referenced ids: the lesson's two-way cache, or the part `serial_cache`.

use interning::{BudgetTooSmall, SharedIdCache};

use super::tables::Serial;

/// Serials and their values, of those that were asked for lately.
pub(crate) struct ValueCache(SharedIdCache);

impl ValueCache {
    /// A cache that takes so many bytes from the heap, now, and no more.
    pub(crate) fn with_budget(bytes: usize) -> Result<Self, BudgetTooSmall> {
        SharedIdCache::with_budget(bytes).map(Self)
    }

    /// The value of a serial, if the cache has it.
    pub(crate) fn value(&self, serial: Serial) -> Option<[u8; 32]> {
        self.0.id(widened(serial))
    }

    /// The serial of a value, if the cache has it.
    pub(crate) fn serial(&self, value: &[u8; 32]) -> Option<Serial> {
        let [_, serial @ ..] = self.0.serial(value)?;
        Some(Serial::from_be_bytes(serial))
    }

    /// Remembers a pair.
    pub(crate) fn insert(&self, serial: Serial, value: [u8; 32]) {
        self.0.insert(widened(serial), value);
    }

    /// What it takes, in bytes; the same at all times.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.0.heap_bytes()
    }
}

/// A serial as the lesson's cache holds it.
fn widened(serial: Serial) -> [u8; 5] {
    let [a, b, c, d] = serial.to_be_bytes();
    [0, a, b, c, d]
}
