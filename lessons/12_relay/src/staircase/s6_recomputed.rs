//! Step 6: what follows from the rest isn't stored. The id is the hash of the event, so it is computed when the event is
//! read; what finds an id, a value or a tag is four bytes of a hash, for the record says what it is.

use super::SECRET;
use super::s5_serials::Hints;
use crate::event::EventId;
use crate::store::values::Secret;

// ANCHOR: recomputed
pub(super) struct Hashed(Secret);

impl Default for Hashed {
    fn default() -> Self {
        Self(Secret::new(SECRET))
    }
}

impl Hints for Hashed {
    const WHOLE: bool = false;

    fn id(&self, id: &EventId, key: &mut Vec<u8>) {
        key.extend_from_slice(&self.0.id_key(id));
    }

    fn value(&self, value: &[u8; 32], key: &mut Vec<u8>) {
        key.extend_from_slice(&self.0.value_key(value));
    }

    fn tag(&self, letter: u8, value: &str, key: &mut Vec<u8>) -> bool {
        key.extend_from_slice(&self.0.tag_key(letter, value));
        true
    }
}
// ANCHOR_END: recomputed
