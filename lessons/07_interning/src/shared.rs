//! Interner and cache for several threads.

use std::hash::{BuildHasher, RandomState};
use std::sync::PoisonError;

use crate::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::{BudgetTooSmall, Full, Id, IdCache, Interner, Limits, Serial, Symbol};

/// An [`Interner`] that threads share.
///
/// Known strings are found under a read lock, so look-ups run side by side; only a new one takes the write lock. A
/// thread that interns the same few names again and again is better off with symbols that it keeps, or with an
/// interner of its own: even a read lock is a write to memory that all cores share.
///
/// ```
/// let hosts = interning::SharedInterner::new();
/// let [one, other] = std::thread::scope(|scope| {
///     [scope.spawn(|| hosts.intern("nos.lol")), scope.spawn(|| hosts.intern("nos.lol"))]
///         .map(|thread| thread.join().expect("interning doesn't panic"))
/// });
/// assert_eq!(one?, other?);
/// assert_eq!(hosts.len(), 1);
/// # Ok::<(), interning::Full>(())
/// ```
#[derive(Debug, Default)]
pub struct SharedInterner<S = RandomState> {
    interner: RwLock<Interner<S>>,
}

impl SharedInterner {
    /// An empty interner without limits, and a random seed.
    pub fn new() -> Self {
        Self::from(Interner::new())
    }

    /// An empty interner with these limits, and a random seed.
    pub fn within(limits: Limits) -> Self {
        Self::from(Interner::within(limits))
    }
}

impl<S> From<Interner<S>> for SharedInterner<S> {
    fn from(interner: Interner<S>) -> Self {
        Self {
            interner: RwLock::new(interner),
        }
    }
}

impl<S: BuildHasher> SharedInterner<S> {
    /// The text's symbol: the one it has, or a new one.
    ///
    /// # Errors
    ///
    /// Where the text is new and there is no room for it. A full interner says so under the read lock, so that
    /// strangers can't queue everybody up.
    // ANCHOR: intern
    pub fn intern(&self, text: &str) -> Result<Symbol, Full> {
        let reading = self.read();
        if let Some(symbol) = reading.get(text) {
            return Ok(symbol);
        }
        // It never shrinks, so what has no room now never will.
        reading.room_for(text)?;
        // std's lock can't be upgraded, so another thread may come in between and intern
        // the same text. `intern` looks for it first: that is the second check.
        drop(reading);
        self.write().intern(text)
    }
    // ANCHOR_END: intern

    /// The text's symbol, if it has one.
    pub fn get(&self, text: &str) -> Option<Symbol> {
        self.read().get(text)
    }

    /// Runs `work` on the symbol's text, under the read lock; `None` if this interner never gave out such a symbol.
    ///
    /// `work` must not intern into the same interner: it would wait for its own lock.
    ///
    /// ```
    /// let hosts = interning::SharedInterner::new();
    /// let symbol = hosts.intern("nos.lol")?;
    /// assert_eq!(hosts.resolve(symbol, str::len), Some(7));
    /// # Ok::<(), interning::Full>(())
    /// ```
    pub fn resolve<T>(&self, symbol: Symbol, work: impl FnOnce(&str) -> T) -> Option<T> {
        self.read().resolve(symbol).map(work)
    }

    /// How many different strings it holds.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// What it takes from the heap, in bytes.
    pub fn heap_bytes(&self) -> usize {
        self.read().heap_bytes()
    }

    fn read(&self) -> RwLockReadGuard<'_, Interner<S>> {
        // A panic under the lock comes before anything was changed: all room is reserved first.
        self.interner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Interner<S>> {
        self.interner
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// An [`IdCache`] that threads share: look-ups under a read lock, side by side.
///
/// ```
/// let cache = interning::SharedIdCache::with_budget(1 << 16)?;
/// cache.insert([0, 0, 0, 0, 7], [0xab; 32]);
/// assert_eq!(cache.serial(&[0xab; 32]), Some([0, 0, 0, 0, 7]));
/// # Ok::<(), interning::BudgetTooSmall>(())
/// ```
#[derive(Debug)]
pub struct SharedIdCache<S = RandomState> {
    cache: RwLock<IdCache<S>>,
}

impl SharedIdCache {
    /// A cache that never takes more than so many bytes from the heap, and takes them now. A random seed.
    ///
    /// # Errors
    ///
    /// Where the budget has no room for one pair.
    pub fn with_budget(bytes: usize) -> Result<Self, BudgetTooSmall> {
        IdCache::with_budget(bytes).map(Self::from)
    }
}

impl<S> From<IdCache<S>> for SharedIdCache<S> {
    fn from(cache: IdCache<S>) -> Self {
        Self {
            cache: RwLock::new(cache),
        }
    }
}

impl<S: BuildHasher> SharedIdCache<S> {
    /// The id of a serial, if the cache has it.
    pub fn id(&self, serial: Serial) -> Option<Id> {
        self.read().id(serial)
    }

    /// The serial of an id, if the cache has it.
    pub fn serial(&self, id: &Id) -> Option<Serial> {
        self.read().serial(id)
    }

    /// Adds a pair, as [`IdCache::insert`] does.
    pub fn insert(&self, serial: Serial, id: Id) {
        self.write().insert(serial, id);
    }

    /// Forgets a serial and its id, which is returned.
    pub fn remove_serial(&self, serial: Serial) -> Option<Id> {
        self.write().remove_serial(serial)
    }

    /// Forgets an id and its serial, which is returned.
    pub fn remove_id(&self, id: &Id) -> Option<Serial> {
        self.write().remove_id(id)
    }

    /// How many pairs it holds.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// How many pairs it can hold, within its budget.
    pub fn capacity(&self) -> usize {
        self.read().capacity()
    }

    /// What it takes from the heap, in bytes; the same from its making to its end.
    pub fn heap_bytes(&self) -> usize {
        self.read().heap_bytes()
    }

    fn read(&self) -> RwLockReadGuard<'_, IdCache<S>> {
        // No user code runs under the lock but the hasher, and the tables have their room: a panic is a bug in here,
        // and what it leaves is a cache that may miss.
        self.cache.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, IdCache<S>> {
        self.cache.write().unwrap_or_else(PoisonError::into_inner)
    }
}
