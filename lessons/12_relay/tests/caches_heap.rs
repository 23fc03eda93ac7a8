//! What the caches say that they take is what they take, and never more than they may.

// These are figures of the relay's own parts; a learner's have budgets of their own.
#![cfg(not(feature = "parts"))]

use std::sync::Arc;

use measuring::{freed_by, heap};
use relay::cache::{Asked, Events, Queries};
use relay::event::Event;
use relay::filter::Filter;
use relay::generate::Generator;
use relay::store::tables::Tid;

measuring::install!();

const BUDGET: usize = 1 << 20;

/// Places and JSON of generated events.
fn rows() -> Vec<(Tid, Event, Vec<u8>)> {
    let events = Generator::new(3).take(4_000).enumerate();
    let row = |(number, event): (usize, Event)| {
        let mut json = Vec::new();
        event.write_json(&mut json);
        (Tid::new(number as u64, 0), event, json)
    };
    events.map(row).collect()
}

fn filters(number: usize) -> Arc<[Filter]> {
    Arc::new([Filter {
        kinds: Some(vec![number as u16]),
        since: Some(number as u64),
        ..Filter::default()
    }])
}

#[test]
fn events_take_what_they_say() {
    let rows = rows();
    let (events, spent) = heap(|| {
        let events = Events::with_budget(BUDGET);
        for (place, event, json) in &rows {
            events.insert(*place, 0, event, json);
        }
        events
    });
    let said = events.figures();
    assert!(said.entries > 100 && said.entries < rows.len(), "{said:?}");
    assert!(
        said.bytes <= BUDGET && spent.peak <= BUDGET as u64 + (256 << 10),
        "{spent:?}"
    );
    let slack = said.bytes.abs_diff(spent.live as usize);
    assert!(slack < 1 << 10, "{said:?} but {spent:?}");
}

#[test]
fn answers_take_what_they_say_while_they_come_and_when_they_go() {
    let rows = rows();
    let ask = |queries: &Arc<Queries>, number: usize| {
        let filters = filters(number);
        queries.find(&filters, 0, 0);
        if let Asked::Again = queries.find(&filters, 0, 0) {
            let mut recording = queries.record(&filters, 0);
            for (place, _, json) in rows.iter().skip(number * 7).take(number % 20) {
                recording.push(*place, u64::MAX, json);
                assert!(queries.figures().bytes <= BUDGET);
            }
            recording.finish();
        }
        // It is of use, so the next one is recorded as well.
        queries.find(&filters, 0, 0);
        assert!(queries.figures().bytes <= BUDGET);
    };
    let (queries, spent) = heap(|| {
        let queries = Queries::with_budget(BUDGET, 0);
        (0..500).for_each(|number| ask(&queries, number));
        queries
    });
    let said = queries.figures();
    assert!(said.entries > 20 && said.entries < 490, "{said:?}");
    let slack = said.bytes.abs_diff(spent.live as usize);
    assert!(slack < 1 << 10, "{said:?} but {spent:?}");

    let ((), freed) = freed_by(|| {
        let removed: Vec<Tid> = rows.iter().map(|(place, ..)| *place).collect();
        queries.committed(1, &removed, []);
    });
    assert_eq!(queries.figures().entries, 0);
    assert!(
        freed as i64 >= spent.live * 9 / 10,
        "{freed} freed after {spent:?}"
    );
}
