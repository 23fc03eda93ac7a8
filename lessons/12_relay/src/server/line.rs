//! The socket of a client, which its session and the readers share.
//!
//! A session that sleeps costs a wake-up to write what a reader has ready, and that costs more than many an answer. So
//! whoever has something to send, and finds the line free, sends it. What the socket doesn't take is the session's.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;

/// The way to a client. Its session holds the lock while it works, so others only ever try it.
pub(super) struct Line {
    /// Gone when the session has ended.
    stream: Option<TcpStream>,
    /// What the socket didn't take yet. Nothing is read while there is some.
    pub unwritten: Vec<u8>,
}

impl Line {
    pub fn new(stream: TcpStream) -> Self {
        Self {
            stream: Some(stream),
            unwritten: Vec::new(),
        }
    }

    /// Reads what has come: how many bytes; 0 where the client has gone.
    pub fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        input: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(Ok(0));
        };
        let mut buffer = ReadBuf::new(input);
        ready!(Pin::new(stream).poll_read(context, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    /// Writes as much as the socket takes and keeps the rest. How much that was; the session is woken when there is
    /// room for the rest.
    pub fn write(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.write_now(bytes)?;
        while written < bytes.len() {
            let Some(stream) = &self.stream else { break };
            match stream.poll_write_ready(context) {
                Poll::Pending => break,
                Poll::Ready(room) => room?,
            }
            written += self.write_now(&bytes[written..])?;
        }
        self.unwritten.extend_from_slice(&bytes[written..]);
        Ok(written)
    }

    /// Writes whole frames where nothing else waits, and keeps what the socket doesn't take. How much it took; `None`
    /// where others go first.
    pub fn send(&mut self, frames: &[u8]) -> Option<usize> {
        if self.stream.is_none() || !self.unwritten.is_empty() {
            return None;
        }
        // A socket that fails tells the session so too.
        let written = self.write_now(frames).unwrap_or(0);
        self.unwritten.extend_from_slice(&frames[written..]);
        Some(written)
    }

    fn write_now(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(stream) = &self.stream else {
            return Err(ErrorKind::NotConnected.into());
        };
        let mut written = 0;
        while written < bytes.len() {
            match stream.try_write(&bytes[written..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(some) => written += some,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(written)
    }

    /// Ends it for everybody but the session: its socket, and what wasn't written.
    pub fn cut(&mut self) -> Option<(TcpStream, Vec<u8>)> {
        let stream = self.stream.take()?;
        Some((stream, std::mem::take(&mut self.unwritten)))
    }
}
