//! A hand goes round a list of sessions: each login looks at two of them.

#![forbid(unsafe_code)]

use clock::Expiry;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
const LASTS: u64 = 1_800;
type Token = u64;
struct Session {
    token: Token,
    user: String,
    expires: Expiry,
}
#[derive(Default)]
struct Sessions {
    by_token: HashMap<Token, usize, BuildHasherDefault<DefaultHasher>>,
    list: Vec<Session>,
    hand: usize,
}
impl Sessions {
    fn login(&mut self, token: Token, user: &str, now: u64) {
        for _ in 0..2 {
            if self.hand >= self.list.len() {
                self.hand = 0;
            }
            let Some(session) = self.list.get(self.hand) else {
                break;
            };
            if session.expires.has_passed(now) {
                self.remove(self.hand);
            } else {
                self.hand += 1;
            }
        }
        let session = Session {
            token,
            user: user.to_owned(),
            expires: Expiry::at(now + LASTS),
        };
        match self.by_token.get(&token) {
            Some(at) => self.list[*at] = session,
            None => {
                self.by_token.insert(token, self.list.len());
                self.list.push(session);
            }
        }
    }
    fn remove(&mut self, at: usize) {
        let gone = self.list.swap_remove(at);
        self.by_token.remove(&gone.token);
        if let Some(moved) = self.list.get(at) {
            self.by_token.insert(moved.token, at);
        }
    }
    fn user(&mut self, token: Token, now: u64) -> Option<&str> {
        let at = *self.by_token.get(&token)?;
        if self.list[at].expires.has_passed(now) {
            self.remove(at);
            return None;
        }
        Some(&self.list[at].user)
    }
}
