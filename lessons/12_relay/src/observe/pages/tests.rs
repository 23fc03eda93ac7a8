//! What a browser, a client and Prometheus get.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future as _;
use std::time::Duration;

use http_body_util::BodyExt as _;

use super::*;
use crate::config;
use crate::observe::metrics::{Bound, BoundKind};

fn pages() -> Pages {
    Pages::new(&config::Settings::default(), &Settings::default())
}

fn reading() -> Reading {
    Reading {
        bounds: vec![
            Bound {
                name: "recent_ids",
                kind: BoundKind::Cache,
                used: 10,
                budget: 20,
            },
            Bound {
                name: "ingest",
                kind: BoundKind::Queue,
                used: 0,
                budget: 7,
            },
        ],
        subscriptions: 4,
        events: 3,
        disk: 999,
        uptime: Duration::from_millis(1500),
    }
}

/// Status, headers and text of the answer.
fn ask(method: Method, path: &str, accept: &str) -> (StatusCode, hyper::HeaderMap, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("Accept", accept)
        .body(())
        .unwrap();
    let (head, body) = pages()
        .answer_with(&request, &Stats::default(), reading)
        .into_parts();
    let waker = std::task::Waker::noop();
    let mut collected = std::pin::pin!(body.collect());
    let std::task::Poll::Ready(Ok(body)) = collected
        .as_mut()
        .poll(&mut std::task::Context::from_waker(waker))
    else {
        panic!("a full body is ready at once")
    };
    (
        head.status,
        head.headers,
        String::from_utf8(body.to_bytes().to_vec()).unwrap(),
    )
}

#[test]
fn clients_that_ask_for_it_get_the_document() {
    for accept in [
        "application/nostr+json",
        "text/html, Application/Nostr+JSON;q=0.9",
    ] {
        let (status, headers, text) = ask(Method::GET, "/", accept);
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers["content-type"], "application/nostr+json");
        for header in ["origin", "headers", "methods"] {
            assert!(
                headers.contains_key(format!("access-control-allow-{header}")),
                "{header}"
            );
        }
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["supported_nips"], json!(SUPPORTED_NIPS));
        assert_eq!(
            document["limitation"]["max_message_length"],
            json!(Settings::default().limits.message_bytes)
        );
        assert_eq!(document["limitation"]["created_at_upper_limit"], 900);
        assert_eq!(document["name"], "relay");
        assert!(
            document.get("contact").is_none(),
            "empty texts are left out"
        );
    }
}

#[test]
fn browsers_get_the_page_and_it_is_small_and_stands_alone() {
    let (status, headers, text) = ask(Method::GET, "/", "text/html,*/*");
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert!(text.len() < 20_000, "{}", text.len());
    for outside in ["src=\"http", "href=\"http", "@import", "url("] {
        assert!(!text.contains(outside), "{outside}");
    }
}

#[test]
fn the_page_finds_every_number_that_it_shows() {
    let (_, _, text) = ask(Method::GET, "/live.json", "*/*");
    let live: Value = serde_json::from_str(&text).unwrap();
    let mentioned = PAGE.split("totals.").skip(1).map(|rest| {
        let end = rest
            .find(|c: char| !(c.is_ascii_lowercase() || c == '_'))
            .unwrap_or(rest.len());
        &rest[..end]
    });
    for name in mentioned {
        assert!(
            live["totals"].get(name).is_some(),
            "the page shows {name}, which nobody counts"
        );
    }
    assert_eq!(
        live["bounds"][0],
        json!({ "name": "recent_ids", "kind": "cache", "used": 10, "budget": 20 })
    );
    assert_eq!(
        (&live["events"], &live["disk"], &live["uptime_ms"]),
        (&json!(3), &json!(999), &json!(1500))
    );
}

#[test]
fn anything_else_is_refused() {
    assert_eq!(
        ask(Method::GET, "/favicon.ico", "*/*").0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        ask(Method::POST, "/", "*/*").0,
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(
        ask(Method::DELETE, "/metrics", "*/*").1["allow"],
        "GET, HEAD, OPTIONS"
    );
    assert_eq!(ask(Method::OPTIONS, "/", "*/*").0, StatusCode::NO_CONTENT);
}

/// Reads Prometheus's text format as its documentation describes it, and panics where it isn't that.
fn samples(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with('\n'));
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':'))
    };
    let (mut samples, mut families, mut helped) = (BTreeMap::new(), BTreeSet::new(), String::new());
    let mut family = (String::new(), String::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a help has a name and a text");
            assert!(is_name(name) && !help.is_empty());
            helped = name.to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type has a name");
            assert_eq!(name, helped, "TYPE follows HELP");
            assert!(matches!(kind, "counter" | "gauge"), "{kind}");
            assert!(families.insert(name.to_owned()), "{name} comes twice");
            family = (name.to_owned(), kind.to_owned());
        } else {
            let (series, value) = line.rsplit_once(' ').expect("a sample has a value");
            let (name, labels) = series
                .split_once('{')
                .map_or((series, None), |(name, labels)| (name, Some(labels)));
            assert_eq!(name, family.0, "samples stand behind their type");
            assert_eq!(family.1 == "counter", name.ends_with("_total"), "{name}");
            for label in labels
                .iter()
                .flat_map(|labels| labels.strip_suffix('}').expect("labels end").split(','))
            {
                let (name, value) = label.split_once('=').expect("a label has a value");
                assert!(
                    is_name(name)
                        && value.len() > 2
                        && value.starts_with('"')
                        && value.ends_with('"'),
                    "{label}"
                );
            }
            let value = value.parse().expect("a value is a number");
            assert!(
                samples.insert(series.to_owned(), value).is_none(),
                "{series} comes twice"
            );
        }
    }
    samples
}

#[test]
fn the_metrics_are_in_the_format_of_prometheus() {
    let stats = Stats::default();
    stats.stored.add(5);
    let samples = samples(&exposition(&stats, &reading()));
    assert_eq!(samples["relay_events_total{outcome=\"stored\"}"], 5.0);
    assert_eq!(
        samples["relay_bound_used_bytes{cache=\"recent_ids\"}"],
        10.0
    );
    assert_eq!(samples["relay_bound_budget_bytes{queue=\"ingest\"}"], 7.0);
    assert_eq!(samples["relay_disk_bytes"], 999.0);
    assert!(
        samples
            .keys()
            .any(|key| key.starts_with("relay_info{parts="))
    );
    let (_, headers, _) = ask(Method::GET, "/metrics", "*/*");
    assert_eq!(
        headers["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
}
