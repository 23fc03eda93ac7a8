//! What subscriptions, outboxes and caches take of the heap, to the byte and allocation.

// These are figures of the relay's own parts; a learner's have budgets of their own.
#![cfg(not(feature = "parts"))]

use std::sync::Arc;

use measuring::{Budget, freed_by, heap};
use relay::cache::{Events, Recent};
use relay::event::{Event, EventId, PublicKey};
use relay::filter::Filter;
use relay::live::{Live, LiveLimits, Outbox};
use relay::store::tables::Tid;
use relay::wire::SubId;

measuring::install!();

/// What most clients that wait ask for: one author, one kind.
fn filters(author: usize) -> Arc<[Filter]> {
    let mut key = [1; 32];
    key[..8].copy_from_slice(&author.to_be_bytes());
    let (authors, kinds) = (Some(vec![PublicKey::new(key)]), Some(vec![1]));
    [Filter {
        authors,
        kinds,
        ..Filter::default()
    }]
    .into()
}

fn note() -> Event {
    let mut event = Event::default();
    event.kind = 1;
    event.push_tag(["t", "memory"]);
    event.push_content("hello");
    event
}

fn empty(client: &Outbox, socket: &mut Vec<u8>) {
    socket.clear();
    while client.take(socket, usize::MAX, |_, _| ()).unwrap().more {}
}

#[test]
fn an_idle_client_takes_less_than_a_kilobyte() {
    const CLIENTS: usize = 1_000;
    const IDLE: Budget =
        Budget::of("an idle client with a subscription").live(1_000 * CLIENTS as i64);
    let live = Live::new(LiveLimits::default());
    let mut outboxes = Vec::with_capacity(CLIENTS);
    IDLE.assert_holds(|| {
        for author in 0..CLIENTS {
            let (client, sub) = (Outbox::new(512 << 10), SubId::new("my-feed:1").unwrap());
            let ticket = live.subscribe(&client, &sub, filters(author)).unwrap();
            client
                .push_text(|text| text.extend(b"[\"EOSE\",\"my-feed:1\"]"))
                .unwrap();
            live.stored_sent(ticket, 0);
            let mut socket = Vec::with_capacity(100);
            empty(&client, &mut socket);
            client.trim();
            outboxes.push(client);
        }
    });
    for client in &outboxes {
        live.forget(client);
    }
}

/// The relay's own figure, which limits are held against and the page shows, is what the allocator says.
#[test]
fn what_the_index_says_it_takes_is_what_it_takes() {
    let live = Live::new(LiveLimits {
        bytes: usize::MAX,
        ..LiveLimits::default()
    });
    let clients: Vec<_> = (0..777).map(|_| Outbox::new(1_000)).collect();
    let before = live.heap_bytes();
    let (((), cost), outgrown) = freed_by(|| {
        heap(|| {
            for (author, client) in clients.iter().enumerate() {
                let sub = SubId::new(&format!("sub {author}")).unwrap();
                live.subscribe(client, &sub, filters(author)).unwrap();
            }
        })
    });
    let grown = cost.live as u64 - outgrown;
    assert_eq!(grown as usize, live.heap_bytes() - before);
    let (((), cost), freed) =
        freed_by(|| heap(|| clients.iter().for_each(|client| live.forget(client))));
    assert_eq!(freed - cost.live as u64, grown);
    assert_eq!((live.subscriptions(), live.heap_bytes()), (0, 0));
}

/// An event costs one allocation, which everybody shares, however many get it.
#[test]
fn delivery_takes_one_block_for_all() {
    for clients in [1, 10, 300] {
        let live = Live::new(LiveLimits::default());
        let outboxes: Vec<_> = (0..clients).map(|_| Outbox::new(1 << 20)).collect();
        let kinds = Some(vec![1]);
        let kind_1: Arc<[Filter]> = [Filter {
            kinds,
            ..Filter::default()
        }]
        .into();
        for client in &outboxes {
            let sub = SubId::new("all").unwrap();
            live.stored_sent(live.subscribe(client, &sub, kind_1.clone()).unwrap(), 0);
        }
        let (event, mut socket) = (note(), Vec::with_capacity(1 << 20));
        let mut round = |commit| {
            for _ in 0..5 {
                assert_eq!(live.publish(&event, Some(commit)), clients);
            }
            outboxes
                .iter()
                .for_each(|client| empty(client, &mut socket));
        };
        (1..=8).for_each(&mut round);
        Budget::of("five events delivered")
            .allocations(5)
            .assert_holds(|| round(9));
        let mut other = note();
        other.kind = 2;
        Budget::of("an event that nobody wants")
            .allocations(0)
            .assert_holds(|| live.publish(&other, Some(10)));
    }
}

#[test]
fn answers_take_no_block() {
    let (client, mut socket) = (Outbox::new(1 << 20), Vec::with_capacity(10_000));
    let mut round = || {
        for _ in 0..20 {
            let ok = |text: &mut Vec<u8>| relay::wire::write_ok(text, &EventId::ZERO, true, "");
            client.push_text(ok).unwrap();
        }
        empty(&client, &mut socket);
    };
    (0..70).for_each(|_| round());
    Budget::of("twenty answers")
        .allocations(0)
        .assert_holds(round);
}

/// After a burst, outboxes come back to what they usually need.
#[test]
fn a_burst_is_given_back() {
    let (client, mut socket) = (Outbox::new(8 << 20), Vec::with_capacity(1 << 20));
    let mut push = |frames: usize| {
        for _ in 0..frames {
            client.push_text(|text| text.extend([b'x'; 100])).unwrap();
        }
        empty(&client, &mut socket);
    };
    let ((), cost) = heap(|| {
        push(5_000);
        push(5_000);
        (0..200).for_each(|_| push(1));
    });
    assert!(cost.peak > 500_000 && cost.live < 2_000, "{cost:?}");
    drop(client);
}

#[test]
fn caches_answer_without_a_block_and_say_what_they_take() {
    let (event, place) = (note(), Tid([1; 6]));
    let mut json = Vec::new();
    event.write_json(&mut json);

    let (recent, cost) = heap(|| Recent::with_budget(256 << 10));
    // The shards themselves come on top.
    let beside = cost.live as usize - recent.figures().bytes;
    assert!(
        beside < 1_000 && recent.figures().budget <= 256 << 10,
        "{cost:?}"
    );
    Budget::of("a duplicate").allocations(0).assert_holds(|| {
        recent.insert(&event.id, place);
        assert!(recent.contains(&event.id));
        recent.remove(&[place]);
    });

    let (events, cost) = heap(|| Events::with_budget(1 << 20));
    let empty = events.figures().bytes;
    assert!(cost.live as usize - empty < 2_000, "{cost:?}");
    let ((), cost) = heap(|| {
        for number in 0..100 {
            events.insert(Tid([number; 6]), 1, &event, &json);
        }
    });
    assert_eq!(cost.live as usize, events.figures().bytes - empty);
    let mut chunk = Vec::with_capacity(10_000);
    Budget::of("a cached event")
        .allocations(0)
        .assert_holds(|| {
            assert!(events.known(1).write_json(place, &mut chunk).is_some());
            assert_eq!(
                events.get(place, 1, |cached| cached.matches(&Filter::default())),
                Some(true)
            );
        });
    assert_eq!(chunk, json);
}
