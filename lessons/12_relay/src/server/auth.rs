//! Who a client has proved to be (NIP-42), and what only that person may do.

use hyper::Uri;

use crate::event::{Event, PublicKey};
use crate::filter::{Filter, TagFilter};

/// The kind of the event that answers a challenge.
pub(super) const KIND: u16 = 22_242;

/// How far off the clock of a client may be, in seconds.
const PATIENCE: u64 = 600;

/// The challenge of a connection, and those who have answered it.
pub(super) struct Auth {
    challenge: [u8; 16],
    /// What the client called this relay when it connected.
    host: Box<str>,
    users: Vec<PublicKey>,
}

impl Auth {
    /// With a challenge that nobody can foresee.
    pub fn new(host: &str) -> Result<Self, getrandom::Error> {
        let mut challenge = [0; 16];
        getrandom::fill(&mut challenge)?;
        Ok(Self {
            challenge,
            host: host.into(),
            users: Vec::new(),
        })
    }

    /// What the client is to sign.
    pub fn challenge(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.challenge))
    }

    /// Whether the client has proved to be this person.
    pub fn is(&self, user: &PublicKey) -> bool {
        self.users.contains(user)
    }

    /// Whether it has proved to be anybody.
    pub fn is_anybody(&self) -> bool {
        !self.users.is_empty()
    }

    /// Whether it may read an event of a private kind: its author, and those whom it names.
    pub fn may_read(&self, event: &Event) -> bool {
        self.is(&event.pubkey)
            || event.letters().any(|(letter, value)| {
                letter == b'p' && self.users.iter().any(|user| value == user.to_string())
            })
    }

    /// Whether it may read all that a filter matches, whatever kind that is.
    pub fn may_read_all(&self, filter: &Filter) -> bool {
        let is_user = |name: &str| self.users.iter().any(|user| name == user.to_string());
        let by_them = |authors: &Vec<PublicKey>| authors.iter().all(|author| self.is(author));
        let for_them = |tag: &TagFilter| tag.letter == b'p' && tag.values.iter().all(is_user);
        self.is_anybody()
            && (filter.authors.as_ref().is_some_and(by_them) || filter.tags.iter().any(for_them))
    }

    /// Takes an answer to the challenge whose signature has been checked.
    pub fn accept(&mut self, event: &Event, urls: &[String], now: u64) -> Result<(), &'static str> {
        if event.kind != KIND {
            return Err("invalid: authentication takes an event of kind 22242");
        }
        if event.created_at.abs_diff(now) > PATIENCE {
            return Err("invalid: created_at is more than ten minutes from now");
        }
        if event.tag_value("challenge") != Some(&self.challenge()) {
            return Err("invalid: this is not the challenge of this connection");
        }
        let host = host_of(event.tag_value("relay").unwrap_or_default());
        let known = match urls {
            [] => host.is_some() && host == host_of(&format!("ws://{}", self.host)),
            urls => host.is_some() && urls.iter().any(|url| host_of(url) == host),
        };
        if !known {
            return Err("invalid: the relay tag names another relay");
        }
        if !self.is(&event.pubkey) {
            // Who answers for very many keys is no person.
            if self.users.len() == 64 {
                return Err("restricted: at most 64 keys may authenticate on one connection");
            }
            self.users.push(event.pubkey);
        }
        Ok(())
    }
}

/// The host of a WebSocket URL in lower case, without its port: behind a proxy, ports differ.
fn host_of(url: &str) -> Option<String> {
    let url: Uri = url.trim().parse().ok()?;
    let host = url.host()?.trim_end_matches('.').to_ascii_lowercase();
    let is_ours = matches!(url.scheme_str(), Some("ws" | "wss")) && !host.is_empty();
    is_ours.then_some(host)
}
