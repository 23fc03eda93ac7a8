//! How long queries take on generated events: five shapes, with the event decoded, without, and counted; then what the
//! same questions take when they are asked again, put together from the database, from the cache of events or from
//! that of answers.
//!
//! `cargo run --release -p relay --example queries -- [EVENTS] [SHAPE]`, by default 20,000 and all.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use measuring::heap;
use relay::cache::{Answer, Asked, Events, Queries};
use relay::event::{Event, EventId};
use relay::filter::{Filter, TagFilter, Texts};
use relay::generate::Generator;
use relay::query::{self, Known, Query, QueryLimits};
use relay::store::{Put, Scratch, Store, StoreOptions, Tid};
use relay::wire::{self, SubId};
use zstd::bulk::Decompressor;

measuring::install!();

const NOW: u64 = 1_735_689_600;
const ROUNDS: usize = 2_000;
/// So many questions are asked again and again, so often.
const AGAIN: (usize, usize) = (200, 20);

/// Knows what a cache of events would know.
struct Cached<'a>(&'a HashMap<Tid, Event>);

impl Known for Cached<'_> {
    fn id(&mut self, place: Tid) -> Option<EventId> {
        self.0.get(&place).map(|event| event.id)
    }

    fn matches(&mut self, place: Tid, filter: &Filter) -> Option<bool> {
        self.0.get(&place).map(|event| filter.matches(event))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let many = arguments.next().map_or(Ok(20_000), |many| many.parse())?;
    let only = arguments.next();
    let folder = tempfile::tempdir()?;
    let store = Store::open(
        folder.path(),
        StoreOptions {
            cache_bytes: 64 << 20,
            ..Default::default()
        },
    )?;
    let stored = load(&store, many)?;
    println!("{} of {many} generated events", stored.len());
    println!(
        "                        decoded                      known     count    allocations         looks"
    );
    println!(
        "shape           rows   p50 µs    p99 µs   µs/row      µs/row        µs   opening  /row    /row"
    );
    let mut events: Vec<&Event> = stored.values().collect();
    events.sort_unstable_by_key(|event| event.id);
    let mut again = Vec::new();
    let mut turn = 0x2545_f491_4f6c_dd1d_u64;
    for shape in ["ids", "author_kind", "kind_range", "e_tag", "p_tag"] {
        if only.as_deref().is_some_and(|only| only != shape) {
            continue;
        }
        let mut filters = Vec::new();
        while filters.len() < ROUNDS {
            turn = turn.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            filters.extend(make(shape, &events, (turn >> 20) as usize));
        }
        let filters: Vec<Arc<[Filter]>> = filters
            .into_iter()
            .map(|filter| Arc::from([filter]))
            .collect();
        again.push((shape, ask_again(&store, &filters[..AGAIN.0])?));
        measure(shape, &store, &stored, filters)?;
    }
    println!("\nasked again, µs a request: least of {} rounds", AGAIN.1);
    println!(
        "shape         database    events   answers      kept as JSON, bytes each   as an answer"
    );
    for (
        shape,
        Again {
            micros,
            events,
            answers,
        },
    ) in again
    {
        let [database, from_events, from_answers] = micros;
        println!(
            "{shape:<12} {database:>9.1} {from_events:>9.1} {from_answers:>9.1} {events:>29} {answers:>14}"
        );
    }
    Ok(())
}

fn load(store: &Store, many: usize) -> Result<HashMap<Tid, Event>, Box<dyn Error>> {
    let events: Vec<Event> = Generator::new(1).take(many).collect();
    let mut stored = HashMap::new();
    for group in events.chunks(256) {
        let mut batch = store.begin()?;
        for event in group {
            if let Put::Stored(place) = batch.put(event, NOW)? {
                stored.insert(place, event.clone());
            }
        }
        for place in batch.commit()?.removed {
            stored.remove(&place);
        }
    }
    Ok(stored)
}

/// A filter of a shape, made of what an event has that is picked by a number; nothing if that event doesn't serve.
fn make(shape: &str, events: &[&Event], pick: usize) -> Option<Filter> {
    let event = events[pick % events.len()];
    let tagged = |letter: u8| {
        let (_, value) = event.letters().find(|&(found, _)| found == letter)?;
        Some(vec![TagFilter {
            letter,
            values: Texts::from_iter([value]),
        }])
    };
    let is_note = event.kind == 1;
    let mut filter = Filter::default();
    match shape {
        "ids" => {
            let other = |step: usize| events[(pick + step * 7919) % events.len()].id;
            filter.ids = Some((0..10).map(other).collect());
        }
        "author_kind" if is_note => {
            (filter.authors, filter.kinds) = (Some(vec![event.pubkey]), Some(vec![1]));
            filter.limit = Some(20);
        }
        "kind_range" if is_note => {
            filter.kinds = Some(vec![1]);
            (filter.since, filter.until) = (Some(event.created_at), Some(event.created_at + 1_000));
            filter.limit = Some(100);
        }
        "e_tag" if event.kind != 3 => (filter.tags, filter.limit) = (tagged(b'e')?, Some(200)),
        "p_tag" if event.kind != 3 => {
            (filter.tags, filter.limit) = (tagged(b'p')?, Some(50));
            filter.kinds = Some(vec![1, 6, 7, 16]);
        }
        _ => return None,
    }
    filter.normalise();
    Some(filter)
}

fn measure(
    shape: &str,
    store: &Store,
    stored: &HashMap<Tid, Event>,
    filters: Vec<Arc<[Filter]>>,
) -> Result<(), Box<dyn Error>> {
    let (mut event, mut scratch) = (Event::default(), Scratch::default());
    let open = |filters: &Arc<[Filter]>| {
        Query::new(
            store.snapshot()?,
            Arc::clone(filters),
            NOW,
            &QueryLimits::default(),
        )
    };
    // Once for the caches; here it is counted.
    let (mut rows, mut looks, mut opening, mut going) = (0_usize, 0, 0, 0);
    for filters in &filters {
        let (query, spent) = heap(|| -> Result<_, Box<dyn Error>> {
            let mut query = open(filters)?;
            let found = query.next(&mut event, &mut scratch)?;
            Ok((query, usize::from(found)))
        });
        let (mut query, first) = query?;
        let (rest, more) = heap(|| -> Result<_, Box<dyn Error>> {
            let mut rest = 0;
            while query.next(&mut event, &mut scratch)? {
                rest += 1;
            }
            Ok(rest)
        });
        rows += first + rest?;
        looks += query.looks();
        (opening, going) = (opening + spent.allocations, going + more.allocations);
    }
    let mut decoded = Vec::with_capacity(filters.len());
    for filters in &filters {
        let start = Instant::now();
        let mut query = open(filters)?;
        while query.next(&mut event, &mut scratch)? {}
        decoded.push(start.elapsed().as_nanos() as f64 / 1e3);
    }
    let start = Instant::now();
    for filters in &filters {
        let mut query = open(filters)?;
        while query
            .next_match(&mut Cached(stored), &mut event, &mut scratch)?
            .is_some()
        {}
    }
    let cached = start.elapsed().as_nanos() as f64 / 1e3;
    let start = Instant::now();
    for filters in &filters {
        query::count(&store.snapshot()?, filters, NOW, &mut event, &mut scratch)?;
    }
    let counted = start.elapsed().as_nanos() as f64 / 1e3;
    decoded.sort_by(f64::total_cmp);
    let (many, each) = (filters.len() as f64, rows as f64);
    println!(
        "{shape:<12} {:>7.1} {:>8.1} {:>9.1} {:>8.2} {:>11.2} {:>10.1} {:>9.1} {:>6.2} {:>7.2}",
        each / many,
        decoded[decoded.len() / 2],
        decoded[decoded.len() * 99 / 100],
        decoded.iter().sum::<f64>() / each,
        cached / each,
        counted / many,
        opening as f64 / many,
        going as f64 / (each - many).max(1.0),
        looks as f64 / each,
    );
    Ok(())
}

/// What asking again takes.
struct Again {
    /// From the database, the cache of events, and that of answers.
    micros: [f64; 3],
    /// What a request's part of each cache is, in bytes.
    events: usize,
    answers: usize,
}

/// What a reader has at hand.
struct Reader<'a> {
    store: &'a Store,
    events: Events,
    queries: Arc<Queries>,
    event: Event,
    scratch: Scratch,
    json: Vec<u8>,
    chunk: Vec<u8>,
    sub: SubId,
    context: Decompressor<'static>,
}

impl Reader<'_> {
    fn answer(&mut self, filters: &Arc<[Filter]>) -> Result<(), Box<dyn Error>> {
        self.chunk.clear();
        let snapshot = self.store.snapshot()?;
        let commit = snapshot.commit;
        let mut recording = match self.queries.find(filters, commit, NOW) {
            Asked::Before(answer) => return self.send(&answer),
            Asked::Again => Some(self.queries.record(filters, commit)),
            Asked::First => None,
        };
        let mut known = self.events.known(commit);
        let mut query = Query::new(snapshot, filters.clone(), NOW, &QueryLimits::default())?;
        while let Some(found) = query.next_match(&mut known, &mut self.event, &mut self.scratch)? {
            self.json.clear();
            let expires = match known.write_json(found.place, &mut self.json) {
                Some(expires) if !found.is_read => expires,
                _ => {
                    self.json.clear();
                    if !found.is_read {
                        let (event, scratch) = (&mut self.event, &mut self.scratch);
                        query.snapshot().read(found.place, event, scratch)?;
                    }
                    self.event.write_json(&mut self.json);
                    let (event, json) = (&self.event, &self.json);
                    self.events.insert(found.place, commit, event, json);
                    event.expiration().unwrap_or(u64::MAX)
                }
            };
            wire::write_event(&mut self.chunk, &self.sub, &self.json);
            if let Some(recording) = &mut recording {
                recording.push(found.place, expires, &self.json);
            }
        }
        if let Some(recording) = recording {
            recording.finish();
        }
        Ok(())
    }

    fn send(&mut self, answer: &Answer) -> Result<(), Box<dyn Error>> {
        let (chunk, sub) = (&mut self.chunk, &self.sub);
        let mut block = 0;
        while answer.read(block, &mut self.context, &mut self.json, |json| {
            wire::write_event(chunk, sub, json);
        })? {
            block += 1;
            chunk.clear();
        }
        Ok(())
    }
}

fn ask_again(store: &Store, filters: &[Arc<[Filter]>]) -> Result<Again, Box<dyn Error>> {
    let commit = store.snapshot()?.commit;
    let (mut micros, mut events, mut answers) = ([0.0; 3], 0, 0);
    for (micros, budgets) in micros
        .iter_mut()
        .zip([(0, 0), (64 << 20, 0), (0, 64 << 20)])
    {
        let mut reader = Reader {
            store,
            events: Events::with_budget(budgets.0),
            queries: Queries::with_budget(budgets.1, commit),
            event: Event::default(),
            scratch: Scratch::default(),
            json: Vec::new(),
            chunk: Vec::new(),
            sub: SubId::new("sub").ok_or("a name of three letters")?,
            context: Decompressor::new()?,
        };
        // The first round is for the caches, the second for those that want to be asked twice.
        *micros = f64::MAX;
        for _ in 0..AGAIN.1 {
            let start = Instant::now();
            for filters in filters {
                reader.answer(filters)?;
            }
            let each = start.elapsed().as_nanos() as f64 / 1e3 / filters.len() as f64;
            *micros = micros.min(each);
        }
        events += reader.events.figures().bytes / filters.len();
        answers += reader.queries.figures().bytes / filters.len();
    }
    Ok(Again {
        micros,
        events,
        answers,
    })
}
