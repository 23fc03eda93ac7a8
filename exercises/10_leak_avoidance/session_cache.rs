//! A web shop remembers who is logged in: a token from the cookie, a session for 1,800 seconds. A
//! login at second 100 lasts until second 1,899; at 1,900 `user` gives `None` and removes the
//! session. Most people never come back, and bots never do. Their sessions have expired, and stay.
//!
//! So logins must remove what has expired, and nobody who is still logged in, however many there
//! are. A look at every session with every login would be expensive. `Expiry` counts looks: four
//! per login, on average. Nor may a login leave anything behind but its session.
//!
//! | measure                       |  budget | why                                               |
//! |-------------------------------|---------|---------------------------------------------------|
//! | allocations, 20,000 logins    |  26,000 | a user's name per login, a map, a tree if you like |
//! | peak, 20,000 or 40,000 logins | 300,000 | 600 sessions are alive and take 60,000            |
//! | live, 20,000 or 40,000 logins | 250,000 | a few times 60,000 is fine                        |
//! | live, 50 regulars             |  32,768 | 50 sessions, however often they log in            |
//! | looks per login               |       4 | on average                                        |

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// How long a session lasts, in seconds.
const LASTS: u64 = 1_800;

// A moment that counts how often it is looked at; see below.
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
        // TODO: a session whose token never comes again stays for ever.
        let session = Session {
            user: user.to_owned(),
            expires: Expiry::at(now + LASTS),
        };
        self.by_token.insert(token, session);
    }

    /// The user, unless the session has expired: then it is removed.
    fn user(&mut self, token: Token, now: u64) -> Option<&str> {
        if self.by_token.get(&token)?.expires.has_passed(now) {
            self.by_token.remove(&token);
        }
        Some(&self.by_token.get(&token)?.user)
    }
}

// ---- Change nothing below this line. ----

mod clock {
    use std::cell::Cell;

    thread_local!(static LOOKS: Cell<u64> = const { Cell::new(0) });

    /// A moment, in seconds. Every look at it is counted.
    pub struct Expiry(u64);

    impl Expiry {
        pub fn at(second: u64) -> Self {
            Self(second)
        }

        /// Whether it is that second, or later.
        pub fn has_passed(&self, now: u64) -> bool {
            LOOKS.set(LOOKS.get() + 1);
            self.0 <= now
        }
    }

    /// How often this thread has looked.
    #[cfg(test)]
    pub fn looks() -> u64 {
        LOOKS.get()
    }
}

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("session_cache")
    .allocations(26_000)
    .peak(300_000)
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
    use measuring::{Budget, assert_gives, assert_work, awaiting};
    use std::hint::black_box;

    /// As long as the statement says.
    const LIFE: u64 = 1_800;

    #[measuring::test]
    fn a_session_lasts_half_an_hour() {
        let mut sessions = Sessions::default();
        assert_gives("a token that never came", &sessions.user(7, 0), &None);
        // Tokens whose halves are equal, and names of all kinds.
        let people = [
            (7, "ada"),
            (7 + (1 << 32), "bob"),
            (7 << 32, ""),
            (u64::MAX, "größe"),
            (0, "adam"),
        ];
        for (token, name) in people {
            sessions.login(token, name, 100);
        }
        for second in [100, 101, 100 + LIFE - 1] {
            for (token, name) in people {
                let what = format_args!("token {token} at second {second}, login at 100");
                assert_gives(what, &sessions.user(token, second), &Some(name));
            }
        }
        for (token, _) in people {
            let what = format_args!("token {token} at second 1,900, login at 100");
            assert_gives(what, &sessions.user(token, 100 + LIFE), &None);
            let what = format_args!("token {token} after it was removed");
            assert_gives(what, &sessions.user(token, 100), &None);
        }
    }

    /// So many are alive that a look at each with each login takes minutes.
    #[measuring::test]
    fn nobody_alive_is_logged_out() {
        awaiting("200,000 logins, each of which may look at a few sessions only");
        let mut sessions = Sessions::default();
        let before = clock::looks();
        let count = 100_000;
        // All log in, and log in once more while all are alive.
        for login in 0..2 * count {
            sessions.login(
                login % count,
                &format!("user{}", login % count),
                login / 120,
            );
            if login % 1_000 == 999 {
                let spent = clock::looks() - before;
                assert_work(
                    "looks in logins while all are alive",
                    spent,
                    4 * (login + 1),
                );
            }
        }
        let now = LIFE - 1;
        for token in 0..count {
            let name = format!("user{token}");
            let what = format_args!("user of token {token}, one of 100,000 who are alive");
            assert_gives(what, &sessions.user(token, now), &Some(name.as_str()));
        }
    }

    /// All logins of others come in the last second of hers, and in the one after it.
    #[measuring::test]
    fn a_session_lasts_to_its_last_second() {
        for others in [1, 63, 64, 65, 500, 3_000] {
            let mut sessions = Sessions::default();
            sessions.login(900_000, "ada", 0);
            (0..others).for_each(|token| sessions.login(token, "bob", LIFE - 1));
            let what = format_args!("ada at second 1,799, with {others} other logins in it");
            assert_gives(what, &sessions.user(900_000, LIFE - 1), &Some("ada"));
            (0..others).for_each(|token| sessions.login(token, "bob", LIFE));
            let what = format_args!("ada at second 1,800, with {others} other logins in it");
            assert_gives(what, &sessions.user(900_000, LIFE), &None);
        }
    }

    #[measuring::test]
    fn of_a_long_day_those_of_the_last_half_hour_are_left() {
        let mut sessions = Sessions::default();
        logins(&mut sessions, 0..20_000);
        let now = 19_999 * 3;
        let alive = (0..20_000).filter(|token| sessions.user(*token, now).is_some());
        let alive: Vec<u64> = alive.collect();
        let expected: Vec<u64> = (19_400..20_000).collect();
        assert_gives(
            "tokens that are alive at the end of a day",
            &alive,
            &expected,
        );
    }

    #[measuring::test]
    fn a_second_login_begins_anew() {
        for others in [1..2, 501..1_000] {
            let mut sessions = Sessions::default();
            sessions.login(900_000, "ada", 0);
            sessions.login(900_000, "eve", 1_500);
            logins(&mut sessions, others);
            // The first session would have expired at 1,800.
            let last = 1_500 + LIFE - 1;
            let what = "a token with logins at 0 and 1,500, at second";
            assert_gives(
                format_args!("{what} {last}"),
                &sessions.user(900_000, last),
                &Some("eve"),
            );
            let came = sessions.user(900_000, last + 1);
            assert_gives(format_args!("{what} {}", last + 1), &came, &None);
        }
    }

    #[measuring::test]
    fn one_who_comes_back_all_day_stays_logged_in() {
        let mut sessions = Sessions::default();
        for round in 0..100 {
            sessions.login(900_000, "ada", round * 600);
            logins(&mut sessions, round * 200..(round + 1) * 200);
            let came = sessions.user(900_000, round * 600 + 599);
            let what = format_args!("ada in round {round}, who logs in every ten minutes");
            assert_gives(what, &came, &Some("ada"));
        }
    }

    /// With 600 sessions, or with 10,000: a login looks at a few, not at all of them.
    #[measuring::test]
    fn a_login_looks_at_a_few_sessions() {
        awaiting("20,000 logins, each of which may look at a few sessions only");
        for (alive, seconds) in [(600, 3), (10_000, 0), (50, 36)] {
            let mut sessions = Sessions::default();
            let before = clock::looks();
            let what = format!("looks in logins, with about {alive} alive");
            for number in 0..20_000 {
                sessions.login(number % (alive * 2), "somebody", number * seconds);
                if number % 1_000 == 999 {
                    assert_work(&what, clock::looks() - before, 4 * (number + 1));
                }
            }
        }
    }

    #[measuring::test]
    fn a_day_stays_in_budget() {
        let mut sessions = BUDGET.assert_holds_in_process(|| {
            let mut sessions = Sessions::default();
            logins(&mut sessions, black_box(0..20_000));
            sessions
        });
        let last = sessions.user(19_999, 60_000);
        assert_gives("user of the last login", &last, &Some("somebody"));
    }

    #[measuring::test]
    fn two_days_need_no_more_than_one() {
        let budget = Budget::of("session_cache").peak(300_000).live(250_000);
        budget.assert_holds(|| {
            let mut sessions = Sessions::default();
            logins(&mut sessions, black_box(0..40_000));
            sessions
        });
    }

    /// The same few people, ten times per second: nothing expires, and nothing may be noted down.
    #[measuring::test]
    fn regulars_leave_no_notes_behind() {
        let budget = Budget::of("session_cache").live(32_768);
        budget.assert_holds(|| {
            let mut sessions = Sessions::default();
            for number in 0..80_000 {
                sessions.login(number % 50, "regular", number / 10);
            }
            sessions
        });
    }

    #[measuring::test]
    fn nothing_is_left_of_a_cache() {
        let budget = Budget::of("session_cache").live(0);
        budget.assert_holds(|| {
            let mut sessions = Sessions::default();
            logins(&mut sessions, black_box(0..2_000));
        });
    }
}
