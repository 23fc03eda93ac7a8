//! A chat server keeps a session per user who is logged in: a hundred on a quiet day, twenty
//! thousand during a match. Example: 20,000 log in, 19,900 log out → capacity for a few hundred
//! is left. On a quiet day visitors come and go, and hardly ever move the sessions, whether 50 or
//! 5,000 users stay.
//!
//! As written, the map keeps the capacity for the largest burst, megabytes, as long as it lives.
//! But a map that shrinks at every logout moves all its sessions, and grows again at the next
//! login. An ordered tree gives memory back by itself, but allocates thousands of nodes in a
//! burst.
//!
//! | measure                 | budget               | why                                         |
//! |-------------------------|---------------------:|---------------------------------------------|
//! | live, after a burst     |  600 × stay + 16,000 | a session takes some 60 bytes in a map      |
//! | peak, a burst           | 400 × users + 16,000 | the old map and the new one while it grows  |
//! | allocations, a burst    |                   60 | doubling up to 30,000 users, and down again |
//! | allocations, quiet days |                   30 | while the number of users doubles or halves |

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// Hashes the same in every run, so the counts repeat.
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
        // TODO: removing a session keeps its place in the map.
        self.by_user.remove(&user)
    }

    fn get(&self, user: u64) -> Option<&Session> {
        self.by_user.get(&user)
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = budget(20_000, 100);

/// For a burst of so many users, and so many who stay.
const fn budget(users: u64, stay: u64) -> measuring::Budget {
    measuring::Budget::of("cache_after_burst")
        .allocations(60)
        .peak(400 * users + 16_000)
        .live(600 * stay as i64 + 16_000)
}

fn main() {
    measuring::show(BUDGET, || {
        let mut sessions = Sessions::default();
        burst(&mut sessions, 20_000, 200);
        (sessions.get(0).is_some(), sessions)
    });
}

/// So many users log in. All but every `step`th log out again, the last ones first.
fn burst(sessions: &mut Sessions, users: u64, step: u64) {
    for user in 0..users {
        sessions.login(user, session(user));
    }
    for user in (0..users).rev().filter(|user| user % step != 0) {
        sessions.logout(user);
    }
}

fn session(user: u64) -> Session {
    let mut name = [user as u8; 40];
    name[..8].copy_from_slice(&user.to_be_bytes());
    let since = 1_700_000_000 ^ user;
    Session { name, since }
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;

    /// What a session holds, for messages.
    fn shown(session: Option<&Session>) -> Option<(u64, [u8; 40])> {
        session.map(|session| (session.since, session.name))
    }

    /// This user has this user's session, or none.
    #[track_caller]
    fn assert_session(when: &str, sessions: &Sessions, user: u64, of: Option<u64>) {
        let (came, expected) = (shown(sessions.get(user)), shown(of.map(session).as_ref()));
        assert_gives(
            format_args!("session of user {user} {when}"),
            &came,
            &expected,
        );
    }

    #[track_caller]
    fn assert_logout(when: &str, sessions: &mut Sessions, user: u64, of: Option<u64>) {
        let came = shown(sessions.logout(user).as_ref());
        let expected = shown(of.map(session).as_ref());
        assert_gives(
            format_args!("logout of user {user} {when}"),
            &came,
            &expected,
        );
        assert_session("after logout", sessions, user, None);
    }

    #[measuring::test]
    fn a_session_lasts_from_login_to_logout() {
        let (mut sessions, other) = (Sessions::default(), Sessions::default());
        assert_logout("before any login", &mut sessions, 7, None);
        let users = [
            0,
            7,
            7 + (1 << 8),
            7 + (1 << 16),
            7 + (1 << 32),
            7 + (1 << 63),
            u64::MAX,
        ];
        for user in users {
            sessions.login(user, session(user));
            assert_session("in another list", &other, user, None);
        }
        for (at, user) in users.into_iter().enumerate() {
            assert_session("after login", &sessions, user, Some(user));
            assert_logout("after login", &mut sessions, user, Some(user));
            assert_logout("after logout", &mut sessions, user, None);
            for user in &users[at + 1..] {
                assert_session("while others log out", &sessions, *user, Some(*user));
            }
        }
    }

    #[measuring::test]
    fn a_second_login_replaces_the_first() {
        let mut sessions = Sessions::default();
        sessions.login(7, session(1));
        sessions.login(7, session(7));
        assert_session("after a second login", &sessions, 7, Some(7));
        assert_logout("after a second login", &mut sessions, 7, Some(7));
    }

    #[measuring::test]
    fn no_session_is_lost_in_a_burst() {
        let mut sessions = Sessions::default();
        for user in 0..20_000 {
            sessions.login(user, session(user));
        }
        for user in (0..20_000).rev().filter(|user| user % 667 != 0) {
            assert_logout("in a burst of 20,000", &mut sessions, user, Some(user));
        }
        for user in 0..20_000 {
            let of = (user % 667 == 0).then_some(user);
            assert_session("after a burst of 20,000", &sessions, user, of);
        }
    }

    /// Runs alone in its process, with all threads counted.
    #[measuring::test]
    fn after_a_burst_of_any_size_capacity_is_given_back() {
        let bursts = [
            (20_000, 200),
            (4_030, 130),
            (5_032, 37),
            (5_505, 15),
            (30_010, 10),
            (2_999, 2_999),
        ];
        for (users, step) in bursts {
            let budget = budget(users, users / step);
            budget.assert_holds_in_process(|| {
                let mut sessions = Sessions::default();
                burst(&mut sessions, black_box(users), step);
                sessions
            });
        }
    }

    #[measuring::test]
    fn when_all_have_left_hardly_any_capacity_stays() {
        let fill_and_empty = |users| {
            let mut sessions = Sessions::default();
            for user in 0..black_box(users) {
                sessions.login(user, session(user));
            }
            for user in 0..users {
                sessions.logout(user);
            }
            sessions
        };
        for users in [5_000, 437] {
            budget(users, 0).assert_holds_in_process(|| fill_and_empty(users));
            budget(users, 0)
                .live(0)
                .assert_holds_in_process(|| drop(fill_and_empty(users)));
        }
    }

    #[measuring::test]
    fn each_of_five_bursts_stays_in_budget() {
        let mut sessions = Sessions::default();
        let budget = budget(5_000, 100).allocations(5 * 60);
        budget.assert_holds(|| (0..5).for_each(|_| burst(&mut sessions, black_box(5_000), 50)));
    }

    /// So many visitors log in and out again.
    fn visit(sessions: &mut Sessions, visitors: u64) {
        let visitors = 1_000_000..1_000_000 + black_box(visitors);
        for visitor in visitors.clone() {
            sessions.login(visitor, session(visitor));
        }
        for visitor in visitors {
            sessions.logout(visitor);
        }
    }

    /// While `users` are logged in, a few visitors come and go, and sometimes many.
    fn quiet_day(sessions: &mut Sessions, users: u64) {
        let sizes = (6..=13).flat_map(|bits| [7 << bits >> 3, 1 << bits]);
        let is_near_a_usual_capacity = sizes.into_iter().any(|size| users.abs_diff(size) <= 10);
        let visits = match users {
            50.. if is_near_a_usual_capacity => 12,
            50..1_100 => 4,
            _ => 0,
        };
        for _ in 0..visits {
            visit(sessions, 5);
        }
        if users >= 50 && users.is_multiple_of(97) {
            visit(sessions, users / 4);
            visit(sessions, users / 4);
        }
    }

    /// While the number of users doubles, and while it halves.
    #[measuring::test]
    fn quiet_days_of_any_size_stay_in_budget() {
        let budget = Budget::of("cache_after_burst")
            .allocations(30)
            .live(2_000_000);
        let mut sessions = Sessions::default();
        let sizes = [0, 260, 520, 1_040, 2_080, 4_160, 8_320];
        for users in sizes.windows(2).map(|sizes| sizes[0]..sizes[1]) {
            budget.assert_holds(|| {
                for user in users {
                    sessions.login(user, session(user));
                    quiet_day(&mut sessions, user + 1);
                }
            });
        }
        for users in sizes.windows(2).rev().map(|sizes| sizes[0]..sizes[1]) {
            budget.assert_holds(|| {
                for user in users.rev() {
                    sessions.logout(user);
                    quiet_day(&mut sessions, user);
                }
            });
        }
        assert_session("after quiet days", &sessions, 0, None);
    }
}
