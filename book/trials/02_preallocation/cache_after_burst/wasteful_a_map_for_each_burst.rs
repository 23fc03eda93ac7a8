//! Keeps the first 300 apart, and drops the map of the others when it is empty.

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
    few: HashMap<u64, Session, FixedSeed>,
    many: HashMap<u64, Session, FixedSeed>,
}

impl Sessions {
    fn login(&mut self, user: u64, session: Session) {
        if self.few.contains_key(&user) || self.few.len() < 300 && !self.many.contains_key(&user) {
            self.few.insert(user, session);
        } else {
            self.many.insert(user, session);
        }
    }

    fn logout(&mut self, user: u64) -> Option<Session> {
        let session = self.few.remove(&user).or_else(|| self.many.remove(&user));
        if self.many.is_empty() {
            self.many = HashMap::default();
        }
        session
    }

    fn get(&self, user: u64) -> Option<&Session> {
        self.few.get(&user).or_else(|| self.many.get(&user))
    }
}
