//! Takes the texts out of the response, and their capacity with them.

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
    /// A response in which nothing is set.
    fn take(&mut self) -> Response {
        self.free.pop().unwrap_or_default()
    }

    fn give_back(&mut self, mut response: Response) {
        response.missing = false;
        std::mem::take(&mut response.cookie);
        std::mem::take(&mut response.body);
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
