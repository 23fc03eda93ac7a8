//! Throws out what has a quarter of an hour left.

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
    logins_until_sweep: usize,
}

impl Sessions {
    /// A session from now on. A second login with the same token begins it anew.
    fn login(&mut self, token: Token, user: &str, now: u64) {
        if self.logins_until_sweep == 0 {
            self.by_token
                .retain(|_, session| !session.expires.has_passed(now + LASTS / 2));
            self.logins_until_sweep = self.by_token.len().max(64);
        }
        self.logins_until_sweep -= 1;
        let session = Session {
            user: user.to_owned(),
            expires: Expiry::at(now + LASTS),
        };
        self.by_token.insert(token, session);
    }

    /// Who it is, unless the session has expired.
    fn user(&mut self, token: Token, now: u64) -> Option<&str> {
        if self.by_token.get(&token)?.expires.has_passed(now) {
            self.by_token.remove(&token);
        }
        Some(&self.by_token.get(&token)?.user)
    }
}
