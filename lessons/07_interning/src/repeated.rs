//! Keeping the same names over and over: the host of every line of a log, the city of every order.

use std::collections::HashSet;
use std::sync::Arc;

use crate::{FixedSeed, Interner, Limits, Symbol};

/// Names as they come in, many of them more than once. Each borrows from what was read.
#[derive(Debug)]
pub struct Names {
    text: String,
    /// The end of each name in the text.
    ends: Vec<usize>,
}

impl Names {
    /// A hundred thousand lines from a hundred hosts.
    pub fn of_100_hosts() -> Self {
        Self::new((0..100_000).map(|line| {
            let host = line * 7 % 100;
            format!("relay-{host:02}.example")
        }))
    }

    /// So many orders from one city.
    pub fn of_one_city(orders: usize) -> Self {
        Self::new((0..orders).map(|_| "Stockholm".to_owned()))
    }

    /// Ten thousand session ids, all different.
    pub fn all_different() -> Self {
        Self::new((0..10_000).map(|session| format!("session-{session:06}")))
    }

    fn new(names: impl Iterator<Item = String>) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for name in names {
            text += &name;
            ends.push(text.len());
        }
        Self { text, ends }
    }

    /// The names, in the order in which they came.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ends.iter().enumerate().map(|(index, end)| {
            let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
            &self.text[start..*end]
        })
    }
}

/// Names as they are kept. All ways of keeping them are equal if the names are.
#[derive(Debug)]
pub enum Kept {
    /// Each has its own copy.
    Strings(Vec<String>),
    /// Equal names share one. The set finds it while more names come.
    Shared(Vec<Arc<str>>, HashSet<Arc<str>, FixedSeed>),
    /// Equal names are equal numbers.
    Symbols(Vec<Symbol>, Interner<FixedSeed>),
}

impl Kept {
    fn name(&self, index: usize) -> Option<&str> {
        match self {
            Self::Strings(names) => names.get(index).map(String::as_str),
            Self::Shared(names, _) => names.get(index).map(|name| &**name),
            Self::Symbols(names, interner) => {
                names.get(index).and_then(|name| interner.resolve(*name))
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Strings(names) => names.len(),
            Self::Shared(names, _) => names.len(),
            Self::Symbols(names, _) => names.len(),
        }
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && (0..self.len()).all(|index| self.name(index) == other.name(index))
    }
}

// ANCHOR: string
/// A `String` for each.
pub fn string(names: &Names) -> Kept {
    Kept::Strings(names.iter().map(str::to_owned).collect())
}
// ANCHOR_END: string

// ANCHOR: arc
/// A set of those seen so far. One that is there is cloned, which only counts.
pub fn arc(names: &Names) -> Kept {
    let mut seen = HashSet::<Arc<str>, FixedSeed>::default();
    let mut share = |name: &str| match seen.get(name) {
        Some(known) => Arc::clone(known),
        None => {
            let new = Arc::<str>::from(name);
            seen.insert(Arc::clone(&new));
            new
        }
    };
    let kept = names.iter().map(&mut share).collect();
    Kept::Shared(kept, seen)
}
// ANCHOR_END: arc

// ANCHOR: symbol
/// An interner, and 4 bytes for each.
pub fn symbol(names: &Names) -> Kept {
    let mut interner = Interner::with_hasher(Limits::default(), FixedSeed::default());
    let mut symbols = Vec::with_capacity(names.iter().len());
    for name in names.iter() {
        match interner.intern(name) {
            Ok(symbol) => symbols.push(symbol),
            // Without limits, that takes four gigabytes of names.
            Err(full) => unreachable!("{full}"),
        }
    }
    Kept::Symbols(symbols, interner)
}
// ANCHOR_END: symbol
