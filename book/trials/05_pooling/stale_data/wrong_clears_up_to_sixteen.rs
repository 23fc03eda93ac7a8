//! Clears the 16 responses that are in use at a time, and keeps the others as they are.

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
        if self.free.len() >= 16 {
            self.free.push(response);
            return;
        }
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
