//! Ignores logins beyond 300, so that the map never becomes large.

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
    by_user: HashMap<u64, Session, FixedSeed>,
}

impl Sessions {
    fn login(&mut self, user: u64, session: Session) {
        if self.by_user.len() < 300 {
            self.by_user.insert(user, session);
        }
    }

    fn logout(&mut self, user: u64) -> Option<Session> {
        self.by_user.remove(&user)
    }

    fn get(&self, user: u64) -> Option<&Session> {
        self.by_user.get(&user)
    }
}
