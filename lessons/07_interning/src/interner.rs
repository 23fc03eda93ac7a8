//! The interner: strings one behind the other in one buffer, and a table that holds nothing but their numbers.

use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;

use hashbrown::HashTable;

/// Stands for a string that an [`Interner`] keeps. Equal symbols of one interner are equal strings.
///
/// It is 4 bytes, and so is an `Option<Symbol>`. Symbols order by when their strings were first seen, not by text. A
/// symbol means nothing to another interner: there it stands for another string, or for none.
///
/// ```
/// use interning::Symbol;
///
/// assert_eq!(size_of::<Symbol>(), 4);
/// assert_eq!(size_of::<Option<Symbol>>(), 4);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(NonZeroU32);

impl fmt::Debug for Symbol {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        write!(to, "Symbol({})", self.index())
    }
}

impl Symbol {
    /// The symbol of an interner's string number `index`, counted from 0; `None` for `u32::MAX`.
    ///
    /// An interner that is given its well-known names first, in a fixed order, has constants for their symbols:
    ///
    /// ```
    /// use interning::{Interner, Symbol};
    ///
    /// const EVENT: Option<Symbol> = Symbol::nth(0);
    ///
    /// let mut names = Interner::new();
    /// for known in ["e", "p"] {
    ///     names.intern(known)?;
    /// }
    /// assert_eq!(names.get("e"), EVENT);
    /// # Ok::<(), interning::Full>(())
    /// ```
    pub const fn nth(index: u32) -> Option<Self> {
        match NonZeroU32::MIN.checked_add(index) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// How many strings were interned before this one: an index for a `Vec` that says something about each.
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// The most that an [`Interner`] may hold. What is interned stays, so where strangers choose the strings, these are
/// the only bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Strings.
    pub strings: u32,
    /// Bytes of text, of all strings together.
    pub bytes: u32,
}

impl Default for Limits {
    /// As many as 4-byte numbers can tell apart.
    fn default() -> Self {
        Self {
            strings: u32::MAX,
            bytes: u32::MAX,
        }
    }
}

/// An [`Interner`] has no room for one more string, within its [`Limits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// It holds this many strings, the most allowed.
    Strings(u32),
    /// With this string it would hold more than so many bytes of text.
    Bytes(u32),
}

impl fmt::Display for Full {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Strings(most) => write!(to, "the interner holds its {most} strings")?,
            Self::Bytes(most) => write!(to, "the interner has no room within {most} bytes")?,
        }
        write!(to, "; keep this one as a String, or refuse it")
    }
}

impl Error for Full {}

/// Gives equal strings one [`Symbol`], and keeps each once.
///
/// ```text
/// texts    relay.damus.io│nos.lol│relay.example      one String
/// ends     14             21      34                 a u32 per string
/// symbols  · 2 · · 0 · 1 ·                           a table of u32, by the hash of the text
/// ```
///
/// A look-up hashes the text, and compares it with those strings that the table finds under that hash. A symbol leads
/// to its text by two entries of `ends`. Neither direction has a copy of its own.
///
/// ```
/// use interning::Interner;
///
/// let mut hosts = Interner::new();
/// let damus = hosts.intern("relay.damus.io")?;
/// assert_eq!(hosts.intern("relay.damus.io")?, damus);
/// assert_eq!(hosts.resolve(damus), Some("relay.damus.io"));
/// assert_eq!(hosts.len(), 1);
/// # Ok::<(), interning::Full>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Interner<S = RandomState> {
    texts: Texts,
    symbols: HashTable<u32>,
    hasher: S,
    limits: Limits,
}

impl Interner {
    /// An empty interner without limits, and a random seed.
    pub fn new() -> Self {
        Self::within(Limits::default())
    }

    /// An empty interner with these limits, and a random seed.
    ///
    /// ```
    /// use interning::{Full, Interner, Limits};
    ///
    /// let mut tags = Interner::within(Limits { strings: 1, bytes: 100 });
    /// tags.intern("rust")?;
    /// assert_eq!(tags.intern("memory"), Err(Full::Strings(1)));
    /// assert!(tags.intern("rust").is_ok(), "what is known needs no room");
    /// # Ok::<(), Full>(())
    /// ```
    pub fn within(limits: Limits) -> Self {
        Self::with_hasher(limits, RandomState::new())
    }
}

impl<S: BuildHasher> Interner<S> {
    /// An empty interner with these limits that hashes like this.
    pub fn with_hasher(limits: Limits, hasher: S) -> Self {
        Self {
            texts: Texts::default(),
            symbols: HashTable::new(),
            hasher,
            limits,
        }
    }

    // ANCHOR: intern
    /// The text's symbol: the one it has, or a new one.
    ///
    /// # Errors
    ///
    /// Where the text is new and there is no room for it.
    pub fn intern(&mut self, text: &str) -> Result<Symbol, Full> {
        let hash = self.hasher.hash_one(text);
        if let Some(symbol) = self.find(hash, text) {
            return Ok(symbol);
        }
        let symbol = self.room_for(text)?;
        let (texts, hasher) = (&mut self.texts, &self.hasher);
        // All room first: if that panics, text and table still agree.
        texts.reserve(text);
        let hash_of = |index: &u32| texts.hash(*index, hasher);
        self.symbols.reserve(1, hash_of);
        self.symbols
            .insert_unique(hash, symbol.index() as u32, hash_of);
        texts.push(text);
        Ok(symbol)
    }
    // ANCHOR_END: intern

    // ANCHOR: find
    /// The text's symbol, if it has one.
    pub fn get(&self, text: &str) -> Option<Symbol> {
        self.find(self.hasher.hash_one(text), text)
    }

    fn find(&self, hash: u64, text: &str) -> Option<Symbol> {
        let same = |index: &u32| self.texts.get(*index as usize) == Some(text);
        self.symbols
            .find(hash, same)
            .and_then(|index| Symbol::nth(*index))
    }

    /// The symbol's text; `None` if this interner never gave out such a symbol.
    pub fn resolve(&self, symbol: Symbol) -> Option<&str> {
        self.texts.get(symbol.index())
    }
    // ANCHOR_END: find

    /// The symbol that a new text would get.
    ///
    /// # Errors
    ///
    /// Where there is no room for it.
    pub(crate) fn room_for(&self, text: &str) -> Result<Symbol, Full> {
        let Limits { strings, bytes } = self.limits;
        let symbol = u32::try_from(self.len())
            .ok()
            .filter(|count| *count < strings)
            .and_then(Symbol::nth)
            .ok_or(Full::Strings(strings))?;
        // In 64 bits, because the sum may be more than a 32-bit machine can address.
        let with_it = self.texts.text.len() as u64 + text.len() as u64;
        if with_it > u64::from(bytes) {
            return Err(Full::Bytes(bytes));
        }
        Ok(symbol)
    }

    /// How many different strings it holds.
    pub fn len(&self) -> usize {
        self.texts.ends.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The strings and their symbols, in the order in which they were first seen.
    pub fn iter(&self) -> Iter<'_> {
        Iter {
            texts: &self.texts,
            next: 0,
        }
    }

    /// What it takes from the heap, in bytes: text, ends, table, and the room to spare in each.
    ///
    /// ```
    /// let mut names = interning::Interner::new();
    /// assert_eq!(names.heap_bytes(), 0);
    /// names.intern("rust")?;
    /// assert!(names.heap_bytes() > 4 + 4 + 4);
    /// # Ok::<(), interning::Full>(())
    /// ```
    pub fn heap_bytes(&self) -> usize {
        let Texts { text, ends } = &self.texts;
        text.capacity() + ends.capacity() * size_of::<u32>() + self.symbols.allocation_size()
    }

    /// Gives back the room to spare, when nothing more is expected.
    pub fn shrink_to_fit(&mut self) {
        let (texts, hasher) = (&self.texts, &self.hasher);
        self.symbols
            .shrink_to_fit(|index| texts.hash(*index, hasher));
        self.texts.text.shrink_to_fit();
        self.texts.ends.shrink_to_fit();
    }
}

/// An interner's symbols and strings: see [`Interner::iter`].
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    texts: &'a Texts,
    next: u32,
}

impl<'a> Iterator for Iter<'a> {
    type Item = (Symbol, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let symbol = Symbol::nth(self.next)?;
        let text = self.texts.get(symbol.index())?;
        self.next += 1;
        Some((symbol, text))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.texts.ends.len() - self.next as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a, S: BuildHasher> IntoIterator for &'a Interner<S> {
    type Item = (Symbol, &'a str);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

// ANCHOR: texts
/// Strings in one buffer: number `n` ends where `ends[n]` says, and begins where the one before it ends.
#[derive(Clone, Debug, Default)]
struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start as usize..end as usize)
    }
    // ANCHOR_END: texts

    /// What a string that is there hashes to; the table moves its numbers by it.
    fn hash(&self, index: u32, hasher: &impl BuildHasher) -> u64 {
        hasher.hash_one(self.get(index as usize).unwrap_or_default())
    }

    fn reserve(&mut self, text: &str) {
        self.text.reserve(text.len());
        self.ends.reserve(1);
    }

    /// The caller has seen that the text fits into 32 bits of length.
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }
}
