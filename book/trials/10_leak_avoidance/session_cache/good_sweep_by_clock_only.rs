//! Sweeps once in half an hour, however many logins come.

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
    next: u64,
}

impl Sessions {
    /// A session from now on. A second login with the same token begins it anew.
    fn login(&mut self, token: Token, user: &str, now: u64) {
        if now >= self.next {
            self.by_token
                .retain(|_, session| !session.expires.has_passed(now));
            self.next = now + LASTS;
        }
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
