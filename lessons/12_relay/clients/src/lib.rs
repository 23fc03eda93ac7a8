//! What the tests of this package share: a running relay, people who sign, and a raw WebSocket.
//!
//! Nothing here uses the relay's own code. The binary is started as its operator starts it, events are written and
//! signed by hand, and what comes back is compared with what was sent.

#![forbid(unsafe_code)]

mod binary;
mod event;
mod socket;

pub use binary::Relay;
pub use event::{Author, Draft, Event, draft, now};
pub use socket::{Client, Stored};
