//! A web server writes every answer into a `Response` that it takes from a pool and gives back once it is sent. The
//! room of a response is used again and again, so that answering costs no allocations.
//!
//! So is what the last user left in it. Each handler sets what it needs and expects the rest to be empty: as written,
//! whoever comes after Alice is sent her session cookie and reads her page above their own.
//!
//! | measure | budget | why                                                          |
//! |---------|--------|--------------------------------------------------------------|
//! | allocations  |     12 | one response and the pool's list, however many requests come |
//! | bytes   |  2,048 | the same: their room, a few steps of growth                  |

#![forbid(unsafe_code)]

use std::fmt::Write;

#[derive(Default)]
struct Response {
    missing: bool,
    cookie: String,
    body: String,
}

#[derive(Default)]
struct Pool {
    free: Vec<Response>,
}

// TODO: whoever takes a response must find it as good as new. Its room should stay.
impl Pool {
    /// A response in which nothing is set.
    fn take(&mut self) -> Response {
        self.free.pop().unwrap_or_default()
    }

    fn give_back(&mut self, response: Response) {
        self.free.push(response);
    }
}

#[derive(Clone, Copy)]
enum Request<'a> {
    Ping,
    Login(&'a str),
    Page(&'a str),
}

fn answer(request: Request, response: &mut Response) {
    match request {
        Request::Ping => {}
        Request::Login(user) => {
            // Writing to a String can't fail.
            let _ = write!(response.cookie, "session-of-{user}");
            let _ = write!(response.body, "Welcome, {user}.");
        }
        Request::Page("/") => response.body.push_str("This is the front page."),
        Request::Page("/faq") => response.body.push_str("Is it free? Yes."),
        Request::Page(_) => response.missing = true,
    }
}

fn serve(pool: &mut Pool, request: Request, wire: &mut String) {
    let mut response = pool.take();
    answer(request, &mut response);
    let status = if response.missing { "404" } else { "200" };
    for line in [status, &response.cookie, &response.body] {
        wire.push_str(line);
        wire.push('\n');
    }
    pool.give_back(response);
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("stale_data")
    .allocations(12)
    .bytes(2_048);

const REQUESTS: [Request; 4] = [
    Request::Login("alice"),
    Request::Page("/"),
    Request::Page("/nowhere"),
    Request::Ping,
];

fn main() {
    let mut wire = String::with_capacity(50_000); // isn't counted
    measuring::show(BUDGET, || {
        let mut pool = Pool::default();
        for request in REQUESTS.iter().cycle().take(1_000) {
            wire.clear();
            serve(&mut pool, *request, &mut wire);
        }
        pool
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;

    fn served(pool: &mut Pool, request: Request) -> String {
        let mut wire = String::new();
        serve(pool, request, &mut wire);
        wire
    }

    #[test]
    fn the_first_user_gets_what_was_asked_for() {
        let first = |request| served(&mut Pool::default(), request);
        assert_eq!(
            first(Request::Login("alice")),
            "200\nsession-of-alice\nWelcome, alice.\n"
        );
        assert_eq!(
            first(Request::Page("/")),
            "200\n\nThis is the front page.\n"
        );
        assert_eq!(first(Request::Page("/nowhere")), "404\n\n\n");
        assert_eq!(first(Request::Ping), "200\n\n\n");
    }

    #[test]
    fn nobody_gets_the_cookie_of_another() {
        let mut pool = Pool::default();
        served(&mut pool, Request::Login("alice"));
        let next = served(&mut pool, Request::Ping);
        assert!(!next.contains("alice"), "after Alice came {next:?}");
    }

    #[test]
    fn no_page_begins_with_another() {
        let mut pool = Pool::default();
        served(&mut pool, Request::Page("/faq"));
        assert_eq!(
            served(&mut pool, Request::Page("/")),
            "200\n\nThis is the front page.\n"
        );
    }

    #[test]
    fn a_page_is_found_after_one_that_was_not() {
        let mut pool = Pool::default();
        served(&mut pool, Request::Page("/nowhere"));
        assert!(served(&mut pool, Request::Page("/faq")).starts_with("200"));
    }

    /// Whatever came before, an answer is the one that the first user gets.
    #[test]
    fn the_order_of_requests_changes_nothing() {
        let mut pool = Pool::default();
        for at in 0..1_000 {
            let request = REQUESTS[at * at % 13 % REQUESTS.len()];
            let expected = served(&mut Pool::default(), request);
            assert_eq!(served(&mut pool, request), expected);
        }
    }

    /// Not every handler ends well, and not every response that comes back was sent.
    #[test]
    fn whoever_takes_a_response_finds_nothing_in_it() {
        let mut pool = Pool::default();
        for _ in 0..3 {
            let mut taken = [pool.take(), pool.take(), pool.take()];
            for response in &mut taken {
                assert!(!response.missing && response.cookie.is_empty());
                assert!(response.body.is_empty());
                response.missing = true;
                response.cookie.push_str("secret");
                response.body.push_str("secret");
            }
            taken.into_iter().for_each(|it| pool.give_back(it));
        }
    }

    #[test]
    fn a_thousand_requests_stay_in_budget() {
        let mut wire = String::with_capacity(1_000);
        BUDGET.assert_holds(|| {
            let mut pool = Pool::default();
            for request in REQUESTS.iter().cycle().take(1_000) {
                wire.clear();
                serve(&mut pool, black_box(*request), &mut wire);
            }
            pool
        });
    }

    /// Four at once, as on a server with connections: all four are used again.
    #[test]
    fn a_warm_pool_costs_nothing() {
        let mut pool = Pool::default();
        let mut turn = || {
            let mut taken = [pool.take(), pool.take(), pool.take(), pool.take()];
            for response in &mut taken {
                answer(black_box(Request::Login("somebody")), response);
            }
            taken.into_iter().for_each(|it| pool.give_back(it));
        };
        turn();
        let warm = Budget::of("stale_data").allocations(0);
        warm.assert_holds(|| (0..100).for_each(|_| turn()));
    }
}
