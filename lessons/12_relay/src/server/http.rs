//! What the relay answers to a plain HTTP request: the NIP-11 document, its page, and the numbers behind it.

use std::sync::Arc;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::metrics::{Memory, Metrics, Reading, exposition};
use crate::config::{Auth, Settings};

/// NIPs that the relay offers.
pub const SUPPORTED_NIPS: [u16; 8] = [1, 9, 11, 40, 42, 45, 62, 70];

const PAGE: &str = include_str!("page.html");

/// Answers HTTP requests that don't upgrade to a WebSocket.
pub struct Pages {
    document: Bytes,
    metrics: Arc<Metrics>,
    read: Box<dyn Fn() -> Reading + Send + Sync>,
}

impl Pages {
    /// Pages for a relay. `read` is called for each look at the numbers, on the thread that answers: it must be quick.
    pub fn new(
        settings: &Settings,
        metrics: Arc<Metrics>,
        read: impl Fn() -> Reading + Send + Sync + 'static,
    ) -> Self {
        Self {
            document: Bytes::from(document(settings).to_string()),
            metrics,
            read: Box::new(read),
        }
    }

    /// The answer to one request.
    pub fn answer<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        let known = matches!(request.uri().path(), "/" | "/metrics" | "/live.json");
        if !known {
            return plain(
                StatusCode::NOT_FOUND,
                "There is nothing here. The relay's page is at /.\n",
            );
        }
        match *request.method() {
            Method::GET | Method::HEAD => self.page(request),
            Method::OPTIONS => with(StatusCode::NO_CONTENT, "text/plain", Bytes::new()),
            _ => {
                let mut refusal = plain(
                    StatusCode::METHOD_NOT_ALLOWED,
                    "Only GET, HEAD and OPTIONS.\n",
                );
                refusal.headers_mut().insert(
                    header::ALLOW,
                    HeaderValue::from_static("GET, HEAD, OPTIONS"),
                );
                refusal
            }
        }
    }

    fn page<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        match request.uri().path() {
            "/metrics" => {
                let text = exposition(&self.metrics, &(self.read)());
                with(
                    StatusCode::OK,
                    "text/plain; version=0.0.4; charset=utf-8",
                    text.into(),
                )
            }
            "/live.json" => {
                let numbers = live(&self.metrics, &(self.read)()).to_string();
                with(StatusCode::OK, "application/json", numbers.into())
            }
            _ if wants_document(request) => with(
                StatusCode::OK,
                "application/nostr+json",
                self.document.clone(),
            ),
            _ => with(
                StatusCode::OK,
                "text/html; charset=utf-8",
                Bytes::from_static(PAGE.as_bytes()),
            ),
        }
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

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    with(
        status,
        "text/plain; charset=utf-8",
        Bytes::from_static(text.as_bytes()),
    )
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
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The document of NIP-11. Empty texts are left out.
pub fn document(settings: &Settings) -> Value {
    let limits = &settings.limits;
    let mut document = json!({
        "supported_nips": SUPPORTED_NIPS,
        "software": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "limitation": {
            "max_message_length": limits.max_message,
            "max_subscriptions": limits.max_subscriptions,
            "max_filters": limits.max_filters,
            "max_limit": limits.max_limit,
            "default_limit": limits.default_limit,
            "max_subid_length": 64,
            "max_event_tags": limits.max_tags,
            "max_content_length": limits.max_content,
            "min_pow_difficulty": 0,
            "auth_required": settings.policy.auth == Auth::Everything,
            "payment_required": false,
            "restricted_writes": settings.policy.auth != Auth::Nothing,
        },
        // Everything is kept, until its author deletes it or it expires; ephemeral kinds not at all.
        "retention": [{ "kinds": [[20_000, 29_999]], "time": 0 }, { "time": null }],
    });
    let about = &settings.about;
    for (name, text) in [
        ("name", &about.name),
        ("description", &about.description),
        ("contact", &about.contact),
        ("pubkey", &about.pubkey),
    ] {
        if !text.is_empty() {
            document[name] = text.as_str().into();
        }
    }
    if !settings.policy.future_limit.is_zero() {
        document["limitation"]["created_at_upper_limit"] =
            settings.policy.future_limit.as_secs().into();
    }
    document
}

/// What the page asks for once a second. Counters are totals: the page takes the difference of two looks.
fn live(metrics: &Metrics, reading: &Reading) -> Value {
    let totals: serde_json::Map<_, _> = metrics
        .rows()
        .map(|row| (row.field.to_owned(), row.value.into()))
        .collect();
    json!({
        "uptime_ms": metrics.started.elapsed().as_millis() as u64,
        "totals": totals,
        "memory": Memory::now(),
        "bounds": reading.bounds,
        "events": reading.events,
        "disk": reading.disk,
    })
}
