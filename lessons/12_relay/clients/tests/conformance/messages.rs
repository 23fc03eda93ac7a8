//! Messages that are no requests, and what is said over HTTP.

use relay_clients::{Author, Client, Relay, Stored, draft};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn what_is_no_message_gets_a_notice_and_the_connection_goes_on() {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    let long = "x".repeat(65);
    for text in [
        "",
        "hello",
        "{}",
        "[]",
        "null",
        "[\"REQ\"",
        "[1]",
        r#"["HELLO"]"#,
        r#"["req","x",{}]"#,
        r#"["EVENT"]"#,
        r#"["EVENT",{}]"#,
        r#"["EVENT",null]"#,
        r#"["REQ"]"#,
        r#"["REQ",1,{}]"#,
        r#"["REQ","",{}]"#,
        &format!(r#"["REQ","{long}",{{}}]"#),
        r#"["CLOSE"]"#,
        r#"["CLOSE",1]"#,
        r#"["COUNT"]"#,
        r#"["AUTH"]"#,
        r#"["AUTH","challenge"]"#,
        "[\"CLOSE\",\"x\"] x",
        &"[".repeat(100_000),
        &format!("{}1{}", r#"{"a":"#.repeat(50_000), "}".repeat(50_000)),
    ] {
        client.send_text(text).await;
        let answer = client.read().await;
        let start = &text[..text.len().min(40)];
        assert_eq!(answer[0], "NOTICE", "{start}: {answer}");
        assert!(
            answer[1].as_str().is_some_and(|said| !said.is_empty()),
            "{start}: {answer}"
        );
    }
    assert_eq!(client.count(json!({})).await, Ok(0));
}

#[tokio::test]
async fn subscription_ids_are_any_text_of_64_characters_and_come_back_as_they_were() {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    let event = Author::new(1).sign(&draft(1, ""));
    client.store(&event).await;
    for sub in [
        "a",
        " ",
        "\"quoted\" \\ /",
        "\u{1f}\n\0",
        "😀é",
        &"é".repeat(64),
        "0",
        "null",
    ] {
        let stored = client.request(sub, &[json!({})]).await;
        assert_eq!(stored.ids(), [event.id()], "{sub:?}");
        client.send(json!(["CLOSE", sub])).await;
    }
    // Closing what isn't open is nothing to speak of.
    client.send(json!(["CLOSE", "never opened"])).await;
    assert!(client.is_quiet().await);
}

#[tokio::test]
async fn limits_are_announced_and_hold() {
    let flags = [
        "--max-subscriptions",
        "3",
        "--max-filters",
        "2",
        "--max-filter-values",
        "10",
        "--max-limit",
        "5",
    ];
    let more = [
        "--max-tags",
        "4",
        "--max-content",
        "100",
        "--max-message",
        "2000",
    ];
    let relay = Relay::start(&[&flags[..], &more].concat());
    let limits = document(&relay).await["limitation"].clone();
    for (name, value) in [
        ("max_subscriptions", 3),
        ("max_limit", 5),
        ("max_event_tags", 4),
        ("max_content_length", 100),
        ("max_message_length", 2_000),
        ("max_subid_length", 64),
    ] {
        assert_eq!(limits[name], value, "{name}");
    }
    let mut client = Client::connect(&relay).await;
    let author = Author::new(1);
    let tags = |count| (0..count).fold(draft(1, "tags"), |event, _| event.tag(&["t", "x"]));
    for (event, expected) in [
        (tags(4), true),
        (tags(5), false),
        (draft(1, &"é".repeat(50)), true),
        (draft(1, &"x".repeat(101)), false),
    ] {
        let (accepted, reason) = client.publish(&author.sign(&event)).await;
        assert_eq!(accepted, expected, "{reason}");
        assert!(accepted || reason.starts_with("invalid:"), "{reason}");
    }
    for at in 0..6 {
        client.store(&author.sign(&draft(1, "").at(at))).await;
    }
    assert_eq!(client.fetch(json!({"limit": 100})).await.ids().len(), 5);
    assert_eq!(client.fetch(json!({})).await.ids().len(), 5);
    let closed = |stored: Stored| match stored {
        Stored::Closed(reason) => reason,
        Stored::Events(_) => panic!("beyond a limit"),
    };
    let many = (0..11).collect::<Vec<_>>();
    assert!(
        closed(client.request("many", &[json!({"kinds": many})]).await).starts_with("invalid:")
    );
    let three = [json!({}), json!({}), json!({})];
    assert!(closed(client.request("three", &three).await).starts_with("invalid:"));
    for sub in ["1", "2", "3", "2"] {
        client.request(sub, &[json!({"limit": 0})]).await.ids();
    }
    let refused = closed(client.request("4", &[json!({"limit": 0})]).await);
    assert!(refused.contains(": "), "{refused}");
    client.send(json!(["CLOSE", "1"])).await;
    client.request("4", &[json!({"limit": 0})]).await.ids();
}

async fn http(relay: &Relay, accept: &str) -> String {
    let mut socket = TcpStream::connect(relay.address()).await.unwrap();
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n",
        relay.address()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn document(relay: &Relay) -> Value {
    let answer = http(relay, "application/nostr+json").await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn the_document_says_what_there_is() {
    let relay = Relay::start(&["--name", "Test", "--description", "for tests"]);
    let answer = http(&relay, "application/nostr+json").await.to_lowercase();
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains("content-type: application/nostr+json"),
        "{head}"
    );
    for header in ["origin: *", "headers:", "methods:"] {
        assert!(
            head.contains(&format!("access-control-allow-{header}")),
            "{head}"
        );
    }
    let document = document(&relay).await;
    assert_eq!(
        (&document["name"], &document["description"]),
        (&json!("Test"), &json!("for tests"))
    );
    assert_eq!(
        document["supported_nips"],
        json!([1, 9, 11, 40, 42, 45, 62, 65, 70])
    );
    assert!(http(&relay, "text/html").await.contains("<html"));

    let guarded = Relay::start(&["--private-kinds", "4,1059"]);
    let document = self::document(&guarded).await;
    assert_eq!(
        document["supported_nips"],
        json!([1, 4, 9, 11, 40, 42, 45, 59, 62, 65, 70])
    );
}
