//! The load of `examples/load`, put on a relay: its figures are what happened, and it says what went wrong.

mod client;
#[path = "../examples/load/main.rs"]
#[allow(dead_code)]
mod load;

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use client::{runtime, serve};
use load::corpus::Corpus;
use load::peer::Peer;
use load::{Load, Run};

fn told(arguments: &[&str]) -> Load {
    Load::parse_from(["load"].iter().chain(arguments))
}

/// A small load on whatever listens there.
fn put_on(url: &str, more: &[&str]) -> Run {
    let few = "--events=200 --queries=20 --subscribers=7 --published=11 --patience=1";
    let few: Vec<_> = few.split(' ').chain(more.iter().copied()).collect();
    let load = told(&few);
    load.run(&url.parse().unwrap(), &Corpus::make(&load))
}

#[test]
fn what_it_says_is_what_the_relay_counted() {
    let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
    let server = runtime.block_on(serve(folder.path(), |_| ()));
    let url = format!("ws://{}", server.local_addr());
    let run = put_on(&format!("{url},data={}", folder.path().display()), &[]);
    assert_eq!(run.failed, None);
    // What a client has got already may still have to be counted.
    let relay = Arc::clone(server.relay());
    runtime.block_on(server.shutdown());

    let ingest = run.ingest.unwrap();
    let refused: u64 = ingest.refused.values().sum();
    assert_eq!((ingest.sent, ingest.accepted + refused), (200, 200));
    let stats = &relay.stats;
    assert_eq!(stats.stored.get(), ingest.accepted + 11);
    assert_eq!(stats.blocked.get(), refused);

    let fanout = run.fanout.unwrap();
    assert_eq!(fanout.deliveries, 7 * 11);
    // The relay also counts what it held back for a question whose answer had it already.
    assert!(stats.delivered.get() >= 7 * 11);

    assert_eq!(run.queries.len(), 5);
    for shape in &run.queries {
        assert_eq!(shape.queries, 20);
        assert!(shape.events > 0, "{} found nothing", shape.shape);
    }
    let found: usize = run.queries.iter().map(|shape| shape.events).sum();
    assert_eq!(stats.returned.get(), found as u64);
    assert!(run.disk.unwrap().allocated > 0);
    assert!(run.remarks.notices.is_empty() && run.remarks.closed.is_empty());
}

#[test]
fn seed_and_date_settle_every_byte_and_no_event_is_of_the_future() {
    let ids = |arguments: &[&str]| {
        let load = told(&[&["--events=300", "--phases=queries"], arguments].concat());
        let events = Corpus::make(&load).events;
        let last = events.iter().map(|event| event.created_at).max();
        (
            last,
            events.iter().map(|event| event.id).collect::<Vec<_>>(),
        )
    };
    let (last, first) = ids(&["--now=1800000000"]);
    assert_eq!(last, Some(1_800_000_000));
    assert_eq!(ids(&["--now=1800000000"]).1, first);
    assert_ne!(ids(&["--now=1800000001"]).1, first);
    let (last, other) = ids(&["--now=1800000000", "--seed=2"]);
    assert_eq!(last, Some(1_800_000_000));
    assert_ne!(other, first);
}

#[test]
fn it_is_for_relays_on_this_machine_only() {
    for (url, expected) in [
        ("ws://10.1.2.3:7777", "not on this machine"),
        ("ws://[2001:db8::1]:7777", "not on this machine"),
        ("wss://127.0.0.1:7777", "wss:// isn't spoken here"),
        ("http://127.0.0.1:7777", "is no address like"),
        ("nonsense", "is no address like"),
        ("ws://127.0.0.1:1", "Is the relay running?"),
    ] {
        let failed = put_on(url, &[]).failed.unwrap();
        assert!(failed.contains(expected), "{url}: {failed}");
    }
}

#[test]
fn a_relay_that_says_nothing_or_hangs_up_is_told_from_one_that_isnt_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    // Its queue takes the connection, and nobody speaks.
    let failed = put_on(&url, &[]).failed.unwrap();
    assert!(failed.contains("it says nothing"), "{failed}");

    let closing = std::thread::spawn(move || {
        for stream in listener.incoming().take(4) {
            let mut stream = stream.unwrap();
            stream
                .set_read_timeout(Some(Duration::from_millis(200)))
                .unwrap();
            let _ = stream.read(&mut [0; 512]);
        }
    });
    let failed = put_on(&url, &["--connections=1"]).failed.unwrap();
    assert!(failed.contains("doesn't take a WebSocket"), "{failed}");
    drop(closing);
}

#[test]
fn events_that_are_refused_are_counted_by_their_reason() {
    let (runtime, folder) = (runtime(), tempfile::tempdir().unwrap());
    let server = runtime.block_on(serve(folder.path(), |settings| {
        settings.limits.tags = 0;
    }));
    let url = format!("ws://{}", server.local_addr());
    let run = put_on(&url, &[]);
    let ingest = run.ingest.unwrap();
    let refused = ingest.refused["invalid"];
    assert!(refused > 50 && ingest.accepted > 0, "{:?}", ingest.refused);
    assert!(ingest.refusal.is_some());
    // The notes for subscribers have a tag each.
    let failed = run.failed.unwrap();
    assert!(failed.contains("was to be passed on"), "{failed}");
    runtime.block_on(server.shutdown());
}

#[test]
fn a_relay_is_named_with_its_process_and_its_folder() {
    let peer: Peer = "ours=ws://127.0.0.1:7801,pid=12,data=a/b".parse().unwrap();
    let expected = Peer {
        name: "ours".to_owned(),
        url: "ws://127.0.0.1:7801".to_owned(),
        pid: Some(12),
        data: Some("a/b".into()),
    };
    assert_eq!(peer, expected);
    let plain: Peer = "ws://localhost:7801/?a=b".parse().unwrap();
    assert_eq!(plain.url, "ws://localhost:7801/?a=b");
    assert_eq!(plain.name, "localhost:7801/?a=b");
    for wrong in ["ws://localhost:1,pid=x", "ws://localhost:1,folder=x"] {
        assert!(wrong.parse::<Peer>().is_err(), "{wrong}");
    }
}
