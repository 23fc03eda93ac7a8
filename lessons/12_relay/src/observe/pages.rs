//! What the relay answers to a plain HTTP request: the NIP-11 document, its page, and the numbers behind it.

#[cfg(test)]
mod tests;

use std::time::Instant;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::Stats;
use super::metrics::{Memory, Reading, exposition};
use crate::config::{self, About};
use crate::server::{Relay, Settings};

/// NIPs that the relay offers in any case. NIP-65 asks of a relay that anybody may leave a list of relays there.
pub const SUPPORTED_NIPS: [u16; 9] = [1, 9, 11, 40, 42, 45, 62, 65, 70];

const PAGE: &str = include_str!("page.html");
const TEXT: &str = "text/plain; charset=utf-8";
const METHODS: &str = "GET, HEAD, OPTIONS";

/// Answers HTTP requests that don't upgrade to a WebSocket.
#[derive(Debug)]
pub struct Pages {
    document: Bytes,
    started: Instant,
    /// What the store may keep of values, in bytes.
    value_cache: usize,
}

impl Pages {
    /// The pages of a relay that was told this, and whose server was told that.
    pub fn new(all: &config::Settings, settings: &Settings) -> Self {
        Self {
            document: Bytes::from(document(&all.about, settings).to_string()),
            started: Instant::now(),
            value_cache: all.storage.value_cache,
        }
    }

    /// The answer to one request.
    pub fn answer<B>(&self, request: &Request<B>, relay: &Relay) -> Response<Full<Bytes>> {
        self.answer_with(request, &relay.stats, || {
            Reading::of(relay, self.value_cache, self.started)
        })
    }

    fn answer_with<B>(
        &self,
        request: &Request<B>,
        stats: &Stats,
        read: impl FnOnce() -> Reading,
    ) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        let (status, media, body): (_, _, Bytes) = match (path, request.method()) {
            ("/" | "/metrics" | "/live.json", &Method::OPTIONS) => {
                (StatusCode::NO_CONTENT, TEXT, Bytes::new())
            }
            ("/metrics", &Method::GET | &Method::HEAD) => {
                let media = "text/plain; version=0.0.4; charset=utf-8";
                (StatusCode::OK, media, exposition(stats, &read()).into())
            }
            ("/live.json", &Method::GET | &Method::HEAD) => {
                let numbers = live(stats, &read()).to_string();
                (StatusCode::OK, "application/json", numbers.into())
            }
            ("/", &Method::GET | &Method::HEAD) if wants_document(request) => {
                let document = self.document.clone();
                (StatusCode::OK, "application/nostr+json", document)
            }
            ("/", &Method::GET | &Method::HEAD) => {
                (StatusCode::OK, "text/html; charset=utf-8", PAGE.into())
            }
            ("/" | "/metrics" | "/live.json", _) => {
                let refusal = "Only GET, HEAD and OPTIONS.\n";
                (StatusCode::METHOD_NOT_ALLOWED, TEXT, refusal.into())
            }
            _ => {
                let nothing = "There is nothing here. The relay's page is at /.\n";
                (StatusCode::NOT_FOUND, TEXT, nothing.into())
            }
        };
        with(status, media, body)
    }
}

fn wants_document<B>(request: &Request<B>) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT);
    accepted.iter().any(|value| {
        let value = value.to_str().unwrap_or_default();
        value
            .to_ascii_lowercase()
            .contains("application/nostr+json")
    })
}

/// A response that pages of other sites may read, as NIP-11 asks, and that nobody keeps.
fn with(status: StatusCode, media: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static(METHODS));
    }
    response
}

/// NIP-04 and NIP-59 ask a relay to show direct messages and gift wraps to those only whom they are for.
fn supported_nips(private_kinds: &[u16]) -> Vec<u16> {
    let guarded = [(4, 4), (1_059, 59)].into_iter();
    let guarded = guarded.filter(|(kind, _)| private_kinds.contains(kind));
    let mut nips: Vec<_> = SUPPORTED_NIPS
        .into_iter()
        .chain(guarded.map(|(_, nip)| nip))
        .collect();
    nips.sort_unstable();
    nips
}

/// The document of NIP-11. Empty texts are left out.
pub fn document(about: &About, settings: &Settings) -> Value {
    let limits = &settings.limits;
    let mut document = json!({
        "supported_nips": supported_nips(&settings.private_kinds),
        "version": env!("CARGO_PKG_VERSION"),
        "limitation": {
            "max_message_length": limits.message_bytes,
            "max_subscriptions": limits.subscriptions,
            "max_limit": limits.limit,
            "default_limit": limits.default_limit,
            "max_subid_length": 64,
            "max_event_tags": limits.tags,
            "max_content_length": limits.content_bytes,
            "min_pow_difficulty": 0,
            "auth_required": false,
            "payment_required": false,
            "restricted_writes": false,
        },
        // Kept until its author deletes it or it expires; ephemeral kinds not at all.
        "retention": [{ "kinds": [[20_000, 29_999]], "time": 0 }, { "time": null }],
    });
    if let Some(ahead) = limits.ahead {
        document["limitation"]["created_at_upper_limit"] = ahead.as_secs().into();
    }
    let texts = [
        ("name", &about.name),
        ("description", &about.description),
        ("contact", &about.contact),
        ("pubkey", &about.pubkey),
        // An address, by NIP-11: there is none before the package names its repository.
        ("software", &env!("CARGO_PKG_REPOSITORY").to_owned()),
    ];
    for (field, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        document[field] = text.as_str().into();
    }
    document
}

/// What the page asks for once a second. Counters are totals: the page takes the difference of two looks.
fn live(stats: &Stats, reading: &Reading) -> Value {
    let totals = stats
        .rows()
        .map(|row| (row.field.to_owned(), row.value.into()));
    let totals: serde_json::Map<_, _> = totals.collect();
    json!({
        "subscriptions": reading.subscriptions,
        "uptime_ms": reading.uptime.as_millis() as u64,
        "totals": totals,
        "memory": Memory::now(),
        "bounds": reading.bounds,
        "events": reading.events,
        "disk": reading.disk,
    })
}
