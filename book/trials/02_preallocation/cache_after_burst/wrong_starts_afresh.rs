//! Puts an empty map in the place of the large one, and logs everyone else out.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("cache_after_burst")
    .allocations(60)
    .live(40_000);

/// Hashes the same in every run, so that the figures do too.
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
        self.by_user.insert(user, session);
    }

    fn logout(&mut self, user: u64) -> Option<Session> {
        let session = self.by_user.remove(&user);
        let (used, room) = (self.by_user.len(), self.by_user.capacity());
        if used < room / 4 {
            self.by_user = HashMap::default();
        }
        session
    }

    fn get(&self, user: u64) -> Option<&Session> {
        self.by_user.get(&user)
    }
}

fn main() {
    measuring::show(BUDGET, || {
        let mut sessions = Sessions::default();
        burst(&mut sessions, 20_000);
        (sessions.get(0).is_some(), sessions)
    });
}

/// So many users log in, and all but the first hundred log out again.
fn burst(sessions: &mut Sessions, users: u64) {
    for user in 0..users {
        sessions.login(user, session(user));
    }
    for user in 100..users {
        sessions.logout(user);
    }
}

fn session(user: u64) -> Session {
    let name = std::array::from_fn(|at| (user >> (at % 8)) as u8);
    let since = 1_700_000_000 + user;
    Session { name, since }
}
