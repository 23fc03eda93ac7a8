//! A server of notes answers every request with one line of JSON, sent in one write. As written, each reply is a new
//! String, put together from a String for each note and one for each quoted text, and all are dropped once it is sent.
//!
//! Encode into buffers that are used again, for all requests together: of ten thousand connections with a buffer
//! each, most would keep theirs for nothing. Beware of three things. A wire may ask the server itself while it is
//! written to, as one does that keeps an audit. A write may fail. And one reply of 85 KB must not stay for good.
//!
//! | measure                    | budget | why                                                            |
//! |----------------------------|--------|----------------------------------------------------------------|
//! | allocations, 1,000 requests     |     80 | buffers grow in steps; one large reply grows in a few more     |
//! | live, after these          | 32,768 | buffers for ordinary replies; the large one was 85 KB          |
//! | allocations, from then on       |      0 | ordinary requests, sent or not                                 |

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

    /// Sends the reply in one write. The wire may be one that asks this server while it is written to.
    fn answer(&self, request: Request, wire: &mut impl Write) -> io::Result<()> {
        // TODO: take a buffer that was used before, have the reply encoded into it, send it, and keep it.
        let reply = self.encode(request);
        wire.write_all(reply.as_bytes())
    }

    // TODO: write every part of the reply into that buffer, and return nothing.
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
    .live(32_768);

fn main() {
    let server = Server::new(sample());
    measuring::show(BUDGET, || a_day(&server));
}

fn a_day(server: &Server) {
    let _ = server.answer(Request::All, &mut std::io::sink());
    for id in 0..1_000 {
        let _ = server.answer(Request::Note(id), &mut std::io::sink());
    }
}

fn sample() -> Vec<String> {
    let text = |id| format!("Note {id}:\n\"a few words, \\, and more of what people write\"");
    (0..1_000).map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;
    use std::io::ErrorKind;

    const WARM: Budget = Budget::of("reply_buffers").allocations(0).live(0);

    /// Keeps each write apart.
    #[derive(Default)]
    struct Writes(Vec<String>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(String::from_utf8(bytes.to_vec()).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Broken;

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Looks up a note of its own at every write, before it says what was written.
    struct Audited<'a> {
        server: &'a Server,
        said: &'a mut Vec<u8>,
    }

    impl Write for Audited<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.server.answer(Request::Note(1), self.said)?;
            self.said.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn server(notes: &[&str]) -> Server {
        Server::new(notes.iter().map(|note| note.to_string()).collect())
    }

    #[track_caller]
    fn assert_reply(server: &Server, request: Request, expected: &str) {
        let mut wire = Writes::default();
        server.answer(request, &mut wire).unwrap();
        assert_eq!(wire.0, [expected], "one reply, in one write");
    }

    #[test]
    fn a_reply_is_one_line_in_one_write() {
        let server = server(&["first", "second", ""]);
        assert_reply(
            &server,
            Request::Note(1),
            "{\"id\":1,\"text\":\"second\"}\n",
        );
        assert_reply(&server, Request::Note(7), "null\n");
        assert_reply(&server, Request::Note(2), "{\"id\":2,\"text\":\"\"}\n");
        let all = r#"[{"id":0,"text":"first"},{"id":1,"text":"second"},{"id":2,"text":""}]"#;
        assert_reply(&server, Request::All, &format!("{all}\n"));
        assert_reply(&server, Request::Note(0), "{\"id\":0,\"text\":\"first\"}\n");
    }

    #[test]
    fn no_notes_are_an_empty_list() {
        assert_reply(&server(&[]), Request::All, "[]\n");
    }

    #[test]
    fn what_json_reserves_is_escaped() {
        let server = server(&["say \"é\"", "C:\\", "a\nb\tc\u{1f}\0 🎉"]);
        assert_reply(
            &server,
            Request::Note(0),
            "{\"id\":0,\"text\":\"say \\\"é\\\"\"}\n",
        );
        assert_reply(
            &server,
            Request::Note(1),
            "{\"id\":1,\"text\":\"C:\\\\\"}\n",
        );
        let expected = "{\"id\":2,\"text\":\"a\\u000ab\\u0009c\\u001f\\u0000 🎉\"}\n";
        assert_reply(&server, Request::Note(2), expected);
    }

    #[test]
    fn a_wire_may_ask_the_server() {
        let server = server(&["first", "second"]);
        for _ in 0..3 {
            let mut said = Vec::new();
            let mut wire = Audited {
                server: &server,
                said: &mut said,
            };
            server.answer(Request::Note(0), &mut wire).unwrap();
            let expected = "{\"id\":1,\"text\":\"second\"}\n{\"id\":0,\"text\":\"first\"}\n";
            assert_eq!(String::from_utf8(said).unwrap(), expected);
        }
    }

    #[test]
    fn a_write_that_fails_is_told_and_leaves_nothing_behind() {
        let server = server(&["first", "second"]);
        for _ in 0..3 {
            let error = server.answer(Request::Note(0), &mut Broken).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BrokenPipe);
            assert_reply(
                &server,
                Request::Note(1),
                "{\"id\":1,\"text\":\"second\"}\n",
            );
        }
    }

    #[test]
    fn a_day_stays_in_budget() {
        let server = Server::new(sample());
        BUDGET.assert_holds(|| a_day(black_box(&server)));
        BUDGET.assert_holds(|| a_day(black_box(&server)));
    }

    /// Counts a thousand times what was done a few times before.
    fn assert_free(work: &mut dyn FnMut(usize)) {
        (0..10).for_each(&mut *work);
        WARM.assert_holds(|| (0..1_000).map(black_box).for_each(work));
    }

    #[test]
    fn from_then_on_replies_cost_nothing() {
        let server = Server::new(sample());
        a_day(&server);
        let mut said = Vec::with_capacity(1_000);
        assert_free(&mut |id| {
            said.clear();
            server.answer(Request::Note(id), &mut said).unwrap();
            server.answer(Request::Note(1_000 + id), &mut said).unwrap();
        });
    }

    #[test]
    fn nor_do_replies_during_which_the_wire_asks() {
        let server = Server::new(sample());
        let mut said = Vec::with_capacity(1_000);
        assert_free(&mut |id| {
            said.clear();
            let mut wire = Audited {
                server: &server,
                said: &mut said,
            };
            server.answer(Request::Note(id), &mut wire).unwrap();
        });
    }

    #[test]
    fn nor_do_replies_that_were_not_sent() {
        let server = Server::new(sample());
        assert_free(&mut |id| assert!(server.answer(Request::Note(id), &mut Broken).is_err()));
    }
}
