//! What the Go material says about serving a relay, settled: a test per row of `book/claims.toml`.

// These are figures of the relay's own parts; a learner's have budgets of their own.
#![cfg(not(feature = "parts"))]

mod client;

use std::hint::black_box;
use std::io::{Read, Write};
use std::sync::{Arc, Barrier, LazyLock, RwLock};
use std::thread;

use client::{Author, Client, frame, now, runtime, serve};
use measuring::{Heap, alone, heap, heap_of_process};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use relay::cache::{Asked, Events, Queries, Recent};
use relay::event::{Class, Event, EventId};
use relay::filter::Filter;
use relay::generate::Generator;
use relay::live::{Live, LiveLimits, Outbox};
use relay::observe::{Number, Stats};
use relay::server::Server;
use relay::store::tables::Tid;
use relay::store::{Put, Store, StoreOptions, Train};
use relay::wire::SubId;
use serde_json::json;

measuring::install!();

/// What a case costs.
#[track_caller]
fn cost(case: &str) -> Heap {
    relay::lesson().heap(case)
}

/// The number that a fact begins with.
#[track_caller]
fn fact(name: &str) -> f64 {
    let value = relay::lesson().fact(name);
    let number = value.split(' ').next().unwrap_or_default();
    number.replace(',', "").parse().expect("it is a number")
}

fn of_kind(kind: u16) -> Arc<[Filter]> {
    Arc::new([Filter {
        kinds: Some(vec![kind]),
        ..Filter::default()
    }])
}

/// Events with their places and JSON.
fn rows(count: usize) -> Vec<(Tid, Event, Vec<u8>)> {
    let row = |(number, event): (usize, Event)| {
        let mut json = Vec::new();
        event.write_json(&mut json);
        (Tid::new(number as u64, 0), event, json)
    };
    Generator::new(3).take(count).enumerate().map(row).collect()
}

#[test]
fn two_level_caching() {
    // Look-ups left to the database, for each question.
    let without = fact("lookups_without_cache");
    for traffic in ["busy", "quiet"] {
        let [serials, answers, both] =
            ["serials", "answers", "both"].map(|level| fact(&format!("lookups_{level}_{traffic}")));
        assert!(both < serials && both < answers && serials < without && answers < without);
    }
    // The cache of answers alone is as good as the share of questions that nothing has come between.
    assert!(fact("lookups_answers_busy") > fact("lookups_serials_busy"));
    assert!(fact("lookups_answers_quiet") < fact("lookups_serials_quiet"));

    // An answer goes when an event comes that belongs in it.
    let (queries, filters) = (Queries::with_budget(1 << 20, 0), of_kind(1));
    let mut recording = queries.record(&filters, 0);
    recording.push(Tid([0; 6]), u64::MAX, b"{}");
    recording.finish();
    let answered = |commit| matches!(queries.find(&filters, commit, 0), Asked::Before(_));
    let mut event = Event::default();
    event.kind = 2;
    queries.committed(1, &[], [&event]);
    assert!(answered(1));
    event.kind = 1;
    queries.committed(2, &[], [&event]);
    assert!(!answered(2));
}

#[test]
fn query_cache_compressed() {
    let [payload, accounted, live] =
        ["payload", "accounted", "live"].map(|what| fact(&format!("answers_{what}")));
    assert!((live - accounted).abs() / live < 0.05);
    // A cap on what zstd made of the answers would be overrun by a quarter.
    assert!(live > 1.2 * payload);
}

#[test]
fn lru_with_byte_accounting() {
    let rows = rows(600);
    for turns in [10, 100, 1_000, 10_000] {
        let (events, spent) = heap(|| {
            let events = Events::with_budget(256 << 10);
            for turn in 0..turns {
                let (place, event, json) = &rows[turn * 7_919 % rows.len()];
                match turn % 5 {
                    0 => events.remove(&[*place], 0),
                    1 => drop(events.get(*place, 0, |_| ())),
                    _ => events.insert(*place, 0, event, json),
                }
            }
            events
        });
        let said = events.figures();
        let slack = said.bytes.abs_diff(spent.live as usize);
        assert!(
            slack < 1 << 10 && said.bytes <= said.budget,
            "{said:?} but {spent:?}"
        );
    }

    // What is asked for stays, whatever comes.
    let events = Events::with_budget(256 << 10);
    let (asked, others) = (&rows[0], &rows[1..]);
    events.insert(asked.0, 0, &asked.1, &asked.2);
    for (place, event, json) in others {
        assert_eq!(events.get(asked.0, 0, |_| ()), Some(()));
        events.insert(*place, 0, event, json);
    }
    assert!(events.figures().entries < others.len(), "others have gone");
}

#[test]
fn compression_ratio_moving_average() {
    let [exact, short_last, long_last] = [
        "ratio_exact",
        "ratio_averaged_short_last",
        "ratio_averaged_long_last",
    ]
    .map(fact);
    // The same answers in another order have another average, and neither is what compression saved.
    assert!(short_last < long_last && long_last < exact);
    // Two numbers that rise are exact, and take no lock either.
    let (before, after) = (Number::default(), Number::default());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1_000).for_each(|_| (before.add(300), after.add(100)).0));
        }
    });
    assert_eq!((before.get(), after.get()), (1_200_000, 400_000));
}

#[test]
fn compress_trades_cpu_for_memory() {
    for step in ["decoded", "compressed", "kept"] {
        assert_eq!(cost(&format!("answers/{step}/100_notes")).allocations, 0);
    }
    let (json, compressed) = (fact("answer_json_bytes"), fact("answer_compressed_bytes"));
    assert!(compressed < json / 2.0);
}

#[test]
fn atomic_statistics() {
    let stats = Stats::default();
    let ((), spent) = heap(|| (0..1_000).for_each(|_| stats.received.add(1)));
    assert_eq!((spent.allocations, stats.received.get()), (0, 1_000));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1_000).for_each(|_| stats.received.add(1)));
        }
    });
    assert_eq!(stats.received.get(), 5_000);
    // Neighbours: several of them share a cache line.
    assert_eq!(fact("size_of_counter"), 8.0);
    assert_eq!(fact("size_of_counters") as usize, size_of::<Stats>());
    assert_eq!(size_of::<Stats>() % size_of::<Number>(), 0);
}

#[test]
fn copying_atomic_bytes() {
    let value = RwLock::new(vec![7_u8; 100]);
    let (_copy, load) = heap(|| value.read().unwrap().clone());
    let source = [8; 100];
    let ((), store) = heap(|| *value.write().unwrap() = source.to_vec());
    assert_eq!(
        (load.allocations, load.bytes, store.allocations),
        (1, 100, 1)
    );
    let shared = RwLock::new(Arc::<[u8]>::from(&source[..]));
    let (_pointer, load) = heap(|| shared.read().unwrap().clone());
    assert_eq!(load.allocations, 0);

    // The relay's caches hand out what they hold, for as long as a closure lasts.
    let events = Events::with_budget(1 << 20);
    let (place, event, json) = &rows(1)[0];
    events.insert(*place, 0, event, json);
    let (length, read) = heap(|| events.get(*place, 0, |cached| cached.json().len()));
    assert_eq!((length, read.allocations), (Some(json.len()), 0));
}

#[test]
fn read_copy_update() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        train: Train::Never,
        ..StoreOptions::default()
    };
    let store = Store::open(folder.path(), options).unwrap();
    let before = store.snapshot().unwrap();
    let mut batch = store.begin().unwrap();
    let Put::Stored(place) = batch.put(&rows(1)[0].1, 0).unwrap() else {
        panic!("it is new");
    };
    batch.commit().unwrap();
    let after = store.snapshot().unwrap();
    // Who reads keeps what was there, for as long as it takes.
    let mut event = Event::default();
    let mut reads = |snapshot: &relay::store::Snapshot| {
        snapshot
            .read(place, &mut event, &mut relay::store::Scratch::default())
            .unwrap()
    };
    assert!(!reads(&before) && reads(&after));
    // Readers of the same version share it: the tables aren't opened again.
    let (_again, shared) = heap(|| store.snapshot().unwrap());
    assert!(shared.allocations <= 1, "{shared:?}");
}

#[test]
fn locked_direct_access() {
    let recent = Recent::with_budget(64 << 10);
    let (id, place) = (EventId::new([7; 32]), Tid([0; 6]));
    let (found, read) = heap(|| {
        recent.insert(&id, place);
        recent.contains(&id)
    });
    assert!(found && read.allocations == 0);

    // Readers are in at once, and while one is, no writer is.
    let limits = RwLock::new(vec![1_u16, 3, 5]);
    let barrier = Barrier::new(2);
    let read = || {
        let guard = limits.read().unwrap();
        barrier.wait();
        assert!(limits.try_write().is_err());
        barrier.wait();
        guard.len()
    };
    let lengths = thread::scope(|scope| {
        let readers = [(); 2].map(|()| scope.spawn(read));
        readers.map(|reader| reader.join().unwrap())
    });
    assert_eq!(lengths, [3, 3]);
    let (length, in_place) = heap(|| black_box(&limits).read().unwrap().len());
    assert_eq!((length, in_place.allocations), (3, 0));
}

#[test]
fn per_connection_footprint() {
    alone("per_connection_footprint", || {
        let (ours, theirs) = (fact("connection_bytes"), fact("websocket_bytes_by_default"));
        assert!(ours < 5_000.0, "{ours}");
        assert!(theirs > 13.0 * 10_000.0 * 0.99, "{theirs}");
        // The read buffer is all that the library takes at first.
        assert_eq!(fact("websocket_bytes_2_kib"), 2_048.0);
        assert_eq!(fact("websocket_bytes_16_kib"), 16_384.0);
    });
}

#[test]
fn memory_budget_table() {
    for component in [
        "recent_ids",
        "event_cache",
        "query_cache",
        "value_cache",
        "subscriptions",
        "outbox",
    ] {
        let off = fact(&format!("off_{component}"));
        assert!(off <= 10.0, "{component} is off by {off} %");
    }
    // What is under way is charged by its frames, which is no account of what it takes.
    let off = fact("off_in_flight");
    assert!(off <= 25.0, "what is under way is off by {off} %");
}

#[test]
fn database_cache_separate() {
    const VALUES: TableDefinition<u32, &[u8]> = TableDefinition::new("values");
    const FILE: usize = 6_000_000;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("values.redb");
    let write = Database::create(&file).unwrap().begin_write().unwrap();
    let mut table = write.open_table(VALUES).unwrap();
    for key in 0..FILE as u32 / 1_000 {
        table.insert(key, &[7; 1_000][..]).unwrap();
    }
    drop(table);
    write.commit().unwrap();

    let live = |cache: usize| {
        let (_database, cost) = heap(|| {
            let database = Database::builder()
                .set_cache_size(cache)
                .open(&file)
                .unwrap();
            let table = database.begin_read().unwrap().open_table(VALUES).unwrap();
            assert_eq!(table.iter().unwrap().count(), FILE / 1_000);
            database
        });
        cost.live as usize
    };
    // As much of the file as the setting says, and all of it where there is room.
    for cache in [1 << 20, 3 << 20] {
        let live = live(cache);
        assert!(
            (cache * 9 / 10..cache + (256 << 10)).contains(&live),
            "{live} of {cache}"
        );
    }
    assert!((FILE..FILE * 5 / 4).contains(&live(64 << 20)));
    assert_eq!(
        fact("measured_database_cache"),
        fact("budget_database_cache")
    );
}

#[test]
fn event_validation_service() {
    // A refusal whose reason is a constant takes no allocation. One that names the wrong digit does.
    for (defect, allocations) in [
        ("too_far_ahead", 0),
        ("wrong_id", 0),
        ("wrong_signature", 0),
        ("bad_hex", 60),
        ("mixed", 15),
    ] {
        for step in ["all_checks", "cheapest_first"] {
            let case = format!("refusals/{step}/{defect}");
            assert_eq!(cost(&case).allocations, allocations, "{case}");
        }
    }
}

/// Runs a relay, lets `visit` use it, and ends it.
fn with_relay(visit: impl FnOnce(&Server)) {
    let (folder, runtime) = (tempfile::tempdir().unwrap(), runtime());
    let server = runtime.block_on(serve(folder.path(), |_| ()));
    visit(&server);
    runtime.block_on(server.shutdown());
}

#[test]
fn event_authorisation_service() {
    assert_eq!(fact("size_of_decision"), 16.0);
    alone("event_authorisation_service", || {
        with_relay(|server| {
            let mut client = Client::connect(server.local_addr());
            let author = Author::new(1);
            let allowed = |number| author.sign(now(), 20_001, &[], &format!("for all {number}"));
            let denied = |number| author.sign(now(), 1, &[&["-"]], &format!("mine {number}"));
            // Refused for want of authentication, which the client has been asked for already.
            let (accepted, reason) = client.publish(&denied(1_000));
            assert!(
                !accepted && reason.starts_with("auth-required: "),
                "{reason}"
            );
            // What remains is made now and then: a buffer that runs over, a group more while the verifiers are busy.
            let allowed = allocations_of(&mut client, true, "", allowed);
            let denied = allocations_of(&mut client, false, &reason, denied);
            assert!(
                allowed <= 0.5,
                "{allowed} allocations for an event that is allowed"
            );
            assert!(
                denied <= 0.5,
                "{denied} allocations for an event that is denied"
            );
        });
    });
}

/// Allocations of the whole process per event, where each is answered like this.
fn allocations_of(
    client: &mut Client,
    accepted: bool,
    reason: &str,
    events: impl Fn(usize) -> Event,
) -> f64 {
    const EVENTS: usize = 32;
    let batch = |from| -> Vec<u8> {
        (from..from + EVENTS)
            .flat_map(|n| frame(&events(n)))
            .collect()
    };
    let batches: Vec<Vec<u8>> = (0..11).map(|round| batch(round * EVENTS)).collect();
    let mut answer = Vec::new();
    relay::wire::write_ok(&mut answer, &EventId::ZERO, accepted, reason);
    let header = if answer.len() < 126 { 2 } else { 4 };
    let mut answers = vec![0; EVENTS * (header + answer.len())];
    let verdict = format!(",{accepted},").into_bytes();
    let mut exchange = |batch: &[u8]| {
        let socket = client.socket.get_mut();
        socket.write_all(batch).unwrap();
        socket.read_exact(&mut answers).unwrap();
        let answered = answers.windows(verdict.len()).filter(|it| *it == verdict);
        assert_eq!(answered.count(), EVENTS);
    };
    exchange(&batches[0]);
    let ((), spent) = heap_of_process(|| batches[1..].iter().for_each(|batch| exchange(batch)));
    spent.allocations as f64 / (10 * EVENTS) as f64
}

#[test]
fn event_router_registry() {
    for step in ["registry", "matched"] {
        assert_eq!(cost(&format!("routing/{step}/1000")).allocations, 0);
    }
    // The map and its boxes are made at the start, and stay.
    let (_registry, made) = heap(|| {
        let handler = |class: Class| Box::new(move || class) as Box<dyn Fn() -> Class>;
        let kinds = [
            (0_u16, Class::Replaceable),
            (5, Class::Regular),
            (20_001, Class::Ephemeral),
        ];
        let kinds = kinds
            .into_iter()
            .map(|(kind, class)| (kind, handler(class)));
        kinds.collect::<std::collections::HashMap<_, _>>()
    });
    assert_eq!(made.allocations, 4);
    // Ephemeral events are passed on and reach no storage.
    with_relay(|server| {
        let mut client = Client::connect(server.local_addr());
        let event = Author::new(1).sign(now(), 20_001, &[], "here and gone");
        assert!(client.publish(&event).0);
        assert!(client.request("all", &json!({})).is_empty());
        let stats = &server.relay().stats;
        assert_eq!((stats.ephemeral.get(), stats.stored.get()), (1, 0));
    });
}

#[test]
fn event_processing_service() {
    for subscribers in [10, 100] {
        let allocations = |step| cost(&format!("delivery/{step}/{subscribers}")).allocations;
        // The list of frames is an allocation in each.
        assert_eq!(allocations("encoded_each"), 1 + 2 * subscribers);
        assert_eq!(allocations("copied_each"), 2 + subscribers);
        assert_eq!(allocations("shared"), 3);
    }
    // The relay's own way, whose lists and buffers have their room: the allocation that all share.
    for subscribers in [1, 10, 200] {
        let live = Live::new(LiveLimits::default());
        let clients: Vec<_> = (0..subscribers).map(|_| Outbox::new(1 << 20)).collect();
        let sub = SubId::new("feed").unwrap();
        for client in &clients {
            live.stored_sent(live.subscribe(client, &sub, of_kind(1)).unwrap(), 0);
        }
        let mut event = Event::default();
        event.kind = 1;
        event.push_content("hello");
        let mut socket = Vec::with_capacity(1 << 10);
        let mut deliver = |commit| {
            assert_eq!(live.publish(&event, Some(commit)), subscribers);
            for client in &clients {
                socket.clear();
                while client
                    .take(&mut socket, usize::MAX, |_, _| ())
                    .unwrap()
                    .more
                {}
            }
        };
        (1..=8).for_each(&mut deliver);
        let ((), spent) = heap(|| deliver(9));
        assert_eq!(spent.allocations, 1, "{subscribers} subscribers");
    }
}

#[test]
fn handler_slimmed() {
    // A boxed future for each layer and event, or none.
    assert_eq!(cost("layers/boxed/1000").allocations, 4_000);
    assert_eq!(cost("layers/generic/1000").allocations, 0);
}

#[test]
fn shared_test_setup() {
    static EVENTS: LazyLock<Vec<Event>> = LazyLock::new(|| Generator::new(1).take(50).collect());
    // Who comes first pays for the set-up, if it is counted.
    let (_, first) = heap(|| EVENTS.len());
    let (_, second) = heap(|| EVENTS.len());
    assert!(first.allocations > 100, "{first:?}");
    assert_eq!(second.allocations, 0);
    // Other tests of this process don't count where only this thread does.
    let noise = || drop(black_box(vec![0; 1_000]));
    let ((), mine) = heap(|| thread::scope(|scope| drop(scope.spawn(noise).join())));
    let ((), bare) = heap(noise);
    assert_eq!((bare.allocations, bare.bytes), (1, 4_000));
    assert!(mine.bytes < 1_000, "{mine:?}");
    alone("shared_test_setup", || {
        let ((), all) = heap_of_process(|| thread::scope(|scope| drop(scope.spawn(noise).join())));
        assert!(all.bytes > 4_000, "{all:?}");
    });
}
