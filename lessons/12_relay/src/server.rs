//! Sockets to everything: sessions, limits, the way of an event and of a query, and the shutdown.
//!
//! One task per connection does nothing but protocol and never waits for another connection. Signatures are checked
//! by one bounded pool of threads, the database is read by another and written by a single thread, which commits what
//! has arrived in one durable transaction. When any of them falls behind, sessions stop reading their sockets, and
//! TCP tells the client: nothing piles up here.

pub mod http;
mod limits;
pub mod metrics;
mod stats;

use std::net::SocketAddr;
use std::sync::Arc;

pub use limits::Limits;
pub use stats::{Number, Stats};

/// How a server is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The URLs under which clients know this relay, for NIP-42. With none, what the client's own request named as
    /// its host counts.
    pub urls: Vec<String>,
    /// Whether a challenge is sent at once; otherwise when authentication is needed.
    pub challenge_at_connect: bool,
    /// Kinds that only their author and those they are addressed to may read, authenticated. Empty: all may read all.
    pub private_kinds: Vec<u16>,
    /// Threads that check signatures.
    pub verifiers: usize,
    /// Threads that read the database.
    pub readers: usize,
    /// What clients may do.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7777)),
            urls: Vec::new(),
            challenge_at_connect: true,
            private_kinds: Vec::new(),
            verifiers: cores,
            readers: cores,
            limits: Limits::default(),
        }
    }
}

/// What sessions, pools and the page share.
#[derive(Debug)]
pub struct Relay {
    /// How it is set up.
    pub settings: Settings,
    /// What it has counted.
    pub stats: Arc<Stats>,
}

/// A running server. Dropping it aborts it; [`shutdown`](Server::shutdown) ends it in good order.
#[derive(Debug)]
pub struct Server {
    relay: Arc<Relay>,
    local_addr: SocketAddr,
}

impl Server {
    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// What its parts share, for whoever shows it.
    pub fn relay(&self) -> &Arc<Relay> {
        &self.relay
    }
}
