//! A server of notes answers every request with one line of JSON, sent in one write. The reply is encoded into a buffer
//! from the server's pool, every part of it straight into that buffer: where each text makes a String, little is won.
//!
//! The buffer is out of the pool while it is sent, and nothing stays borrowed: sending runs somebody else's code, which
//! may ask the server itself. It goes back whether the write succeeds or not, unless one reply has made it large.
//!
//! | measure                    | budget | why                                                            |
//! |----------------------------|--------|----------------------------------------------------------------|
//! | allocations, 1,000 requests     |     80 | buffers grow in steps; one large reply grows in a few more     |
//! | live, after these          | 32,768 | buffers for ordinary replies; the large one was 85 KB          |
//! | allocations, from then on       |      0 | ordinary requests, sent or not                                 |

#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, Write};

enum Request {
    Note(usize),
    All,
}

struct Server {
    notes: Vec<String>,
    free: RefCell<Vec<String>>,
}

impl Server {
    fn new(notes: Vec<String>) -> Self {
        let free = RefCell::default();
        Self { notes, free }
    }

    /// Sends the reply in one write. The wire may be one that asks this server while it is written to.
    fn answer(&self, request: Request, wire: &mut impl Write) -> io::Result<()> {
        let mut reply = self.free.borrow_mut().pop().unwrap_or_default();
        self.encode(request, &mut reply);
        let sent = wire.write_all(reply.as_bytes());
        let mut free = self.free.borrow_mut();
        if reply.capacity() <= 8_192 && free.len() < 4 {
            reply.clear();
            free.push(reply);
        }
        sent
    }

    fn encode(&self, request: Request, reply: &mut String) {
        match request {
            Request::Note(id) => match self.notes.get(id) {
                Some(text) => encode_note(id, text, reply),
                None => reply.push_str("null"),
            },
            Request::All => {
                reply.push('[');
                for (id, text) in self.notes.iter().enumerate() {
                    reply.push_str(if id == 0 { "" } else { "," });
                    encode_note(id, text, reply);
                }
                reply.push(']');
            }
        }
        reply.push('\n');
    }
}

fn encode_note(id: usize, text: &str, reply: &mut String) {
    // Writing to a String can't fail.
    let _ = write!(reply, r#"{{"id":{id},"text":""#);
    for letter in text.chars() {
        match letter {
            '"' | '\\' => reply.extend(['\\', letter]),
            '\0'..' ' => drop(write!(reply, "\\u{:04x}", u32::from(letter))),
            _ => reply.push(letter),
        }
    }
    reply.push_str("\"}");
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
