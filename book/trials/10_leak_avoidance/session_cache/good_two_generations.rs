//! Two maps, of this half hour and the one before; the older one is cleared.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// How long a session lasts, in seconds.
const LASTS: u64 = 1_800;

use clock::Expiry;

type Token = u64;

struct Session {
    user: String,
    expires: Expiry,
}

#[derive(Default)]
struct Sessions {
    by_token: HashMap<Token, Session, BuildHasherDefault<DefaultHasher>>,
    before: HashMap<Token, Session, BuildHasherDefault<DefaultHasher>>,
    since: u64,
}

impl Sessions {
    /// A session from now on. A second login with the same token begins it anew.
    fn login(&mut self, token: Token, user: &str, now: u64) {
        if now >= self.since + LASTS {
            // Whoever is in `before` logged in before `since`, and has expired.
            std::mem::swap(&mut self.by_token, &mut self.before);
            self.by_token.clear();
            self.since = now;
        }
        self.before.remove(&token);
        let session = Session {
            user: user.to_owned(),
            expires: Expiry::at(now + LASTS),
        };
        self.by_token.insert(token, session);
    }

    /// Who it is, unless the session has expired.
    fn user(&mut self, token: Token, now: u64) -> Option<&str> {
        let map = if self.by_token.contains_key(&token) {
            &mut self.by_token
        } else {
            &mut self.before
        };
        if map.get(&token)?.expires.has_passed(now) {
            map.remove(&token);
        }
        Some(&map.get(&token)?.user)
    }
}
