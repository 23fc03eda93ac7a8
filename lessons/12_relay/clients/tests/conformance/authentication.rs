//! NIP-42, and what only who is authenticated may do.

use relay_clients::{Author, Client, Draft, Relay, Stored, draft, now};
use serde_json::json;

fn answer(url: &str, challenge: &str) -> Draft {
    draft(22_242, "")
        .tag(&["relay", url])
        .tag(&["challenge", challenge])
}

#[tokio::test]
async fn only_a_right_answer_to_ones_own_challenge_authenticates() {
    let relay = Relay::start(&[]);
    let (url, author) = (relay.url(), Author::new(1));
    let protected = author.sign(&draft(1, "mine").tag(&["-"]));
    let other = Client::connect(&relay).await;
    let mut client = Client::connect(&relay).await;
    assert_ne!(client.challenge, other.challenge);
    let challenge = client.challenge.clone();
    let mut wrong_kind = answer(&url, &challenge);
    wrong_kind.kind = 1;
    let table = [
        ("another kind", wrong_kind),
        (
            "another relay",
            answer("wss://elsewhere.example", &challenge),
        ),
        ("no URL", answer("intentionally wrong", &challenge)),
        ("another challenge", answer(&url, "wrong")),
        (
            "the challenge of another connection",
            answer(&url, &other.challenge),
        ),
        ("too old", answer(&url, &challenge).at(now() - 1_800)),
        ("too new", answer(&url, &challenge).at(now() + 1_800)),
        (
            "no relay",
            draft(22_242, "").tag(&["challenge", &challenge]),
        ),
        ("no challenge", draft(22_242, "").tag(&["relay", &url])),
    ];
    for (what, wrong) in table {
        let wrong = author.sign(&wrong);
        client.send(json!(["AUTH", wrong.0])).await;
        let (accepted, reason) = client.answer(wrong.id()).await;
        assert!(
            !accepted && reason.starts_with("invalid:"),
            "{what}: {reason}"
        );
        let (accepted, reason) = client.publish(&protected).await;
        assert!(
            !accepted && reason.starts_with("auth-required:"),
            "{what}: {reason}"
        );
    }
    let mut forged = author.sign(&answer(&url, &challenge));
    forged.0["sig"] = json!(author.sign_id(&[0; 32]));
    client.send(json!(["AUTH", forged.0])).await;
    assert!(!client.answer(forged.id()).await.0);
    // Authentication isn't something to publish.
    let right = author.sign(&answer(&url, &challenge));
    assert!(!client.publish(&right).await.0);

    client.authenticate(&author).await;
    client.store(&protected).await;
    assert_eq!(client.fetch(json!({})).await.ids(), [protected.id()]);
}

#[tokio::test]
async fn protected_events_are_taken_from_their_author_only() {
    let relay = Relay::start(&[]);
    let (ada, bob) = (Author::new(1), Author::new(2));
    let mut client = Client::connect(&relay).await;
    client.authenticate(&bob).await;
    let protected = ada.sign(&draft(1, "mine").tag(&["-"]));
    let (accepted, reason) = client.publish(&protected).await;
    assert!(!accepted && reason.starts_with("restricted:"), "{reason}");
    // Who authenticates as several people is all of them.
    client.authenticate(&ada).await;
    client.store(&protected).await;
    client
        .store(&bob.sign(&draft(1, "mine too").tag(&["-"])))
        .await;
    // A tag of another name, or in another place, protects nothing.
    let mut stranger = Client::connect(&relay).await;
    stranger
        .store(&ada.sign(&draft(1, "-").tag(&["t", "-"])))
        .await;
}

#[tokio::test]
async fn private_kinds_are_read_by_those_they_concern() {
    let relay = Relay::start(&["--private-kinds", "4,1059"]);
    let (ada, bob, eve) = (Author::new(1), Author::new(2), Author::new(3));
    let message = ada.sign(&draft(4, "secret").at(2_000).tag(&["p", bob.key()]));
    let wrap = eve.sign(&draft(1_059, "wrapped").at(3_000).tag(&["p", bob.key()]));
    let note = ada.sign(&draft(1, "for all").at(1_000));
    let mut stranger = Client::connect(&relay).await;
    for event in [&message, &wrap, &note] {
        stranger.store(event).await;
    }
    for filter in [json!({"kinds": [4]}), json!({"kinds": [1_059, 4]})] {
        let Stored::Closed(reason) = stranger.request("dm", std::slice::from_ref(&filter)).await
        else {
            panic!("{filter}")
        };
        assert!(reason.starts_with("auth-required:"), "{reason}");
        let reason = stranger
            .count(filter.clone())
            .await
            .expect_err("not for strangers");
        assert!(reason.starts_with("auth-required:"), "{reason}");
    }
    // What is mixed leaves them out, by whatever way they are asked for; so does what is new.
    for filter in [
        json!({}),
        json!({"kinds": [1, 4]}),
        json!({"ids": [note.id(), message.id(), wrap.id()]}),
        json!({"authors": [ada.key()]}),
    ] {
        assert_eq!(
            stranger.fetch(filter.clone()).await.ids(),
            [note.id()],
            "{filter}"
        );
    }
    assert!(
        stranger
            .fetch(json!({"#p": [bob.key()]}))
            .await
            .ids()
            .is_empty()
    );
    assert_eq!(stranger.count(json!({"kinds": [1]})).await, Ok(1));
    stranger.request("live", &[json!({"limit": 0})]).await;

    let mut reader = Client::connect(&relay).await;
    reader.authenticate(&bob).await;
    assert_eq!(
        reader.fetch(json!({})).await.ids(),
        [wrap.id(), message.id(), note.id()]
    );
    assert_eq!(
        reader.fetch(json!({"kinds": [4]})).await.ids(),
        [message.id()]
    );
    assert_eq!(
        reader.count(json!({"kinds": [4], "#p": [bob.key()]})).await,
        Ok(1)
    );
    let reason = reader
        .count(json!({"kinds": [4]}))
        .await
        .expect_err("of others too");
    assert!(reason.starts_with("restricted:"), "{reason}");
    reader.request("live", &[json!({"limit": 0})]).await;

    let mut third = Client::connect(&relay).await;
    third.authenticate(&eve).await;
    assert_eq!(third.fetch(json!({})).await.ids(), [wrap.id(), note.id()]);

    let again = ada.sign(&draft(4, "live").tag(&["p", bob.key()]));
    let public = ada.sign(&draft(1, "live"));
    third.store(&again).await;
    third.store(&public).await;
    assert_eq!(reader.read().await, json!(["EVENT", "live", again.0]));
    assert_eq!(reader.read().await, json!(["EVENT", "live", public.0]));
    assert_eq!(stranger.read().await, json!(["EVENT", "live", public.0]));
    assert!(stranger.is_quiet().await);
}

#[tokio::test]
async fn a_challenge_comes_when_it_is_needed_where_the_operator_wants_that() {
    let relay = Relay::start(&[
        "--challenge",
        "when-needed",
        "--url",
        "wss://relay.example/here",
    ]);
    let author = Author::new(1);
    let mut client = Client::connect_silently(&relay).await;
    client.store(&author.sign(&draft(1, "for all"))).await;
    let protected = author.sign(&draft(1, "mine").tag(&["-"]));
    client.send(json!(["EVENT", protected.0])).await;
    let challenge = client.read().await;
    assert_eq!(challenge[0], "AUTH", "{challenge}");
    assert!(!client.answer(protected.id()).await.0);
    let challenge = challenge[1].as_str().unwrap();
    for (url, expected) in [
        (relay.url(), false),
        ("wss://relay.example".to_owned(), true),
    ] {
        let answer = author.sign(&answer(&url, challenge));
        client.send(json!(["AUTH", answer.0])).await;
        let (accepted, reason) = client.answer(answer.id()).await;
        assert_eq!(accepted, expected, "{url}: {reason}");
    }
    client.store(&protected).await;
}
