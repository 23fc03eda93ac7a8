//! A server writes a line to its access log for each request: `17 GET /feed 200 1024`. It formats
//! a batch of requests into one text and writes that text to the disk at once.
//! Example: requests 0 and 1 → `"0 GET /feed 200 0\n1 GET /feed/new 200 37\n"`.
//!
//! As written, the code allocates several times per request and copies every byte at least twice.
//! Lines can be longer than 64 bytes. The text then may grow, but it is never cut.
//!
//! | measure     | budget              | why                                  |
//! |-------------|--------------------:|--------------------------------------|
//! | allocations |                   1 | the text itself                      |
//! | bytes, live | 70 × requests + 100 | 64 bytes hold a usual line           |
//! | live, later |                   0 | nothing stays when the text is freed |

#![forbid(unsafe_code)]

struct Request {
    id: u32,
    method: &'static str,
    path: &'static str,
    status: u16,
    bytes: u32,
}

fn format_log(requests: &[Request]) -> String {
    let mut text = String::new();
    for Request {
        id,
        method,
        path,
        status,
        bytes,
    } in requests
    {
        // TODO: two things allocate here, again and again: the line and the whole text.
        text += &format!("{id} {method} {path} {status} {bytes}\n");
    }
    text
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = budget(1_000);

/// One allocation with a few bytes more than 64 for each request.
const fn budget(requests: u64) -> measuring::Budget {
    let bytes = 70 * requests + 100;
    measuring::Budget::of("event_log")
        .allocations(1)
        .bytes(bytes)
        .live(bytes as i64)
}

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
    use measuring::assert_gives;
    use std::hint::black_box;

    /// The log of these requests is the lines that `format!` makes of them.
    #[track_caller]
    fn assert_logged(what: &str, requests: &[Request], log: &str) {
        let line = |it: &Request| {
            format!(
                "{} {} {} {} {}\n",
                it.id, it.method, it.path, it.status, it.bytes
            )
        };
        let expected: String = requests.iter().map(line).collect();
        assert_gives(format_args!("the log of {what}"), log, &expected[..]);
    }

    #[measuring::test]
    fn a_request_is_a_line() {
        let log = format_log(black_box(&sample(2)));
        let expected = "0 GET /feed 200 0\n1 GET /feed/new 200 37\n";
        assert_gives("the log of two requests", &log[..], expected);
        for count in [0, 1, 63, 999, 7_001] {
            let requests = sample(count);
            assert_logged(
                &format!("{count} requests"),
                &requests,
                &format_log(&requests),
            );
        }
    }

    #[measuring::test]
    fn numbers_are_written_whole() {
        for number in [
            0,
            9,
            10,
            255,
            256,
            65_535,
            65_536,
            16_777_216,
            i32::MAX as u32,
            u32::MAX,
        ] {
            let status = number as u16;
            let requests = [
                Request {
                    id: number,
                    method: "GET",
                    path: "/",
                    status,
                    bytes: 0,
                },
                Request {
                    id: 0,
                    method: "OPTIONS",
                    path: "/",
                    status: 404,
                    bytes: number,
                },
            ];
            let what = format!("the numbers {number} and {status}");
            assert_logged(&what, &requests, &format_log(black_box(&requests)));
        }
    }

    #[measuring::test]
    fn long_lines_are_written_whole() {
        for path in ["", "/ä", "/a b"]
            .into_iter()
            .map(str::to_owned)
            .chain([60, 255, 256, 1_000, 70_000].map(|length| "/ä".repeat(length / 3 + 1)))
        {
            let what = format!("ten requests for a path of {} bytes", path.len());
            let path = &*path.leak();
            let request = |id| Request {
                id,
                method: "PUT",
                path,
                status: 404,
                bytes: u32::MAX,
            };
            let requests: Vec<_> = (0..10).map(request).collect();
            assert_logged(&what, &requests, &format_log(black_box(&requests)));
        }
    }

    /// Runs alone in its process, with all threads counted.
    #[measuring::test]
    fn batches_of_every_size_stay_in_budget() {
        for count in [1_000, 0, 1, 10, 999, 7_001] {
            let requests = sample(count);
            let budget = budget(count.into());
            budget.assert_holds_in_process(|| format_log(black_box(&requests)));
            budget
                .live(0)
                .assert_holds_in_process(|| drop(format_log(black_box(&requests))));
        }
    }
}
