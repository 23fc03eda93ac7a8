//! Encodes into a `Vec<u8>`, with `io::Write`.

#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::io::{self, Write};

enum Request {
    Note(usize),
    All,
}

struct Server {
    notes: Vec<String>,
    free: RefCell<Vec<Vec<u8>>>,
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
        let sent = wire.write_all(&reply);
        let mut free = self.free.borrow_mut();
        if reply.capacity() <= 8_192 && free.len() < 4 {
            reply.clear();
            free.push(reply);
        }
        sent
    }

    fn encode(&self, request: Request, reply: &mut Vec<u8>) {
        match request {
            Request::Note(id) => match self.notes.get(id) {
                Some(text) => encode_note(id, text, reply),
                None => reply.extend(b"null"),
            },
            Request::All => {
                reply.push(b'[');
                for (id, text) in self.notes.iter().enumerate() {
                    reply.extend(if id == 0 { &b""[..] } else { b"," });
                    encode_note(id, text, reply);
                }
                reply.push(b']');
            }
        }
        reply.push(b'\n');
    }
}

fn encode_note(id: usize, text: &str, reply: &mut Vec<u8>) {
    // Writing to a String can't fail.
    let _ = write!(reply, r#"{{"id":{id},"text":""#);
    for letter in text.chars() {
        match letter {
            '"' | '\\' => reply.extend([b'\\', letter as u8]),
            '\0'..' ' => drop(write!(reply, "\\u{:04x}", u32::from(letter))),
            _ => reply.extend(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    reply.extend(b"\"}");
}
