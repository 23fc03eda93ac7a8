//! The cache of public keys and referenced ids, by the part `serial_cache`.

use std::convert::Infallible;
use std::sync::Mutex;

use super::tables::Serial;
use crate::lock;
use crate::parts::serial_cache::SerialCache;

/// Serials and their values: a part need not be safe to share.
pub(crate) struct ValueCache(Mutex<SerialCache>);

impl ValueCache {
    pub(crate) fn with_budget(bytes: usize) -> Result<Self, Infallible> {
        Ok(Self(Mutex::new(SerialCache::with_budget(bytes))))
    }

    pub(crate) fn value(&self, serial: Serial) -> Option<[u8; 32]> {
        lock(&self.0).value(serial)
    }

    pub(crate) fn serial(&self, value: &[u8; 32]) -> Option<Serial> {
        lock(&self.0).serial(value)
    }

    pub(crate) fn insert(&self, serial: Serial, value: [u8; 32]) {
        lock(&self.0).insert(serial, &value);
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        lock(&self.0).heap_bytes()
    }
}
