//! Filters, limits, order, counts and subscriptions.

use std::collections::HashMap;

use relay_clients::{Author, Client, Event, Relay, Stored, draft, now};
use serde_json::{Value, json};

/// A relay with these events, by name.
async fn library() -> (Relay, Client, HashMap<&'static str, Event>) {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    let (ada, bob) = (Author::new(1), Author::new(2));
    let note = ada.sign(&draft(1, "first").at(1_000).tag(&["t", "rust"]));
    let reply = draft(1, "reply")
        .at(2_000)
        .tag(&["e", note.id()])
        .tag(&["p", ada.key()]);
    let events = HashMap::from([
        ("old", ada.sign(&draft(1, "old").at(500))),
        (
            "reply",
            bob.sign(&reply.tag(&["t", "rust"]).tag(&["t", "relay"])),
        ),
        (
            "liked",
            bob.sign(
                &draft(7, "+")
                    .at(2_500)
                    .tag(&["e", note.id()])
                    .tag(&["k", "1"]),
            ),
        ),
        (
            "tagged",
            ada.sign(
                &draft(9_999, "")
                    .at(3_000)
                    .tag(&["k", "3036"])
                    .tag(&["n", "yes"]),
            ),
        ),
        (
            "half",
            ada.sign(&draft(9_999, "").at(3_001).tag(&["n", "yes"])),
        ),
        (
            "second",
            ada.sign(
                &draft(1, "")
                    .at(4_000)
                    .tag(&["x", "one", "two"])
                    .tag(&["T", "rust"]),
            ),
        ),
        (
            "article",
            bob.sign(
                &draft(30_023, "")
                    .at(5_000)
                    .tag(&["d", "über uns"])
                    .tag(&["-x", "y"]),
            ),
        ),
        ("note", note),
    ]);
    for event in events.values() {
        client.store(event).await;
    }
    (relay, client, events)
}

#[tokio::test]
async fn filters() {
    let (_relay, mut client, events) = library().await;
    let (ada, bob) = (Author::new(1), Author::new(2));
    let id = |name: &str| events[name].id().to_owned();
    let all = [
        "article", "second", "half", "tagged", "liked", "reply", "note", "old",
    ];
    let table: Vec<(Value, &[&str])> = vec![
        (json!({}), &all),
        (json!({"ids": [id("note")]}), &["note"]),
        (
            json!({"ids": [id("note"), id("liked"), id("note"), "0".repeat(64)]}),
            &["liked", "note"],
        ),
        (json!({"ids": []}), &[]),
        (
            json!({"authors": [ada.key()]}),
            &["second", "half", "tagged", "note", "old"],
        ),
        (json!({"authors": [ada.key(), bob.key()]}), &all),
        (json!({"authors": []}), &[]),
        (json!({"kinds": [7, 30_023]}), &["article", "liked"]),
        (json!({"kinds": []}), &[]),
        (json!({"kinds": [2]}), &[]),
        (
            json!({"authors": [ada.key()], "kinds": [1]}),
            &["second", "note", "old"],
        ),
        (json!({"#t": ["rust"]}), &["reply", "note"]),
        (json!({"#t": ["rust", "relay"]}), &["reply", "note"]),
        (json!({"#T": ["rust"]}), &["second"]),
        (json!({"#t": ["rus"]}), &[]),
        (json!({"#t": []}), &[]),
        (json!({"#e": [id("note")]}), &["liked", "reply"]),
        (json!({"#e": [id("note")], "#t": ["relay"]}), &["reply"]),
        (json!({"#p": [ada.key()], "kinds": [1]}), &["reply"]),
        (json!({"#k": ["3036"], "#n": ["yes"]}), &["tagged"]),
        (
            json!({"#n": ["yes"], "authors": [ada.key()], "kinds": [9_999]}),
            &["half", "tagged"],
        ),
        (json!({"#n": ["yes"], "authors": [bob.key()]}), &[]),
        (json!({"#d": ["über uns"]}), &["article"]),
        // Only the first value of a tag counts.
        (json!({"#x": ["one"]}), &["second"]),
        (json!({"#x": ["two"]}), &[]),
        (json!({"since": 3_001}), &["article", "second", "half"]),
        (json!({"until": 1_000}), &["note", "old"]),
        (json!({"since": 2_000, "until": 2_000}), &["reply"]),
        (json!({"since": 2_001, "until": 2_000}), &[]),
        (json!({"since": -5, "until": 1_000}), &["note", "old"]),
        (json!({"until": -1}), &[]),
        (json!({"since": i64::MIN, "until": i64::MAX}), &all),
        (json!({"since": 99_999_999_999_999_i64}), &[]),
        (
            json!({"kinds": [1, 65_536, 4_294_967_297_i64]}),
            &["second", "reply", "note", "old"],
        ),
        (json!({"kinds": [65_537]}), &[]),
        (json!({"limit": 3}), &["article", "second", "half"]),
        (json!({"limit": 0}), &[]),
        (json!({"limit": 1_000_000_000}), &all),
        (
            json!({"authors": [ada.key()], "kinds": [1], "limit": 2}),
            &["second", "note"],
        ),
        (json!({"#t": ["rust"], "limit": 1}), &["reply"]),
        (
            json!({"ids": [id("note"), id("liked")], "limit": 1}),
            &["liked"],
        ),
        (json!({"until": 2_500, "limit": 2}), &["liked", "reply"]),
    ];
    for (filter, expected) in table {
        let found = client.fetch(filter.clone()).await;
        let expected: Vec<_> = expected.iter().map(|&name| id(name)).collect();
        assert_eq!(found.ids(), expected, "{filter}");
        // A count is of the same events, whatever the limit.
        if filter.get("limit").is_none() {
            assert_eq!(
                client.count(filter.clone()).await,
                Ok(expected.len() as u64),
                "{filter}"
            );
        }
    }
}

#[tokio::test]
async fn several_filters_give_each_event_once_and_keep_their_own_limits() {
    let (_relay, mut client, events) = library().await;
    let table = [
        (
            vec![json!({"kinds": [1]}), json!({"#t": ["rust"]})],
            &["second", "reply", "note", "old"][..],
        ),
        (
            vec![json!({"kinds": [1], "limit": 1}), json!({"kinds": [7]})],
            &["second", "liked"],
        ),
        (
            vec![
                json!({"kinds": [1], "limit": 1}),
                json!({"#t": ["rust"], "limit": 1}),
            ],
            &["second", "reply"],
        ),
        (
            vec![json!({"limit": 0}), json!({"kinds": [30_023]})],
            &["article"],
        ),
        (vec![json!({"kinds": []}), json!({"ids": []})], &[]),
    ];
    for (filters, expected) in table {
        let found = client.request("several", &filters).await;
        let expected: Vec<_> = expected.iter().map(|&name| events[name].id()).collect();
        assert_eq!(found.ids(), expected, "{filters:?}");
    }
    client
        .send(json!(["COUNT", "c", {"kinds": [1]}, {"#t": ["rust"]}]))
        .await;
    assert_eq!(client.read().await[2]["count"], 4);
}

/// What NIP-01 rules out: the client hears why instead of nothing.
#[tokio::test]
async fn filters_that_say_nothing_are_refused() {
    let (_relay, mut client, events) = library().await;
    let id = events["note"].id();
    for (filter, prefix) in [
        (json!({"ids": [id[..10]]}), "invalid:"),
        (json!({"ids": [id.to_uppercase()]}), "invalid:"),
        (json!({"authors": ["abcd"]}), "invalid:"),
        (
            json!({"authors": [Author::new(1).key().to_uppercase()]}),
            "invalid:",
        ),
        (json!({"#e": [id[..63]]}), "invalid:"),
        (json!({"#p": ["npub1"]}), "invalid:"),
        (json!({"#e": [id.to_uppercase()]}), "invalid:"),
        (json!({"ids": id}), "invalid:"),
        (json!({"kinds": ["1"]}), "invalid:"),
        (json!({"kinds": [1.5]}), "invalid:"),
        (json!({"kinds": 1}), "invalid:"),
        (json!({"since": "now"}), "invalid:"),
        (json!({"limit": -1}), "invalid:"),
        (json!({"limit": "10"}), "invalid:"),
        (json!({"#t": [1]}), "invalid:"),
        (json!({"#tt": ["x"]}), "unsupported:"),
        (json!({"search": "word"}), "unsupported:"),
        (json!([]), "invalid:"),
        (json!("all"), "invalid:"),
        (json!(null), "invalid:"),
    ] {
        let Stored::Closed(reason) = client.request("odd", std::slice::from_ref(&filter)).await
        else {
            panic!("{filter} is answered")
        };
        assert!(reason.starts_with(prefix), "{filter}: {reason}");
    }
    // And the connection goes on.
    assert_eq!(client.fetch(json!({"ids": [id]})).await.ids(), [id]);
}

#[tokio::test]
async fn of_one_second_the_lowest_ids_come_first_also_where_a_limit_cuts() {
    let relay = Relay::start(&["--max-limit", "2000", "--default-limit", "30"]);
    let mut client = Client::connect(&relay).await;
    let author = Author::new(1);
    let events: Vec<_> = (0..300)
        .map(|number| {
            let at = 1_000 + i64::from(number >= 280) - i64::from(number < 10);
            author.sign(&draft(1, &number.to_string()).at(at).tag(&["t", "same"]))
        })
        .collect();
    for event in &events {
        client.send(json!(["EVENT", event.0])).await;
    }
    for event in &events {
        assert!(client.answer(event.id()).await.0);
    }
    let mut expected: Vec<_> = events
        .iter()
        .map(|event| (-event.0["created_at"].as_i64().unwrap(), event.id()))
        .collect();
    expected.sort_unstable();
    let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
    for limit in [1, 2, 19, 20, 21, 150, 289, 290, 291, 299, 300, 301] {
        for mut filter in [
            json!({}),
            json!({"kinds": [1]}),
            json!({"#t": ["same"]}),
            json!({"authors": [author.key()]}),
            json!({"authors": [author.key()], "kinds": [0, 1]}),
            json!({"since": 999, "until": 1_001}),
        ] {
            filter["limit"] = limit.into();
            let found = client.fetch(filter.clone()).await;
            assert_eq!(found.ids(), expected[..limit.min(300)], "{filter}");
        }
    }
    // What is asked for without a limit has the relay's; what is counted has none.
    assert_eq!(client.fetch(json!({})).await.ids(), expected[..30]);
    assert_eq!(client.count(json!({})).await, Ok(300));
}

#[tokio::test]
async fn a_subscription_stays_after_eose_and_gets_what_is_new_once() {
    let (relay, mut listener, events) = library().await;
    let mut writer = Client::connect(&relay).await;
    let author = Author::new(3);
    let filters = [
        json!({"kinds": [1], "limit": 1}),
        json!({"#t": ["rust"], "limit": 0}),
    ];
    let stored = listener.request("live", &filters).await;
    assert_eq!(stored.ids(), [events["second"].id()]);
    let both = author.sign(&draft(1, "both").tag(&["t", "rust"]));
    let by_tag = author.sign(&draft(9_998, "by tag").tag(&["t", "rust"]));
    let neither = author.sign(&draft(9_998, "neither"));
    for event in [&both, &neither, &by_tag] {
        writer.store(event).await;
    }
    // Once each, in order, byte for byte; a limit is for what is stored.
    for event in [&both, &by_tag] {
        assert_eq!(listener.read().await, json!(["EVENT", "live", event.0]));
    }
    assert!(listener.is_quiet().await);
    // Published again it is nothing new.
    writer.store(&both).await;
    assert!(listener.is_quiet().await);
    // What the listener publishes itself comes back too.
    let own = author.sign(&draft(1, "own"));
    listener.send(json!(["EVENT", own.0])).await;
    let mut seen = [listener.read().await, listener.read().await];
    seen.sort_by_key(|message| message[0].as_str().map(str::to_owned));
    assert_eq!((&seen[0][2], &seen[1][0]), (&own.0, &json!("OK")));

    listener.send(json!(["CLOSE", "live"])).await;
    assert!(listener.is_quiet().await);
    writer.store(&author.sign(&draft(1, "after"))).await;
    assert!(
        listener.is_quiet().await,
        "a closed subscription gets nothing"
    );
}

#[tokio::test]
async fn the_same_id_replaces_a_subscription_and_others_are_their_own() {
    let (relay, mut listener, _) = library().await;
    let mut writer = Client::connect(&relay).await;
    let author = Author::new(3);
    let none = json!({"kinds": [1], "limit": 0});
    listener.request("one", std::slice::from_ref(&none)).await;
    listener
        .request("two", &[json!({"kinds": [2], "limit": 0})])
        .await;
    // Another connection has the same name for something else.
    writer
        .request("one", &[json!({"kinds": [3], "limit": 0})])
        .await;
    listener
        .request("one", &[json!({"kinds": [4], "limit": 0})])
        .await;
    let [first, second, fourth] = [1, 2, 4].map(|kind| author.sign(&draft(kind, "")));
    for event in [&first, &second, &fourth] {
        writer.store(event).await;
    }
    assert_eq!(listener.read().await, json!(["EVENT", "two", second.0]));
    assert_eq!(listener.read().await, json!(["EVENT", "one", fourth.0]));
    assert!(listener.is_quiet().await && writer.is_quiet().await);
    // Replaced by what is refused, it is gone.
    let refused = listener.request("two", &[json!({"kinds": "all"})]).await;
    assert!(matches!(refused, Stored::Closed(_)));
    // A request by an id that isn't there yet waits for it.
    let later = author.sign(&draft(1, "later"));
    let stored = listener
        .request("one", &[json!({"ids": [later.id()]})])
        .await;
    assert!(stored.ids().is_empty());
    writer.store(&later).await;
    assert_eq!(listener.read().await, json!(["EVENT", "one", later.0]));
}

#[tokio::test]
async fn ephemeral_events_reach_who_listens_and_are_not_stored() {
    let (relay, mut listener, _) = library().await;
    let mut writer = Client::connect(&relay).await;
    let author = Author::new(3);
    let filter = json!({"kinds": [20_000, 25_000, 29_999], "authors": [author.key()]});
    listener
        .request("typing", std::slice::from_ref(&filter))
        .await;
    for kind in [20_000, 25_000, 29_999] {
        let event = author.sign(&draft(kind, "typing").at(now() - 30).tag(&["t", "x"]));
        writer.store(&event).await;
        assert_eq!(listener.read().await, json!(["EVENT", "typing", event.0]));
    }
    assert!(writer.fetch(filter).await.ids().is_empty());
    assert!(listener.is_quiet().await);
}

#[tokio::test]
async fn large_contact_lists_come_back_and_are_found_by_every_contact() {
    let (_relay, mut client, _) = library().await;
    let contact = |number: u64| format!("{:064x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let list = (0..4_000).fold(draft(3, ""), |list, number| {
        list.tag(&["p", &contact(number)])
    });
    let list = Author::new(3).sign(&list);
    client.store(&list).await;
    for number in [0, 1, 1_999, 3_999] {
        let filter = json!({"kinds": [3], "#p": [contact(number)]});
        assert_eq!(
            client.fetch(filter).await,
            Stored::Events(vec![list.0.clone()])
        );
    }
}
