//! Names that are known when the program is compiled: no table, no lock, no allocation.

use std::collections::HashMap;
use std::fmt;

use crate::FixedSeed;

/// What Nostr calls the events of a kind, for the kinds that a log is likely to see.
///
/// ```
/// assert_eq!(interning::static_names::kind_name(1), Some("note"));
/// assert_eq!(interning::static_names::kind_name(65_000), None);
/// ```
// ANCHOR: kind_name
pub const fn kind_name(kind: u16) -> Option<&'static str> {
    Some(match kind {
        0 => "profile",
        1 => "note",
        3 => "follow list",
        4 => "direct message",
        5 => "deletion",
        6 => "repost",
        7 => "reaction",
        1_984 => "report",
        9_734 => "zap request",
        9_735 => "zap",
        10_002 => "relay list",
        30_023 => "article",
        _ => return None,
    })
}
// ANCHOR_END: kind_name

/// The kinds that have a name.
pub const NAMED_KINDS: [u16; 12] = [0, 1, 3, 4, 5, 6, 7, 1_984, 9_734, 9_735, 10_002, 30_023];

// ANCHOR: letter
/// The name of a tag that a relay indexes: one letter, of either case. One byte, where a `String` takes 24 and an allocation.
///
/// ```
/// use interning::static_names::Letter;
///
/// let tag = Letter::from_name("e").expect("one letter");
/// assert_eq!((size_of_val(&tag), tag.as_str()), (1, "e"));
/// assert_eq!(Letter::from_name("relay"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Letter(u8);

impl Letter {
    /// How many letters there are: the length of an array that has something for each.
    pub const COUNT: usize = NAMES.len();

    /// The letter that a tag's name consists of; `None` if it is anything else.
    pub const fn from_name(name: &str) -> Option<Self> {
        match name.as_bytes() {
            [letter @ b'A'..=b'Z'] => Some(Self(*letter - b'A')),
            [letter @ b'a'..=b'z'] => Some(Self(*letter - b'a' + 26)),
            _ => None,
        }
    }

    /// An index below [`COUNT`](Self::COUNT).
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        let index = self.index();
        &NAMES[index..=index]
    }
}
// ANCHOR_END: letter

/// All names, in the order of their index.
const NAMES: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl fmt::Display for Letter {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.pad(self.as_str())
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        write!(to, "Letter({self})")
    }
}

/// The kinds of a thousand events that are to be logged, and a map of their names.
#[derive(Debug)]
pub struct Events {
    kinds: Vec<u16>,
    names: HashMap<u16, &'static str, FixedSeed>,
}

impl Events {
    /// So many events, of all named kinds and of one that has no name.
    pub fn sample(count: usize) -> Self {
        let some_kind = |number: usize| {
            let kind = NAMED_KINDS.get(number * 5 % (NAMED_KINDS.len() + 1));
            kind.copied().unwrap_or(22_242)
        };
        let named = |kind| kind_name(kind).map(|name| (kind, name));
        Self {
            kinds: (0..count).map(some_kind).collect(),
            names: NAMED_KINDS.into_iter().filter_map(named).collect(),
        }
    }
}

/// Stands for the log: takes a name, and says how much of it it took.
fn log(name: &str) -> usize {
    std::hint::black_box(name).len()
}

// ANCHOR: string
/// A `String` for each, as a function that returns one forces on its callers.
pub fn string(events: &Events) -> usize {
    let name = |kind: u16| kind_name(kind).unwrap_or("unknown").to_string();
    events.kinds.iter().map(|kind| log(&name(*kind))).sum()
}
// ANCHOR_END: string

// ANCHOR: map
/// A map that was built once, at the start of the program.
pub fn map(events: &Events) -> usize {
    let name = |kind: &u16| events.names.get(kind).copied().unwrap_or("unknown");
    events.kinds.iter().map(|kind| log(name(kind))).sum()
}
// ANCHOR_END: map

// ANCHOR: matched
/// A `match`: its names lie in the program itself.
pub fn matched(events: &Events) -> usize {
    let name = |kind: u16| kind_name(kind).unwrap_or("unknown");
    events.kinds.iter().map(|kind| log(name(*kind))).sum()
}
// ANCHOR_END: matched
