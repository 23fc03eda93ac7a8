//! A chat server keeps a session for everyone who is logged in: about a hundred people on a quiet day. Then a match
//! is on, twenty thousand log in, and two hours later they have left again.
//!
//! A collection keeps the room that it once needed, so the map is made smaller when less than a quarter of its room
//! is used. It is made half as large, not as small as possible: from there, half of what is there must leave before
//! it shrinks again, and as many must come before it grows. So moves are rare, however many come and go. They aren't
//! free: the burst takes longer than it did, so that the days after it need less.
//!
//! | measure               | budget | why                                                    |
//! |-----------------------|--------|--------------------------------------------------------|
//! | live, after the burst | 40,000 | 100 sessions need some 7,000; a few times that is fine |
//! | allocations, the burst     |     60 | doubling on the way up, and as much on the way down    |
//! | allocations, quiet days    |     60 | room for 300 sessions, however many come and go        |

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

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
            self.by_user.shrink_to(room / 2);
        }
        session
    }

    fn get(&self, user: u64) -> Option<&Session> {
        self.by_user.get(&user)
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("cache_after_burst")
    .allocations(60)
    .live(40_000);

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

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, heap};
    use std::hint::black_box;

    fn is_logged_in(sessions: &Sessions, user: u64) -> bool {
        sessions.get(user) == Some(&session(user))
    }

    #[test]
    fn a_session_lasts_from_login_to_logout() {
        let mut sessions = Sessions::default();
        assert!(sessions.logout(7).is_none());
        sessions.login(7, session(7));
        assert!(is_logged_in(&sessions, 7));
        assert!(sessions.logout(7) == Some(session(7)));
        assert!(sessions.get(7).is_none() && sessions.logout(7).is_none());
    }

    #[test]
    fn a_second_login_replaces_the_first() {
        let mut sessions = Sessions::default();
        sessions.login(7, session(1));
        sessions.login(7, session(7));
        assert!(is_logged_in(&sessions, 7));
        sessions.logout(7);
        assert!(sessions.get(7).is_none());
    }

    #[test]
    fn nobody_is_lost_in_a_burst() {
        let mut sessions = Sessions::default();
        for user in 0..20_000 {
            sessions.login(user, session(user));
        }
        assert!((0..20_000).all(|user| is_logged_in(&sessions, user)));
        for user in (100..20_000).rev() {
            assert!(is_logged_in(&sessions, user));
            assert!(sessions.logout(user).is_some());
        }
        assert!((0..100).all(|user| is_logged_in(&sessions, user)));
        assert!((100..20_000).all(|user| sessions.get(user).is_none()));
    }

    #[test]
    fn after_the_burst_room_is_given_back() {
        let sessions = BUDGET.assert_holds(|| {
            let mut sessions = Sessions::default();
            burst(&mut sessions, black_box(20_000));
            sessions
        });
        assert!((0..100).all(|user| is_logged_in(&sessions, user)));
    }

    #[test]
    fn after_each_of_ten_bursts_too() {
        let (mut sessions, _) = heap(Sessions::default);
        let budget = Budget::of("cache_after_burst")
            .allocations(10 * 60)
            .live(40_000);
        budget.assert_holds(|| (0..10).for_each(|_| burst(&mut sessions, black_box(20_000))));
    }

    /// However many are logged in, from fifty to three hundred, a few come and go.
    #[test]
    fn quiet_days_move_nothing() {
        let budget = Budget::of("cache_after_burst").allocations(60);
        let sessions = budget.assert_holds(|| {
            let mut sessions = Sessions::default();
            for user in 0..300 {
                sessions.login(user, session(user));
                if user < 50 {
                    continue;
                }
                for first in (1_000..1_100).step_by(5) {
                    for visitor in first..first + 5 {
                        sessions.login(black_box(visitor), session(visitor));
                    }
                    for visitor in first..first + 5 {
                        sessions.logout(visitor);
                    }
                }
            }
            sessions
        });
        assert!((0..300).all(|user| is_logged_in(&sessions, user)));
    }
}
