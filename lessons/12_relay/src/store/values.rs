//! Short keys for long values: keyed hashes of ids, tags and 32-byte values.
//!
//! The keys of the indexes are 4 or 5 bytes of a hash instead of the value itself, and what they find is compared
//! with the value. Two values with one hash cost a comparison, so nobody may be able to make many of them: the hash
//! is SipHash under a secret of this database.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;
use stack_arrays::EventId;

/// The secret of a database's hashes.
///
/// ```
/// use relay::store::values::Secret;
///
/// let (ours, theirs) = (Secret::new([1; 16]), Secret::new([2; 16]));
/// assert_eq!(ours.tag_key(b't', "rust"), ours.tag_key(b't', "rust"));
/// assert_ne!(ours.tag_key(b't', "rust"), ours.tag_key(b'T', "rust"));
/// assert_ne!(ours.tag_key(b't', "rust"), theirs.tag_key(b't', "rust"));
/// ```
#[derive(Clone)]
pub struct Secret(SipHasher13);

impl Secret {
    /// Takes random bytes, which the database keeps for as long as it lives.
    pub fn new(key: [u8; 16]) -> Self {
        Self(SipHasher13::new_with_key(&key))
    }

    /// What stands for an id in the index by id.
    pub fn id_key(&self, id: &EventId) -> [u8; 4] {
        first(self.hash(b'#', id.as_bytes()))
    }

    /// What stands for a 32-byte value in the index of values.
    pub fn value_key(&self, value: &[u8; 32]) -> [u8; 4] {
        first(self.hash(b'=', value))
    }

    /// What stands for a tag in the index of tags: its letter and its first value.
    pub fn tag_key(&self, letter: u8, value: &str) -> [u8; 4] {
        first(self.hash(letter, value.as_bytes()))
    }

    /// The first byte keeps the purposes apart: no tag is called `#` or `=`.
    fn hash(&self, purpose: u8, bytes: &[u8]) -> [u8; 8] {
        let mut hasher = self.0;
        hasher.write_u8(purpose);
        hasher.write(bytes);
        hasher.finish().to_le_bytes()
    }
}

fn first<const N: usize>(hash: [u8; 8]) -> [u8; N] {
    std::array::from_fn(|index| hash[index])
}
