//! What is kept, what replaces what, what is deleted, what is refused: a table of stories.
//!
//! Every story has people of its own, so that all of them can be told to one relay.

use relay_clients::{Author, Client, Draft, Event, Relay, draft, now};
use serde_json::json;

/// Who signs in a story, and whom it is about.
struct Cast([Author; 3]);

/// What becomes of an event when it is published.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    /// OK, true, whatever else.
    Yes,
    /// OK, false, for this reason.
    No(&'static str),
}

use Says::{No, Yes};

/// One line of a story: who publishes what, which may refer to what was said before, and what the relay says.
type Line = (usize, fn(&Cast, &[Event]) -> Draft, Says);

struct Story {
    title: &'static str,
    lines: &'static [Line],
    /// The lines whose events are there in the end.
    left: &'static [usize],
}

fn on(kind: i64, at: i64, content: &str) -> Draft {
    draft(kind, content).at(at)
}

fn delete(at: i64) -> Draft {
    on(5, at, "regretted")
}

const STORIES: &[Story] = &[
    Story {
        title: "two notes of two people",
        lines: &[
            (0, |_, _| on(1, 5_000, "hello"), Yes),
            (1, |_, _| on(1, 5_000, "hello too"), Yes),
        ],
        left: &[0, 1],
    },
    Story {
        title: "the same note twice",
        lines: &[
            (0, |_, _| on(1, 5_000, "hello"), Yes),
            (0, |_, _| on(1, 5_000, "hello"), Yes),
        ],
        left: &[0],
    },
    Story {
        title: "a newer version replaces an older one, which doesn't come back",
        lines: &[
            (0, |_, _| on(10_000, 5_000, "old"), Yes),
            (0, |_, _| on(10_000, 5_001, "new"), Yes),
            (0, |_, _| on(10_000, 5_000, "old"), No("")),
        ],
        left: &[1],
    },
    Story {
        title: "an older version comes late",
        lines: &[
            (0, |_, _| on(0, 5_001, "new"), Yes),
            (0, |_, _| on(0, 5_000, "old"), No("")),
        ],
        left: &[0],
    },
    Story {
        title: "a contact list replaces the one before",
        lines: &[
            (
                0,
                |cast, _| on(3, 5_000, "").tag(&["p", cast.0[1].key()]),
                Yes,
            ),
            (
                0,
                |cast, _| on(3, 5_001, "").tag(&["p", cast.0[2].key()]),
                Yes,
            ),
        ],
        left: &[1],
    },
    Story {
        title: "nobody replaces what others wrote",
        lines: &[
            (0, |_, _| on(10_000, 5_000, "mine"), Yes),
            (1, |_, _| on(10_000, 5_001, "also mine"), Yes),
        ],
        left: &[0, 1],
    },
    Story {
        title: "nor what is of another kind",
        lines: &[
            (0, |_, _| on(10_000, 5_000, "muted"), Yes),
            (0, |_, _| on(10_001, 5_001, "pinned"), Yes),
        ],
        left: &[0, 1],
    },
    Story {
        title: "identifiers mean nothing where there is one version for each author",
        lines: &[
            (0, |_, _| on(10_003, 5_000, "old").tag(&["d", "x"]), Yes),
            (0, |_, _| on(10_003, 5_001, "new").tag(&["d", "y"]), Yes),
        ],
        left: &[1],
    },
    Story {
        title: "nor for kinds that aren't replaced at all",
        lines: &[
            (0, |_, _| on(1, 5_000, "one").tag(&["d", "x"]), Yes),
            (0, |_, _| on(1, 5_001, "two").tag(&["d", "x"]), Yes),
            (0, |_, _| on(9_999, 5_000, "one").tag(&["d", "x"]), Yes),
            (0, |_, _| on(9_999, 5_001, "two").tag(&["d", "x"]), Yes),
            (0, |_, _| on(40_000, 5_000, "one").tag(&["d", "x"]), Yes),
            (0, |_, _| on(40_000, 5_001, "two").tag(&["d", "x"]), Yes),
        ],
        left: &[0, 1, 2, 3, 4, 5],
    },
    Story {
        title: "addressable events are replaced under their identifier",
        lines: &[
            (0, |_, _| on(30_001, 5_000, "old").tag(&["d", "x"]), Yes),
            (0, |_, _| on(30_001, 5_001, "other").tag(&["d", "y"]), Yes),
            (0, |_, _| on(30_001, 5_002, "new").tag(&["d", "x"]), Yes),
            (0, |_, _| on(30_002, 5_003, "kind").tag(&["d", "x"]), Yes),
            (1, |_, _| on(30_001, 5_003, "author").tag(&["d", "x"]), Yes),
            (0, |_, _| on(30_001, 5_001, "late").tag(&["d", "x"]), No("")),
        ],
        left: &[1, 2, 3, 4],
    },
    Story {
        title: "no identifier, an empty one and one without a value are the same",
        lines: &[
            (0, |_, _| on(30_003, 5_000, "none"), Yes),
            (0, |_, _| on(30_003, 5_001, "empty").tag(&["d", ""]), Yes),
            (0, |_, _| on(30_003, 5_002, "no value").tag(&["d"]), Yes),
            (0, |_, _| on(30_003, 5_001, "late"), No("")),
        ],
        left: &[2],
    },
    Story {
        title: "a deletion takes what it names",
        lines: &[
            (0, |_, _| on(1, 5_000, "one"), Yes),
            (0, |_, _| on(1, 5_001, "two"), Yes),
            (0, |_, _| on(1, 5_002, "three"), Yes),
            (
                0,
                |_, said| {
                    delete(6_000)
                        .tag(&["e", said[2].id()])
                        .tag(&["e", said[0].id()])
                },
                Yes,
            ),
        ],
        left: &[1, 3],
    },
    Story {
        title: "naming it twice is no more than once",
        lines: &[
            (0, |_, _| on(1, 5_000, "one"), Yes),
            (0, |_, _| on(1, 5_001, "two"), Yes),
            (
                0,
                |_, said| {
                    delete(6_000)
                        .tag(&["e", said[0].id()])
                        .tag(&["e", said[0].id()])
                },
                Yes,
            ),
        ],
        left: &[1, 2],
    },
    Story {
        title: "what was deleted doesn't come back",
        lines: &[
            (0, |_, _| on(1, 5_000, "one"), Yes),
            (0, |_, said| delete(6_000).tag(&["e", said[0].id()]), Yes),
            (0, |_, _| on(1, 5_000, "one"), No("")),
        ],
        left: &[1],
    },
    Story {
        title: "not even if the deletion comes first",
        lines: &[
            (
                0,
                |cast, _| {
                    let early = cast.0[0].sign(&on(1, 5_000, "one"));
                    delete(4_000).tag(&["e", early.id()])
                },
                Yes,
            ),
            (0, |_, _| on(1, 5_000, "one"), No("")),
        ],
        left: &[0],
    },
    Story {
        title: "nobody deletes what others wrote",
        lines: &[
            (0, |_, _| on(1, 5_000, "one"), Yes),
            (0, |_, _| on(30_023, 5_000, "two").tag(&["d", "x"]), Yes),
            (
                1,
                |cast, said| {
                    delete(6_000)
                        .tag(&["e", said[0].id()])
                        .tag(&["a", &cast.0[0].address(30_023, "x")])
                },
                Yes,
            ),
            (0, |_, _| on(1, 5_000, "one"), Yes),
        ],
        left: &[0, 1, 2],
    },
    Story {
        title: "deleting a deletion brings nothing back",
        lines: &[
            (0, |_, _| on(1, 5_000, "one"), Yes),
            (0, |_, said| delete(6_000).tag(&["e", said[0].id()]), Yes),
            (0, |_, said| delete(7_000).tag(&["e", said[1].id()]), Yes),
            (0, |_, _| on(1, 5_000, "one"), No("")),
        ],
        left: &[1, 2],
    },
    Story {
        title: "a deletion by address takes what is older, and stays in force",
        lines: &[
            (0, |_, _| on(30_023, 5_000, "old").tag(&["d", "x"]), Yes),
            (
                0,
                |cast, _| delete(6_000).tag(&["a", &cast.0[0].address(30_023, "x")]),
                Yes,
            ),
            (0, |_, _| on(30_023, 5_000, "old").tag(&["d", "x"]), No("")),
            (
                0,
                |_, _| on(30_023, 5_999, "other").tag(&["d", "x"]),
                No(""),
            ),
            (
                0,
                |_, _| on(30_023, 6_000, "same time").tag(&["d", "x"]),
                No(""),
            ),
            (0, |_, _| on(30_023, 6_001, "new").tag(&["d", "x"]), Yes),
        ],
        left: &[1, 5],
    },
    Story {
        title: "and leaves what is newer",
        lines: &[
            (0, |_, _| on(30_023, 5_000, "old").tag(&["d", "x"]), Yes),
            (0, |_, _| on(30_023, 7_000, "new").tag(&["d", "x"]), Yes),
            (
                0,
                |cast, _| delete(6_000).tag(&["a", &cast.0[0].address(30_023, "x")]),
                Yes,
            ),
        ],
        left: &[1, 2],
    },
    Story {
        title: "it is bound to author, kind and identifier",
        lines: &[
            (0, |_, _| on(30_023, 5_000, "this").tag(&["d", "x"]), Yes),
            (1, |_, _| on(30_023, 5_000, "author").tag(&["d", "x"]), Yes),
            (0, |_, _| on(30_023, 5_000, "longer").tag(&["d", "xy"]), Yes),
            (0, |_, _| on(30_024, 5_000, "kind").tag(&["d", "x"]), Yes),
            (0, |_, _| on(30_023, 5_000, "none"), Yes),
            (
                0,
                |cast, _| delete(6_000).tag(&["a", &cast.0[0].address(30_023, "x")]),
                Yes,
            ),
        ],
        left: &[1, 2, 3, 4, 5],
    },
    Story {
        title: "identifiers may hold colons",
        lines: &[
            (0, |_, _| on(30_023, 5_000, "this").tag(&["d", "x:y"]), Yes),
            (0, |_, _| on(30_023, 5_000, "other").tag(&["d", "x"]), Yes),
            (
                0,
                |cast, _| delete(6_000).tag(&["a", &cast.0[0].address(30_023, "x:y")]),
                Yes,
            ),
        ],
        left: &[1, 2],
    },
    Story {
        title: "replaceable events have an address too",
        lines: &[
            (0, |_, _| on(10_002, 5_000, "old"), Yes),
            (
                0,
                |cast, _| delete(6_000).tag(&["a", &cast.0[0].address(10_002, "")]),
                Yes,
            ),
            (0, |_, _| on(10_002, 5_500, "late"), No("")),
            (0, |_, _| on(10_002, 6_001, "new"), Yes),
        ],
        left: &[1, 3],
    },
    Story {
        title: "by id a newer version than the deletion is taken too",
        lines: &[
            (0, |_, _| on(30_023, 7_000, "new").tag(&["d", "x"]), Yes),
            (0, |_, said| delete(6_000).tag(&["e", said[0].id()]), Yes),
        ],
        left: &[1],
    },
    Story {
        title: "who a gift wrap is for may delete it",
        lines: &[
            (
                0,
                |cast, _| on(1_059, 5_000, "wrapped").tag(&["p", cast.0[1].key()]),
                Yes,
            ),
            (1, |_, said| delete(6_000).tag(&["e", said[0].id()]), Yes),
            (
                0,
                |cast, _| on(1_059, 5_000, "wrapped").tag(&["p", cast.0[1].key()]),
                No(""),
            ),
        ],
        left: &[1],
    },
    Story {
        title: "nobody else may",
        lines: &[
            (
                0,
                |cast, _| on(1_059, 5_000, "wrapped").tag(&["p", cast.0[1].key()]),
                Yes,
            ),
            (2, |_, said| delete(6_000).tag(&["e", said[0].id()]), Yes),
        ],
        left: &[0, 1],
    },
    Story {
        title: "gift wraps that aren't stored leave the deletion alone",
        lines: &[
            (
                0,
                |cast, _| on(21_059, 5_000, "wrapped").tag(&["p", cast.0[1].key()]),
                Yes,
            ),
            (1, |_, said| delete(6_000).tag(&["e", said[0].id()]), Yes),
        ],
        left: &[1],
    },
    Story {
        title: "ephemeral events are not stored, their neighbours are",
        lines: &[
            (0, |_, _| on(19_999, 5_000, ""), Yes),
            (0, |_, _| on(20_000, 5_000, ""), Yes),
            (0, |_, _| on(29_999, 5_000, ""), Yes),
            (0, |_, _| on(30_000, 5_000, ""), Yes),
        ],
        left: &[0, 3],
    },
    Story {
        title: "what has expired is refused",
        lines: &[
            (
                0,
                |_, _| on(1, 5_000, "").tag(&["expiration", "6000"]),
                No("invalid:"),
            ),
            (
                0,
                |_, _| on(1, 5_000, "").tag(&["expiration", "99999999999"]),
                Yes,
            ),
            (0, |_, _| on(1, 5_001, "").tag(&["expiration", "soon"]), Yes),
        ],
        left: &[1, 2],
    },
    Story {
        title: "who vanishes takes everything along, gift wraps too, and nothing of it comes back",
        lines: &[
            (0, |_, _| on(1, 5_000, "one"), Yes),
            (0, |_, _| delete(5_500).tag(&["e", &"0".repeat(64)]), Yes),
            (
                1,
                |cast, _| on(1_059, 5_000, "wrapped").tag(&["p", cast.0[0].key()]),
                Yes,
            ),
            (1, |_, _| on(1, 5_000, "of somebody else"), Yes),
            (
                0,
                |_, _| on(62, 6_000, "").tag(&["relay", "ALL_RELAYS"]),
                Yes,
            ),
            (0, |_, _| on(1, 5_000, "one"), No("")),
            (0, |_, _| on(1, 5_999, "of before"), No("")),
            (0, |_, said| delete(7_000).tag(&["e", said[4].id()]), Yes),
            (0, |_, _| on(1, 5_999, "of before"), No("")),
            (0, |_, _| on(1, 6_001, "back again"), Yes),
        ],
        left: &[3, 4, 7, 9],
    },
    Story {
        title: "a request to vanish from elsewhere does nothing here",
        lines: &[
            (0, |_, _| on(1, 5_000, "one"), Yes),
            (
                0,
                |_, _| on(62, 6_000, "").tag(&["relay", "wss://elsewhere.example"]),
                Yes,
            ),
        ],
        left: &[0, 1],
    },
    Story {
        title: "times from 1970 to the clock",
        lines: &[
            (0, |_, _| on(1, 0, "1970"), Yes),
            (0, |_, _| on(1, 915_148_861, "1999"), Yes),
            (0, |_, _| on(1, 1_420_070_461, "2015"), Yes),
            (0, |_, _| on(1, now() - 31_536_000, "a year ago"), Yes),
            (0, |_, _| on(1, now(), "now"), Yes),
            (0, |_, _| on(1, now() + 60, "in a minute"), Yes),
            (
                0,
                |_, _| on(1, now() + 86_400, "tomorrow"),
                No("invalid: created_at"),
            ),
            (
                0,
                |_, _| on(1, 4_294_967_297, "beyond 32 bits"),
                No("invalid: created_at"),
            ),
            (
                0,
                |_, _| on(1, i64::MAX, "far away"),
                No("invalid: created_at"),
            ),
            (0, |_, _| on(1, -200, "before 1970"), No("invalid:")),
        ],
        left: &[0, 1, 2, 3, 4, 5],
    },
    Story {
        title: "kinds are 16 bits",
        lines: &[
            (0, |_, _| on(65_535, 5_000, ""), Yes),
            (0, |_, _| on(65_536, 5_000, ""), No("invalid:")),
            (0, |_, _| on(4_294_967_297, 5_000, ""), No("invalid:")),
            (0, |_, _| on(-1, 5_000, ""), No("invalid:")),
        ],
        left: &[0],
    },
    Story {
        title: "tags may be empty, odd and many",
        lines: &[
            (0, |_, _| on(1, 5_000, "").tag(&[]).tag(&[]), Yes),
            (
                0,
                |_, _| {
                    on(1, 5_001, "")
                        .tag(&[""])
                        .tag(&["", ""])
                        .tag(&["e"])
                        .tag(&["p", "no key"])
                },
                Yes,
            ),
            (
                0,
                |_, _| {
                    (0..2_000).fold(on(3, 5_002, ""), |list, at: u16| {
                        list.tag(&[
                            "p",
                            &format!("{at:064x}"),
                            "wss://relay.example",
                            &at.to_string(),
                        ])
                    })
                },
                Yes,
            ),
        ],
        left: &[0, 1, 2],
    },
];

#[tokio::test]
async fn stories() {
    let relay = Relay::start(&["--max-limit", "5000"]);
    for (number, story) in STORIES.iter().enumerate() {
        let first = 1 + 3 * number as u8;
        let cast = Cast([first, first + 1, first + 2].map(Author::new));
        tell(&relay, story, &cast).await;
    }
}

async fn tell(relay: &Relay, story: &Story, cast: &Cast) {
    let title = story.title;
    let mut client = Client::connect(relay).await;
    let mut said: Vec<Event> = Vec::new();
    for (line, (who, what, expected)) in story.lines.iter().enumerate() {
        let event = cast.0[*who].sign(&what(cast, &said));
        let (accepted, reason) = client.publish(&event).await;
        let as_expected = match expected {
            Yes => accepted && (reason.is_empty() || reason.starts_with("duplicate:")),
            No(prefix) => !accepted && reason.starts_with(prefix) && reason.contains(": "),
        };
        assert!(as_expected, "{title}, line {line}: {accepted}, {reason}");
        said.push(event);
    }
    let authors: Vec<_> = cast.0.iter().map(Author::key).collect();
    let all = client.fetch(json!({ "authors": authors })).await;
    let mut found = all.ids();
    let mut left: Vec<_> = story.left.iter().map(|&line| said[line].id()).collect();
    found.sort_unstable();
    left.sort_unstable();
    assert_eq!(found, left, "{title}");
    // By id it is the same as by author, and what is there is what was sent.
    let ids: Vec<_> = said.iter().map(Event::id).collect();
    let by_id = client.fetch(json!({ "ids": ids })).await;
    assert_eq!(by_id, all, "{title}");
    let relay_clients::Stored::Events(events) = all else {
        panic!("{title}")
    };
    for event in events {
        assert!(said.iter().any(|sent| sent.0 == event), "{title}: {event}");
    }
}

#[tokio::test]
async fn of_two_versions_of_one_second_that_with_the_lower_id_stays() {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    for (who, kind) in [(1, 0), (2, 3), (3, 10_000), (4, 30_000)] {
        let author = Author::new(who);
        let mut versions = ["a", "b", "c"].map(|text| author.sign(&on(kind, 5_000, text)));
        versions.sort_by(|one, other| one.id().cmp(other.id()));
        let [lowest, middle, highest] = &versions;
        client.store(middle).await;
        assert!(!client.publish(highest).await.0, "{kind}");
        client.store(lowest).await;
        assert!(!client.publish(middle).await.0, "{kind}");
        let found = client.fetch(json!({"authors": [author.key()]})).await;
        assert_eq!(found.ids(), [lowest.id()], "{kind}");
    }
}

#[tokio::test]
async fn ids_and_signatures_are_checked() {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    let author = Author::new(1);
    let good = author.sign(&draft(1, "good"));
    let mut changed = Vec::new();
    for (field, value) in [
        ("content", json!("bad")),
        ("created_at", json!(now() - 1)),
        ("kind", json!(2)),
        ("tags", json!([[]])),
        ("pubkey", json!(Author::new(2).key())),
        ("sig", json!("0".repeat(128))),
        ("sig", json!(author.sign_id(&[1; 32]))),
    ] {
        let mut event = good.clone();
        event.0[field] = value;
        changed.push(event);
    }
    // An id of one's own choice, properly signed.
    let mut chosen = good.clone();
    chosen.0["id"] = json!("cafebabe".repeat(8));
    let bytes: [u8; 4] = [0xca, 0xfe, 0xba, 0xbe];
    chosen.0["sig"] = json!(author.sign_id(&std::array::from_fn(|at| bytes[at % 4])));
    changed.push(chosen);
    // A key that is none: no point of the curve has this coordinate.
    let mut nobody = good.clone();
    nobody.0["pubkey"] = json!("f".repeat(64));
    changed.push(nobody);
    for event in &changed {
        let (accepted, reason) = client.publish(event).await;
        assert!(
            !accepted && reason.starts_with("invalid: "),
            "{reason}: {}",
            event.0
        );
    }
    client.store(&good).await;
    assert_eq!(client.fetch(json!({})).await.ids(), [good.id()]);
}

#[tokio::test]
async fn what_expires_while_it_is_stored_is_not_returned() {
    let relay = Relay::start(&[]);
    let mut client = Client::connect(&relay).await;
    let author = Author::new(1);
    let short = author.sign(&draft(1, "").tag(&["expiration", &(now() + 2).to_string()]));
    let long = author.sign(&draft(1, "").tag(&["expiration", &(now() + 600).to_string()]));
    client.store(&short).await;
    client.store(&long).await;
    assert_eq!(client.fetch(json!({})).await.ids().len(), 2);
    tokio::time::sleep(std::time::Duration::from_millis(3_100)).await;
    assert_eq!(client.fetch(json!({})).await.ids(), [long.id()]);
    assert_eq!(client.count(json!({})).await, Ok(1));
    assert!(!client.publish(&short).await.0);
}
