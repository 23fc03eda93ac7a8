//! Encodes every note once, in `Server::new`.

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
    ends: Vec<usize>,
    encoded: String,
    free: RefCell<Vec<String>>,
}

impl Server {
    fn new(notes: Vec<String>) -> Self {
        let free = RefCell::default();
        let (mut ends, mut encoded) = (Vec::with_capacity(notes.len()), String::new());
        for (id, text) in notes.iter().enumerate() {
            encode_note(id, text, &mut encoded);
            ends.push(encoded.len());
        }
        let notes = Vec::new();
        Self {
            notes,
            ends,
            encoded,
            free,
        }
    }

    /// Sends the reply. The wire may ask this server while it is written to.
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

    fn note(&self, id: usize) -> &str {
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.encoded[start..self.ends[id]]
    }

    fn encode(&self, request: Request, reply: &mut String) {
        match request {
            Request::Note(id) => match self.ends.get(id) {
                Some(_) => reply.push_str(self.note(id)),
                None => reply.push_str("null"),
            },
            Request::All => {
                reply.push('[');
                debug_assert!(self.notes.is_empty());
                for id in 0..self.ends.len() {
                    reply.push_str(if id == 0 { "" } else { "," });
                    reply.push_str(self.note(id));
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
