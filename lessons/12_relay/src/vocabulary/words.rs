//! What is so common on the network that a byte stands for it: words, shapes of tags, whole contents.
//!
//! Records refer to all of these by their place. So nothing here is ever edited or moved: append, raise
//! [`STATIC_VERSION`], and databases written before stay readable.

use std::sync::LazyLock;

use hashbrown::HashMap;

/// The version of these tables; a database that was written under a newer one can't be read.
pub const STATIC_VERSION: u32 = 1;

/// Names of tags and their common values.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "", "reply", "root", "mention",
    // Names.
    "e", "p", "a", "q", "t", "d", "r", "k", "E", "P", "A", "K", "I", "i", "l", "L", "m", "x", "g", "h", "u", "c", "s", "-",
    "alt", "client", "proxy", "imeta", "emoji", "relay", "relays", "amount", "bolt11", "description", "preimage",
    "lnurl", "expiration", "nonce", "subject", "title", "summary", "image", "thumb", "published_at",
    "content-warning", "zap", "challenge", "method", "payload", "name", "url", "size", "dim", "blurhash", "ox", "fallback",
    "server", "status", "starts", "ends", "start", "end", "location", "price", "request", "param", "output", "bid",
    "delegation", "encrypted", "nonce_commitment", "type", "word", "web", "about", "picture", "banner", "service",
    "source", "streaming", "recording", "current_participants", "total_participants", "pinned", "goal", "closed_at",
    "sig", "group", "public", "private", "open", "closed", "code", "previous", "policy", "role", "room", "file",
    "download", "license", "language", "pubkey", "event", "option", "polltype", "endsAt", "response", "badge", "color",
    "icon", "guid", "version", "magnet", "tracker", "category", "stock", "shipping", "tag", "comment", "label",
    // Values.
    "read", "write", "activitypub", "rss", "ugc", "spam", "nudity", "illegal", "profanity", "impersonation", "malware",
    "other", "success", "error", "processing", "payment-required", "partial", "live", "planned", "ended", "text", "job",
    "event_id", "singlechoice", "multiplechoice", "ISO-639-1", "en", "ja", "de", "es", "fr", "pt", "zh", "image/jpeg", "image/png",
    "image/webp", "image/gif", "video/mp4", "bitcoin", "nostr", "zaps", "GET", "POST", "upload", "delete", "get", "list",
    "true", "false", "follow-set", "mute", "allow", "deny", "admin", "moderator", "sat", "USD", "EUR", "BTC",
    // Relays.
    "wss://relay.damus.io", "wss://relay.damus.io/", "wss://nos.lol", "wss://nos.lol/", "wss://relay.primal.net",
    "wss://relay.primal.net/", "wss://relay.nostr.band", "wss://relay.nostr.band/", "wss://nostr.wine",
    "wss://nostr.wine/", "wss://relay.snort.social", "wss://relay.snort.social/", "wss://purplepag.es",
    "wss://purplepag.es/", "wss://nostr.mom", "wss://nostr.mom/", "wss://eden.nostr.land", "wss://eden.nostr.land/",
    "wss://nostr.land", "wss://nostr.land/", "wss://relay.mostr.pub", "wss://relay.mostr.pub/", "wss://ditto.pub/relay",
    "wss://offchain.pub", "wss://offchain.pub/", "wss://relay.nostr.bg", "wss://relay.nostr.bg/", "wss://nostr.bitcoiner.social",
    "wss://nostr.bitcoiner.social/", "wss://nostr-pub.wellorder.net", "wss://nostr-pub.wellorder.net/",
    "wss://nostr.oxtr.dev", "wss://nostr.oxtr.dev/", "wss://relay.current.fyi", "wss://relay.nos.social",
    "wss://relay.nos.social/", "wss://user.kindpag.es", "wss://user.kindpag.es/", "wss://theforest.nostr1.com",
    "wss://pyramid.fiatjaf.com", "wss://pyramid.fiatjaf.com/", "wss://filter.nostr.wine", "wss://nostr21.com",
    "wss://relayable.org", "wss://soloco.nl", "wss://nostr.fmt.wiz.biz", "wss://relay.nostr.info", "wss://brb.io",
];

/// What an item of a tag is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// 64 digits of lower-case hex: a key or an id.
    Value,
    /// Any word of the table.
    Word,
    /// This word.
    Is(&'static str),
    /// A decimal number as it is printed.
    Number,
    /// `kind:pubkey:identifier`, the name of an addressable event.
    Address,
    /// Any text.
    Text,
}

/// Tags of a shape share their name and what their other items are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub name: &'static str,
    pub items: &'static [Item],
}

impl Shape {
    /// Whether each tag of the shape takes a byte of its own.
    pub fn has_content(&self) -> bool {
        self.items.iter().any(|item| !matches!(item, Item::Is(_)))
    }
}

const fn shape(name: &'static str, items: &'static [Item]) -> Shape {
    Shape { name, items }
}

use Item::{Address, Is, Number, Text, Value, Word};

/// The common shapes; of those that fit, the first is taken.
#[rustfmt::skip]
pub(crate) const SHAPES: &[Shape] = &[
    shape("e", &[Value]),
    shape("e", &[Value, Is(""), Is("reply")]),
    shape("e", &[Value, Is(""), Is("root")]),
    shape("e", &[Value, Is(""), Is("mention")]),
    shape("e", &[Value, Word, Is("reply")]),
    shape("e", &[Value, Word, Is("root")]),
    shape("e", &[Value, Is("")]),
    shape("e", &[Value, Word]),
    shape("e", &[Value, Text, Is("reply")]),
    shape("e", &[Value, Text, Is("root")]),
    shape("e", &[Value, Text]),
    shape("e", &[Value, Is(""), Is("reply"), Value]),
    shape("e", &[Value, Is(""), Is("root"), Value]),
    shape("e", &[Value, Word, Is("reply"), Value]),
    shape("e", &[Value, Word, Is("root"), Value]),
    shape("e", &[Value, Text, Is("reply"), Value]),
    shape("e", &[Value, Text, Is("root"), Value]),
    shape("e", &[Value, Word, Value]),
    shape("e", &[Value, Text, Value]),
    shape("e", &[Value, Word, Word]),
    shape("e", &[Value, Word, Number, Number]),
    shape("p", &[Value]),
    shape("p", &[Value, Is("")]),
    shape("p", &[Value, Word]),
    shape("p", &[Value, Is(""), Is("mention")]),
    shape("p", &[Value, Is(""), Is("")]),
    shape("p", &[Value, Is(""), Text]),
    shape("p", &[Value, Word, Word]),
    shape("p", &[Value, Word, Text]),
    shape("p", &[Value, Text, Is("")]),
    shape("p", &[Value, Text, Text]),
    shape("p", &[Value, Text]),
    shape("p", &[Value, Word, Number, Number]),
    shape("p", &[Value, Word, Text, Text]),
    shape("q", &[Value]),
    shape("q", &[Value, Word]),
    shape("q", &[Value, Text]),
    shape("q", &[Value, Word, Value]),
    shape("q", &[Value, Text, Value]),
    shape("E", &[Value]),
    shape("E", &[Value, Word, Value]),
    shape("E", &[Value, Text, Value]),
    shape("P", &[Value]),
    shape("P", &[Value, Word]),
    shape("P", &[Value, Text]),
    shape("K", &[Number]),
    shape("A", &[Address]),
    shape("A", &[Address, Word, Value]),
    shape("A", &[Address, Text, Value]),
    shape("a", &[Address]),
    shape("a", &[Address, Word]),
    shape("a", &[Address, Text]),
    shape("a", &[Address, Is(""), Is("root")]),
    shape("a", &[Address, Word, Is("reply")]),
    shape("a", &[Address, Word, Is("root")]),
    shape("a", &[Address, Word, Value]),
    shape("t", &[Word]),
    shape("t", &[Text]),
    shape("t", &[Text, Is(""), Number, Number]),
    shape("d", &[Value]),
    shape("d", &[Is("")]),
    shape("d", &[Number]),
    shape("d", &[Text]),
    shape("r", &[Word]),
    shape("r", &[Text]),
    shape("r", &[Word, Is("read")]),
    shape("r", &[Word, Is("write")]),
    shape("r", &[Text, Is("read")]),
    shape("r", &[Text, Is("write")]),
    shape("r", &[Text, Is(""), Number, Number]),
    shape("relay", &[Word]),
    shape("relay", &[Text]),
    shape("k", &[Number]),
    shape("x", &[Value]),
    shape("ox", &[Value]),
    shape("m", &[Word]),
    shape("m", &[Text]),
    shape("i", &[Text]),
    shape("g", &[Text]),
    shape("L", &[Text]),
    shape("l", &[Text, Text]),
    shape("h", &[Text]),
    shape("alt", &[Text]),
    shape("client", &[Text]),
    shape("client", &[Text, Address]),
    shape("client", &[Text, Address, Word]),
    shape("proxy", &[Text, Is("activitypub")]),
    shape("proxy", &[Text, Word]),
    shape("emoji", &[Text, Text]),
    shape("amount", &[Number]),
    shape("bolt11", &[Text]),
    shape("description", &[Text]),
    shape("preimage", &[Value]),
    shape("expiration", &[Number]),
    shape("published_at", &[Number]),
    shape("nonce", &[Number, Number]),
    shape("title", &[Text]),
    shape("summary", &[Text]),
    shape("image", &[Text]),
    shape("subject", &[Text]),
    shape("name", &[Text]),
    shape("content-warning", &[Text]),
    shape("-", &[]),
];

/// Whole contents, most of them those of reactions.
pub(crate) const CONTENTS: &[&str] = &[
    "+", "-", "🤙", "❤️", "👍", "😂", "🔥", "💜", "🫡", "👀", "💯", "🚀", "🙏", "🤣", "⚡", "❤",
    "♥️",
];

/// The byte that stands for a word.
pub(crate) fn code(word: &str) -> Option<u8> {
    static CODES: LazyLock<HashMap<&str, u8>> =
        LazyLock::new(|| WORDS.iter().copied().zip(0..).collect());
    CODES.get(word).copied()
}

/// The word that a byte stands for.
pub(crate) fn word(code: u8) -> Option<&'static str> {
    WORDS.get(usize::from(code)).copied()
}

/// All names and words, one behind the other.
#[cfg(test)]
pub(crate) fn all() -> &'static [&'static str] {
    WORDS
}
