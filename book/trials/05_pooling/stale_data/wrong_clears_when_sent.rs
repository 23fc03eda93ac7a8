//! Leaves clearing to `serve`: a response that was not sent stays as it was.

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
    response.missing = false;
    response.cookie.clear();
    response.body.clear();
    pool.give_back(response);
}
