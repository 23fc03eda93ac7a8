//! What a client may do. Every one of these is enforced, and what NIP-11 has a name for is announced.

use std::time::Duration;

/// Bounds on clients and on what the server holds for them.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at a time; one more is answered with HTTP 503.
    pub connections: usize,
    /// Bytes of one message of a client, joined from its fragments. NIP-11: `max_message_length`.
    pub message_bytes: usize,
    /// Subscriptions of one connection. NIP-11: `max_subscriptions`.
    pub subscriptions: usize,
    /// Filters in one REQ or COUNT.
    pub filters: usize,
    /// Ids, authors, kinds and tag values in one filter.
    pub filter_values: usize,
    /// Events that a filter's `limit` can ask for. NIP-11: `max_limit`.
    pub limit: usize,
    /// Events that a filter without `limit` gets. NIP-11: `default_limit`.
    pub default_limit: usize,
    /// Tags of an event. NIP-11: `max_event_tags`.
    pub tags: usize,
    /// Bytes of an event's content. NIP-11: `max_content_length` (which counts characters: never more).
    pub content_bytes: usize,
    /// How far ahead an event's `created_at` may be; nothing switches the check off. NIP-11: `created_at_upper_limit`.
    pub ahead: Option<Duration>,
    /// Bytes of frames whose events are being verified and written, of all connections. Sessions stop reading beyond.
    pub in_flight_bytes: usize,
    /// Bytes of events that wait for one client; beyond, it is too slow and dropped.
    pub outbox_bytes: usize,
    /// Bytes of subscriptions, of all connections.
    pub subscription_bytes: usize,
    /// REQ and COUNT of one connection that wait for a reader. Its session stops reading beyond.
    pub queries: usize,
    /// A connection that said nothing for so long is pinged, and dropped after twice as long.
    pub idle: Duration,
    /// How long a client may take over its HTTP request.
    pub handshake: Duration,
    /// How long a shutdown may take before what is left is aborted.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        super::Settings::default().limits
    }
}
