use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};
use std::thread;

use proptest::prelude::*;

use super::*;
use crate::event::{EventId, PublicKey};
use crate::filter::{TagFilter, Texts};

const NAMES: [&str; 3] = ["a", "b\"\\", "ü"];
const VALUES: [&str; 4] = ["", "x", "yy", "\"\n"];

fn sub(name: usize) -> SubId {
    SubId::new(NAMES[name]).unwrap()
}

/// Everything that waits for a client: names of subscriptions and numbers of events.
fn received(outbox: &Outbox) -> Vec<(String, u64)> {
    let mut frames = Vec::new();
    loop {
        let header = |into: &mut Vec<u8>, length: usize| into.extend((length as u32).to_be_bytes());
        if !outbox.take(&mut frames, usize::MAX, header).unwrap().more {
            break;
        }
    }
    let (mut rest, mut all) = (&frames[..], Vec::new());
    while let Some((length, behind)) = rest.split_first_chunk() {
        let (text, behind) = behind.split_at(u32::from_be_bytes(*length) as usize);
        let text: serde_json::Value = serde_json::from_slice(text).unwrap();
        assert_eq!(text[0], "EVENT");
        let id: EventId = text[2]["id"].as_str().unwrap().parse().unwrap();
        all.push((text[1].as_str().unwrap().to_owned(), number(&id)));
        rest = behind;
    }
    all
}

/// Events are numbered in their ids.
fn numbered(mut event: Event, number: u64) -> Event {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&number.to_be_bytes());
    event.id = EventId::new(id);
    event
}

fn number(id: &EventId) -> u64 {
    u64::from_be_bytes(id.as_bytes()[..8].try_into().unwrap())
}

fn kind(kind: u16) -> Arc<[Filter]> {
    let kinds = Some(vec![kind]);
    [Filter {
        kinds,
        ..Filter::default()
    }]
    .into()
}

fn event(kind: u16, number: u64) -> Event {
    let mut event = Event::default();
    event.kind = kind;
    numbered(event, number)
}

fn author(number: u8) -> PublicKey {
    PublicKey::new([number; 32])
}

pub(crate) fn any_event() -> impl Strategy<Value = Event> {
    let tag = (0usize..2, 0usize..VALUES.len());
    let tags = prop::collection::vec(tag, 0..4);
    (0u8..3, 0u16..3, 0u64..6, tags).prop_map(|(by, kind, created_at, tags)| {
        let mut event = Event::default();
        (event.pubkey, event.kind, event.created_at) = (author(by), kind, created_at);
        for (letter, value) in tags {
            event.push_tag([["e", "t"][letter], VALUES[value]]);
        }
        event
    })
}

pub(crate) fn any_filter() -> impl Strategy<Value = Filter> {
    let some = prop::option::weighted(0.5, prop::collection::vec(0u8..3, 0..3));
    let tags = prop::collection::vec((0usize..2, prop::collection::vec(0usize..4, 0..3)), 0..3);
    let ids = prop::option::weighted(0.1, prop::collection::vec(1u64..30, 0..8));
    let time = || prop::option::weighted(0.2, 0u64..6);
    (ids, some.clone(), some, tags, time(), time()).prop_map(
        |(ids, authors, kinds, tags, since, until)| {
            let id = |number| numbered(Event::default(), number).id;
            let mut filter = Filter {
                ids: ids.map(|ids| ids.into_iter().map(id).collect()),
                authors: authors.map(|authors| authors.into_iter().map(author).collect()),
                kinds: kinds.map(|kinds| kinds.into_iter().map(u16::from).collect()),
                tags: Vec::new(),
                since,
                until,
                limit: Some(0),
            };
            for (letter, values) in tags {
                let mut texts = Texts::default();
                values.iter().for_each(|value| texts.push(VALUES[*value]));
                filter.tags.push(TagFilter {
                    letter: b"et"[letter],
                    values: texts,
                });
            }
            filter.normalise();
            filter
        },
    )
}

#[derive(Clone, Debug)]
enum Step {
    Subscribe(usize, usize, Vec<Filter>),
    /// The snapshot of a subscription's query is made.
    Snapshot(usize),
    StoredSent(usize),
    Unsubscribe(usize, usize),
    Forget(usize),
    /// An event is committed; it is published later.
    Commit(Event),
    Publish,
    Ephemeral(Event),
}

fn any_step() -> impl Strategy<Value = Step> {
    let filters = || prop::collection::vec(any_filter(), 0..3);
    prop_oneof![
        6 => (0usize..3, 0usize..3, filters()).prop_map(|(c, n, f)| Step::Subscribe(c, n, f)),
        6 => (0usize..6).prop_map(Step::Snapshot),
        6 => (0usize..6).prop_map(Step::StoredSent),
        1 => (0usize..3, 0usize..3).prop_map(|(c, n)| Step::Unsubscribe(c, n)),
        1 => (0usize..3).prop_map(Step::Forget),
        10 => any_event().prop_map(Step::Commit),
        10 => Just(Step::Publish),
        2 => any_event().prop_map(Step::Ephemeral),
    ]
}

struct Naive {
    client: usize,
    name: usize,
    filters: Vec<Filter>,
    ticket: Ticket,
    snapshot: Option<u64>,
    sent: bool,
    /// Events with their commits that came while it was open.
    came: Vec<(u64, Event)>,
}

/// What it is told after its snapshot, once that has been sent.
impl Naive {
    fn expected(&self) -> Vec<u64> {
        let snapshot = match self.sent {
            true => self.snapshot.unwrap(),
            false => u64::MAX,
        };
        let news = self.came.iter().filter(|(commit, event)| {
            *commit > snapshot && self.filters.iter().any(|filter| filter.matches(event))
        });
        news.map(|(_, event)| number(&event.id)).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// The index against a list of filters, with snapshots made and events published at any time.
    #[test]
    fn each_subscription_gets_each_event_once(steps in prop::collection::vec(any_step(), 0..80)) {
        let live = Live::new(LiveLimits::default());
        let new_outbox = || Outbox::new(1 << 20);
        let mut outboxes: Vec<_> = (0..3).map(|_| new_outbox()).collect();
        let (mut open, mut waiting, mut stored) = (Vec::<Naive>::new(), Vec::new(), Vec::new());
        let mut events = 0;
        let finale = (0..80).flat_map(|_| [Step::Snapshot(0), Step::StoredSent(0), Step::Publish]);
        let mut got: Vec<Vec<(String, u64)>> = vec![Vec::new(); 3];
        let mut expected = got.clone();
        fn close(naive: Naive, expected: &mut [Vec<(String, u64)>]) {
            let name = NAMES[naive.name];
            expected[naive.client].extend(naive.expected().iter().map(|event| (name.to_owned(), *event)));
        }
        for step in steps.into_iter().chain(finale) {
            match step {
                Step::Subscribe(client, name, filters) => {
                    if let Some(at) = open.iter().position(|s| (s.client, s.name) == (client, name)) {
                        let old = open.remove(at);
                        close(old, &mut expected);
                    }
                    let ticket = live.subscribe(&outboxes[client], &sub(name), filters.clone().into()).unwrap();
                    prop_assert!(live.is_open(ticket));
                    open.push(Naive { client, name, filters, ticket, snapshot: None, sent: false, came: Vec::new() });
                }
                Step::Snapshot(at) => {
                    let mut unsent = open.iter_mut().filter(|naive| naive.snapshot.is_none());
                    if let Some(naive) = unsent.nth(at) {
                        naive.snapshot = Some(stored.len() as u64);
                    }
                }
                Step::StoredSent(at) => {
                    let mut unsent = open.iter_mut().filter(|naive| !naive.sent && naive.snapshot.is_some());
                    if let Some(naive) = unsent.nth(at) {
                        naive.sent = true;
                        live.stored_sent(naive.ticket, naive.snapshot.unwrap());
                    }
                }
                Step::Unsubscribe(client, name) => {
                    let at = open.iter().position(|s| (s.client, s.name) == (client, name));
                    prop_assert_eq!(live.unsubscribe(&outboxes[client], &sub(name)), at.is_some());
                    if let Some(at) = at {
                        let old = open.remove(at);
                        prop_assert!(!live.is_open(old.ticket));
                        live.stored_sent(old.ticket, 0);
                        close(old, &mut expected);
                    }
                }
                Step::Forget(client) => {
                    got[client].extend(received(&outboxes[client]));
                    let (gone, left): (Vec<_>, _) = open.into_iter().partition(|naive| naive.client == client);
                    open = left;
                    gone.into_iter().for_each(|naive| close(naive, &mut expected));
                    live.forget(&outboxes[client]);
                    let refused = live.subscribe(&outboxes[client], &sub(0), kind(1));
                    prop_assert_eq!(refused, Err(Refused::Gone));
                    prop_assert_eq!(outboxes[client].bytes(), 0);
                    outboxes[client] = new_outbox();
                }
                Step::Commit(event) => {
                    events += 1;
                    stored.push(numbered(event, events));
                    waiting.push(stored.len() - 1);
                }
                Step::Publish if waiting.is_empty() => {}
                Step::Publish => {
                    let at = waiting.remove(0);
                    let commit = at as u64 + 1;
                    for naive in &mut open {
                        naive.came.push((commit, stored[at].clone()));
                    }
                    live.publish(&stored[at], Some(commit));
                }
                Step::Ephemeral(event) => {
                    events += 1;
                    let event = numbered(event, events);
                    for naive in &mut open {
                        naive.came.push((u64::MAX, event.clone()));
                    }
                    live.publish(&event, None);
                }
            }
        }
        for (client, outbox) in outboxes.iter().enumerate() {
            got[client].extend(received(outbox));
        }
        // What is stored and what it was told is everything, and nothing twice.
        for naive in &open {
            let matching = |event: &&Event| naive.filters.iter().any(|filter| filter.matches(event));
            let snapshot = naive.snapshot.unwrap() as usize;
            let mut all: Vec<u64> = stored[..snapshot].iter().filter(matching).map(|event| number(&event.id)).collect();
            all.extend(naive.expected());
            let unique: BTreeSet<u64> = all.iter().copied().collect();
            prop_assert_eq!(unique.len(), all.len());
            prop_assert!(stored.iter().filter(matching).all(|event| unique.contains(&number(&event.id))));
        }
        prop_assert_eq!(live.subscriptions(), open.len());
        open.into_iter().for_each(|naive| close(naive, &mut expected));
        for (got, expected) in got.iter_mut().zip(&mut expected) {
            got.sort();
            expected.sort();
        }
        prop_assert_eq!(got, expected);
        outboxes.iter().for_each(|outbox| live.forget(outbox));
        prop_assert_eq!(live.subscriptions(), 0);
        prop_assert_eq!(lock(&live.index).heap_bytes(), 0);
        prop_assert!(outboxes.iter().all(|outbox| outbox.bytes() == 0));
    }

    /// Entries come and go in any order; lists and chains stay whole.
    #[test]
    fn postings_are_a_multimap(steps in prop::collection::vec((0u32..6, prop::collection::vec(0u64..5, 0..5)), 0..60)) {
        let mut postings = postings::Postings::default();
        let mut naive: Vec<Option<(u32, Vec<u64>)>> = vec![None; 6];
        for (owner, keys) in steps {
            if let Some((chain, _)) = naive[owner as usize].take() {
                postings.remove(chain);
            }
            let chain = keys.iter().fold(postings::NONE, |chain, key| postings.add(*key, owner, chain));
            naive[owner as usize] = Some((chain, keys));
            for key in 0..5 {
                let mut owners: Vec<u32> = postings.owners(key).collect();
                owners.sort_unstable();
                let expected: Vec<u32> = (0..6u32).flat_map(|owner| {
                    let keys = naive[owner as usize].iter().flat_map(|(_, keys)| keys);
                    keys.filter(move |other| **other == key).map(move |_| owner)
                }).collect();
                prop_assert_eq!(owners, expected);
            }
        }
    }
}

#[test]
fn limits_are_refused_by_name() {
    let limits = LiveLimits {
        subscriptions: 2,
        values: 3,
        bytes: 1 << 20,
    };
    let (live, client) = (Live::new(limits), Outbox::new(1_000));
    let kinds = Some(vec![1, 2, 3, 4]);
    let wide: Arc<[Filter]> = [Filter {
        kinds,
        ..Filter::default()
    }]
    .into();
    assert_eq!(
        live.subscribe(&client, &sub(0), wide),
        Err(Refused::Values(3))
    );
    live.subscribe(&client, &sub(0), kind(1)).unwrap();
    live.subscribe(&client, &sub(1), kind(1)).unwrap();
    assert_eq!(
        live.subscribe(&client, &sub(2), kind(1)),
        Err(Refused::Subscriptions(2))
    );
    live.subscribe(&client, &sub(1), kind(2))
        .expect("it replaces one");
    assert_eq!(live.subscriptions(), 2);

    let tight = Live::new(LiveLimits {
        bytes: 10_000,
        ..limits
    });
    let clients: Vec<_> = (0..100).map(|_| Outbox::new(1_000)).collect();
    let taken = clients.iter().take_while(|client| {
        let subscribed = tight.subscribe(client, &sub(0), kind(1));
        assert!(lock(&tight.index).heap_bytes() <= 10_000);
        subscribed.is_ok() || subscribed == Err(Refused::Memory) && tight.subscriptions() < 5
    });
    assert!(taken.count() < 100 && tight.subscriptions() > 5);
}

#[test]
fn a_slow_client_is_dropped_and_freed_at_once() {
    let (live, slow, other) = (
        Live::new(LiveLimits::default()),
        Outbox::new(3_000),
        Outbox::new(1 << 20),
    );
    for client in [&slow, &other] {
        let ticket = live.subscribe(client, &sub(0), kind(1)).unwrap();
        live.stored_sent(ticket, 0);
    }
    let mut waker = Context::from_waker(Waker::noop());
    assert!(slow.poll_ready(&mut waker).is_pending());
    let delivered: usize = (1..=20)
        .map(|at| live.publish(&event(1, at), Some(at)))
        .sum();
    assert!(delivered > 22 && delivered < 40, "{delivered}");
    assert_eq!((slow.dropped(), slow.bytes()), (Some(Outbox::TOO_SLOW), 0));
    assert_eq!(slow.poll_ready(&mut waker), Poll::Ready(()));
    assert_eq!(
        slow.take(&mut Vec::new(), 1, |_, _| ()),
        Err(Outbox::TOO_SLOW)
    );
    assert_eq!(slow.push_text(|_| panic!("nothing is written")), Err(Full));
    assert_eq!(slow.push_chunk(vec![1]), Err(Full));
    assert_eq!(received(&other).len(), 20);
}

/// An event that a client gets three times is one allocation, and counts as one.
#[test]
fn an_event_for_several_subscriptions_counts_once() {
    let (live, client) = (Live::new(LiveLimits::default()), Outbox::new(1 << 20));
    let mut alone = 0;
    for name in 0..3 {
        let ticket = live.subscribe(&client, &sub(name), kind(1)).unwrap();
        live.stored_sent(ticket, 0);
        live.publish(&event(1, 1), Some(1));
        alone = if name == 0 { client.bytes() } else { alone };
        assert!(client.bytes() <= alone + 100 * name);
        assert_eq!(received(&client).len(), name + 1);
        assert_eq!(client.bytes(), 0);
    }
}

#[test]
fn what_is_held_back_is_bounded_too() {
    let (live, client) = (Live::new(LiveLimits::default()), Outbox::new(3_000));
    let ticket = live.subscribe(&client, &sub(0), kind(1)).unwrap();
    for at in 1..=20 {
        live.publish(&event(1, at), Some(at));
        assert!(client.bytes() <= 3_000);
    }
    assert_eq!(
        (client.dropped(), client.bytes()),
        (Some(Outbox::TOO_SLOW), 0)
    );
    live.stored_sent(ticket, 0);
    live.forget(&client);
    assert_eq!((client.bytes(), live.subscriptions()), (0, 0));
}

#[test]
fn frames_and_chunks_come_in_order() {
    let client = Outbox::new(1_000);
    client.push_text(|out| out.extend(b"one")).unwrap();
    client.push_chunk(b"(frames)".to_vec()).unwrap();
    client.push_text(|out| out.extend(b"two")).unwrap();
    client.push_text(|out| out.extend(b"three")).unwrap();
    let mut socket = Vec::new();
    let mut take = |most| {
        let header = |out: &mut Vec<u8>, length: usize| out.extend(length.to_string().bytes());
        client.take(&mut socket, most, header).unwrap()
    };
    let chunk = Some(b"(frames)".to_vec());
    assert_eq!(take(100), Taken { chunk, more: true });
    assert_eq!(
        take(13),
        Taken {
            chunk: None,
            more: true
        }
    );
    assert_eq!(take(100), Taken::default());
    assert_eq!(socket, b"3one(frames)3two5three");
    assert_eq!(client.bytes(), 0);
}

/// Subscribers come and go while events are published; each open subscription gets each event once.
#[test]
fn threads_lose_nothing_and_repeat_nothing() {
    const EVENTS: u64 = 3_000;
    let live = Live::new(LiveLimits::default());
    let committed = AtomicU64::new(0);
    thread::scope(|scope| {
        for at in 0..3 {
            let (live, committed) = (&live, &committed);
            scope.spawn(move || {
                while committed.load(SeqCst) < EVENTS {
                    subscribe_for_a_while(live, committed, at);
                }
            });
        }
        for at in 1..=EVENTS {
            committed.store(at, SeqCst);
            live.publish(&event(1, at), Some(at));
        }
    });
    assert_eq!(live.subscriptions(), 0);
}

fn subscribe_for_a_while(live: &Live, committed: &AtomicU64, name: usize) {
    let client = Outbox::new(16 << 20);
    let ticket = live.subscribe(&client, &sub(name), kind(1)).unwrap();
    let snapshot = committed.load(SeqCst);
    thread::yield_now();
    live.stored_sent(ticket, snapshot);
    let mut got = Vec::new();
    while got.len() < 50 && committed.load(SeqCst) < 3_000 {
        got.extend(received(&client));
        thread::yield_now();
    }
    live.unsubscribe(&client, &sub(name));
    got.extend(received(&client));
    live.forget(&client);
    let expected = (snapshot + 1..).take(got.len());
    assert!(
        got.iter().map(|(_, number)| *number).eq(expected),
        "{got:?}"
    );
}

/// A session that sleeps is woken by whatever comes, also by what comes while it falls asleep.
#[test]
fn sessions_never_sleep_through() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (live, client) = (Live::new(LiveLimits::default()), Outbox::new(16 << 20));
    let ticket = live.subscribe(&client, &sub(0), kind(1)).unwrap();
    live.stored_sent(ticket, 0);
    thread::scope(|scope| {
        scope.spawn(|| (1..=3_000).for_each(|at| _ = live.publish(&event(1, at), Some(at))));
        runtime.block_on(async {
            let mut got = 0;
            while got < 3_000 {
                std::future::poll_fn(|context| client.poll_ready(context)).await;
                got += received(&client).len();
            }
        });
    });
}

#[test]
fn what_is_held_back_counts_and_does_not_wait() {
    let outbox = Outbox::new(1_000);
    outbox.hold(600).unwrap();
    assert_eq!((outbox.bytes(), outbox.waiting()), (600, 0));
    outbox.push_chunk(Vec::with_capacity(100)).unwrap();
    assert!(outbox.waiting() >= 100 && outbox.waiting() < 200);
    outbox.release(600);
    outbox.let_go(600);
    assert_eq!(outbox.bytes(), outbox.waiting());
}
