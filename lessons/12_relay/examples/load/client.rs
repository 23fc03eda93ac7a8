//! A connection to a relay, which waits for its answers, and what can go wrong with it.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tungstenite::http::Uri;
use tungstenite::{HandshakeError, Message, WebSocket};

/// Why a load can't be put on a relay, or on any.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It isn't an address of a relay.
    #[error("`{0}` is no address like ws://127.0.0.1:7777; wss:// isn't spoken here")]
    NoAddress(String),
    /// It is somewhere else.
    #[error(
        "{0} is not on this machine, and a load is for one's own relay: give a loopback address"
    )]
    Elsewhere(String),
    /// Nobody is there.
    #[error("{url} can't be reached: {cause}. Is the relay running?")]
    #[allow(missing_docs)]
    Unreachable { url: String, cause: io::Error },
    /// Something else listens there.
    #[error("{url} doesn't take a WebSocket: {cause}")]
    #[allow(missing_docs)]
    NoWebSocket { url: String, cause: String },
    /// It doesn't answer in time.
    #[error("the relay said nothing for {} s while it owed {owed}; --patience waits longer", .patience.as_secs())]
    #[allow(missing_docs)]
    Silent {
        patience: Duration,
        owed: &'static str,
    },
    /// It has hung up.
    #[error("the relay closed the connection while it owed {owed}: {cause}")]
    #[allow(missing_docs)]
    Closed { owed: &'static str, cause: String },
    /// It closed the subscription.
    #[error("the relay refused to answer: CLOSED {0:?}")]
    Refused(String),
    /// It takes no events for its subscribers.
    #[error("the relay refused an event that was to be passed on: {0:?}")]
    Unpublished(String),
    /// The process can't be looked at.
    #[error(
        "the memory of process {pid} can't be read: {cause}. It is found on Linux, while the process runs"
    )]
    #[allow(missing_docs)]
    Process { pid: u32, cause: io::Error },
    /// The folder can't be looked at.
    #[error("{} can't be read: {cause}. Name the folder that the relay keeps its data in", .folder.display())]
    #[allow(missing_docs)]
    Folder { folder: PathBuf, cause: io::Error },
}

/// Where a relay listens, on this machine.
#[derive(Clone, Debug)]
pub struct Address {
    url: String,
    socket: SocketAddr,
    patience: Duration,
}

impl Address {
    /// Looks it up.
    ///
    /// # Errors
    ///
    /// Where it is no address of a WebSocket, or one of another machine.
    pub fn of(url: &str, patience: Duration) -> Result<Self, LoadError> {
        let no_address = || LoadError::NoAddress(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| no_address())?;
        let host = uri.host().ok_or_else(no_address)?;
        if uri.scheme_str() != Some("ws") {
            return Err(no_address());
        }
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let found = (host, uri.port_u16().unwrap_or(80)).to_socket_addrs();
        let found = found.map_err(|cause| LoadError::Unreachable {
            url: url.to_owned(),
            cause,
        })?;
        let all: Vec<_> = found.collect();
        if !all.iter().all(|socket| socket.ip().is_loopback()) {
            return Err(LoadError::Elsewhere(url.to_owned()));
        }
        // `localhost` may be ::1 as well, where nobody need listen.
        let listens = |socket: &&SocketAddr| TcpStream::connect(socket).is_ok();
        let socket = all.iter().find(listens).or(all.first());
        Ok(Self {
            url: url.to_owned(),
            socket: *socket.ok_or_else(no_address)?,
            patience,
        })
    }
}

/// What a relay said that is no answer, each with how often.
#[derive(Debug, Default, Serialize)]
pub struct Remarks {
    /// NOTICE, by its text.
    pub notices: BTreeMap<String, u64>,
    /// CLOSED, by its text.
    pub closed: BTreeMap<String, u64>,
}

impl Remarks {
    /// Takes in those of another connection.
    pub fn add(&mut self, other: &Self) {
        for (text, count) in &other.notices {
            *self.notices.entry(text.clone()).or_default() += count;
        }
        for (text, count) in &other.closed {
            *self.closed.entry(text.clone()).or_default() += count;
        }
    }
}

/// What a relay says.
#[derive(Debug)]
pub enum Answer {
    /// An event. Nobody looks into it: that would be our time, not the relay's.
    Event,
    /// What became of one of ours.
    #[allow(missing_docs)]
    Ok { accepted: bool, reason: String },
    /// All that is stored was sent.
    Eose,
    /// A question is refused.
    Closed(String),
}

/// A connection.
pub struct Client {
    socket: WebSocket<TcpStream>,
    patience: Duration,
    /// What the relay said besides.
    pub remarks: Remarks,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    ///
    /// Where nobody is there, or no WebSocket.
    pub fn connect(to: &Address) -> Result<Self, LoadError> {
        let unreachable = |cause| LoadError::Unreachable {
            url: to.url.clone(),
            cause,
        };
        let stream = TcpStream::connect_timeout(&to.socket, to.patience).map_err(unreachable)?;
        let prepared = stream
            .set_read_timeout(Some(to.patience))
            .and_then(|()| stream.set_write_timeout(Some(to.patience)))
            .and_then(|()| stream.set_nodelay(true));
        prepared.map_err(unreachable)?;
        let refused = |cause: String| LoadError::NoWebSocket {
            url: to.url.clone(),
            cause,
        };
        let (socket, _) = tungstenite::client(&to.url, stream).map_err(|error| match error {
            HandshakeError::Failure(error) => refused(error.to_string()),
            // The socket waits; only the end of its patience interrupts it.
            HandshakeError::Interrupted(_) => refused("it says nothing".to_owned()),
        })?;
        Ok(Self {
            socket,
            patience: to.patience,
            remarks: Remarks::default(),
        })
    }

    /// Puts a message behind those that wait to be sent.
    ///
    /// # Errors
    ///
    /// Where the relay hangs up, or takes nothing for too long.
    pub fn write(&mut self, message: String, owed: &'static str) -> Result<(), LoadError> {
        let written = self.socket.write(Message::text(message));
        written.map_err(|error| self.broken(error, owed))
    }

    /// Sends what waits.
    ///
    /// # Errors
    ///
    /// Where the relay hangs up, or takes nothing for too long.
    pub fn flush(&mut self, owed: &'static str) -> Result<(), LoadError> {
        let sent = self.socket.flush();
        sent.map_err(|error| self.broken(error, owed))
    }

    /// Waits for the next answer; notices, challenges and pings on the way are none.
    ///
    /// # Errors
    ///
    /// Where the relay hangs up, or says nothing for too long.
    pub fn read(&mut self, owed: &'static str) -> Result<Answer, LoadError> {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    if let Some(answer) = self.hear(&text) {
                        return Ok(answer);
                    }
                }
                Ok(Message::Close(frame)) => {
                    let cause = frame.map_or("without a reason".to_owned(), |it| it.to_string());
                    return Err(LoadError::Closed { owed, cause });
                }
                Ok(_) => {}
                Err(error) => return Err(self.broken(error, owed)),
            }
        }
    }

    fn hear(&mut self, text: &str) -> Option<Answer> {
        if verb(text) == Some("EVENT") {
            return Some(Answer::Event);
        }
        let message: Value = serde_json::from_str(text).unwrap_or_default();
        let said = |place: usize| message[place].as_str().unwrap_or_default().to_owned();
        match message[0].as_str() {
            Some("OK") => Some(Answer::Ok {
                accepted: message[2] == true,
                reason: said(3),
            }),
            Some("EOSE") => Some(Answer::Eose),
            Some("CLOSED") => {
                *self.remarks.closed.entry(said(2)).or_default() += 1;
                Some(Answer::Closed(said(2)))
            }
            Some("AUTH") => None,
            Some("NOTICE") => {
                *self.remarks.notices.entry(said(1)).or_default() += 1;
                None
            }
            _ => {
                let start: String = text.chars().take(40).collect();
                *self.remarks.notices.entry(start).or_default() += 1;
                None
            }
        }
    }

    fn broken(&self, error: tungstenite::Error, owed: &'static str) -> LoadError {
        let patience = self.patience;
        match error {
            tungstenite::Error::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                ) =>
            {
                LoadError::Silent { patience, owed }
            }
            error => LoadError::Closed {
                owed,
                cause: error.to_string(),
            },
        }
    }
}

/// The first text of a JSON array, where it has no escapes.
fn verb(message: &str) -> Option<&str> {
    let inside = message.trim_start().strip_prefix('[')?;
    let text = inside.trim_start().strip_prefix('"')?;
    text.split('"').next()
}
