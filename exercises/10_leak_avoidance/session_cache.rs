//! A web shop remembers who is logged in: a token from the cookie, a session for half an hour. Whoever comes back with
//! an old token is told so, and the session is removed. Most people never come back, and bots never do.
//!
//! Their sessions have expired, and stay: a cache that looks at a time only when it is asked keeps what nobody asks for.
//! So something else must throw them out. But nobody who is still logged in, and not by looking at all sessions with
//! every login: with thousands of them, that would be dear. Looks are counted, and a login has four, on average.
//!
//! | measure |  budget | why                                                                          |
//! |---------|---------|------------------------------------------------------------------------------|
//! | allocations  |  20,100 | a user's name per login, and the map, which grows a few times                |
//! | live    | 250,000 | 600 sessions are alive and need 60,000; a few times that is fine             |

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
}

impl Sessions {
    /// A session from now on. A second login with the same token begins it anew.
    fn login(&mut self, token: Token, user: &str, now: u64) {
        // TODO: throw out what has expired, though nobody asks for it.
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

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("session_cache")
    .allocations(20_100)
    .live(250_000);

fn main() {
    measuring::show(BUDGET, || {
        let mut sessions = Sessions::default();
        logins(&mut sessions, 0..20_000);
        sessions
    });
}

/// A login every three seconds, each with a token of its own. Few come back.
fn logins(sessions: &mut Sessions, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let now = number * 3;
        sessions.login(number, "somebody", now);
        if number % 100 == 99 {
            sessions.user(number - 50, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn a_session_lasts_half_an_hour() {
        let mut sessions = Sessions::default();
        assert_eq!(sessions.user(7, 0), None);
        sessions.login(7, "ada", 100);
        assert_eq!(sessions.user(7, 100), Some("ada"));
        assert_eq!(sessions.user(7, 100 + LASTS - 1), Some("ada"));
        assert_eq!(sessions.user(7, 100 + LASTS), None);
        assert_eq!(sessions.user(7, 100), None, "it was removed");
    }

    #[test]
    fn nobody_alive_is_logged_out() {
        let mut sessions = Sessions::default();
        for token in 0..10_000 {
            sessions.login(token, &format!("user{token}"), token / 10);
        }
        let now = 1_000;
        for token in 0..10_000 {
            assert_eq!(sessions.user(token, now), Some(&*format!("user{token}")));
        }
    }

    #[test]
    fn of_a_long_day_those_of_the_last_half_hour_are_left() {
        let mut sessions = Sessions::default();
        logins(&mut sessions, 0..20_000);
        let now = 19_999 * 3;
        let alive = (0..20_000).filter(|token| sessions.user(*token, now).is_some());
        assert!(alive.eq(19_400..20_000));
    }

    #[test]
    fn a_second_login_begins_anew() {
        let mut sessions = Sessions::default();
        sessions.login(900_000, "ada", 0);
        sessions.login(900_000, "ada", 1_500);
        logins(&mut sessions, 501..1_000);
        // The first would have expired at 1,800.
        assert_eq!(sessions.user(900_000, 1_500 + LASTS - 1), Some("ada"));
        assert_eq!(sessions.user(900_000, 1_500 + LASTS), None);
    }

    #[test]
    fn one_who_comes_back_all_day_stays_logged_in() {
        let mut sessions = Sessions::default();
        for round in 0..100 {
            sessions.login(900_000, "ada", round * 600);
            logins(&mut sessions, round * 200..(round + 1) * 200);
            assert_eq!(sessions.user(900_000, round * 600 + 599), Some("ada"));
        }
    }

    /// With 600 sessions, or with 10,000: a login looks at a few, not at all of them.
    #[test]
    fn a_login_looks_at_a_few_sessions() {
        let mut sessions = Sessions::default();
        let before = clock::LOOKS.get();
        logins(&mut sessions, 0..20_000);
        let now = 60_000;
        for token in 20_000..30_000 {
            sessions.login(token, "somebody", now);
        }
        let looks = clock::LOOKS.get() - before;
        assert!(looks <= 4 * 30_000, "{looks} looks for 30,000 logins");
    }

    #[test]
    fn a_day_stays_in_budget() {
        let mut sessions = BUDGET.assert_holds(|| {
            let mut sessions = Sessions::default();
            logins(&mut sessions, black_box(0..20_000));
            sessions
        });
        assert_eq!(sessions.user(19_999, 60_000), Some("somebody"));
    }

    #[test]
    fn four_days_need_no_more_than_one() {
        let budget = measuring::Budget::of("session_cache").live(250_000);
        budget.assert_holds(|| {
            let mut sessions = Sessions::default();
            logins(&mut sessions, black_box(0..80_000));
            sessions
        });
    }

    /// The same few people, over and over: nothing expires, and nothing may be noted down for each login.
    #[test]
    fn regulars_leave_no_notes_behind() {
        let budget = measuring::Budget::of("session_cache").live(250_000);
        budget.assert_holds(|| {
            let mut sessions = Sessions::default();
            for number in 0..80_000 {
                sessions.login(number % 50, "regular", number * 3);
            }
            sessions
        });
    }
}
