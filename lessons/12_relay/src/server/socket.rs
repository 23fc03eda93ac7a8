//! WebSocket without sockets: bytes read go in, messages come out, and answers are put into frames.
//!
//! The library unmasks, joins fragments, checks UTF-8 and answers pings. It keeps a buffer of its own for what has
//! arrived of a message, so that is small to begin with, and given back after a large message.

use std::io::{self, Read, Write};

use tungstenite::error::CapacityError;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tungstenite::{Error, Message, Utf8Bytes};

/// What the library's buffer holds at first, and how much it takes at a time.
const BUFFER: usize = 1 << 10;
/// Above this, the buffer of a message is given back.
const LARGE: usize = 8 << 10;

/// The protocol's state of one connection.
pub(super) struct Socket {
    context: WebSocketContext,
    /// Bytes that the library has taken and that no message accounted for yet. Zero proves that its buffer is empty.
    taken: usize,
    /// The largest message since the buffer was made.
    largest: usize,
}

/// How a connection ends: the close frame's code and reason.
#[derive(Debug)]
pub(super) struct Farewell {
    pub code: CloseCode,
    pub reason: String,
}

impl Farewell {
    pub fn new(code: CloseCode, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { code, reason }
    }

    /// The client said goodbye or went away: nothing is left to say.
    pub fn silent() -> Self {
        Self::new(CloseCode::Abnormal, "")
    }

    /// Writes the close frame, if there is one to write.
    pub fn write(&self, out: &mut Vec<u8>) {
        if self.code == CloseCode::Abnormal {
            return;
        }
        // A control frame has at most 125 bytes, two of which are the code.
        let mut ends = (0..=self.reason.len().min(123)).rev();
        let end = ends.find(|&end| self.reason.is_char_boundary(end));
        let reason = &self.reason[..end.unwrap_or(0)];
        write_frame(out, OpCode::Control(Control::Close), |out| {
            out.extend_from_slice(&u16::from(self.code).to_be_bytes());
            out.extend_from_slice(reason.as_bytes());
        });
    }
}

impl Socket {
    pub fn new(message_bytes: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(message_bytes))
            .max_frame_size(Some(message_bytes));
        Self {
            context: WebSocketContext::new(Role::Server, Some(config)),
            taken: 0,
            largest: 0,
        }
    }

    /// The next text message in `input`, which is advanced; `None` when all of it is taken. What the protocol itself
    /// has to answer is appended to `out`.
    pub fn next(
        &mut self,
        input: &mut &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<Utf8Bytes>, Farewell> {
        loop {
            let before = input.len();
            let read = self.context.read(&mut Pipe { input, out });
            self.taken += before - input.len();
            match read {
                Ok(Message::Text(text)) => {
                    self.account_for(text.len());
                    return Ok(Some(text));
                }
                Ok(Message::Ping(data) | Message::Pong(data)) => self.account_for(data.len()),
                Ok(Message::Binary(_)) => {
                    let reason = "this relay reads text messages only";
                    return Err(Farewell::new(CloseCode::Unsupported, reason));
                }
                // The library's reply to a close goes out with the next read, which then says that it's over.
                Ok(Message::Close(_) | Message::Frame(_)) => {}
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.give_back();
                    return Ok(None);
                }
                Err(error) => return Err(farewell(error)),
            }
        }
    }

    fn account_for(&mut self, payload: usize) {
        // Never more than it really took, or `taken` would not prove anything: senders may waste bytes on a header.
        let least = FrameHeader {
            mask: Some([0; 4]),
            ..FrameHeader::default()
        };
        let least = least.len(payload as u64) + payload;
        self.taken = self.taken.saturating_sub(least);
        self.largest = self.largest.max(payload);
    }

    fn give_back(&mut self) {
        if self.largest > LARGE && self.taken == 0 {
            let config = *self.context.get_config();
            self.context = WebSocketContext::new(Role::Server, Some(config));
            self.largest = 0;
        }
    }
}

fn farewell(error: Error) -> Farewell {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => Farewell::new(
            CloseCode::Size,
            format!("a message of {size} bytes is too long, this relay reads {max_size} at most"),
        ),
        Error::Utf8(_) => Farewell::new(CloseCode::Invalid, "a text message must be UTF-8"),
        Error::Protocol(broken) => Farewell::new(CloseCode::Protocol, broken.to_string()),
        _ => Farewell::silent(),
    }
}

/// Appends a frame whose payload `write` appends.
pub(super) fn write_frame(out: &mut Vec<u8>, opcode: OpCode, write: impl FnOnce(&mut Vec<u8>)) {
    // The length comes first and is known last. Most frames need a header of four bytes.
    const ROOM: usize = 4;
    let start = out.len();
    out.extend_from_slice(&[0; ROOM]);
    write(out);
    let length = out.len() - start - ROOM;
    let header = FrameHeader {
        opcode,
        ..FrameHeader::default()
    };
    let mut head = [0; 10];
    let size = header.len(length as u64);
    header
        .format(length as u64, &mut &mut head[..])
        .expect("the longest header without a mask has ten bytes");
    drop(out.splice(start..start + ROOM, head[..size].iter().copied()));
}

/// Appends a text frame.
pub(super) fn write_text(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    write_frame(out, OpCode::Data(Data::Text), write);
}

/// Appends an empty ping.
pub(super) fn write_ping(out: &mut Vec<u8>) {
    write_frame(out, OpCode::Control(Control::Ping), |_| ());
}

/// What the library takes for a stream.
struct Pipe<'a, 'b> {
    input: &'a mut &'b [u8],
    out: &'a mut Vec<u8>,
}

impl Read for Pipe<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.input.read(into)
    }
}

impl Write for Pipe<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
