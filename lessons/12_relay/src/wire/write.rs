//! What the relay says, appended to a buffer as text: the frame around it is the server's.

use super::SubId;
use crate::event::EventId;
use crate::event::hex::to_hex;
use crate::event::json::{number, string};

/// Appends `["VERB"`, and the name of a subscription.
fn open(out: &mut Vec<u8>, opening: &[u8], sub: &SubId) {
    out.extend_from_slice(opening);
    string::<false>(out, sub.as_bytes());
}

/// Appends a text behind a comma, and the end of the message.
fn close(out: &mut Vec<u8>, text: &str) {
    out.push(b',');
    string::<false>(out, text.as_bytes());
    out.push(b']');
}

/// An event for a subscription. Its JSON is made once, however many get it.
pub fn write_event(out: &mut Vec<u8>, sub: &SubId, json: &[u8]) {
    out.reserve(json.len() + sub.len() + 16);
    open(out, b"[\"EVENT\",", sub);
    out.push(b',');
    out.extend_from_slice(json);
    out.push(b']');
}

/// What became of an event. A refusal has a reason with a prefix.
///
/// ```
/// use relay::event::EventId;
///
/// let mut out = Vec::new();
/// relay::wire::write_ok(&mut out, &EventId::ZERO, false, "invalid: signature does not match");
/// assert!(out.starts_with(b"[\"OK\",\"0000"));
/// assert!(out.ends_with(b"0\",false,\"invalid: signature does not match\"]"));
/// ```
pub fn write_ok(out: &mut Vec<u8>, id: &EventId, accepted: bool, reason: &str) {
    out.extend_from_slice(b"[\"OK\",\"");
    out.extend_from_slice(&to_hex(id.as_bytes()));
    out.extend_from_slice(if accepted { b"\",true" } else { b"\",false" });
    close(out, reason);
}

/// All that was stored has been sent.
pub fn write_eose(out: &mut Vec<u8>, sub: &SubId) {
    open(out, b"[\"EOSE\",", sub);
    out.push(b']');
}

/// A subscription has ended, or never began.
pub fn write_closed(out: &mut Vec<u8>, sub: &SubId, reason: &str) {
    open(out, b"[\"CLOSED\",", sub);
    close(out, reason);
}

/// Something for a person to read.
pub fn write_notice(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(b"[\"NOTICE\"");
    close(out, text);
}

/// How many events match (NIP-45): not about as many, but so many.
pub fn write_count(out: &mut Vec<u8>, sub: &SubId, count: u64) {
    open(out, b"[\"COUNT\",", sub);
    out.extend_from_slice(b",{\"count\":");
    number(out, count);
    out.extend_from_slice(b"}]");
}

/// The challenge that a client signs to prove who it is (NIP-42).
pub fn write_auth(out: &mut Vec<u8>, challenge: &str) {
    out.extend_from_slice(b"[\"AUTH\"");
    close(out, challenge);
}
