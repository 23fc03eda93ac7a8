//! Keeps the sessions in a sorted vector, which shrinks by the same rule.

#![forbid(unsafe_code)]

#[derive(PartialEq, Eq)]
struct Session {
    name: [u8; 40],
    since: u64,
}

#[derive(Default)]
struct Sessions {
    by_user: Vec<(u64, Session)>,
}

impl Sessions {
    fn login(&mut self, user: u64, session: Session) {
        match self.by_user.binary_search_by_key(&user, |it| it.0) {
            Ok(at) => self.by_user[at].1 = session,
            Err(at) => self.by_user.insert(at, (user, session)),
        }
    }

    fn logout(&mut self, user: u64) -> Option<Session> {
        let at = self.by_user.binary_search_by_key(&user, |it| it.0).ok()?;
        let session = Some(self.by_user.remove(at).1);
        let (used, capacity) = (self.by_user.len(), self.by_user.capacity());
        if used < capacity / 4 {
            self.by_user.shrink_to(capacity / 2);
        }
        session
    }

    fn get(&self, user: u64) -> Option<&Session> {
        let at = self.by_user.binary_search_by_key(&user, |it| it.0).ok()?;
        Some(&self.by_user[at].1)
    }
}
