//! Short hashes that keys begin with. They are keyed with a secret of the database, so that nobody can make up ids or
//! tags that share one; and since they are short, whatever they lead to is compared with what was asked for.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// Hashes with a database's secret.
#[derive(Clone, Debug)]
pub(crate) struct Hashes {
    keyed: SipHasher13,
}

impl Hashes {
    pub(crate) fn new(secret: &[u8; 16]) -> Self {
        Self {
            keyed: SipHasher13::new_with_key(secret),
        }
    }

    /// Of an id, or of a value that is stored once.
    pub(crate) fn of_32(&self, value: &[u8; 32]) -> [u8; 5] {
        let mut hasher = self.keyed;
        hasher.write(value);
        let [a, b, c, d, e, ..] = hasher.finish().to_be_bytes();
        [a, b, c, d, e]
    }

    /// Of a tag's letter and value.
    pub(crate) fn of_tag(&self, letter: u8, value: &str) -> [u8; 4] {
        let mut hasher = self.keyed;
        hasher.write(&[letter]);
        hasher.write(value.as_bytes());
        let [a, b, c, d, ..] = hasher.finish().to_be_bytes();
        [a, b, c, d]
    }
}
