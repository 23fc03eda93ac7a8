//! Text: what a relay returns is, byte for byte, what was signed.

use relay_clients::{Author, Client, Relay, Stored, draft, now};
use serde_json::{Value, json};

/// Sends an event whose JSON is written by hand, and returns what is said of it and, if it is stored, what comes back.
async fn send(client: &mut Client, written: &str, meant: &str) -> (bool, String, Option<Value>) {
    let event = Author::new(1).sign(&draft(1, meant).tag(&["t", meant]));
    let Value::Object(fields) = &event.0 else {
        unreachable!("an event is an object")
    };
    let field = |name: &str| fields[name].to_string();
    let text = format!(
        r#"["EVENT",{{"id":{},"pubkey":{},"created_at":{},"kind":1,"tags":[["t","{written}"]],"content":"{written}","sig":{}}}]"#,
        field("id"),
        field("pubkey"),
        field("created_at"),
        field("sig"),
    );
    client.send_text(text).await;
    let answer = client.read().await;
    let accepted = answer[0] == "OK" && answer[2] == true;
    let said = answer[answer.as_array().map_or(0, Vec::len) - 1].to_string();
    let filter = json!({"ids": [event.id()], "#t": [meant]});
    let Stored::Events(found) = client.fetch(filter).await else {
        panic!("{meant:?} can't be asked for")
    };
    let found = found.first().cloned();
    if let Some(found) = &found {
        assert_eq!(*found, event.0);
    }
    (accepted, said, found)
}

#[tokio::test]
async fn every_way_to_write_a_character_means_the_character() {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    for (written, meant) in [
        // The seven of NIP-01.
        (r#"\n \" \\ \r \t \b \f"#, "\n \" \\ \r \t \u{8} \u{c}"),
        // The same by number, in both cases.
        (
            r"\u000a\u0022\u005c\u000D\u0009\u0008\u000C",
            "\n\"\\\r\t\u{8}\u{c}",
        ),
        // JSON has one more.
        (r"a\/b", "a/b"),
        // Numbers for what needs none.
        (r"\u0041\u00e9\u20AC\u0026", "Aé€&"),
        (r"\ud83d\ude00", "😀"),
        (r"\uD83D\uDE00 😀", "😀 😀"),
        (r"\ufdd1\uffff\ufeff", "\u{fdd1}\u{ffff}\u{feff}"),
        // Text that looks like an escape and is none.
        (r"\\u0026 \\n \\\\u0041", r"\u0026 \n \\u0041"),
        // Characters that nobody has to escape.
        (
            "\u{7f}\u{80}\u{2028}\u{2029}\u{fdd1}\u{10fff2}\u{10ffff}",
            "\u{7f}\u{80}\u{2028}\u{2029}\u{fdd1}\u{10fff2}\u{10ffff}",
        ),
        ("&<>'`", "&<>'`"),
        // The same to the eye: composed, and not.
        ("é e\u{301}", "é e\u{301}"),
        // Other control characters.
        (
            r"\u0000\u0001\u0007\u000b\u000e\u001f",
            "\0\u{1}\u{7}\u{b}\u{e}\u{1f}",
        ),
        ("", ""),
        ("  spaces  ", "  spaces  "),
        // What other fields look like.
        (
            "DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF",
            "DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF",
        ),
        ("YWJjZA==", "YWJjZA=="),
        ("YWJjZA", "YWJjZA"),
        ("007", "007"),
        ("18446744073709551616", "18446744073709551616"),
        (
            r#"{\"kind\":1,\"tags\":[[\"-\"]]}"#,
            r#"{"kind":1,"tags":[["-"]]}"#,
        ),
    ] {
        let (accepted, said, found) = send(&mut client, written, meant).await;
        assert!(accepted && found.is_some(), "{written}: {said}");
    }
}

#[tokio::test]
async fn what_is_no_json_text_is_refused() {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    for (written, meant) in [
        // Control characters as they are.
        ("a\nb", "a\nb"),
        ("a\tb", "a\tb"),
        ("a\u{8}b\u{c}", "a\u{8}b\u{c}"),
        ("\u{0}", "\u{0}"),
        // Escapes that JSON doesn't have.
        (r"\x41", "A"),
        (r"\'", "'"),
        (r"\u41", "A"),
        (r"\u00g0", "\0"),
        // Halves of pairs.
        (r"\ud83d", "\u{fffd}"),
        (r"\ude00\ud83d", "\u{fffd}"),
        (r"\ud83dx", "\u{fffd}x"),
    ] {
        let (accepted, said, found) = send(&mut client, written, meant).await;
        assert!(!accepted && found.is_none(), "{written:?}: {said}");
    }
}

/// An id that was made of anything but NIP-01's form is wrong, even if it is made of what was sent.
#[tokio::test]
async fn an_id_is_made_of_the_one_form_that_there_is() {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    let author = Author::new(1);
    let (key, at) = (author.key(), now());
    for (time, content) in [
        (at.to_string(), r"a\/b"),
        (at.to_string(), r"\u0041"),
        (at.to_string(), r"\u000A"),
        (at.to_string(), "a \\u000b"),
        (format!("{}e0", at), "a"),
        (format!("{at}.0"), "a"),
    ] {
        let form = format!(r#"[0,"{key}",{time},1,[],"{content}"]"#);
        let (id, sig) = author.seal(&form);
        client
            .send_text(format!(
                r#"["EVENT",{{"id":"{id}","pubkey":"{key}","created_at":{time},"kind":1,"tags":[],"content":"{content}","sig":"{sig}"}}]"#
            ))
            .await;
        let (accepted, reason) = client.answer(&id).await;
        assert!(
            !accepted && reason.starts_with("invalid:"),
            "{form}: {reason}"
        );
    }
}

#[tokio::test]
async fn fields_come_in_any_order_with_spaces_and_with_others_between_them() {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    let event = Author::new(1).sign(&draft(1, "hello").tag(&["t", "x"]));
    let field = |name: &str| event.0[name].to_string();
    client
        .send_text(format!(
            "\n[ \"EVENT\" ,\t{{ \"seen\": {{\"on\": [null, true, 1.5e3]}}, \"sig\" : {}, \"content\":{}, \"tags\": [ [ \"t\" , \
             \"x\" ] ], \"kind\":1,\r\n\"created_at\":{}, \"pubkey\":{}, \"\\u0069d\":{} }} ] ",
            field("sig"), field("content"), field("created_at"), field("pubkey"), field("id"),
        ))
        .await;
    assert_eq!(client.answer(event.id()).await, (true, String::new()));
    // What isn't part of an event isn't kept.
    assert_eq!(
        client.fetch(json!({})).await,
        Stored::Events(vec![event.0.clone()])
    );
}

#[tokio::test]
async fn hex_is_lower_case_and_of_the_right_length() {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    for field in ["id", "pubkey", "sig"] {
        for change in [
            |hex: &str| hex.to_uppercase(),
            |hex: &str| hex[1..].to_owned(),
            |hex: &str| format!("{hex}0"),
            |hex: &str| format!("g{}", &hex[1..]),
            |_: &str| String::new(),
        ] {
            let mut event = Author::new(1).sign(&draft(1, field));
            event.0[field] = json!(change(event.0[field].as_str().unwrap()));
            client.send(json!(["EVENT", event.0])).await;
            let answer = client.read().await;
            let refused = match answer[0].as_str() {
                Some("OK") => {
                    answer[2] == false && answer[3].as_str().unwrap().starts_with("invalid:")
                }
                // An id that is none can't be repeated.
                _ => field == "id" && answer[0] == "NOTICE",
            };
            assert!(refused, "{answer}");
        }
    }
    // In tags and content upper case is text like any other.
    let upper = "ABCDEF0123456789".repeat(4);
    let event = draft(1, &upper)
        .tag(&["e", &upper])
        .tag(&["p", &upper])
        .tag(&["t", &upper]);
    let event = Author::new(1).sign(&event);
    client.store(&event).await;
    assert_eq!(
        client.fetch(json!({"#t": [upper]})).await,
        Stored::Events(vec![event.0.clone()])
    );
}
