//! Two caches, one behind the other: how many look-ups of serials are left to the database.
//!
//! A question is an author's feed. It is answered whole where it was asked before and the author has written nothing
//! since; else the author's serial is looked up, and the values behind the serials of what is found.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use interning::eviction::Workload;
use interning::{FixedSeed, IdCache};

use crate::event::{Event, PublicKey};
use crate::generate::{Authors, Generator, Options};

/// A relay that is asked so often between two new events.
pub(super) struct Traffic {
    questions_per_event: usize,
}

pub(super) const BUSY: Traffic = Traffic {
    questions_per_event: 1,
};
pub(super) const QUIET: Traffic = Traffic {
    questions_per_event: 100,
};

const QUESTIONS: usize = 5_000;
const EVENTS: usize = 4_000;
const AUTHORS: u32 = 400;
const FEED: usize = 20;
/// Pairs that the cache of serials has room for: fewer than half of those that there are.
const PAIRS: usize = 1_000;

type Value = [u8; 32];

/// What a run of questions came to.
#[derive(Default)]
struct Run {
    /// Look-ups of serials that went to the database.
    looks: usize,
    /// Questions that were answered whole.
    hits: usize,
}

/// The feeds: what is looked up for each author, and how popular that one is.
struct Feeds {
    /// The most prolific first, who is asked for most.
    values: Vec<Vec<Value>>,
    serials: HashMap<Value, u64, FixedSeed>,
    questions: Vec<usize>,
}

impl Feeds {
    fn made() -> Self {
        let options = Options {
            authors: Authors::Fixed(AUTHORS),
            ..Options::default()
        };
        let mut written: BTreeMap<PublicKey, Vec<Event>> = BTreeMap::new();
        for event in Generator::with(5, options)
            .take(EVENTS)
            .filter(|it| it.kind != 3)
        {
            written.entry(event.pubkey).or_default().push(event);
        }
        let mut authors: Vec<_> = written.into_iter().collect();
        authors.sort_by_key(|(_, events)| std::cmp::Reverse(events.len()));
        let values: Vec<Vec<Value>> = authors
            .iter()
            .map(|(author, events)| {
                let newest = events.iter().rev().take(FEED).flat_map(referenced);
                [*author.as_bytes()].into_iter().chain(newest).collect()
            })
            .collect();
        let mut serials = HashMap::default();
        for value in values.iter().flatten() {
            let next = serials.len() as u64;
            serials.entry(*value).or_insert(next);
        }
        let requests = Workload::skewed().requests;
        let author = |request: &u64| *request as usize % values.len();
        Self {
            questions: requests.iter().take(QUESTIONS).map(author).collect(),
            values,
            serials,
        }
    }

    fn run(&self, traffic: &Traffic, serials: bool, answers: bool) -> Run {
        let mut run = Run::default();
        let mut kept = HashSet::<usize, FixedSeed>::default();
        let budget = IdCache::budget_for(PAIRS);
        let mut cache = IdCache::with_budget_and_hasher(budget, FixedSeed::default())
            .expect("a thousand pairs are more than one");
        for (number, author) in self.questions.iter().enumerate() {
            if number % traffic.questions_per_event == 0 {
                // Who is asked for writes, too.
                let writer = self.questions[(number + QUESTIONS / 2) % QUESTIONS];
                kept.remove(&writer);
            }
            if answers && !kept.insert(*author) {
                run.hits += 1;
                continue;
            }
            for value in &self.values[*author] {
                if serials && cache.serial(value).is_some() {
                    continue;
                }
                run.looks += 1;
                let [.., a, b, c, d, e] = self.serials[value].to_be_bytes();
                cache.insert([a, b, c, d, e], *value);
            }
        }
        run
    }
}

/// The 32-byte values of an event: who wrote it, and what its tags refer to.
fn referenced(event: &Event) -> impl Iterator<Item = Value> {
    let tags = event
        .letters()
        .filter(|(letter, _)| matches!(letter, b'e' | b'p'));
    let values = tags.filter_map(|(_, value)| PublicKey::from_hex(value.as_bytes()).ok());
    let values = values.map(|value| *value.as_bytes());
    [*event.pubkey.as_bytes()].into_iter().chain(values)
}

thread_local! {
    static FEEDS: OnceCell<Feeds> = const { OnceCell::new() };
}

impl Traffic {
    fn run(&self, serials: bool, answers: bool) -> Run {
        FEEDS.with(|feeds| feeds.get_or_init(Feeds::made).run(self, serials, answers))
    }

    fn per_question(run: &Run) -> String {
        format!("{:.1}", run.looks as f64 / QUESTIONS as f64)
    }

    pub fn uncached(&self) -> String {
        Self::per_question(&self.run(false, false))
    }

    pub fn serials_alone(&self) -> String {
        Self::per_question(&self.run(true, false))
    }

    pub fn answers_alone(&self) -> String {
        Self::per_question(&self.run(false, true))
    }

    pub fn together(&self) -> String {
        Self::per_question(&self.run(true, true))
    }

    pub fn answer_hits(&self) -> String {
        let share = 100.0 * self.run(false, true).hits as f64 / QUESTIONS as f64;
        format!("{share:.1} %")
    }
}
