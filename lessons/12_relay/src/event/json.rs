//! An event as JSON, and the one place that knows what JSON asks of a string.

use sha2::{Digest, Sha256};

use super::hex::to_hex;
use super::{Event, EventId};

const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = ONES << 7;

/// How many bytes at the start of a text a JSON string takes as they are: up to a quote, a backslash or a control
/// character.
pub(crate) fn plain(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let found = specials(u64::from_le_bytes(*word));
        if found != 0 {
            return 8 * index + found.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &&u8| !matches!(byte, 0..0x20 | b'"' | b'\\');
    8 * words.len() + rest.iter().take_while(is_plain).count()
}

/// Sets the high bit of the first special byte of eight, and none before it. Those behind it may be wrong: the
/// subtractions borrow.
fn specials(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(0x20 * ONES) & !word;
    (zero(word ^ (0x22 * ONES)) | zero(word ^ (0x5c * ONES)) | control) & HIGH
}

/// Takes text piece by piece.
pub(crate) trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// SHA-256 over many small pieces: they are gathered on the stack, so that the hash sees whole blocks.
struct Hasher {
    hash: Sha256,
    gathered: [u8; Self::ROOM],
    length: usize,
}

impl Hasher {
    const ROOM: usize = 1024;

    /// Makes room. What is longer than all of it needn't be gathered.
    #[cold]
    fn spill(&mut self, bytes: &[u8]) {
        self.hash.update(&self.gathered[..self.length]);
        self.length = 0;
        match bytes.len() {
            ..=Self::ROOM => self.put(bytes),
            _ => self.hash.update(bytes),
        }
    }

    fn finish(mut self) -> [u8; 32] {
        self.hash.update(&self.gathered[..self.length]);
        self.hash.finalize().into()
    }
}

impl Sink for Hasher {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        match self.gathered.get_mut(self.length..end) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.length = end;
            }
            None => self.spill(bytes),
        }
    }
}

/// Writes a JSON string.
///
/// `CANONICAL` is NIP-01's form for hashing: seven escapes, and every other control character as it is. Without it
/// the others are written as `\u00xx`, since JSON has it so.
pub(crate) fn string<const CANONICAL: bool>(out: &mut impl Sink, mut text: &[u8]) {
    out.put(b"\"");
    loop {
        let (run, rest) = text.split_at(plain(text));
        out.put(run);
        let Some((&special, rest)) = rest.split_first() else {
            return out.put(b"\"");
        };
        match special {
            b'"' => out.put(b"\\\""),
            b'\\' => out.put(b"\\\\"),
            b'\n' => out.put(b"\\n"),
            b'\r' => out.put(b"\\r"),
            b'\t' => out.put(b"\\t"),
            0x08 => out.put(b"\\b"),
            0x0c => out.put(b"\\f"),
            other if CANONICAL => out.put(&[other]),
            other => {
                let low = b"0123456789abcdef"[usize::from(other & 0x0f)];
                out.put(&[b'\\', b'u', b'0', b'0', b'0' + (other >> 4), low]);
            }
        }
        text = rest;
    }
}

/// Writes a number in decimal.
pub(crate) fn number(out: &mut impl Sink, mut number: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return out.put(&digits[start..]);
        }
    }
}

fn tags<const CANONICAL: bool>(out: &mut impl Sink, event: &Event) {
    out.put(b"[");
    for (position, tag) in event.tags().enumerate() {
        out.put(if position == 0 { b"[" } else { b",[" });
        for (position, item) in tag.items().enumerate() {
            if position > 0 {
                out.put(b",");
            }
            string::<CANONICAL>(out, item.as_bytes());
        }
        out.put(b"]");
    }
    out.put(b"]");
}

impl Event {
    /// The SHA-256 of NIP-01's canonical form, which is hashed as it is made and never held.
    ///
    /// ```
    /// use relay::event::Event;
    ///
    /// let mut event = Event::default();
    /// event.push_content("hello");
    /// event.id = event.canonical_id();
    /// assert_eq!(event.id.to_string()[..8], *"37506aa4");
    /// ```
    pub fn canonical_id(&self) -> EventId {
        let mut out = Hasher {
            hash: Sha256::new(),
            gathered: [0; Hasher::ROOM],
            length: 0,
        };
        out.put(b"[0,\"");
        out.put(&to_hex(self.pubkey.as_bytes()));
        out.put(b"\",");
        number(&mut out, self.created_at);
        out.put(b",");
        number(&mut out, self.kind.into());
        out.put(b",");
        tags::<true>(&mut out, self);
        out.put(b",");
        string::<true>(&mut out, self.content().as_bytes());
        out.put(b"]");
        EventId::new(out.finish())
    }

    /// Appends the event as JSON without spaces: each field, read again, is byte for byte what it was.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        // What it takes if nothing is escaped: names, hex and numbers, then quotes, commas and brackets.
        out.reserve(400 + self.text.len() + 3 * self.items.len() + 3 * self.tags.len());
        out.put(b"{\"id\":\"");
        out.put(&to_hex(self.id.as_bytes()));
        out.put(b"\",\"pubkey\":\"");
        out.put(&to_hex(self.pubkey.as_bytes()));
        out.put(b"\",\"created_at\":");
        number(out, self.created_at);
        out.put(b",\"kind\":");
        number(out, self.kind.into());
        out.put(b",\"tags\":");
        tags::<false>(out, self);
        out.put(b",\"content\":");
        string::<false>(out, self.content().as_bytes());
        out.put(b",\"sig\":\"");
        out.put(self.sig.write_hex(&mut [0; 128]).as_bytes());
        out.put(b"\"}");
    }
}
