//! What goes in comes out: frames, events, filters, against a JSON library and naive versions of our own.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use relay::event::signature::verify;
use relay::event::{Event, EventId, PublicKey, Signature};
use relay::filter::{Filter, TagFilter, Texts};
use relay::wire::{self, About, ClientMessage, FrameLimits, SubId, WireError};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Examples of the NIPs whose ids are those of their events.
const PUBLISHED: [&str; 4] = [
    // NIP-13.
    r##"{"id":"000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358","pubkey":"a48380f4cfcc1ad5378294fcac36439770f9c878dd880ffa94bb74ea54a6f243","created_at":1651794653,"kind":1,"tags":[["nonce","776797","20"]],"content":"It's just me mining my own business","sig":"284622fc0a3f4f1303455d5175f7ba962a3300d136085b9566801bc2e0699de0c7e31e44c81fb40ad9049173742e904713c3594a1da0fc5d2382a25c11aba977"}"##,
    // NIP-48.
    r##"{"kind":1,"content":"I'm vegan btw","tags":[["proxy","https://gleasonator.com/objects/8f6fac53-4f66-4c6e-ac7d-92e5e78c3e79","activitypub"]],"pubkey":"79c2cae114ea28a981e7559b4fe7854a473521a8d22a66bbab9fa248eb820ff6","created_at":1691091365,"id":"55920b758b9c7b17854b6e3d44e6a02a83d1cb49e1227e75a30426dea94d4cb2","sig":"a72f12c08f18e85d98fb92ae89e2fe63e48b8864c5e10fbdd5335f3c9f936397a6b0a7350efe251f8168b1601d7012d4a6d0ee6eec958067cf22a14f5a5ea579"}"##,
    // NIP-53.
    r##"{"id":"97aa81798ee6c5637f7b21a411f89e10244e195aa91cb341bf49f718e36c8188","pubkey":"3f770d65d3a764a9c5cb503ae123e62ec7598ad035d836e2a810f3877a745b24","created_at":1687286726,"kind":1311,"tags":[["a","30311:1597246ac22f7d1375041054f2a4986bd971d8d196d7997e48973263ac9879ec:demo-cf-stream","","root"]],"content":"Zaps to live streams is beautiful.","sig":"997f62ddfc0827c121043074d50cfce7a528e978c575722748629a4137c45b75bdbc84170bedc723ef0a5a4c3daebf1fef2e93f5e2ddb98e5d685d022c30b622"}"##,
    // NIP-59.
    r##"{"content":"AqBCdwoS7/tPK+QGkPCadJTn8FxGkd24iApo3BR9/M0uw6n4RFAFSPAKKMgkzVMoRyR3ZS/aqATDFvoZJOkE9cPG/TAzmyZvr/WUIS8kLmuI1dCA+itFF6+ULZqbkWS0YcVU0j6UDvMBvVlGTzHz+UHzWYJLUq2LnlynJtFap5k8560+tBGtxi9Gx2NIycKgbOUv0gEqhfVzAwvg1IhTltfSwOeZXvDvd40rozONRxwq8hjKy+4DbfrO0iRtlT7G/eVEO9aJJnqagomFSkqCscttf/o6VeT2+A9JhcSxLmjcKFG3FEK3Try/WkarJa1jM3lMRQqVOZrzHAaLFW/5sXano6DqqC5ERD6CcVVsrny0tYN4iHHB8BHJ9zvjff0NjLGG/v5Wsy31+BwZA8cUlfAZ0f5EYRo9/vKSd8TV0wRb9DQ=","kind":13,"created_at":1703015180,"pubkey":"611df01bfcf85c26ae65453b772d8f1dfd25c264621c0277e1fc1518686faef9","tags":[],"id":"28a87d7c074d94a58e9e89bb3e9e4e813e2189f285d797b1c56069d36f59eaa7","sig":"02fc3facf6621196c32912b1ef53bac8f8bfe9db51c0e7102c073103586b0d29c3f39bdaa1e62856c20e90b6c7cc5dc34ca8bb6a528872cf6e65e6284519ad73"}"##,
];

fn parse(frame: &str) -> Result<ClientMessage<'_>, WireError> {
    wire::parse(frame, &FrameLimits::default())
}

fn read(frame: &str) -> Result<Event, WireError> {
    let (ClientMessage::Event(raw) | ClientMessage::Auth(raw)) = parse(frame)? else {
        panic!("no event: {frame}");
    };
    let mut event = Event::default();
    event.push_tag(["what", "was", "here"]);
    event.push_content("before");
    raw.read_into(&mut event)?;
    Ok(event)
}

fn read_json(json: &str) -> Result<Event, WireError> {
    read(&format!("[\"EVENT\",{json}]"))
}

fn written(event: &Event) -> String {
    let mut json = Vec::new();
    event.write_json(&mut json);
    String::from_utf8(json).unwrap()
}

/// The fields of an event in JSON, by another library.
fn value(event: &Event) -> Value {
    let tags: Vec<Vec<&str>> = event.tags().map(|tag| tag.items().collect()).collect();
    json!({
        "id": event.id.to_string(), "pubkey": event.pubkey.to_string(), "sig": event.sig.to_string(),
        "created_at": event.created_at, "kind": event.kind, "tags": tags, "content": event.content(),
    })
}

/// NIP-01's form, character by character.
fn canonical(event: &Event) -> String {
    fn string(text: &str) -> String {
        let mut out = String::from('"');
        for character in text.chars() {
            match character {
                '\n' => out.push_str(r"\n"),
                '"' => out.push_str(r#"\""#),
                '\\' => out.push_str(r"\\"),
                '\r' => out.push_str(r"\r"),
                '\t' => out.push_str(r"\t"),
                '\u{8}' => out.push_str(r"\b"),
                '\u{c}' => out.push_str(r"\f"),
                other => out.push(other),
            }
        }
        out + "\""
    }
    let tag = |items: Vec<&str>| {
        let items: Vec<String> = items.into_iter().map(string).collect();
        format!("[{}]", items.join(","))
    };
    let tags: Vec<String> = event.tags().map(|it| tag(it.items().collect())).collect();
    format!(
        "[0,\"{}\",{},{},[{}],{}]",
        event.pubkey,
        event.created_at,
        event.kind,
        tags.join(","),
        string(event.content())
    )
}

fn unsigned(pubkey: PublicKey, created_at: u64, kind: u16) -> Event {
    let mut event = Event::default();
    event.pubkey = pubkey;
    event.created_at = created_at;
    event.kind = kind;
    event
}

fn hashed(text: &str) -> EventId {
    EventId::new(Sha256::digest(text).into())
}

// ---- events that no client of good sense sends ----

fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        (0u8..0x24).prop_map(char::from),
        prop::sample::select(vec![
            '"',
            '\\',
            '/',
            '\u{7f}',
            '\u{ffff}',
            '\u{10ffff}',
            '\u{2028}',
            '\u{fdd1}',
            '😀'
        ]),
        (b'a'..=b'z').prop_map(char::from),
    ];
    prop_oneof![
        vec(character, 0..40).prop_map(String::from_iter),
        "[0-9a-f]{64}",
        "[ -~]{0,700}",
        Just(r"\u0026 \n \\".to_owned()),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let tags = prop_oneof![
        vec(vec(text(), 0..5), 0..6),
        vec(vec(prop_oneof![Just(String::new()), text()], 0..2), 0..12),
    ];
    let times = prop_oneof![any::<u64>(), 0..2_000_000_000u64];
    (
        any::<[u8; 32]>(),
        any::<[[u8; 32]; 2]>(),
        times,
        any::<u16>(),
        tags,
        text(),
    )
        .prop_map(|(pubkey, [high, low], created_at, kind, tags, content)| {
            let mut sig = [0; 64];
            sig[..32].copy_from_slice(&high);
            sig[32..].copy_from_slice(&low);
            let mut event = unsigned(PublicKey::new(pubkey), created_at, kind);
            event.sig = Signature::new(sig);
            for tag in &tags {
                event.push_tag(tag.iter().map(String::as_str));
            }
            event.push_content(&content);
            event.id = event.canonical_id();
            event
        })
}

/// A string of JSON as badly written as allowed.
fn badly_written(text: &str, dice: &mut impl Iterator<Item = u8>) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        let must = matches!(character, '\0'..'\x20' | '"' | '\\');
        match (dice.next().unwrap() % 4, character) {
            (0, '/') => out.push_str("\\/"),
            (0 | 1, '\n') => out.push_str("\\n"),
            (0 | 1, '\u{8}') => out.push_str("\\b"),
            (0 | 1, '"' | '\\') => out.extend(['\\', character]),
            (roll, _) if must || roll == 0 => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    match dice.next().unwrap() % 2 {
                        0 => write!(out, "\\u{unit:04x}").unwrap(),
                        _ => write!(out, "\\u{unit:04X}").unwrap(),
                    }
                }
            }
            _ => out.push(character),
        }
    }
    out + "\""
}

fn badly_written_event(event: &Event, dice: &mut impl Iterator<Item = u8>) -> String {
    let tags: Vec<String> = event
        .tags()
        .map(|tag| {
            let items: Vec<String> = tag.items().map(|item| badly_written(item, dice)).collect();
            format!("[ {} ]", items.join("\n,\t"))
        })
        .collect();
    // Beyond 2^53 a point would round it.
    let created_at = match event.created_at {
        exact @ ..0x20_0000_0000_0000 => format!("{exact}.00e0"),
        large => large.to_string(),
    };
    let mut members = vec![
        ("id", badly_written(&event.id.to_string(), dice)),
        ("pubkey", badly_written(&event.pubkey.to_string(), dice)),
        ("sig", badly_written(&event.sig.to_string(), dice)),
        ("created_at", created_at),
        ("kind", format!("{}0E-1", event.kind)),
        ("tags", format!("[\r{} ]", tags.join(" , "))),
        ("content", badly_written(event.content(), dice)),
        (
            "seen",
            r#"{"a":[[],{},[{"b":[null,true,false,-0.5e+7,"\"]}"]}]],"a":1}"#.to_owned(),
        ),
        ("", "-1".to_owned()),
    ];
    for index in (1..members.len()).rev() {
        members.swap(index, usize::from(dice.next().unwrap()) % (index + 1));
    }
    let members: Vec<String> = members
        .into_iter()
        .map(|(name, value)| format!("{} :\n{value}", badly_written(name, dice)))
        .collect();
    format!(
        " [\t{} , {{ {} }} ]\r\n",
        badly_written("EVENT", dice),
        members.join(" ,")
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_event_survives_its_json(event in event()) {
        let json = written(&event);
        prop_assert_eq!(&serde_json::from_str::<Value>(&json).unwrap(), &value(&event));
        prop_assert_eq!(&read_json(&json).unwrap(), &event);
        prop_assert!(!json.bytes().any(|byte| byte < 0x20));
    }

    #[test]
    fn an_id_is_the_hash_of_the_naive_form(event in event()) {
        prop_assert_eq!(event.canonical_id(), hashed(&canonical(&event)));
    }

    #[test]
    fn spelling_makes_no_difference(event in event(), dice in vec(any::<u8>(), 1..400)) {
        let frame = badly_written_event(&event, &mut dice.iter().copied().cycle());
        prop_assert_eq!(&read(&frame).unwrap(), &event);
    }

    #[test]
    fn half_a_frame_is_an_error(event in event(), dice in vec(any::<u8>(), 1..400), at: prop::sample::Index) {
        let frame = badly_written_event(&event, &mut dice.iter().copied().cycle());
        let frame = frame.trim_end();
        let mut end = at.index(frame.len());
        while !frame.is_char_boundary(end) {
            end -= 1;
        }
        prop_assert!(parse(&frame[..end]).is_err());
    }

    /// What a JSON library refuses is refused here too, whatever happened to the frame on its way.
    #[test]
    fn a_changed_frame_is_read_or_refused(
        event in event(),
        changes in vec((any::<prop::sample::Index>(), "[\\[\\]{}\",:\\\\u0-9de.+ -]|\u{1}|é"), 1..4),
    ) {
        let mut frame = format!("[\"EVENT\",{}]", written(&event));
        for (at, with) in changes {
            let mut at = at.index(frame.len());
            while !frame.is_char_boundary(at) {
                at -= 1;
            }
            let width = frame[at..].chars().next().map_or(0, char::len_utf8);
            frame.replace_range(at..at + width, &with);
        }
        if let Ok(event) = read(&frame) {
            let parsed: Value = serde_json::from_str(&frame).unwrap();
            let read = value(&event);
            prop_assert_eq!(&parsed[1]["content"], &read["content"]);
            prop_assert_eq!(&parsed[1]["tags"], &read["tags"]);
            prop_assert_eq!(&parsed[1]["id"], &read["id"]);
        }
    }

    #[test]
    fn integers_are_read_however_they_are_written(number: u32, zeros in 0usize..12) {
        let shifted = format!("{number}{}", "0".repeat(zeros));
        let spellings = [
            format!("{number}"), format!("{number}.{}", "0".repeat(zeros + 1)),
            format!("{number}e0"), format!("{shifted}e-{zeros}"), format!("{shifted}.0E-0{zeros}"),
            format!("0.{number:010}e10"), format!("{number}.000e+00"),
        ];
        for spelling in spellings {
            let event = read_json(&small_event("1", &spelling)).unwrap();
            prop_assert_eq!(event.created_at, u64::from(number), "{}", spelling);
        }
        let half = read_json(&small_event("1", &format!("{number}.5")));
        prop_assert!(half.is_err());
    }

    #[test]
    fn a_filter_finds_what_a_naive_one_finds(filter in naive_filter(), events in vec(small(), 1..20)) {
        let frame = json!(["REQ", "x", filter.json()]).to_string();
        let ClientMessage::Req { filters, .. } = parse(&frame).unwrap() else { panic!() };
        for event in &events {
            prop_assert_eq!(filters[0].matches(event), filter.matches(event), "{}", frame);
            prop_assert_eq!(Filter::matches_any(&filters, event), filter.matches(event));
        }
    }

    #[test]
    fn texts_are_sorted_and_single(texts in vec("[ab\u{e9}]{0,3}", 0..20)) {
        let mut list: Texts = texts.iter().map(String::as_str).collect();
        list.normalise();
        let mut expected = texts.clone();
        expected.sort();
        expected.dedup();
        prop_assert_eq!(list.iter().collect::<Vec<_>>(), expected);
        prop_assert!(texts.iter().all(|text| list.contains(text)));
        let (longer, before) = (list.contains("abba"), list.contains("\0"));
        prop_assert!(!longer && !before);
    }
}

/// Events and filters over so few values that they meet.
fn small() -> impl Strategy<Value = Event> {
    let tags = vec(
        (
            prop::sample::select(vec!["t", "T", "d", "title"]),
            "[ab]{0,2}",
        ),
        0..4,
    );
    (0u8..4, 0u64..5, 0u16..4, tags, "[ab]?").prop_map(
        |(author, created_at, kind, tags, content)| {
            let mut event = unsigned(PublicKey::new([author; 32]), created_at, kind);
            for (name, value) in &tags {
                event.push_tag([*name, value]);
            }
            event.push_tag(["t"]);
            event.push_content(&content);
            event.id = EventId::new([kind as u8 ^ author; 32]);
            event
        },
    )
}

/// A filter as it is written, lists unsorted.
#[derive(Clone, Debug)]
struct Naive {
    ids: Option<Vec<EventId>>,
    authors: Option<Vec<PublicKey>>,
    kinds: Option<Vec<i64>>,
    tags: Vec<(char, Vec<String>)>,
    since: Option<i64>,
    until: Option<i64>,
}

fn naive_filter() -> impl Strategy<Value = Naive> {
    let bytes = || prop::option::weighted(0.3, vec((0u8..4).prop_map(|byte| [byte; 32]), 0..4));
    let kinds = prop::option::of(vec(prop_oneof![0i64..4, 65_534i64..70_000, -2i64..0], 0..5));
    let tag = |letter| {
        prop::option::of(vec("[ab]{0,2}", 0..4)).prop_map(move |values| Some((letter, values?)))
    };
    let bound = || prop::option::of(-2i64..6);
    (
        bytes(),
        bytes(),
        kinds,
        (tag('t'), tag('T'), tag('d')),
        bound(),
        bound(),
    )
        .prop_map(
            |(ids, authors, kinds, (t, upper_t, d), since, until)| Naive {
                ids: ids.map(|ids| ids.into_iter().map(EventId::new).collect()),
                authors: authors.map(|keys| keys.into_iter().map(PublicKey::new).collect()),
                kinds,
                tags: [t, upper_t, d].into_iter().flatten().collect(),
                since,
                until,
            },
        )
}

impl Naive {
    fn json(&self) -> Value {
        let mut filter = json!({});
        let mut put = |name: String, value: Value| filter[name] = value;
        let hex = |list: Vec<String>| Value::from(list);
        if let Some(ids) = &self.ids {
            put(
                "ids".into(),
                hex(ids.iter().map(EventId::to_string).collect()),
            );
        }
        if let Some(authors) = &self.authors {
            put(
                "authors".into(),
                hex(authors.iter().map(PublicKey::to_string).collect()),
            );
        }
        for (name, value) in [("since", self.since), ("until", self.until)] {
            value
                .into_iter()
                .for_each(|value| put(name.into(), value.into()));
        }
        self.kinds
            .iter()
            .for_each(|kinds| put("kinds".into(), kinds.clone().into()));
        for (letter, values) in &self.tags {
            put(format!("#{letter}"), values.clone().into());
        }
        filter
    }

    fn matches(&self, event: &Event) -> bool {
        let created_at = event.created_at as i64;
        let tag_holds = |(letter, values): &(char, Vec<String>)| {
            event.tags().any(|tag| {
                let items: Vec<&str> = tag.items().collect();
                items.len() > 1
                    && items[0] == letter.to_string()
                    && values.iter().any(|it| it == items[1])
            })
        };
        self.ids.as_ref().is_none_or(|ids| ids.contains(&event.id))
            && self
                .authors
                .as_ref()
                .is_none_or(|authors| authors.contains(&event.pubkey))
            && self
                .kinds
                .as_ref()
                .is_none_or(|kinds| kinds.contains(&event.kind.into()))
            && self.since.is_none_or(|since| since <= created_at)
            && self.until.is_none_or(|until| created_at <= until)
            && self.tags.iter().all(tag_holds)
    }
}

// ---- single cases ----

const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn small_event(kind: &str, created_at: &str) -> String {
    format!(
        r#"{{"id":"{ZEROS}","pubkey":"{ZEROS}","created_at":{created_at},"kind":{kind},"tags":[],"content":"","sig":"{ZEROS}{ZEROS}"}}"#
    )
}

#[test]
fn published_events_have_their_ids_and_signatures() {
    for json in PUBLISHED {
        let event = read_json(json).unwrap();
        assert_eq!(event.canonical_id(), event.id, "{json}");
        assert_eq!(verify(&event), Ok(()), "{json}");
        assert_eq!(read_json(&written(&event)).unwrap(), event);
    }
}

/// Hashed by hand, once: each byte below is what NIP-01 asks for.
#[test]
fn the_seven_escapes_and_nothing_else() {
    let content = "\u{0}\u{1}\u{8}\t\n\u{b}\u{c}\r\u{1f}\"\\/\u{7f}\u{80}\u{2028}\u{ffff}\u{1f600}";
    let escaped =
        "\u{0}\u{1}\\b\\t\\n\u{b}\\f\\r\u{1f}\\\"\\\\/\u{7f}\u{80}\u{2028}\u{ffff}\u{1f600}";
    let mut event = Event::default();
    event.push_tag([content]);
    event.push_tag([]);
    event.push_content(content);
    let canonical = format!("[0,\"{ZEROS}\",0,0,[[\"{escaped}\"],[]],\"{escaped}\"]");
    assert_eq!(event.canonical_id(), hashed(&canonical));
    let in_json = escaped
        .replace('\u{0}', "\\u0000")
        .replace('\u{1}', "\\u0001");
    let in_json = in_json
        .replace('\u{b}', "\\u000b")
        .replace('\u{1f}', "\\u001f");
    assert!(written(&event).contains(&format!(
        "\"tags\":[[\"{in_json}\"],[]],\"content\":\"{in_json}\""
    )));
}

#[test]
fn large_events_survive() {
    let mut event = unsigned(PublicKey::ZERO, u64::MAX, u16::MAX);
    for number in 0..1_443 {
        event.push_tag(["p", &format!("{number:064x}"), "", "\u{1}"]);
    }
    let content = "a\n\"\u{0}\u{10ffff} and so on, ".repeat(16_000);
    assert!(content.len() > 300_000);
    event.push_content(&content);
    event.id = event.canonical_id();
    assert_eq!(event.id, hashed(&canonical(&event)));
    assert_eq!(read_json(&written(&event)).unwrap(), event);
}

#[test]
fn escapes_that_stand_for_nothing_are_refused() {
    for content in [
        r"\ud800",
        r"\udc00",
        r"\ud800\ud800",
        r"\ud83d\n",
        r"\ud83dx",
        r"\ude00\ud83d",
        r"\u12",
        r"\u12g4",
        r"\u+123",
        r"\x41",
        r"\",
        "\u{1}",
        "\n",
        "\u{1f}",
        r"\ud83d\u",
        r"\ud83d\ude0",
    ] {
        let json =
            small_event("1", "1").replace(r#""content":"""#, &format!(r#""content":"{content}""#));
        assert!(read_json(&json).is_err(), "{content}");
    }
    let json = small_event("1", "1").replace(
        r#""content":"""#,
        r#""content":"\ud83d\uDE00\/\u0026\\u0026""#,
    );
    assert_eq!(read_json(&json).unwrap().content(), "😀/&\\u0026");
}

#[test]
fn numbers_are_integers_in_their_range() {
    let created_at =
        |number: &str| read_json(&small_event("1", number)).map(|event| event.created_at);
    assert_eq!(created_at("1.7e9"), Ok(1_700_000_000));
    assert_eq!(created_at("1e+10"), Ok(10_000_000_000));
    assert_eq!(created_at("-0"), Ok(0));
    assert_eq!(created_at("0e99999999999999999999"), Ok(0));
    assert_eq!(created_at("18446744073709551615"), Ok(u64::MAX));
    assert_eq!(created_at(&format!("1.{}e1", "0".repeat(400))), Ok(10));
    for (number, reason) in [
        ("-1", "invalid: created_at is negative"),
        ("-1e40", "invalid: created_at is negative"),
        (
            "18446744073709551616",
            "invalid: created_at is beyond 64 bits",
        ),
        ("1e99", "invalid: created_at is beyond 64 bits"),
        ("1e400", "invalid: created_at is not an integer"),
        ("1.5", "invalid: created_at is not an integer"),
        ("1e-1", "invalid: created_at is not an integer"),
    ] {
        let error = created_at(number).unwrap_err();
        assert_eq!(error.reason, reason, "{number}");
        assert_eq!(error.about, About::Event(EventId::ZERO));
    }
    for broken in [
        "01", "1.", ".5", "+1", "1e", "0x1", "--1", "1e+", "NaN", "\"1\"", "null",
    ] {
        assert!(created_at(broken).is_err(), "{broken}");
    }
    assert_eq!(
        read_json(&small_event("65535", "1")).unwrap().kind,
        u16::MAX
    );
    for kind in ["65536", "-1", "1.5"] {
        let error = read_json(&small_event(kind, "1")).unwrap_err();
        assert_eq!(
            error.reason,
            "invalid: kind is not an integer from 0 to 65535"
        );
    }
}

#[test]
fn an_error_in_an_event_names_the_event() {
    let id = EventId::new([0xab; 32]);
    let good = small_event("1", "1").replacen(ZEROS, &id.to_string(), 1);
    assert_eq!(read_json(&good).unwrap().id, id);
    let upper = ZEROS.replacen("00", "AB", 1);
    for (from, to, reason) in [
        (
            "\"kind\":1",
            "\"kind\":70000",
            "invalid: kind is not an integer from 0 to 65535",
        ),
        ("\"kind\":1,", "", "invalid: kind is missing"),
        (
            "\"kind\":1",
            "\"kind\":1,\"kind\":1",
            "invalid: kind is there twice",
        ),
        (
            "\"tags\":[]",
            "\"tags\":[],\"t\\u0061gs\":[]",
            "invalid: tags is there twice",
        ),
        (
            ZEROS,
            &upper,
            "invalid: pubkey: expected a hex digit at byte 0, found 'A': write it in lower case",
        ),
        (
            ZEROS,
            "00",
            "invalid: pubkey: expected 64 hex digits, found 2 bytes of text",
        ),
    ] {
        let error = read_json(&good.replacen(from, to, 1)).unwrap_err();
        assert_eq!((error.about, &*error.reason), (About::Event(id), reason));
    }
    for (from, to) in [
        ("\"tags\":[]", "\"tags\":[[\"a\",1]]"),
        ("\"tags\":[]", "\"tags\":[\"a\"]"),
        ("\"tags\":[]", "\"tags\":{}"),
        ("\"tags\":[]", "\"tags\":[[],]"),
        ("\"tags\":[]", "\"tags\":[[\"a\" \"b\"]]"),
        ("\"content\":\"\"", "\"content\":null"),
        ("\"content\":\"\"", "\"content\":\"\n\""),
        ("}", ""),
        ("}", "}}"),
        ("}", ",}"),
    ] {
        let error = read_json(&good.replacen(from, to, 1)).unwrap_err();
        assert_eq!(error.about, About::Event(id), "{to}");
        assert!(error.reason.starts_with("invalid: expected "), "{error}");
    }
    // The id comes last, behind the member that is wrong.
    let last = r#"{"kind":-1,"tags":7,"id":"ID"}"#.replace("ID", &id.to_string());
    let error = read_json(&last).unwrap_err();
    assert_eq!(error.about, About::Event(id));
    assert_eq!(
        error.reason,
        "invalid: kind is not an integer from 0 to 65535"
    );
    // An id that can't be read is none to answer with.
    let error = read_json(&good.replacen("ab", "AB", 1)).unwrap_err();
    assert_eq!(error.about, About::Nothing);
}

#[test]
fn limits_hold() {
    let limits = FrameLimits {
        max_filters: 2,
        max_filter_values: 3,
        max_tags: 2,
        max_content: 4,
        max_sub_id: 64,
    };
    let parse = |frame: &str| {
        wire::parse(frame, &limits)
            .map(|_| ())
            .map_err(|error| error.reason.into_owned())
    };
    let with =
        |from: &str, to: &str| format!("[\"EVENT\",{}]", small_event("1", "1").replace(from, to));
    assert_eq!(parse(&with("[]", "[[],[]]")), Ok(()));
    assert_eq!(
        parse(&with("[]", "[[],[],[]]")),
        Err("invalid: an event has at most 2 tags".into())
    );
    assert_eq!(
        parse(&with(r#""content":"""#, r#""content":"é😀\u00e9\n""#)),
        Ok(())
    );
    assert_eq!(
        parse(&with(r#""content":"""#, r#""content":"12345""#)),
        Err("invalid: content has at most 4 characters".into())
    );
    assert_eq!(parse(r#"["REQ","x",{},{}]"#), Ok(()));
    assert_eq!(
        parse(r#"["REQ","x",{},{},{}]"#),
        Err("invalid: a request has at most 2 filters".into())
    );
    assert_eq!(parse(r##"["REQ","x",{"kinds":[1,2],"#t":["a"]}]"##), Ok(()));
    assert_eq!(
        parse(r##"["REQ","x",{"kinds":[1,2],"#t":["a","b"]}]"##),
        Err("invalid: a filter has at most 3 values".into())
    );
    assert_eq!(
        parse(&format!("[\"CLOSE\",\"{}\"]", "é".repeat(64))),
        Ok(())
    );
    assert_eq!(
        parse(&format!("[\"CLOSE\",\"{}\"]", "é".repeat(65))),
        Err("invalid: a subscription id has at most 64 characters".into())
    );
    // Nesting is bounded, and costs no stack.
    let deep = |depth| {
        with(
            "[]",
            &format!("[],\"more\":{}{}", "[".repeat(depth), "]".repeat(depth)),
        )
    };
    assert_eq!(parse(&deep(64)), Ok(()));
    assert!(
        parse(&deep(65))
            .unwrap_err()
            .starts_with("invalid: expected less nesting")
    );
    assert!(parse(&deep(1_000_000)).is_err());
}

#[test]
fn requests_are_read_whole() {
    let frame = format!(
        r##"["REQ","a\"b",{{"ids":["{ZEROS}"],"authors":[],"kinds":[7,1,1,65536,1e0],"since":-5,"until":1e3,"limit":0,
            "#e":["{ZEROS}"],"#T":["x","","x"]}},{{}}]"##
    );
    let Ok(ClientMessage::Req { sub, filters }) = parse(&frame) else {
        panic!()
    };
    assert_eq!(&*sub, "a\"b");
    let tag = |letter, values: &[&str]| TagFilter {
        letter,
        values: values.iter().copied().collect(),
    };
    let expected = Filter {
        ids: Some(vec![EventId::ZERO]),
        authors: Some(vec![]),
        kinds: Some(vec![1, 7]),
        tags: vec![tag(b'T', &["", "x"]), tag(b'e', &[ZEROS])],
        since: Some(0),
        until: Some(1_000),
        limit: Some(0),
    };
    assert_eq!(filters, [expected, Filter::default()]);
    assert!(
        matches!(parse(r#"["COUNT","c",{}]"#), Ok(ClientMessage::Count { filters, .. }) if filters.len() == 1)
    );
    assert!(matches!(parse(r#"["CLOSE","c"]"#), Ok(ClientMessage::Close(sub)) if &*sub == "c"));
    let auth = format!("[\"AUTH\",{}]", small_event("22242", "1"));
    assert!(matches!(parse(&auth), Ok(ClientMessage::Auth(raw)) if raw.kind == 22242));
}

#[test]
fn requests_that_are_wrong_are_closed() {
    let sub = || About::Subscription(SubId::new("s").unwrap());
    for (filters, reason) in [
        (r#""#, "invalid: a request needs a filter"),
        (
            r#",{"search":"x"}"#,
            "unsupported: filter contains unknown elements",
        ),
        (
            r##",{"#tag":["x"]}"##,
            "unsupported: filter contains unknown elements",
        ),
        (
            r##",{"#1":["x"]}"##,
            "unsupported: filter contains unknown elements",
        ),
        (
            r#",{"ids":["abcd"]}"#,
            "invalid: ids: expected 64 hex digits, found 4 bytes of text",
        ),
        (
            r##",{"#e":["abcd"]}"##,
            "invalid: #e: expected 64 hex digits, found 4 bytes of text",
        ),
        (
            r##",{"#p":[""]}"##,
            "invalid: #p: expected 64 hex digits, found 0 bytes of text",
        ),
        (r#",{"kinds":[1.5]}"#, "invalid: kinds: not an integer"),
        (r#",{"limit":-1}"#, "invalid: limit is negative"),
        (r#",{"limit":1,"limit":1}"#, "invalid: limit is there twice"),
        (r##",{"#t":[],"#t":[]}"##, "invalid: #t is there twice"),
        (r#",{"kinds":1}"#, "invalid: expected an array at byte 20"),
        (r#",[]"#, "invalid: expected a filter at byte 11"),
        (
            r#",{}"x""#,
            "invalid: expected the message's end at byte 13",
        ),
        (r#",{},"#, "invalid: expected a filter at byte 14"),
    ] {
        let error = parse(&format!(r#"["REQ","s"{filters}]"#)).unwrap_err();
        assert_eq!((error.about, &*error.reason), (sub(), reason), "{filters}");
    }
    for (frame, reason) in [
        (
            r#"["REQ","",{}]"#,
            "invalid: a subscription id has at least one character",
        ),
        (
            r#"["REQ"]"#,
            "invalid: expected a comma and a subscription id at byte 6",
        ),
        (r#"["REQ",1,{}]"#, "invalid: expected a string at byte 7"),
        (
            r#"["HELLO"]"#,
            "unsupported: expected EVENT, REQ, COUNT, CLOSE or AUTH",
        ),
        ("", "invalid: expected an array at byte 0"),
        ("hello", "invalid: expected an array at byte 0"),
        (
            r#"["CLOSE","s"] x"#,
            "invalid: expected nothing behind the message at byte 14",
        ),
        (
            r#"["CLOSE","s",1]"#,
            "invalid: expected the message's end at byte 12",
        ),
    ] {
        let error = parse(frame).unwrap_err();
        assert_eq!(
            (error.about, &*error.reason),
            (About::Nothing, reason),
            "{frame}"
        );
    }
}

#[test]
fn bounds_beyond_all_time_match_nothing() {
    let filter = |json: &str| {
        let frame = format!("[\"REQ\",\"s\",{json}]");
        let Ok(ClientMessage::Req { mut filters, .. }) = parse(&frame) else {
            panic!()
        };
        filters.remove(0)
    };
    let first = Event::default();
    let last = unsigned(PublicKey::ZERO, u64::MAX, 0);
    let finds = |json| [filter(json).matches(&first), filter(json).matches(&last)];
    assert_eq!(finds(r#"{"since":-5}"#), [true, true]);
    assert_eq!(finds(r#"{"until":-5}"#), [false, false]);
    assert_eq!(finds(r#"{"until":1e30}"#), [true, true]);
    assert_eq!(finds(r#"{"since":1e30}"#), [false, false]);
    assert_eq!(finds(r#"{"since":0,"until":0}"#), [true, false]);
}

#[test]
fn what_the_relay_says_is_json() {
    let sub = SubId::new("a\"\n\u{1}b").unwrap();
    let says = |write: &dyn Fn(&mut Vec<u8>)| {
        let mut out = b"before".to_vec();
        write(&mut out);
        serde_json::from_slice::<Value>(&out[6..]).unwrap()
    };
    assert_eq!(
        says(&|out| wire::write_event(out, &sub, b"{\"id\":1}")),
        json!(["EVENT", &*sub, {"id": 1}])
    );
    assert_eq!(
        says(&|out| wire::write_ok(out, &EventId::ZERO, true, "")),
        json!(["OK", ZEROS, true, ""])
    );
    assert_eq!(
        says(&|out| wire::write_eose(out, &sub)),
        json!(["EOSE", &*sub])
    );
    assert_eq!(
        says(&|out| wire::write_closed(out, &sub, "error: \\")),
        json!(["CLOSED", &*sub, "error: \\"])
    );
    assert_eq!(
        says(&|out| wire::write_notice(out, "\t")),
        json!(["NOTICE", "\t"])
    );
    assert_eq!(
        says(&|out| wire::write_count(out, &sub, u64::MAX)),
        json!(["COUNT", &*sub, {"count": u64::MAX}])
    );
    assert_eq!(
        says(&|out| wire::write_auth(out, "x")),
        json!(["AUTH", "x"])
    );
}

/// Real events, one in JSON on each line, where the variable RELAY_EVENTS names a file of them.
#[test]
fn real_events_keep_their_ids() {
    let Some(path) = std::env::var_os("RELAY_EVENTS") else {
        println!("skipped: RELAY_EVENTS names no file of events");
        return;
    };
    let mut count = 0;
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let event = read_json(line).unwrap();
        assert_eq!(event.canonical_id(), event.id, "{line}");
        let json = written(&event);
        assert_eq!(read_json(&json).unwrap(), event);
        assert_eq!(
            serde_json::from_str::<Value>(&json).unwrap(),
            serde_json::from_str::<Value>(line).unwrap()
        );
        count += 1;
    }
    println!("{count} events");
}
