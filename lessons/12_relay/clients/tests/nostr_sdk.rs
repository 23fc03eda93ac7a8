//! The relay under `nostr-sdk`, a client library that others wrote: what it sends is understood, what it gets it takes.

#![forbid(unsafe_code)]

use std::time::Duration;

use nostr_sdk::prelude::*;
use relay_clients::Relay as Running;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(20);

async fn connect(relay: &Running, keys: &Keys) -> Client {
    let client = Client::new(keys.clone());
    client.add_relay(relay.url()).await.unwrap();
    client.connect().await;
    client.wait_for_connection(PATIENCE).await;
    client
}

/// Signs and publishes: the event, or why the relay didn't take it.
async fn publish(client: &Client, builder: EventBuilder) -> std::result::Result<Event, String> {
    let event = client.sign_event_builder(builder).await.unwrap();
    send(client, &event).await.map(|()| event)
}

async fn send(client: &Client, event: &Event) -> std::result::Result<(), String> {
    let output = client
        .send_event(event)
        .await
        .map_err(|error| error.to_string())?;
    match output.failed.into_values().next() {
        Some(reason) => Err(reason),
        None => {
            assert_eq!(output.success.len(), 1);
            Ok(())
        }
    }
}

async fn fetch(client: &Client, filter: Filter) -> Vec<Event> {
    client
        .fetch_events(filter, PATIENCE)
        .await
        .unwrap()
        .to_vec()
}

fn at(seconds: u64, builder: EventBuilder) -> EventBuilder {
    builder.custom_created_at(Timestamp::from(seconds))
}

#[tokio::test]
async fn it_publishes_finds_and_counts() {
    let relay = Running::start(&[]);
    let (ada, bob) = (Keys::generate(), Keys::generate());
    let (writer, reader) = (connect(&relay, &ada).await, connect(&relay, &bob).await);
    let odd = "line\nquote\" back\\slash tab\t 😀 \u{2028} \\u0026";
    let first = at(
        1_000,
        EventBuilder::text_note(odd).tag(Tag::hashtag("rust")),
    );
    let first = publish(&writer, first).await.unwrap();
    let second = at(2_000, EventBuilder::text_note("second"));
    let second = publish(&writer, second).await.unwrap();
    let like = at(3_000, EventBuilder::reaction(&first, "+"));
    let like = publish(&reader, like).await.unwrap();

    let all = fetch(&reader, Filter::new()).await;
    assert_eq!(all, [like.clone(), second.clone(), first.clone()]);
    for (filter, expected) in [
        (Filter::new().id(first.id), &first),
        (Filter::new().author(bob.public_key()), &like),
        (Filter::new().kind(Kind::Reaction), &like),
        (Filter::new().hashtag("rust"), &first),
        (Filter::new().event(first.id), &like),
        (Filter::new().pubkey(ada.public_key()), &like),
        (Filter::new().author(ada.public_key()).limit(1), &second),
        (Filter::new().until(Timestamp::from(1_000)), &first),
    ] {
        assert_eq!(
            fetch(&reader, filter.clone()).await,
            std::slice::from_ref(expected),
            "{filter:?}"
        );
    }
    let here = reader.relay(relay.url()).await.unwrap();
    let count = |filter| here.count_events(filter, PATIENCE);
    assert_eq!(count(Filter::new()).await.unwrap(), 3);
    assert_eq!(count(Filter::new().kind(Kind::TextNote)).await.unwrap(), 2);
    // A second time it is a duplicate, which is fine.
    send(&writer, &first).await.unwrap();
    writer.shutdown().await;
    reader.shutdown().await;
}

#[tokio::test]
async fn it_hears_what_is_new() {
    let relay = Running::start(&[]);
    let keys = Keys::generate();
    let (writer, listener) = (
        connect(&relay, &keys).await,
        connect(&relay, &Keys::generate()).await,
    );
    publish(&writer, at(1_000, EventBuilder::text_note("before")))
        .await
        .unwrap();
    let mut heard = listener.notifications();
    let filter = Filter::new().author(keys.public_key()).limit(0);
    let subscribed = listener.subscribe(filter, None).await.unwrap();
    wait_for_eose(&mut heard, &subscribed.val).await;
    let note = publish(&writer, EventBuilder::text_note("live"))
        .await
        .unwrap();
    let typing = EventBuilder::new(Kind::from_u16(20_001), "typing");
    let typing = publish(&writer, typing).await.unwrap();
    // What isn't stored needn't wait for what is.
    let mut expected = vec![note, typing];
    while !expected.is_empty() {
        let next = tokio::time::timeout(PATIENCE, heard.recv()).await.unwrap();
        if let RelayPoolNotification::Event { event, .. } = next.unwrap() {
            let known = expected.iter().position(|expected| *expected == *event);
            expected.remove(known.expect("each comes once, and nothing else"));
        }
    }
    writer.shutdown().await;
    listener.shutdown().await;
}

async fn wait_for_eose(
    heard: &mut tokio::sync::broadcast::Receiver<RelayPoolNotification>,
    subscription: &SubscriptionId,
) {
    loop {
        let next = tokio::time::timeout(PATIENCE, heard.recv()).await.unwrap();
        if let RelayPoolNotification::Message {
            message: RelayMessage::EndOfStoredEvents(id),
            ..
        } = next.unwrap()
            && *id == *subscription
        {
            return;
        }
    }
}

#[tokio::test]
async fn it_authenticates_and_publishes_what_is_protected() {
    let relay = Running::start(&[]);
    let (ada, bob) = (Keys::generate(), Keys::generate());
    let writer = connect(&relay, &ada).await;
    let protected = |text: &str| EventBuilder::text_note(text).tag(Tag::protected());
    let mine = publish(&writer, protected("mine"))
        .await
        .expect("it answers the challenge by itself");
    // Somebody else has it, and passes it on.
    let other = connect(&relay, &bob).await;
    let theirs = protected("mine too").sign_with_keys(&ada).unwrap();
    let refused = send(&other, &theirs).await.unwrap_err();
    assert!(refused.contains("restricted"), "{refused}");
    // Without authentication there is no way.
    let silent = connect(&relay, &ada).await;
    silent.automatic_authentication(false);
    silent.disconnect().await;
    silent.connect().await;
    silent.wait_for_connection(PATIENCE).await;
    let refused = publish(&silent, protected("more")).await.unwrap_err();
    assert!(refused.contains("auth"), "{refused}");
    assert_eq!(fetch(&other, Filter::new()).await, [mine]);
    for client in [writer, other, silent] {
        client.shutdown().await;
    }
}

#[tokio::test]
async fn it_reads_private_messages_once_it_is_authenticated() {
    let relay = Running::start(&["--private-kinds", "4,1059"]);
    let (ada, bob, eve) = (Keys::generate(), Keys::generate(), Keys::generate());
    let writer = connect(&relay, &ada).await;
    let wrap = EventBuilder::new(Kind::GiftWrap, "sealed").tag(Tag::public_key(bob.public_key()));
    let wrap = publish(&writer, wrap).await.unwrap();
    let filter = Filter::new().kind(Kind::GiftWrap).pubkey(bob.public_key());
    for (keys, sees) in [(&bob, true), (&eve, false)] {
        let reader = connect(&relay, keys).await;
        let found = fetch(&reader, filter.clone()).await;
        assert_eq!(found.first() == Some(&wrap), sees);
        reader.shutdown().await;
    }
    writer.shutdown().await;
}

#[tokio::test]
async fn it_replaces_and_deletes() {
    let relay = Running::start(&[]);
    let (ada, bob) = (Keys::generate(), Keys::generate());
    let (client, other) = (connect(&relay, &ada).await, connect(&relay, &bob).await);
    let profile = |name: &str| EventBuilder::metadata(&Metadata::new().name(name));
    publish(&client, at(1_000, profile("old"))).await.unwrap();
    let new = publish(&client, at(2_000, profile("new"))).await.unwrap();
    let refused = publish(&client, at(1_500, profile("late")))
        .await
        .unwrap_err();
    assert!(refused.contains("newer"), "{refused}");
    let profiles = Filter::new().kind(Kind::Metadata);
    assert_eq!(fetch(&other, profiles).await, [new]);
    let found = client
        .fetch_metadata(ada.public_key(), PATIENCE)
        .await
        .unwrap();
    assert_eq!(found.unwrap().name.as_deref(), Some("new"));

    let note = publish(&client, at(1_000, EventBuilder::text_note("oops")))
        .await
        .unwrap();
    let kept = publish(&client, at(1_001, EventBuilder::text_note("kept")))
        .await
        .unwrap();
    let article = |text: &str| EventBuilder::long_form_text_note(text).tag(Tag::identifier("x"));
    let old = publish(&client, at(1_000, article("old"))).await.unwrap();
    let coordinate = Coordinate::new(Kind::LongFormTextNote, ada.public_key()).identifier("x");
    let request = EventDeletionRequest::new()
        .id(note.id)
        .coordinate(coordinate);
    let theirs = publish(&other, at(1_500, EventBuilder::delete(request.clone()))).await;
    assert_eq!(
        fetch(&other, Filter::new().ids([note.id, kept.id, old.id]))
            .await
            .len(),
        3
    );
    theirs.expect("others may ask, to no effect");
    publish(&client, at(1_500, EventBuilder::delete(request)))
        .await
        .unwrap();
    let left = fetch(&other, Filter::new().ids([note.id, kept.id, old.id])).await;
    assert_eq!(left, [kept]);
    for gone in [&note, &old] {
        let refused = send(&other, gone).await.unwrap_err();
        assert!(refused.contains("deleted"), "{refused}");
    }
    let new = publish(&client, at(2_000, article("new"))).await.unwrap();
    assert_eq!(
        fetch(&other, Filter::new().kind(Kind::LongFormTextNote)).await,
        [new]
    );
    client.shutdown().await;
    other.shutdown().await;
}

#[tokio::test]
async fn what_it_publishes_expires_and_vanishes() {
    let relay = Running::start(&["--url", "wss://relay.example"]);
    let (ada, bob) = (Keys::generate(), Keys::generate());
    let (client, other) = (connect(&relay, &ada).await, connect(&relay, &bob).await);
    let expires = |at| EventBuilder::text_note("for a while").tag(Tag::expiration(at));
    let refused = publish(&client, expires(Timestamp::from(1_000)))
        .await
        .unwrap_err();
    assert!(refused.contains("expired"), "{refused}");
    publish(&client, expires(Timestamp::now() + 2_u64))
        .await
        .unwrap();
    let note = publish(&client, EventBuilder::text_note("stays"))
        .await
        .unwrap();
    assert_eq!(fetch(&other, Filter::new()).await.len(), 2);
    tokio::time::sleep(Duration::from_millis(3_100)).await;
    assert_eq!(
        fetch(&other, Filter::new()).await,
        std::slice::from_ref(&note)
    );

    let theirs = publish(&other, EventBuilder::text_note("mine"))
        .await
        .unwrap();
    let elsewhere = VanishTarget::relay(RelayUrl::parse("wss://elsewhere.example").unwrap());
    let here = VanishTarget::relay(RelayUrl::parse("wss://relay.example").unwrap());
    let vanish = |target| EventBuilder::request_vanish_with_reason(target, "bye").unwrap();
    publish(&client, vanish(elsewhere)).await.unwrap();
    assert_eq!(fetch(&other, Filter::new().id(note.id)).await.len(), 1);
    let request = publish(&client, vanish(here)).await.unwrap();
    let mut left: Vec<_> = fetch(&other, Filter::new())
        .await
        .iter()
        .map(|event| event.id)
        .collect();
    left.sort_unstable();
    let mut expected = [theirs.id, request.id];
    expected.sort_unstable();
    assert_eq!(left, expected);
    let refused = send(&other, &note).await.unwrap_err();
    assert!(refused.contains("vanish"), "{refused}");
    client.shutdown().await;
    other.shutdown().await;
}
