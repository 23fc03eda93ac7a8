//! A set in the order of logins beside the map: each login removes the few that are over.

#![forbid(unsafe_code)]

use clock::Expiry;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
const LASTS: u64 = 1_800;
type Token = u64;
struct Session {
    user: String,
    expires: Expiry,
    begins: u64,
}
#[derive(Default)]
struct Sessions {
    by_token: HashMap<Token, Session, BuildHasherDefault<DefaultHasher>>,
    by_time: std::collections::BTreeSet<(u64, Token)>,
}
impl Sessions {
    fn login(&mut self, token: Token, user: &str, now: u64) {
        while let Some((begins, old)) = self.by_time.first().copied() {
            if !self.by_token[&old].expires.has_passed(now) {
                break;
            }
            self.by_time.remove(&(begins, old));
            self.by_token.remove(&old);
        }
        let session = Session {
            user: user.to_owned(),
            expires: Expiry::at(now + LASTS),
            begins: now,
        };
        if let Some(before) = self.by_token.insert(token, session) {
            self.by_time.remove(&(before.begins, token));
        }
        self.by_time.insert((now, token));
    }
    fn user(&mut self, token: Token, now: u64) -> Option<&str> {
        if self.by_token.get(&token)?.expires.has_passed(now) {
            let gone = self.by_token.remove(&token)?;
            self.by_time.remove(&(gone.begins, token));
        }
        Some(&self.by_token.get(&token)?.user)
    }
}
