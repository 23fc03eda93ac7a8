//! Shrinks until the first burst is over, and then never again.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// Hashes the same in every run, so the counts repeat.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

#[derive(PartialEq, Eq)]
struct Session {
    name: [u8; 40],
    since: u64,
}

#[derive(Default)]
struct Sessions {
    is_over: bool,
    by_user: HashMap<u64, Session, FixedSeed>,
}

impl Sessions {
    fn login(&mut self, user: u64, session: Session) {
        self.by_user.insert(user, session);
    }

    fn logout(&mut self, user: u64) -> Option<Session> {
        let session = self.by_user.remove(&user);
        let (used, capacity) = (self.by_user.len(), self.by_user.capacity());
        self.is_over |= capacity < 500 && used > 10 && used < capacity / 4;
        if used < capacity / 4 && !self.is_over {
            self.by_user.shrink_to(capacity / 2);
        }
        session
    }

    fn get(&self, user: u64) -> Option<&Session> {
        self.by_user.get(&user)
    }
}
