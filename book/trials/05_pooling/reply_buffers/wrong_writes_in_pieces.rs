//! Has no buffer, and writes every few letters to the wire.

#![forbid(unsafe_code)]

use std::fmt::Write as _;
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
        let mut reply = Pieces { wire, sent: Ok(()) };
        self.encode(request, &mut reply);
        reply.sent
    }

    fn encode(&self, request: Request, reply: &mut Pieces<impl Write>) {
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

struct Pieces<'a, W> {
    wire: &'a mut W,
    sent: io::Result<()>,
}

impl<W: Write> std::fmt::Write for Pieces<'_, W> {
    fn write_str(&mut self, piece: &str) -> std::fmt::Result {
        if self.sent.is_ok() {
            self.sent = self.wire.write_all(piece.as_bytes());
        }
        Ok(())
    }
}

impl<W: Write> Pieces<'_, W> {
    fn push_str(&mut self, piece: &str) {
        let _ = self.write_str(piece);
    }

    fn push(&mut self, letter: char) {
        let _ = self.write_char(letter);
    }

    fn extend(&mut self, letters: [char; 2]) {
        letters.into_iter().for_each(|it| self.push(it));
    }
}

fn encode_note(id: usize, text: &str, reply: &mut Pieces<impl Write>) {
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
