//! Takes a client's message apart where it lies, and writes the relay's messages.
//!
//! [`parse`] goes over a frame once and builds no tree of it. An event's tags and content stay where they are in the
//! frame, checked but not unescaped, until [`RawEvent::read_into`] writes them straight into an [`Event`](crate::event::Event): a duplicate
//! is recognised by its id before any of its text is touched. An error says what it is about, so that the server can
//! answer with the message that NIP-01 has for it.

mod event;
mod filter;
mod reader;
mod write;

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use stack_arrays::HexError;
use thiserror::Error;

use crate::event::EventId;
use crate::filter::Filter;
pub use event::RawEvent;
use reader::{Broken, Reader};
pub use write::{
    write_auth, write_closed, write_count, write_eose, write_event, write_notice, write_ok,
};

/// What a client sends.
#[derive(Clone, Debug)]
pub enum ClientMessage<'a> {
    /// Publish this.
    Event(RawEvent<'a>),
    /// Send what is stored, then what is new.
    Req {
        /// The client's name for it.
        sub: SubId,
        /// One of which must match.
        filters: Vec<Filter>,
    },
    /// Count what is stored (NIP-45).
    Count {
        /// The client's name for it.
        sub: SubId,
        /// One of which must match.
        filters: Vec<Filter>,
    },
    /// End a subscription.
    Close(SubId),
    /// Prove who you are (NIP-42).
    Auth(RawEvent<'a>),
}

/// The name of a subscription: not empty, and as long as the limits allow. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubId(Arc<str>);

impl SubId {
    /// Takes a name that is not empty.
    pub fn new(name: &str) -> Option<Self> {
        (!name.is_empty()).then(|| Self(name.into()))
    }
}

impl Deref for SubId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// How much a message may hold. How long a frame may be is for the socket to limit.
#[derive(Clone, Debug)]
pub struct FrameLimits {
    /// Filters in a request.
    pub max_filters: usize,
    /// Values in all lists of a filter.
    pub max_filter_values: usize,
    /// Tags of an event.
    pub max_tags: usize,
    /// Characters of an event's content.
    pub max_content: usize,
    /// Characters of a subscription's name.
    pub max_sub_id: usize,
}

impl Default for FrameLimits {
    fn default() -> Self {
        Self {
            max_filters: 20,
            max_filter_values: 5_000,
            max_tags: 5_000,
            max_content: 400_000,
            max_sub_id: 64,
        }
    }
}

/// Why a message is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct WireError {
    /// What to answer with.
    pub about: About,
    /// What is wrong, behind NIP-01's prefix.
    pub reason: Cow<'static, str>,
}

/// What an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// An event whose id could be read: OK, false.
    Event(EventId),
    /// A request: CLOSED.
    Subscription(SubId),
    /// Neither: NOTICE.
    Nothing,
}

/// A reason with its prefix.
type Reason = Cow<'static, str>;

/// An error that is about no event and no subscription.
fn nothing(reason: impl Into<Reason>) -> WireError {
    let (about, reason) = (About::Nothing, reason.into());
    WireError { about, reason }
}

impl From<Broken> for WireError {
    fn from(broken: Broken) -> Self {
        nothing(broken)
    }
}

impl From<Broken> for Reason {
    fn from(Broken { at, expected }: Broken) -> Self {
        format!("invalid: expected {expected} at byte {at}").into()
    }
}

/// Reads a client's message.
///
/// ```
/// use relay::wire::{ClientMessage, FrameLimits, parse};
///
/// let message = parse(r#"["REQ", "mine", {"kinds": [1], "limit": 10}]"#, &FrameLimits::default())?;
/// let ClientMessage::Req { sub, filters } = message else { panic!() };
/// assert_eq!(&*sub, "mine");
/// assert_eq!(filters[0].kinds, Some(vec![1]));
///
/// let error = parse(r#"["REQ", "mine"]"#, &FrameLimits::default()).unwrap_err();
/// assert_eq!(error.to_string(), "invalid: a request needs a filter");
/// # Ok::<(), relay::wire::WireError>(())
/// ```
///
/// # Errors
///
/// What is wrong, and what it is about.
pub fn parse<'a>(frame: &'a str, limits: &FrameLimits) -> Result<ClientMessage<'a>, WireError> {
    let mut reader = Reader::new(frame);
    reader.expect(b'[', "an array")?;
    let verb = reader.string()?.decoded();
    match &*verb {
        "EVENT" => event::message(reader, limits).map(ClientMessage::Event),
        "AUTH" => event::message(reader, limits).map(ClientMessage::Auth),
        "REQ" => request(reader, limits).map(|(sub, filters)| ClientMessage::Req { sub, filters }),
        "COUNT" => {
            request(reader, limits).map(|(sub, filters)| ClientMessage::Count { sub, filters })
        }
        "CLOSE" => {
            let sub = sub_id(&mut reader, limits)?;
            reader.finish(b']')?;
            Ok(ClientMessage::Close(sub))
        }
        _ => Err(nothing(
            "unsupported: expected EVENT, REQ, COUNT, CLOSE or AUTH",
        )),
    }
}

fn sub_id(reader: &mut Reader<'_>, limits: &FrameLimits) -> Result<SubId, WireError> {
    reader.expect(b',', "a comma and a subscription id")?;
    let name = reader.string()?.decoded();
    match SubId::new(&name) {
        Some(sub) if name.chars().count() <= limits.max_sub_id => Ok(sub),
        Some(_) => {
            let most = limits.max_sub_id;
            let reason = format!("invalid: a subscription id has at most {most} characters");
            Err(nothing(reason))
        }
        None => Err(nothing(
            "invalid: a subscription id has at least one character",
        )),
    }
}

fn request(
    mut reader: Reader<'_>,
    limits: &FrameLimits,
) -> Result<(SubId, Vec<Filter>), WireError> {
    let sub = sub_id(&mut reader, limits)?;
    match filters(reader, limits) {
        Ok(filters) => Ok((sub, filters)),
        Err(reason) => {
            let about = About::Subscription(sub);
            Err(WireError { about, reason })
        }
    }
}

fn filters(mut reader: Reader<'_>, limits: &FrameLimits) -> Result<Vec<Filter>, Reason> {
    let mut filters = Vec::new();
    while reader.skips(b',') {
        if filters.len() == limits.max_filters {
            let most = limits.max_filters;
            return Err(format!("invalid: a request has at most {most} filters").into());
        }
        filters.push(filter::read(&mut reader, limits)?);
    }
    reader.finish(b']')?;
    if filters.is_empty() {
        return Err("invalid: a request needs a filter".into());
    }
    Ok(filters)
}

/// Fills in a member, which may be there once.
fn set<T>(member: &mut Option<T>, value: T, name: &str) -> Result<(), Reason> {
    match member.replace(value) {
        Some(_) => Err(twice(name)),
        None => Ok(()),
    }
}

fn twice(name: &str) -> Reason {
    format!("invalid: {name} is there twice").into()
}

/// Reads an id, a key or a signature.
fn hex<T>(
    name: &str,
    reader: &mut Reader<'_>,
    from_hex: fn(&[u8]) -> Result<T, HexError>,
) -> Result<T, Reason> {
    let text = reader.string()?.decoded();
    from_hex(text.as_bytes()).map_err(|error| not_hex(name, error))
}

fn not_hex(name: &str, error: HexError) -> Reason {
    format!("invalid: {name}: {error}").into()
}
