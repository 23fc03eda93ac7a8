//! Strikes tokens out in the order of their logins, and minds no second login.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// How long a session lasts, in seconds.
const LASTS: u64 = 1_800;

mod clock {
    use std::cell::Cell;

    thread_local!(pub static LOOKS: Cell<u64> = const { Cell::new(0) });

    /// A moment, in seconds. Every look at it is counted.
    pub struct Expiry(pub(super) u64);

    impl Expiry {
        pub fn has_passed(&self, now: u64) -> bool {
            LOOKS.set(LOOKS.get() + 1);
            self.0 <= now
        }
    }
}

use clock::Expiry;

type Token = u64;

struct Session {
    user: String,
    expires: Expiry,
}

#[derive(Default)]
struct Sessions {
    by_token: HashMap<Token, Session, BuildHasherDefault<DefaultHasher>>,
    logins: std::collections::VecDeque<(Token, u64)>,
}

impl Sessions {
    /// A session from now on. A second login with the same token begins it anew.
    fn login(&mut self, token: Token, user: &str, now: u64) {
        while let Some(&(old, since)) = self.logins.front()
            && since + LASTS <= now
        {
            self.logins.pop_front();
            self.by_token.remove(&old);
        }
        self.logins.push_back((token, now));
        let session = Session {
            user: user.to_owned(),
            expires: Expiry(now + LASTS),
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
