//! A server of notes answers each request with one line of JSON. As written, each reply is a new
//! String, made of a String per note and one per quoted text, and all are dropped after sending.
//! Encode the same bytes into buffers that all requests share: one per connection would lie idle.
//!
//! The wire gets the whole reply in its first `write`. If it takes less, or is interrupted, it gets
//! the rest in the next ones, as with `write_all`. Its error is returned. A wire may ask the server
//! while it is written to, at any depth. Example: `Note(1)` of two notes, where the second is
//! `say "é"`, is `{"id":1,"text":"say \"é\""}` and a line feed. Ordinary replies have up to 1 KB.
//!
//! | measure                     |  budget | why                                                |
//! |-----------------------------|---------|----------------------------------------------------|
//! | allocations, 1,000 requests |      80 | buffers grow in steps, a large one in a few more   |
//! | peak, `Server::new` as well | 200,000 | the reply of 85 KB, and a buffer that doubles      |
//! | live, `Server::new` as well |  40,000 | buffers of ordinary replies, whatever came before  |
//! | allocations, from then on   |       0 | ordinary requests, up to three nested, sent or not |

#![forbid(unsafe_code)]

use std::io::{self, Write};

enum Request {
    Note(usize),
    All,
}

struct Server {
    notes: Vec<String>,
}

impl Server {
    fn new(notes: Vec<String>) -> Self {
        Self { notes }
    }

    /// Sends the reply. The wire may ask this server while it is written to.
    fn answer(&self, request: Request, wire: &mut impl Write) -> io::Result<()> {
        // TODO: each reply is a new String.
        let reply = self.encode(request);
        wire.write_all(reply.as_bytes())
    }

    // TODO: and so is each of its parts.
    fn encode(&self, request: Request) -> String {
        let reply = match request {
            Request::Note(id) => match self.notes.get(id) {
                Some(text) => encode_note(id, text),
                None => "null".to_owned(),
            },
            Request::All => {
                let numbered = self.notes.iter().enumerate();
                let notes: Vec<String> = numbered.map(|(id, text)| encode_note(id, text)).collect();
                format!("[{}]", notes.join(","))
            }
        };
        reply + "\n"
    }
}

fn encode_note(id: usize, text: &str) -> String {
    format!(r#"{{"id":{id},"text":{}}}"#, encode_text(text))
}

fn encode_text(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\0'..' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("reply_buffers")
    .allocations(80)
    .peak(200_000)
    .live(40_000);

fn main() {
    let server = Server::new(sample(1_000)); // not counted here; the tests count it
    measuring::show(BUDGET, || a_day(&server));
}

/// A large request and 1,000 ordinary ones.
fn a_day(server: &Server) {
    let _ = server.answer(Request::All, &mut std::io::sink());
    for id in 0..1_000 {
        let request = Request::Note(std::hint::black_box(id));
        let _ = server.answer(request, &mut std::io::sink());
    }
}

fn sample(notes: usize) -> Vec<String> {
    let text = |id| format!("Note {id}:\n\"a few words, \\, and more of what people write\"");
    (0..notes).map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::doubles::{Choppy, Failing};
    use measuring::{Budget, assert_gives, heap};
    use std::hint::black_box;
    use std::io::ErrorKind;

    const WARM: Budget = Budget::of("reply_buffers").allocations(0).live(0);

    /// A note as JSON, in the plainest way.
    fn json(id: usize, text: &str) -> String {
        let quoted = |letter| match letter {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\0'..='\u{1f}' => format!("\\u{:04x}", u32::from(letter)),
            other => other.to_string(),
        };
        let text: String = text.chars().map(quoted).collect();
        format!("{{\"id\":{id},\"text\":\"{text}\"}}")
    }

    fn expected(notes: &[String], request: &Request) -> String {
        let note = |(id, text): (usize, &String)| json(id, text);
        let reply = match request {
            Request::Note(id) => match notes.get(*id) {
                Some(text) => json(*id, text),
                None => "null".to_owned(),
            },
            Request::All => {
                let all: Vec<_> = notes.iter().enumerate().map(note).collect();
                format!("[{}]", all.join(","))
            }
        };
        reply + "\n"
    }

    fn name(request: &Request) -> String {
        match request {
            Request::Note(id) => format!("Note({id})"),
            Request::All => "All".to_owned(),
        }
    }

    fn texts(notes: &[&str]) -> Vec<String> {
        notes.iter().map(|note| note.to_string()).collect()
    }

    /// Keeps each write apart.
    #[derive(Default)]
    struct Writes(Vec<String>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Asks the server at its first write, with a wire like this one at the next depth. Only then
    /// it takes what it was given.
    struct Nested<'a> {
        server: &'a Server,
        request: fn() -> Request,
        depth: usize,
        taken: &'a mut Vec<u8>,
    }

    impl Write for Nested<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let depth = std::mem::take(&mut self.depth);
            if depth > 0 {
                let mut next = Nested {
                    server: self.server,
                    request: self.request,
                    depth: depth - 1,
                    taken: self.taken,
                };
                self.server.answer((self.request)(), &mut next)?;
            }
            // What doesn't fit any more is thrown away, so that this allocates nothing.
            let spare = self.taken.capacity() - self.taken.len();
            self.taken
                .extend_from_slice(&bytes[..bytes.len().min(spare)]);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Sends a request whose wire asks for `request`, so many levels deep.
    fn answer_nested(
        server: &Server,
        depth: usize,
        request: fn() -> Request,
        taken: &mut Vec<u8>,
    ) -> io::Result<()> {
        let mut wire = Nested {
            server,
            request,
            depth,
            taken,
        };
        server.answer(request(), &mut wire)
    }

    #[track_caller]
    fn assert_reply(server: &Server, notes: &[String], request: Request) {
        let what = format!("writes for {} of {} notes", name(&request), notes.len());
        let expected = expected(notes, &request);
        let mut wire = Writes::default();
        let sent = server.answer(request, &mut wire).map_err(|it| it.kind());
        assert_gives(what, &(sent, wire.0), &(Ok(()), vec![expected]));
    }

    #[measuring::test]
    fn a_reply_is_one_line_in_one_write() {
        let lists = [
            vec![],
            texts(&[""]),
            texts(&["first", "second", ""]),
            sample(300),
        ];
        for notes in lists {
            let server = Server::new(notes.clone());
            let mut random = 1_u64;
            for _ in 0..100 {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let id = (random >> 33) as usize % (notes.len() + 2);
                assert_reply(&server, &notes, Request::Note(id));
                if id < 5 {
                    assert_reply(&server, &notes, Request::All);
                }
            }
            assert_reply(&server, &notes, Request::Note(usize::MAX));
        }
    }

    #[measuring::test]
    fn ids_may_be_above_65_536() {
        let notes = vec![String::new(); 70_000];
        let server = Server::new(notes.clone());
        for id in [255, 256, 65_535, 65_536, 69_999, 70_000, 70_001] {
            assert_reply(&server, &notes, Request::Note(id));
        }
    }

    #[measuring::test]
    fn what_json_reserves_is_escaped() {
        let mut notes = texts(&["say \"é\"", "C:\\", "\"", "\\\"\\", "a\nb\tc\r🎉"]);
        let letters = (0..0x300).chain([0x2028, 0xfffd, 0x1f389, 0x10ffff]);
        notes.extend(
            letters
                .filter_map(char::from_u32)
                .map(|it| format!("a{it}b")),
        );
        let server = Server::new(notes.clone());
        for id in 0..notes.len() {
            assert_reply(&server, &notes, Request::Note(id));
        }
    }

    #[measuring::test]
    fn a_short_or_interrupted_write_loses_nothing() {
        let notes = sample(20);
        let server = Server::new(notes.clone());
        for most in [1, 7, 60, 1_000] {
            for request in [Request::Note(3), Request::All, Request::Note(20)] {
                let what = format!("{} in writes of up to {most} bytes", name(&request));
                let expected = expected(&notes, &request);
                let mut wire = Choppy::new(Vec::new(), most);
                let sent = server.answer(request, &mut wire).map_err(|it| it.kind());
                let came = String::from_utf8_lossy(&wire.into_inner()).into_owned();
                assert_gives(what, &(sent, came), &(Ok(()), expected));
            }
        }
    }

    /// Takes nothing, and says so without an error.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            self.0 += 1;
            assert!(
                self.0 < 100,
                "a wire that takes nothing was asked 100 times"
            );
            Ok(0)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[measuring::test]
    fn an_error_is_returned_and_leaves_nothing_behind() {
        let notes = sample(3);
        let server = Server::new(notes.clone());
        for most in [0, 1, 40] {
            let mut wire = Failing::after(most, Vec::new());
            let sent = server.answer(Request::Note(0), &mut wire);
            let what = format!("error after {most} bytes");
            let kind = sent.err().map(|it| it.kind());
            assert_gives(what, &kind, &Some(ErrorKind::BrokenPipe));
            assert_reply(&server, &notes, Request::Note(1));
        }
        let sent = server.answer(Request::Note(0), &mut Full(0));
        let what = "whether a wire that takes nothing gets an error";
        assert_gives(what, &sent.is_err(), &true);
        assert_reply(&server, &notes, Request::Note(1));
    }

    /// The reply of the innermost request arrives first, and the outermost one's last.
    #[measuring::test]
    fn a_wire_may_ask_the_server_at_any_depth() {
        let requests: [fn() -> Request; 2] = [|| Request::Note(1), || Request::All];
        let notes = sample(3);
        let server = Server::new(notes.clone());
        for depth in [1, 2, 3, 4, 5, 20, 1] {
            for request in requests {
                let mut taken = Vec::with_capacity(100_000);
                let sent = answer_nested(&server, depth, request, &mut taken);
                let came = String::from_utf8_lossy(&taken).into_owned();
                let expected = expected(&notes, &request()).repeat(depth + 1);
                let what = format!("{} nested {depth} deep", name(&request()));
                let sent = sent.map_err(|it| it.kind());
                assert_gives(what, &(sent, came), &(Ok(()), expected));
            }
        }
    }

    #[measuring::test]
    fn a_day_stays_in_budget() {
        let notes = sample(1_000);
        let server = BUDGET.assert_holds_in_process(|| {
            let server = Server::new(black_box(notes));
            a_day(&server);
            server
        });
        BUDGET.assert_holds(|| a_day(&server));
    }

    /// Counts 300 times what was done ten times before.
    fn assert_free(mut work: impl FnMut(usize)) {
        (0..10).for_each(&mut work);
        WARM.assert_holds(|| (0..300).map(black_box).for_each(work));
    }

    type Asked = fn(usize) -> Request;

    /// Ordinary requests: short notes, notes of 900 bytes, and a short list.
    fn ordinary() -> [(Vec<String>, Asked); 3] {
        let long = vec!["x".repeat(900); 300];
        [
            (sample(300), Request::Note),
            (long, Request::Note),
            (sample(10), |_| Request::All),
        ]
    }

    #[measuring::test]
    fn ordinary_replies_cost_nothing() {
        for (notes, asked) in ordinary() {
            let server = Server::new(notes);
            a_day(&server);
            let mut taken = Vec::with_capacity(3_000);
            assert_free(|id| {
                taken.clear();
                server.answer(asked(id), &mut taken).unwrap();
                server
                    .answer(Request::Note(1_000 + id), &mut taken)
                    .unwrap();
            });
        }
    }

    #[measuring::test]
    fn nested_replies_cost_nothing() {
        let requests: [fn() -> Request; 3] =
            [|| Request::Note(1), || Request::Note(1), || Request::All];
        for ((notes, _), request) in ordinary().into_iter().zip(requests) {
            let server = Server::new(notes);
            let mut taken = Vec::with_capacity(3_000);
            assert_free(|_| {
                taken.clear();
                answer_nested(&server, 2, request, &mut taken).unwrap();
            });
        }
    }

    #[measuring::test]
    fn replies_that_were_not_sent_cost_nothing() {
        for (notes, asked) in ordinary() {
            let server = Server::new(notes);
            assert_free(|id| {
                let mut broken = Failing::after(0, io::sink());
                let failed = server.answer(asked(id), &mut broken).is_err();
                assert_gives("whether a broken wire gets an error", &failed, &true);
            });
        }
    }

    #[track_caller]
    fn assert_within(budget: Budget, cost: measuring::Heap, when: &str) {
        if !budget.allows(&cost) {
            println!("{when}:");
        }
        budget.assert_allows(cost);
    }

    /// Nested requests use many buffers at a time, and large replies large ones.
    #[measuring::test]
    fn no_burst_is_kept() {
        for (notes, depth) in [
            (0, 0),
            (10, 100),
            (12, 40),
            (25, 20),
            (50, 10),
            (100, 5),
            (150, 3),
            (200, 4),
            (300, 2),
            (400, 0),
            (500, 1),
            (1_000, 2),
            (2_000, 0),
        ] {
            let notes = sample(notes);
            let when = format!(
                "After {} nested requests for {} notes",
                depth + 1,
                notes.len()
            );
            let mut taken = Vec::new();
            let (_server, cost) = heap(|| {
                let server = Server::new(notes);
                let _ = answer_nested(&server, depth, || Request::All, &mut taken);
                server
            });
            assert_within(Budget::of("reply_buffers").live(40_000), cost, &when);
        }
    }

    /// Each byte of these notes is six in a reply.
    #[measuring::test]
    fn a_new_server_keeps_the_notes_alone() {
        for notes in [0, 1, 2_000] {
            let notes = vec!["\u{1}".repeat(60); notes];
            let when = format!("Server::new with {} notes", notes.len());
            let (_server, cost) = heap(|| Server::new(black_box(notes)));
            assert_within(Budget::of("reply_buffers").live(40_000), cost, &when);
        }
    }
}
