//! An interner's two directions, laid out in three ways.

use std::collections::HashMap;
use std::sync::Arc;

use crate::repeated::Names;
use crate::{FixedSeed, Interner, Limits};

/// A table from names to numbers and back. All layouts are equal if they number the same names alike.
#[derive(Debug)]
pub enum Table {
    /// A key in the map and another in the list.
    TwoCopies(HashMap<String, u32, FixedSeed>, Vec<String>),
    /// One key, and two handles to it.
    SharedKey(HashMap<Arc<str>, u32, FixedSeed>, Vec<Arc<str>>),
    /// One buffer, and numbers.
    OneBuffer(Interner<FixedSeed>),
}

impl Table {
    /// A name's number.
    pub fn number(&self, name: &str) -> Option<usize> {
        match self {
            Self::TwoCopies(numbers, _) => numbers.get(name).map(|number| *number as usize),
            Self::SharedKey(numbers, _) => numbers.get(name).map(|number| *number as usize),
            Self::OneBuffer(interner) => interner.get(name).map(|symbol| symbol.index()),
        }
    }

    /// The names in the order of their numbers.
    pub fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::TwoCopies(_, names) => Box::new(names.iter().map(String::as_str)),
            Self::SharedKey(_, names) => Box::new(names.iter().map(|name| &**name)),
            Self::OneBuffer(interner) => Box::new(interner.iter().map(|(_, name)| name)),
        }
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.names().eq(other.names())
            && self
                .names()
                .all(|name| self.number(name) == other.number(name))
    }
}

// ANCHOR: two_copies
/// A map that owns its keys, and a list that owns them again.
pub fn two_copies(names: &Names) -> Table {
    let mut numbers = HashMap::<String, u32, FixedSeed>::default();
    let mut list = Vec::new();
    for name in names.iter() {
        if !numbers.contains_key(name) {
            numbers.insert(name.to_owned(), list.len() as u32);
            list.push(name.to_owned());
        }
    }
    Table::TwoCopies(numbers, list)
}
// ANCHOR_END: two_copies

// ANCHOR: shared_key
/// Map and list share each key: the text is there once, and 16 bytes of handle twice.
pub fn shared_key(names: &Names) -> Table {
    let mut numbers = HashMap::<Arc<str>, u32, FixedSeed>::default();
    let mut list = Vec::new();
    for name in names.iter() {
        if !numbers.contains_key(name) {
            let key = Arc::<str>::from(name);
            numbers.insert(Arc::clone(&key), list.len() as u32);
            list.push(key);
        }
    }
    Table::SharedKey(numbers, list)
}
// ANCHOR_END: shared_key

// ANCHOR: one_buffer
/// The interner: no handles, no allocations of their own, and a table of numbers.
pub fn one_buffer(names: &Names) -> Table {
    let mut interner = Interner::with_hasher(Limits::default(), FixedSeed::default());
    for name in names.iter() {
        match interner.intern(name) {
            Ok(_) => {}
            // Without limits, that takes four gigabytes of names.
            Err(full) => unreachable!("{full}"),
        }
    }
    Table::OneBuffer(interner)
}
// ANCHOR_END: one_buffer
