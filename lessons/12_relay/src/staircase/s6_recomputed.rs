//! Step 6: what follows from the rest isn't stored. The id is the hash of the event, so it is computed when the event is
//! read; what finds an id, a value or a tag is four bytes of a hash, for the record says what it is.

use redb::WriteTransaction;

use super::s1_fixed_ids::{INDEX, Tables};
use super::s5_serials::{Entry, Hints, ID, Opened};
use super::{Fallible, SECRET};
use crate::event::EventId;
use crate::store::values::Secret;

// ANCHOR: recomputed
pub(super) struct Hashed(Secret);

impl Default for Hashed {
    fn default() -> Self {
        Self(Secret::new(SECRET))
    }
}

impl Hashed {
    /// What an entry begins with, which ends in the number.
    fn key(&self, of: u8, value: &[u8; 32], number: u32) -> [u8; 9] {
        let mut key = [of; 9];
        key[1..5].copy_from_slice(&match of {
            ID => self.0.id_key(&EventId::new(*value)),
            _ => self.0.value_key(value),
        });
        key[5..].copy_from_slice(&number.to_be_bytes());
        key
    }
}

impl Hints for Hashed {
    const WHOLE: bool = false;

    fn enter(
        &self,
        transaction: &WriteTransaction,
        entries: impl Iterator<Item = Entry>,
    ) -> Fallible<()> {
        let mut index = transaction.open_table(INDEX)?;
        for (of, value, number) in entries {
            index.insert(&self.key(of, &value, number)[..], ())?;
        }
        Ok(())
    }

    fn look_up(
        &self,
        (tables, _): (&Tables, &Opened),
        (of, value): (u8, &[u8; 32]),
        found: &mut Vec<u32>,
    ) -> Fallible<()> {
        let [first, last] = [0, u32::MAX].map(|end| self.key(of, value, end));
        for entry in tables.index.range(&first[..]..=&last[..])? {
            let (key, _) = entry?;
            let number = key.value().last_chunk().copied().map(u32::from_be_bytes);
            found.extend(number);
        }
        Ok(())
    }

    fn tag(&self, letter: u8, value: &str, key: &mut Vec<u8>) -> bool {
        key.extend_from_slice(&self.0.tag_key(letter, value));
        true
    }
}
// ANCHOR_END: recomputed
