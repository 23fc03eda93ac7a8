//! Who is told of what, and what waits for whom: whatever parts the relay is made of.

use std::sync::Arc;

use relay::event::Event;
use relay::filter::{Filter, TagFilter, Texts};
use relay::live::{Live, LiveLimits, Outbox};
use relay::wire::SubId;

const ROOM: usize = 1 << 20;

fn note(number: u64) -> Event {
    let mut event = Event::default();
    (event.kind, event.created_at) = (1, number);
    event.push_tag([
        "t",
        if number.is_multiple_of(2) {
            "even"
        } else {
            "odd"
        },
    ]);
    event.push_tag(["r", "about"]);
    event.push_content(&"some words ".repeat(number as usize % 7));
    event
}

/// Kind 1, with one of these topics where there are any.
fn notes(topics: &[&str]) -> Arc<[Filter]> {
    let mut filter = Filter {
        kinds: Some(vec![1]),
        ..Filter::default()
    };
    if !topics.is_empty() {
        let values = Texts::from_iter(topics.iter().copied());
        filter.tags.push(TagFilter {
            letter: b't',
            values,
        });
    }
    filter.normalise();
    [filter].into()
}

fn subscribe(live: &Live, client: &Arc<Outbox>, name: &str, filters: &Arc<[Filter]>) {
    let name = SubId::new(name).unwrap();
    let ticket = live.subscribe(client, &name, filters.clone()).unwrap();
    live.stored_sent(ticket, 0);
}

/// So many bytes or more of what waits: the subscription and the number of each event.
fn take(client: &Outbox, at_most: usize) -> Vec<(String, u64)> {
    let (mut frames, mut lengths) = (Vec::new(), Vec::new());
    let header = |_: &mut Vec<u8>, length| lengths.push(length);
    client.take(&mut frames, at_most, header).unwrap();
    let mut rest = &frames[..];
    let events = lengths.iter().map(|length| {
        let (frame, behind) = rest.split_at(*length);
        rest = behind;
        let frame: serde_json::Value = serde_json::from_slice(frame).unwrap();
        let name = frame[1].as_str().unwrap().to_owned();
        (name, frame[2]["created_at"].as_u64().unwrap())
    });
    events.collect()
}

fn take_all(client: &Outbox) -> Vec<u64> {
    let mut all = Vec::new();
    loop {
        let taken = take(client, ROOM);
        if taken.is_empty() {
            return all;
        }
        all.extend(taken.iter().map(|(_, number)| number));
    }
}

#[test]
fn each_gets_what_it_asked_for() {
    let live = Live::new(LiveLimits::default());
    let asked = [&[][..], &["even"], &["odd", "rare"], &["rare"]];
    let clients = asked.map(|topics| {
        let client = Outbox::new(ROOM);
        subscribe(&live, &client, "notes", &notes(topics));
        client
    });
    let told: usize = (1..=6).map(|at| live.publish(&note(at), Some(at))).sum();
    assert_eq!(told, 12);
    let got = clients.each_ref().map(|client| take_all(client));
    assert_eq!(got[0], [1, 2, 3, 4, 5, 6]);
    assert_eq!((&got[1][..], &got[2][..]), (&[2, 4, 6][..], &[1, 3, 5][..]));
    assert!(got[3].is_empty());
}

/// Clients leave one after the other, and one comes back each time.
#[test]
fn who_leaves_takes_nobody_along() {
    let (live, filters) = (Live::new(LiveLimits::default()), notes(&[]));
    let mut clients: Vec<_> = (0..30).map(|_| Outbox::new(ROOM)).collect();
    for client in &clients {
        subscribe(&live, client, "a", &filters);
        subscribe(&live, client, "b", &notes(&["even"]));
    }
    for round in 1..=30 {
        let gone = clients.swap_remove(round * 7 % clients.len());
        live.forget(&gone);
        let back = &clients.get(round * 5 % clients.len().max(1));
        if let Some(back) = back {
            assert!(live.unsubscribe(back, &SubId::new("a").unwrap()));
            subscribe(&live, back, "a", &filters);
        }
        let each = if round % 2 == 0 { 2 } else { 1 };
        let event = note(round as u64);
        let told = live.publish(&event, Some(round as u64));
        assert_eq!(told, each * clients.len(), "round {round}");
        for client in &clients {
            assert_eq!(take_all(client), vec![round as u64; each]);
        }
        assert_eq!(live.subscriptions(), 2 * clients.len());
    }
}

#[test]
fn who_takes_nothing_is_dropped_and_the_others_get_all() {
    let (live, filters) = (Live::new(LiveLimits::default()), notes(&[]));
    let (slow, other) = (Outbox::new(5_000), Outbox::new(ROOM));
    for client in [&slow, &other] {
        subscribe(&live, client, "a", &filters);
    }
    let mut most = 0;
    for at in 1..=100 {
        live.publish(&note(at), Some(at));
        most = most.max(slow.bytes());
    }
    assert!(most > 2_500 && most <= 5_000, "{most}");
    assert_eq!((slow.dropped(), slow.bytes()), (Some(Outbox::TOO_SLOW), 0));
    assert_eq!(other.dropped(), None);
    assert!(take_all(&other).into_iter().eq(1..=100));
    assert_eq!(other.bytes(), 0);
}

/// One that is always behind, but never by too much, loses nothing.
#[test]
fn who_takes_late_gets_all_in_order() {
    let (live, filters) = (Live::new(LiveLimits::default()), notes(&[]));
    let (client, mut got) = (Outbox::new(20_000), Vec::new());
    subscribe(&live, &client, "a", &filters);
    subscribe(&live, &client, "b", &filters);
    for at in 1..=500 {
        live.publish(&note(at), Some(at));
        if at > 10 {
            got.extend(take(&client, 900));
        }
        assert!(client.bytes() <= 20_000 && client.dropped().is_none());
    }
    while client.bytes() > 0 {
        let taken = take(&client, ROOM);
        assert!(!taken.is_empty(), "{} bytes wait for ever", client.bytes());
        got.extend(taken);
    }
    for name in ["a", "b"] {
        let events = got.iter().filter(|(to, _)| to == name);
        assert!(events.map(|(_, number)| *number).eq(1..=500), "{name}");
    }
    assert_eq!(got.len(), 1_000);
}

#[test]
fn what_was_held_back_is_passed_on_and_counted_no_more() {
    let (live, client) = (Live::new(LiveLimits::default()), Outbox::new(ROOM));
    let name = SubId::new("a").unwrap();
    let ticket = live.subscribe(&client, &name, notes(&[])).unwrap();
    for at in 1..=20 {
        live.publish(&note(at), Some(at));
    }
    assert_eq!((client.waiting(), take_all(&client)), (0, vec![]));
    live.stored_sent(ticket, 5);
    assert_eq!(client.waiting(), client.bytes());
    assert!(take_all(&client).into_iter().eq(6..=20));
    assert_eq!(client.bytes(), 0);
}
