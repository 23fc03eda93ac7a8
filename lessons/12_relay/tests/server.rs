//! The server from outside: what a client sees of it.

mod client;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use client::{Author, Client, json_of, now, runtime, serve};
use leak_avoidance::Ended;
use relay::server::{Server, Settings};
use relay::store::{Store, StoreOptions};
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tungstenite::Message;

/// A relay on a port and in a folder of its own.
struct Running {
    server: Option<Server>,
    runtime: Runtime,
    folder: TempDir,
}

impl Running {
    fn start(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = runtime();
        let server = runtime.block_on(serve(folder.path(), change));
        Self {
            server: Some(server),
            runtime,
            folder,
        }
    }

    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    fn client(&self) -> Client {
        Client::connect(self.server().local_addr())
    }

    fn shutdown(&mut self) -> Ended {
        let server = self.server.take().unwrap();
        self.runtime.block_on(server.shutdown())
    }
}

#[test]
fn what_is_published_is_stored_and_found_and_passed_on() {
    let mut relay = Running::start(|_| ());
    let (mut writer, mut listener) = (relay.client(), relay.client());
    let author = Author::new(1);
    let event = author.sign(
        now(),
        1,
        &[&["t", "rust"]],
        "escapes: \u{1f600} \" \\ \n \u{7f} /",
    );

    assert!(
        listener
            .request("live", &json!({"#t": ["rust"]}))
            .is_empty()
    );
    assert_eq!(writer.publish(&event), (true, String::new()));
    assert_eq!(listener.read(), json!(["EVENT", "live", json_of(&event)]));
    assert_eq!(
        writer.request("x", &json!({"ids": [event.id.to_string()]})),
        [json_of(&event)]
    );
    // A second time, from the cache.
    assert_eq!(
        writer.request("x", &json!({"ids": [event.id.to_string()]})),
        [json_of(&event)]
    );
    let (accepted, reason) = writer.publish(&event);
    assert!(accepted && reason.starts_with("duplicate:"), "{reason}");

    writer.send(&json!(["COUNT", "c", {"kinds": [1]}]));
    assert_eq!(writer.read(), json!(["COUNT", "c", {"count": 1}]));
    listener.send(&json!(["CLOSE", "live"]));
    listener.send(&json!(["COUNT", "after", {"kinds": [7]}]));
    assert_eq!(listener.read()[1], "after");
    assert!(
        writer
            .publish(&author.sign(now(), 1, &[&["t", "rust"]], "2"))
            .0
    );
    listener.send(&json!(["COUNT", "later", {"kinds": [7]}]));
    assert_eq!(
        listener.read()[1],
        "later",
        "a closed subscription gets nothing"
    );
    assert_eq!(
        relay.shutdown(),
        Ended {
            finished: 2,
            ..Ended::default()
        }
    );
}

#[test]
fn what_is_wrong_is_refused_with_a_reason() {
    let relay = Running::start(|_| ());
    let mut client = relay.client();
    let author = Author::new(2);
    let mut forged = author.note("forged");
    forged.sig = author.note("other").sig;
    let mut changed = author.note("changed");
    changed.push_content("!");
    let events = [
        (forged, "invalid: signature"),
        (changed, "invalid: id"),
        (
            author.sign(now() + 3_600, 1, &[], "from the future"),
            "invalid: created_at",
        ),
        (
            author.sign(now(), 1, &[&["expiration", "1000"]], "late"),
            "invalid:",
        ),
        (author.sign(now(), 22_242, &[], ""), "invalid:"),
        (author.sign(now(), 1, &[&["-"]], "mine"), "auth-required:"),
        (
            author.sign(now(), 6, &[], r#"{"tags":[["-"]]}"#),
            "blocked:",
        ),
    ];
    for (event, reason) in events {
        let (accepted, said) = client.publish(&event);
        assert!(
            !accepted && said.starts_with(reason),
            "{said}, not {reason}"
        );
    }
    client.send(&json!(["NONSENSE"]));
    assert_eq!(client.read()[0], "NOTICE");
    client.send(&json!(["REQ", "bad", {"kinds": "one"}]));
    let closed = client.read();
    assert_eq!((&closed[0], &closed[1]), (&json!("CLOSED"), &json!("bad")));
}

#[test]
fn newer_versions_replace_older_ones_and_deletions_last() {
    let relay = Running::start(|_| ());
    let mut client = relay.client();
    let author = Author::new(3);
    let (old, new) = (
        author.sign(1_000, 0, &[], "old"),
        author.sign(2_000, 0, &[], "new"),
    );
    assert!(client.publish(&old).0);
    assert!(client.publish(&new).0);
    let (accepted, reason) = client.publish(&old);
    assert!(!accepted && reason.starts_with("blocked:"), "{reason}");
    assert_eq!(
        client.request("profile", &json!({"kinds": [0]})),
        [json_of(&new)]
    );

    let note = author.sign(3_000, 1, &[], "regretted");
    assert!(client.publish(&note).0);
    assert_eq!(client.request("note", &json!({"kinds": [1]})).len(), 1);
    assert!(
        client
            .publish(&author.sign(3_001, 5, &[&["e", &note.id.to_string()]], ""))
            .0
    );
    let (accepted, reason) = client.publish(&note);
    assert!(!accepted && reason.starts_with("blocked:"), "{reason}");
    assert!(client.request("note", &json!({"kinds": [1]})).is_empty());
}

#[test]
fn ephemeral_events_reach_those_who_listen_and_are_not_kept() {
    let relay = Running::start(|_| ());
    let (mut writer, mut listener) = (relay.client(), relay.client());
    listener.request("typing", &json!({"kinds": [25_000]}));
    let event = Author::new(4).sign(now(), 25_000, &[], "typing");
    assert!(writer.publish(&event).0);
    assert_eq!(listener.read(), json!(["EVENT", "typing", json_of(&event)]));
    assert!(
        writer
            .request("typing", &json!({"kinds": [25_000]}))
            .is_empty()
    );
}

#[test]
fn a_client_proves_who_it_is_and_may_then_publish_what_is_protected() {
    let relay = Running::start(|settings| settings.urls = vec!["wss://relay.example".to_owned()]);
    let mut client = relay.client();
    let author = Author::new(5);
    let challenge = client.challenge.clone().unwrap();
    let answer = |relay: &str, challenge: &str, at: u64| {
        author.sign(
            at,
            22_242,
            &[&["relay", relay], &["challenge", challenge]],
            "",
        )
    };
    let here = "wss://Relay.example:443/path";
    for wrong in [
        answer("wss://elsewhere.example", &challenge, now()),
        answer(here, "another", now()),
        answer(here, &challenge, now() - 700),
        author.sign(
            now(),
            1,
            &[&["relay", here], &["challenge", &challenge]],
            "",
        ),
    ] {
        client.send(&json!(["AUTH", json_of(&wrong)]));
        let (accepted, reason) = client.answer(&wrong.id);
        assert!(!accepted && reason.starts_with("invalid:"), "{reason}");
    }
    let right = answer(here, &challenge, now());
    client.send(&json!(["AUTH", json_of(&right)]));
    assert_eq!(client.answer(&right.id), (true, String::new()));
    assert!(client.publish(&author.sign(now(), 1, &[&["-"]], "mine")).0);
    let (accepted, reason) = client.publish(&Author::new(6).sign(now(), 1, &[&["-"]], "not mine"));
    assert!(!accepted && reason.starts_with("restricted:"), "{reason}");
}

#[test]
fn private_kinds_are_for_their_participants() {
    let relay = Running::start(|settings| settings.private_kinds = vec![4]);
    let (alice, bob) = (Author::new(7), Author::new(8));
    let mut mallory = relay.client();
    let message = alice.sign(now(), 4, &[&["p", &bob.key().to_string()]], "secret");
    assert!(mallory.request("all", &json!({})).is_empty());
    assert!(relay.client().publish(&message).0);
    mallory.send(&json!(["REQ", "dm", {"kinds": [4]}]));
    let closed = mallory.read();
    assert_eq!(closed[0], "CLOSED", "the open subscription got nothing");
    assert!(closed[2].as_str().unwrap().starts_with("auth-required:"));
    assert!(mallory.request("all", &json!({})).is_empty());

    let mut client = relay.client();
    let url = format!("ws://{}", relay.server().local_addr());
    let auth = bob.sign(
        now(),
        22_242,
        &[
            &["relay", &url],
            &["challenge", client.challenge.as_ref().unwrap()],
        ],
        "",
    );
    client.send(&json!(["AUTH", json_of(&auth)]));
    assert!(client.answer(&auth.id).0);
    assert_eq!(
        client.request("dm", &json!({"kinds": [4]})),
        [json_of(&message)]
    );
    let second = alice.sign(now(), 4, &[&["p", &bob.key().to_string()]], "live");
    assert!(relay.client().publish(&second).0);
    assert_eq!(client.read(), json!(["EVENT", "dm", json_of(&second)]));

    // A count is given where it tells of nothing that the client may not read.
    let (to_bob, by_alice) = (
        json!({"#p": [bob.key().to_string()]}),
        json!({"kinds": [4], "authors": [alice.key().to_string()]}),
    );
    for (filter, ours, theirs) in [
        (json!({"kinds": [1]}), "COUNT", "COUNT"),
        (json!({"kinds": [1, 4]}), "CLOSED", "CLOSED"),
        (json!({}), "CLOSED", "CLOSED"),
        (to_bob, "COUNT", "CLOSED"),
        (by_alice, "CLOSED", "CLOSED"),
    ] {
        for (client, expected) in [(&mut client, ours), (&mut mallory, theirs)] {
            client.send(&json!(["COUNT", "count", filter]));
            assert_eq!(client.read()[0], expected, "{filter}");
        }
    }
    // What is mixed leaves out what the client may not read.
    let note = alice.note("for all");
    assert!(relay.client().publish(&note).0);
    assert_eq!(mallory.read(), json!(["EVENT", "all", json_of(&note)]));
    let mixed = json!({"kinds": [1, 4]});
    assert_eq!(mallory.request("mixed", &mixed), [json_of(&note)]);
}

#[test]
fn broken_frames_end_the_connection_with_a_code_and_a_reason() {
    let relay = Running::start(|settings| settings.limits.message_bytes = 1_000);
    let text = |bytes: &[u8]| {
        let mut frame = vec![0x81, 0x80 | bytes.len() as u8, 0, 0, 0, 0];
        frame.extend_from_slice(bytes);
        frame
    };
    let mut oversized = vec![0x81, 0xff];
    oversized.extend_from_slice(&(1_u64 << 40).to_be_bytes());
    oversized.extend_from_slice(&[0; 4]);
    let cases = [
        (text(b"[\"\xff\"]"), 1007, "UTF-8"),
        (vec![0x82, 0x81, 0, 0, 0, 0, 1], 1003, "text"),
        (oversized, 1009, "1000 at most"),
        (vec![0x81, 0x01, b'x'], 1002, "masked"),
        (vec![0xf1, 0x80, 0, 0, 0, 0], 1002, "eserved"),
    ];
    for (bytes, code, part) in cases {
        let mut client = relay.client();
        client.socket.get_mut().write_all(&bytes).unwrap();
        let (said, reason) = client.read_close();
        assert_eq!(said, code, "{reason}");
        assert!(reason.contains(part), "{reason}");
    }
    let mut client = relay.client();
    let nested = "[".repeat(900);
    client.socket.send(Message::text(nested)).unwrap();
    assert_eq!(client.read()[0], "NOTICE");
}

#[test]
fn messages_arrive_in_pieces_of_any_size_and_pings_between_them() {
    let relay = Running::start(|_| ());
    let mut client = relay.client();
    let question = br#"["COUNT","c",{}]"#;
    let mut bytes = vec![0x01, 0x80 | 5, 0, 0, 0, 0];
    bytes.extend_from_slice(&question[..5]);
    bytes.extend_from_slice(&[0x89, 0x81, 0, 0, 0, 0, b'!']);
    bytes.extend_from_slice(&[0x80, 0x80 | (question.len() - 5) as u8, 0, 0, 0, 0]);
    bytes.extend_from_slice(&question[5..]);
    for byte in bytes {
        client.socket.get_mut().write_all(&[byte]).unwrap();
    }
    assert_eq!(client.socket.read().unwrap(), Message::Pong("!".into()));
    assert_eq!(client.read(), json!(["COUNT", "c", {"count": 0}]));
}

#[test]
fn ten_thousand_subscriptions_are_told_where_the_limit_is() {
    let relay = Running::start(|_| ());
    let mut client = relay.client();
    let reading = client.socket.get_ref().try_clone().unwrap();
    let sender = std::thread::spawn(move || {
        let mut socket = tungstenite::WebSocket::from_raw_socket(
            reading,
            tungstenite::protocol::Role::Client,
            None,
        );
        for number in 0..10_000 {
            socket
                .send(Message::text(
                    json!(["REQ", format!("s{number}"), {"kinds": [1]}]).to_string(),
                ))
                .unwrap();
        }
    });
    let (mut eose, mut closed) = (0, 0);
    while eose + closed < 10_000 {
        let message = client.read();
        match message[0].as_str().unwrap() {
            "EOSE" => eose += 1,
            "CLOSED" => closed += 1,
            _ => panic!("{message}"),
        }
    }
    assert_eq!((eose, closed), (64, 9_936));
    sender.join().unwrap();
}

#[test]
fn many_stored_events_reach_a_client_that_reads_slowly() {
    let relay = Running::start(|_| ());
    let author = Author::new(9);
    let mut client = relay.client();
    let content = "x".repeat(20_000);
    for number in 0..300 {
        assert!(
            client
                .publish(&author.sign(1_000 + number, 1, &[], &content))
                .0
        );
    }
    client.send(&json!(["REQ", "all", {"kinds": [1]}]));
    std::thread::sleep(Duration::from_millis(300));
    let mut times = Vec::new();
    loop {
        let message = client.read();
        if message[0] == "EOSE" {
            break;
        }
        times.push(message[2]["created_at"].as_u64().unwrap());
    }
    assert!(times.iter().copied().eq((1_000..1_300).rev()));
}

#[test]
fn a_slow_reader_is_dropped_and_the_others_are_served() {
    let relay = Running::start(|settings| {
        settings.limits.message_bytes = 128 << 10;
        settings.limits.outbox_bytes = 64 << 10;
    });
    let (mut writer, mut slow) = (relay.client(), relay.client());
    slow.request("all", &json!({"kinds": [25_000]}));
    let author = Author::new(10);
    let content = "x".repeat(100_000);
    let started = Instant::now();
    while relay.server().relay().stats.too_slow.get() == 0 {
        assert!(started.elapsed() < Duration::from_secs(90));
        assert!(writer.publish(&author.sign(now(), 25_000, &[], &content)).0);
    }
    let mut last = None;
    while let Ok(message) = slow.socket.read() {
        last = Some(message);
    }
    let Some(Message::Close(Some(close))) = last else {
        panic!("{last:?}")
    };
    assert!(close.reason.contains("slow"), "{close}");
}

#[test]
fn silent_clients_are_pinged_then_dropped() {
    let relay = Running::start(|settings| settings.limits.idle = Duration::from_millis(200));
    let mut quiet = relay.client();
    assert!(matches!(quiet.socket.read().unwrap(), Message::Ping(_)));
    // Whoever reads answers pings, and stays.
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(800) {
        assert!(matches!(quiet.socket.read().unwrap(), Message::Ping(_)));
    }
    let mut gone = relay.client();
    std::thread::sleep(Duration::from_millis(900));
    let (_, reason) = gone.read_close();
    assert!(reason.contains("silent"), "{reason}");
}

#[test]
fn a_shutdown_answers_what_was_taken_and_says_goodbye() {
    let mut relay = Running::start(|_| ());
    let mut client = relay.client();
    let author = Author::new(11);
    let events: Vec<_> = (0..200)
        .map(|number| author.note(&number.to_string()))
        .collect();
    for event in &events {
        client.send(&json!(["EVENT", json_of(event)]));
    }
    assert!(client.answer(&events[0].id).0);
    let server = relay.server.take().unwrap();
    let ending = relay.runtime.spawn(server.shutdown());
    let mut answered = 1;
    loop {
        match client.socket.read().unwrap() {
            Message::Text(_) => answered += 1,
            Message::Close(Some(close)) => {
                assert_eq!(u16::from(close.code), 1001);
                break;
            }
            _ => {}
        }
    }
    // What was taken was answered, and what was answered is stored.
    let ended = relay.runtime.block_on(ending).unwrap();
    assert_eq!((ended.panicked, ended.aborted), (0, 0));
    let store = Store::open(relay.folder.path(), StoreOptions::default()).unwrap();
    let filter = [relay::filter::Filter::default()];
    let (mut event, mut scratch) = Default::default();
    let snapshot = store.snapshot().unwrap();
    let stored = relay::query::count(&snapshot, &filter, 0, &mut event, &mut scratch).unwrap();
    assert_eq!(stored, answered);
}

#[test]
fn too_many_connections_are_told_so_by_http() {
    let relay = Running::start(|settings| settings.limits.connections = 1);
    let first = relay.client();
    let mut second = TcpStream::connect(relay.server().local_addr()).unwrap();
    second
        .write_all(
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        )
        .unwrap();
    let mut answer = [0; 12];
    second.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 503");
    drop(first);
}

#[test]
fn an_answer_that_is_kept_ends_with_what_it_tells() {
    let mut relay = Running::start(|_| ());
    let (mut asking, mut writing) = (relay.client(), relay.client());
    let author = Author::new(1);
    let notes = [author.note("one"), author.note("two")];
    notes
        .iter()
        .for_each(|note| assert!(writing.publish(note).0));
    let hits = |relay: &Running| relay.server().relay().queries.figures().hits;
    let filter = json!({"kinds": [1], "authors": [author.key().to_string()]});
    let mut expect = |relay: &Running, count: usize| {
        let before = hits(relay);
        (0..4).for_each(|_| assert_eq!(asking.request("x", &filter).len(), count));
        asking.send(&json!(["CLOSE", "x"]));
        hits(relay) - before
    };
    assert_eq!(expect(&relay, 2), 2, "the first is new, the second is kept");

    // Acknowledged is told at once, be it new or gone.
    assert!(writing.publish(&author.note("three")).0);
    assert!(expect(&relay, 3) > 0);
    let id = notes[0].id.to_string();
    let deletion = author.sign(now(), 5, &[&["e", &id]], "");
    assert!(writing.publish(&deletion).0);
    expect(&relay, 2);
    assert_eq!(relay.shutdown().aborted, 0);
}
