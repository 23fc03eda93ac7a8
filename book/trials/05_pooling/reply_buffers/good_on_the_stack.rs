//! Encodes ordinary replies on the stack, without a pool.

#![forbid(unsafe_code)]

use smallvec::SmallVec;
use std::fmt;
use std::io::{self, Write};

enum Request {
    Note(usize),
    All,
}

#[derive(Default)]
struct Reply(SmallVec<[u8; 1_024]>);

impl fmt::Write for Reply {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0.extend_from_slice(part.as_bytes());
        Ok(())
    }
}

impl Reply {
    fn push_str(&mut self, part: &str) {
        self.0.extend_from_slice(part.as_bytes());
    }

    fn push(&mut self, letter: char) {
        self.push_str(letter.encode_utf8(&mut [0; 4]));
    }
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
        let mut reply = Reply::default();
        self.encode(request, &mut reply);
        wire.write_all(&reply.0)
    }

    fn encode(&self, request: Request, reply: &mut Reply) {
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

fn encode_note(id: usize, text: &str, reply: &mut Reply) {
    use fmt::Write;
    // Writing to a Reply can't fail.
    let _ = write!(reply, r#"{{"id":{id},"text":""#);
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                reply.push('\\');
                reply.push(letter);
            }
            '\0'..' ' => drop(write!(reply, "\\u{:04x}", u32::from(letter))),
            _ => reply.push(letter),
        }
    }
    reply.push_str("\"}");
}
