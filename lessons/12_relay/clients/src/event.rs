//! Events written and signed by hand.

use std::time::{SystemTime, UNIX_EPOCH};

use secp256k1::{Keypair, SecretKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A person with a key.
#[derive(Debug)]
pub struct Author {
    keys: Keypair,
    key: String,
}

/// What an author is about to sign.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its kind, which may be one that no event can have.
    pub kind: i64,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Its tags.
    pub tags: Vec<Vec<String>>,
    /// Its text.
    pub content: String,
}

/// A signed event, as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Event(pub Value);

/// An event of a kind, now, with this text and without tags.
pub fn draft(kind: i64, content: &str) -> Draft {
    Draft {
        kind,
        created_at: now(),
        tags: Vec::new(),
        content: content.to_owned(),
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as i64)
}

impl Draft {
    /// With another time.
    #[must_use]
    pub fn at(mut self, created_at: i64) -> Self {
        self.created_at = created_at;
        self
    }

    /// With one more tag.
    #[must_use]
    pub fn tag(mut self, items: &[&str]) -> Self {
        self.tags
            .push(items.iter().map(|&item| item.to_owned()).collect());
        self
    }
}

impl Author {
    /// The person of this number; the same number is the same person.
    ///
    /// # Panics
    ///
    /// With number 0, which is no key.
    pub fn new(number: u8) -> Self {
        let secret = SecretKey::from_secret_bytes([number; 32]).expect("1 to 255 are keys");
        let keys = Keypair::from_secret_key(&secret);
        let key = hex(&keys.x_only_public_key().0.to_byte_array());
        Self { keys, key }
    }

    /// The public key in hex.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The address of a replaceable or addressable event of this person.
    pub fn address(&self, kind: i64, identifier: &str) -> String {
        format!("{kind}:{}:{identifier}", self.key)
    }

    /// Signs.
    pub fn sign(&self, draft: &Draft) -> Event {
        let Draft {
            kind,
            created_at,
            tags,
            content,
        } = draft;
        let tags_form: Vec<_> = tags
            .iter()
            .map(|tag| list(tag, |item| quoted(item)))
            .collect();
        let form = format!(
            "[0,{},{created_at},{kind},{},{}]",
            quoted(&self.key),
            list(&tags_form, String::clone),
            quoted(content)
        );
        let (id, sig) = self.seal(&form);
        Event(json!({
            "id": id, "pubkey": self.key, "created_at": created_at, "kind": kind, "tags": tags,
            "content": content, "sig": sig,
        }))
    }

    /// The id and the signature that belong to a canonical form, which needn't be one.
    pub fn seal(&self, form: &str) -> (String, String) {
        let id: [u8; 32] = Sha256::digest(form.as_bytes()).into();
        (hex(&id), self.sign_id(&id))
    }

    /// Signs any 32 bytes.
    pub fn sign_id(&self, id: &[u8; 32]) -> String {
        let sig = secp256k1::schnorr::sign_with_aux_rand(id, &self.keys, &[7; 32]);
        hex(&sig.to_byte_array())
    }
}

impl Event {
    /// Its id in hex.
    ///
    /// # Panics
    ///
    /// If a test took the id away.
    pub fn id(&self) -> &str {
        self.0["id"].as_str().expect("an event has an id")
    }
}

fn list<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    format!(
        "[{}]",
        items.iter().map(write).collect::<Vec<_>>().join(",")
    )
}

/// A text in NIP-01's form for hashing: seven characters are escaped, and every other one is as it is, even those that
/// JSON would have escaped.
fn quoted(text: &str) -> String {
    let mut form = String::from("\"");
    for character in text.chars() {
        match character {
            '\n' => form.push_str("\\n"),
            '"' => form.push_str("\\\""),
            '\\' => form.push_str("\\\\"),
            '\r' => form.push_str("\\r"),
            '\t' => form.push_str("\\t"),
            '\u{8}' => form.push_str("\\b"),
            '\u{c}' => form.push_str("\\f"),
            other => form.push(other),
        }
    }
    form.push('"');
    form
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
