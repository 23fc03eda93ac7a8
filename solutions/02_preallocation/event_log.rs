//! Every request leaves a line in the access log: `17 GET /feed 200 1024`. A batch of a thousand requests is
//! formatted into one text, which goes to the disk with a single write.
//!
//! A `String` can be written into: `write!` formats straight to its end. And a thousand lines of these requests fit
//! in 64 bytes each, so that the text never has to move.
//!
//! | measure | budget | why                                    |
//! |---------|--------|----------------------------------------|
//! | allocations  |      1 | the text itself                        |
//! | bytes   | 65,536 | 64 bytes hold any line of these        |

#![forbid(unsafe_code)]

use std::fmt::Write;

struct Request {
    id: u32,
    method: &'static str,
    path: &'static str,
    status: u16,
    bytes: u32,
}

fn format_log(requests: &[Request]) -> String {
    let mut text = String::with_capacity(requests.len() * 64);
    for Request {
        id,
        method,
        path,
        status,
        bytes,
    } in requests
    {
        // Writing to a `String` can't fail; the `Result` is `fmt::Write`'s.
        let _ = writeln!(text, "{id} {method} {path} {status} {bytes}");
    }
    text
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("event_log")
    .allocations(1)
    .bytes(65_536);

fn main() {
    let requests = sample(1_000);
    measuring::show(BUDGET, || format_log(&requests));
}

fn sample(count: u32) -> Vec<Request> {
    let path = |id| ["/feed", "/feed/new", "/users/alice/notes"][id as usize % 3];
    let request = |id| Request {
        id,
        method: "GET",
        path: path(id),
        status: 200,
        bytes: id * 37,
    };
    (0..count).map(request).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn a_request_is_a_line() {
        let log = format_log(&sample(3));
        assert_eq!(
            log,
            "0 GET /feed 200 0\n1 GET /feed/new 200 37\n2 GET /users/alice/notes 200 74\n"
        );
    }

    #[test]
    fn no_requests_no_text() {
        assert_eq!(format_log(&[]), "");
    }

    #[test]
    fn long_lines_are_written_whole() {
        for length in [60, 1_000] {
            let path = "/a".repeat(length / 2).leak();
            let request = |id| Request {
                id,
                method: "PUT",
                path,
                status: 404,
                bytes: u32::MAX,
            };
            let line = |id| format!("{id} PUT {path} 404 4294967295\n");
            let log = format_log(&Vec::from_iter((0..10).map(request)));
            assert_eq!(log, String::from_iter((0..10).map(line)));
        }
    }

    #[test]
    fn a_thousand_lines_stay_in_budget() {
        let requests = sample(1_000);
        let log = BUDGET.assert_holds(|| format_log(black_box(&requests)));
        assert_eq!(log.lines().count(), 1_000);
    }
}
