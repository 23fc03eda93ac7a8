//! The tables of the database, each with the sentence that explains it.
//!
//! Keys are arrays of fixed width, big endian, so that they sort as bytes: redb then stores no length for them, and
//! a key whose value is `()` costs its own width and nothing else.

use std::cmp::Ordering;

use redb::{
    Key, ReadOnlyTable, ReadTransaction, ReadableTableMetadata, TableDefinition, TableError,
    TypeName, Value, WriteTransaction,
};

/// The place of an event: when it was made, in seconds since 1970 (4 bytes), and its number within that second (2).
///
/// A time beyond 32 bits takes the last second; its record holds the true time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tid(pub [u8; 6]);

impl Tid {
    /// Before all others.
    pub const FIRST: Self = Self([0; 6]);
    /// After all others.
    pub const LAST: Self = Self([0xff; 6]);

    /// The place of an event of a time, in seconds since 1970, with a number within that second.
    pub fn new(created_at: u64, number: u16) -> Self {
        #[cfg(all(feature = "varints", not(test)))]
        let tid = crate::parts::varints::place(created_at, number);
        #[cfg(any(not(feature = "varints"), test))]
        let tid = {
            let mut tid = [0; 6];
            tid[..4].copy_from_slice(&second(created_at));
            tid[4..].copy_from_slice(&number.to_be_bytes());
            tid
        };
        Self(tid)
    }

    /// The number within its second.
    pub fn number(self) -> u16 {
        u16::from_be_bytes([self.0[4], self.0[5]])
    }

    /// The second, as [`second`] gives it.
    pub fn second(self) -> [u8; 4] {
        let [a, b, c, d, _, _] = self.0;
        [a, b, c, d]
    }

    /// The place that follows, unless this is the last.
    pub fn next(self) -> Option<Self> {
        Self::numbered(self.order() + 1)
    }

    /// The place before this one, unless it is the first.
    pub fn before(self) -> Option<Self> {
        Self::numbered(self.order().checked_sub(1)?)
    }

    fn order(self) -> u64 {
        let [a, b, c, d, e, f] = self.0;
        u64::from_be_bytes([0, 0, a, b, c, d, e, f])
    }

    fn numbered(order: u64) -> Option<Self> {
        let [0, 0, tid @ ..] = order.to_be_bytes() else {
            return None;
        };
        Some(Self(tid))
    }

    /// The place that a key ends with.
    pub fn of<const N: usize>(key: &[u8; N]) -> Self {
        let mut tid = [0; 6];
        tid.copy_from_slice(&key[N - 6..]);
        Self(tid)
    }
}

/// A time as keys hold it. What is beyond 32 bits takes the last second.
pub fn second(time: u64) -> [u8; 4] {
    u32::try_from(time).unwrap_or(u32::MAX).to_be_bytes()
}

/// A key: what is asked for, then a place.
///
/// # Panics
///
/// If the lengths don't add up, which they do for the tables below.
pub fn key<const P: usize, const N: usize>(prefix: [u8; P], tid: Tid) -> [u8; N] {
    let mut key = [0; N];
    key[..P].copy_from_slice(&prefix);
    key[P..].copy_from_slice(&tid.0);
    key
}

/// The key of a part of a long record.
pub fn part(tid: Tid, number: u16) -> [u8; 8] {
    let mut key = [0; 8];
    key[..6].copy_from_slice(&tid.0);
    key[6..].copy_from_slice(&number.to_be_bytes());
    key
}

/// What keys of [`BY_AUTHOR`] begin with.
pub fn author_kind(author: Serial, kind: u16) -> [u8; 6] {
    let mut prefix = [0; 6];
    prefix[..4].copy_from_slice(&author.to_be_bytes());
    prefix[4..].copy_from_slice(&kind.to_be_bytes());
    prefix
}

/// The number under which a 32-byte value is stored once.
pub type Serial = u32;

/// So many bytes, which sort as they are.
///
/// The engine's own arrays are compared item by item, and take a block of heap for each that is read or looked for.
#[derive(Debug)]
pub struct Bytes<const N: usize>;

impl<const N: usize> Value for Bytes<N> {
    type SelfType<'a> = [u8; N];
    type AsBytes<'a> = &'a [u8; N];

    fn fixed_width() -> Option<usize> {
        Some(N)
    }

    fn from_bytes<'a>(data: &'a [u8]) -> [u8; N]
    where
        Self: 'a,
    {
        // The engine hands over the width that it was told.
        data.first_chunk().copied().unwrap_or([0; N])
    }

    fn as_bytes<'a, 'b: 'a>(value: &'a [u8; N]) -> &'a [u8; N]
    where
        Self: 'b,
    {
        value
    }

    fn type_name() -> TypeName {
        TypeName::new(&format!("bytes {N}"))
    }
}

impl<const N: usize> Key for Bytes<N> {
    fn compare(one: &[u8], other: &[u8]) -> Ordering {
        one.cmp(other)
    }
}

/// How long a part of a record in [`LONG`] is, in bytes; the last one is shorter. No longer record is in [`EVENTS`].
pub const PART: usize = 1340;

/// Declares each table once: its definition, and its place among all that a commit left.
macro_rules! tables {
    ($($(#[$about:meta])* $DEFINITION:ident $name:ident: $key:ty => $value:ty;)*) => {
        $($(#[$about])*
        pub const $DEFINITION: TableDefinition<$key, $value> =
            TableDefinition::new(stringify!($name));)*

        /// All tables as one commit left them.
        pub struct Tables {
            $($(#[$about])* pub $name: ReadOnlyTable<$key, $value>,)*
        }

        impl Tables {
            /// Makes them all.
            pub(crate) fn create(transaction: &WriteTransaction) -> Result<(), TableError> {
                $(transaction.open_table($DEFINITION)?;)*
                Ok(())
            }

            /// Opens them all, which takes some microseconds: [`Snapshot`](super::Snapshot)s of one commit share them.
            pub(crate) fn open(transaction: &ReadTransaction) -> Result<Self, TableError> {
                Ok(Self { $($name: transaction.open_table($DEFINITION)?,)* })
            }

            /// Their names, and what the engine knows of each.
            pub(crate) fn all(&self) -> Vec<(&'static str, &dyn ReadableTableMetadata)> {
                vec![$((stringify!($name), &self.$name),)*]
            }
        }
    };
}

tables! {
    // ANCHOR: tables
    /// Place → record. In order of time: this table is the index by time. Empty where the record is in [`LONG`].
    EVENTS events: Bytes<6> => &'static [u8];
    /// Place (6), part (2) → so much of a long record.
    ///
    /// The engine gives a value that is larger than its page one of its own, of twice the size until it fits. Three of
    /// these parts fill a page.
    LONG long: Bytes<8> => &'static [u8];
    /// Keyed hash of the id (4), place (6). The id itself is stored nowhere: it is computed again from the record.
    BY_ID by_id: Bytes<10> => ();
    /// Kind (2), place (6).
    BY_KIND by_kind: Bytes<8> => ();
    /// Serial of the author (4), kind (2), place (6). Serves authors without kinds too: one range for each kind.
    BY_AUTHOR by_author: Bytes<12> => ();
    /// Keyed hash of letter and value (4), place (6).
    BY_TAG by_tag: Bytes<10> => ();
    /// Time of expiry (4), place (6).
    BY_EXPIRY by_expiry: Bytes<10> => ();
    /// Serial → the 32 bytes that it stands for: public keys and referenced ids, each stored once.
    VALUES values: u32 => Bytes<32>;
    /// Keyed hash of 32 bytes (4), serial (4).
    BY_VALUE by_value: Bytes<8> => ();
    // ANCHOR_END: tables
    /// Number → zstd dictionary; kept as long as a record needs it.
    DICTIONARIES dictionaries: u32 => &'static [u8];
    /// Name → what the database says about itself: its format, the secret of its hashes, how often it was written.
    META meta: &'static str => &'static [u8];
}
