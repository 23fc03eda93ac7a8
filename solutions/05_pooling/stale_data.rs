//! A web server writes each answer into a `Response` from a pool, sends it, and returns it to the
//! pool. The response keeps the capacity of its texts, so that answering costs no allocations.
//!
//! The pool clears a response when it comes back, field by field, so that no user gets the last
//! user's answer. Clearing in `take` would be as good. A new response would have no capacity.
//! After `Login("alice")`, the answer to `Ping` is "200\n\n\n".
//!
//! Up to 16 responses are in use at a time, with texts of up to 512 bytes each. A response from
//! the pool is empty whichever fields were set, sent or not. Its capacity stays.
//!
//! | measure     | budget | why                                                                |
//! |-------------|--------|--------------------------------------------------------------------|
//! | allocations |     12 | one response and the pool's list, however many requests come       |
//! | bytes       |  2,048 | the same: their capacity, grown in a few steps                     |
//! | live        |  1,024 | the same                                                           |

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

impl Pool {
    /// Returns a response in which nothing is set.
    fn take(&mut self) -> Response {
        self.free.pop().unwrap_or_default()
    }

    fn give_back(&mut self, mut response: Response) {
        // Without `..`, the compiler complains when a field is added and not cleared here.
        let Response {
            missing,
            cookie,
            body,
        } = &mut response;
        *missing = false;
        cookie.clear();
        body.clear();
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
    .bytes(2_048)
    .live(1_024);

const REQUESTS: [Request; 4] = [
    Request::Login("alice"),
    Request::Page("/"),
    Request::Page("/nowhere"),
    Request::Ping,
];

fn main() {
    let mut wire = String::with_capacity(1_000); // not counted
    measuring::show(BUDGET, || a_thousand_requests(&mut wire));
}

/// One request after the other. Returns the pool, so that its memory is still live.
fn a_thousand_requests(wire: &mut String) -> Pool {
    let mut pool = Pool::default();
    for request in REQUESTS.iter().cycle().take(1_000) {
        wire.clear();
        serve(&mut pool, std::hint::black_box(*request), wire);
    }
    pool
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;

    /// How many responses are in use at a time.
    const AT_A_TIME: usize = 16;

    fn served(pool: &mut Pool, request: Request) -> String {
        let mut wire = String::new();
        serve(pool, request, &mut wire);
        wire
    }

    fn expected(request: Request) -> String {
        match request {
            Request::Ping => "200\n\n\n".to_owned(),
            Request::Login(user) => format!("200\nsession-of-{user}\nWelcome, {user}.\n"),
            Request::Page("/") => "200\n\nThis is the front page.\n".to_owned(),
            Request::Page("/faq") => "200\n\nIs it free? Yes.\n".to_owned(),
            Request::Page(_) => "404\n\n\n".to_owned(),
        }
    }

    fn name(request: Request) -> String {
        match request {
            Request::Ping => "Ping".to_owned(),
            Request::Login(user) => format!("Login({user:?})"),
            Request::Page(path) => format!("Page({path:?})"),
        }
    }

    #[track_caller]
    fn assert_served(pool: &mut Pool, when: &str, request: Request) {
        let what = name(request);
        let came = served(pool, request);
        assert_gives(format_args!("{what}, {when}"), &came, &expected(request));
    }

    /// Sets the fields that `which` names, bit by bit, to texts of that length.
    fn set(response: &mut Response, which: usize, length: usize) {
        response.missing |= which & 1 > 0;
        if which & 2 > 0 {
            response.cookie.extend("é".chars().cycle().take(length / 2));
        }
        if which & 4 > 0 {
            response.body.extend("secret".chars().cycle().take(length));
        }
    }

    #[track_caller]
    fn assert_empty(when: &str, response: &Response) {
        let fields = (response.missing, &*response.cookie, &*response.body);
        assert_gives(
            format_args!("(missing, cookie, body) of a response from the pool, {when}"),
            &fields,
            &(false, "", ""),
        );
    }

    const ALL: [Request; 6] = [
        Request::Ping,
        Request::Login("alice"),
        Request::Login("Zoë"),
        Request::Page("/"),
        Request::Page("/faq"),
        Request::Page("/nowhere"),
    ];

    #[measuring::test]
    fn an_answer_is_the_same_after_every_other() {
        for first in ALL {
            for second in ALL {
                let mut pool = Pool::default();
                served(&mut pool, first);
                assert_served(&mut pool, &format!("after {}", name(first)), second);
            }
        }
    }

    #[measuring::test]
    fn a_taken_response_is_empty_whichever_fields_were_set() {
        for which in 0..8 {
            for length in [2, 20, 512, 10_000] {
                let mut pool = Pool::default();
                let mut response = pool.take();
                set(&mut response, which, length);
                pool.give_back(response);
                let when = format!("after fields {which:03b} were set to {length} bytes");
                assert_empty(&when, &pool.take());
            }
        }
    }

    /// Some are returned long after others, and not every one was sent.
    #[measuring::test]
    fn taken_responses_are_empty_in_every_order() {
        let mut pool = Pool::default();
        let mut taken = Vec::new();
        let mut random = 1_u64;
        for turn in 0..10_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let dice = (random >> 33) as usize;
            if taken.len() < 1 + turn % 40 {
                let mut response = pool.take();
                assert_empty(&format!("turn {turn}"), &response);
                set(&mut response, dice % 8, 1 + dice % 50);
                taken.push(response);
            } else {
                pool.give_back(taken.swap_remove(dice % taken.len()));
            }
        }
    }

    #[measuring::test]
    fn a_thousand_requests_stay_in_budget() {
        let mut wire = String::with_capacity(1_000);
        BUDGET.assert_holds_in_process(|| a_thousand_requests(&mut wire));
    }

    #[measuring::test]
    fn responses_in_use_at_a_time_are_all_used_again() {
        for (at_a_time, length) in [(1, 512), (4, 100), (AT_A_TIME, 20), (AT_A_TIME, 512)] {
            let mut pool = Pool::default();
            let mut taken = Vec::with_capacity(at_a_time);
            let mut turn = || {
                taken.extend((0..at_a_time).map(|_| pool.take()));
                for response in &mut taken {
                    set(response, 7, black_box(length));
                }
                taken.drain(..).for_each(|it| pool.give_back(it));
            };
            turn();
            let warm = Budget::of("stale_data").allocations(0).live(0);
            warm.assert_holds(|| (0..100).for_each(|_| turn()));
        }
    }
}
