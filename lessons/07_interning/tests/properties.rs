//! Interner and cache against simple models, over sequences of operations that nobody thought of.

use std::collections::{BTreeSet, HashMap};

use interning::eviction::{self, ClearHalf, Clock, Lru, Policy, QuickCache, Sieve, Workload};
use interning::static_names::Letter;
use interning::{FixedSeed, Full, Id, IdCache, Interner, Limits, Serial, Symbol, two_way};
use measuring::heap;
use proptest::prelude::*;

measuring::install!();

/// Short texts, so that many are equal; some are empty, some have letters of several bytes.
fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[abé]{0,3}", 0..200)
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Insert(u8, u8),
    Id(u8),
    Serial(u8),
    RemoveSerial(u8),
    RemoveId(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = || 0..12u8;
    let step = prop_oneof![
        4 => (key(), key()).prop_map(|(serial, id)| Step::Insert(serial, id)),
        2 => key().prop_map(Step::Id),
        2 => key().prop_map(Step::Serial),
        1 => key().prop_map(Step::RemoveSerial),
        1 => key().prop_map(Step::RemoveId),
    ];
    prop::collection::vec(step, 0..200)
}

/// What was inserted last and not contradicted since. The cache may have forgotten some of it, and knows nothing else.
#[derive(Default)]
struct Model {
    ids: HashMap<Serial, Id>,
}

impl Model {
    fn insert(&mut self, serial: Serial, id: Id) {
        self.ids.retain(|_, known| *known != id);
        self.ids.insert(serial, id);
    }

    fn serial(&self, id: &Id) -> Option<Serial> {
        let found = self.ids.iter().find(|(_, known)| *known == id);
        found.map(|(serial, _)| *serial)
    }
}

/// A cache for exactly so many pairs.
fn cache_of(pairs: usize) -> IdCache<FixedSeed> {
    let mut budget = 0;
    loop {
        match IdCache::with_budget_and_hasher(budget, FixedSeed::default()) {
            Ok(cache) if cache.capacity() >= pairs => {
                assert_eq!(cache.capacity(), pairs);
                return cache;
            }
            _ => budget += 1,
        }
    }
}

/// The cache's own eviction is the CLOCK that the lesson compares with others.
#[test]
fn the_cache_hits_as_often_as_clock() {
    for workload in [Workload::skewed(), Workload::shifting()] {
        let mut cache = IdCache::with_budget_and_hasher(1 << 16, FixedSeed::default()).unwrap();
        let mut hits = 0;
        for key in &workload.requests {
            let key = *key as u32;
            match cache.id(two_way::serial(key)) {
                Some(_) => hits += 1,
                None => cache.insert(two_way::serial(key), two_way::id(key)),
            }
        }
        assert_eq!(hits, eviction::hits::<Clock>(cache.capacity(), &workload));
    }
}

#[test]
fn a_letter_is_any_name_of_one_letter_and_nothing_else() {
    let named = |byte: u8| Letter::from_name(&char::from(byte).to_string());
    let letters: Vec<Letter> = (0..=u8::MAX).filter_map(named).collect();
    assert!(
        letters
            .iter()
            .map(|letter| letter.index())
            .eq(0..Letter::COUNT)
    );
    for letter in &letters {
        assert_eq!(Letter::from_name(letter.as_str()), Some(*letter));
        assert_eq!(letter.to_string(), letter.as_str());
    }
    for name in ["", "ee", "é", "1", "relay"] {
        assert_eq!(Letter::from_name(name), None);
    }
}

proptest! {
    #[test]
    fn an_interner_numbers_texts_as_they_come(texts in texts()) {
        let mut interner = Interner::with_hasher(Limits::default(), FixedSeed::default());
        let mut model = Vec::<String>::new();
        for text in &texts {
            let index = model.iter().position(|known| known == text).unwrap_or_else(|| {
                model.push(text.clone());
                model.len() - 1
            });
            let symbol = interner.intern(text).unwrap();
            prop_assert_eq!(symbol.index(), index);
            prop_assert_eq!(interner.resolve(symbol), Some(text.as_str()));
        }
        interner.shrink_to_fit();
        prop_assert!(interner.iter().map(|(_, text)| text).eq(&model));
        prop_assert_eq!(interner.iter().len(), model.len());
        for (symbol, text) in &interner {
            prop_assert_eq!(interner.get(text), Some(symbol));
        }
        let unknown = Symbol::nth(model.len() as u32).unwrap();
        prop_assert_eq!(interner.resolve(unknown), None);
        prop_assert_eq!(interner.get("never seen"), None);
    }

    #[test]
    fn limits_hold_and_what_is_known_stays_known(texts in texts(), strings in 0..8u32, bytes in 0..16u32) {
        let limits = Limits { strings, bytes };
        let mut interner = Interner::with_hasher(limits, FixedSeed::default());
        let mut known = HashMap::<&str, Symbol>::new();
        for text in &texts {
            let held: usize = known.keys().map(|text| text.len()).sum();
            match (known.get(text.as_str()), interner.intern(text)) {
                (Some(symbol), again) => prop_assert_eq!(again, Ok(*symbol)),
                (None, Ok(symbol)) => {
                    prop_assert!(known.len() < strings as usize);
                    prop_assert!(held + text.len() <= bytes as usize);
                    known.insert(text, symbol);
                }
                (None, Err(Full::Strings(most))) => prop_assert_eq!((known.len(), most), (strings as usize, strings)),
                (None, Err(Full::Bytes(most))) => {
                    prop_assert_eq!(most, bytes);
                    prop_assert!(held + text.len() > bytes as usize);
                }
            }
        }
        prop_assert_eq!(interner.len(), known.len());
    }

    #[test]
    fn an_interner_says_what_it_takes(texts in texts()) {
        let (interner, cost) = heap(|| {
            let mut interner = Interner::with_hasher(Limits::default(), FixedSeed::default());
            for text in &texts {
                interner.intern(text).unwrap();
            }
            interner
        });
        prop_assert_eq!(interner.heap_bytes() as i64, cost.live);
    }

    #[test]
    fn a_cache_forgets_but_never_lies(steps in steps(), room in 1..8usize) {
        let mut cache = cache_of(room);
        let taken = cache.heap_bytes();
        let mut model = Model::default();
        for step in steps {
            let ((), cost) = heap(|| match step {
                Step::Insert(serial, id) => cache.insert([serial; 5], [id; 32]),
                Step::RemoveSerial(serial) => drop(cache.remove_serial([serial; 5])),
                Step::RemoveId(id) => drop(cache.remove_id(&[id; 32])),
                Step::Id(serial) => drop(cache.id([serial; 5])),
                Step::Serial(id) => drop(cache.serial(&[id; 32])),
            });
            prop_assert_eq!(cost.allocations, 0);
            match step {
                Step::Insert(serial, id) => {
                    model.insert([serial; 5], [id; 32]);
                    prop_assert_eq!(cache.id([serial; 5]), Some([id; 32]), "the newest is there");
                }
                Step::RemoveSerial(serial) => drop(model.ids.remove(&[serial; 5])),
                Step::RemoveId(id) => model.ids.retain(|_, known| *known != [id; 32]),
                Step::Id(_) | Step::Serial(_) => {}
            }
            let mut held = 0;
            for key in 0..12 {
                let (serial, id) = ([key; 5], [key; 32]);
                if let Some(found) = cache.id(serial) {
                    held += 1;
                    prop_assert_eq!(model.ids.get(&serial), Some(&found));
                    prop_assert_eq!(cache.serial(&found), Some(serial));
                }
                if let Some(found) = cache.serial(&id) {
                    prop_assert_eq!(model.serial(&id), Some(found));
                    prop_assert_eq!(cache.id(found), Some(id));
                }
            }
            prop_assert_eq!(cache.len(), held);
            prop_assert!(held <= room);
            prop_assert_eq!(cache.heap_bytes(), taken);
        }
    }

    #[test]
    fn a_cache_keeps_within_any_budget(budget in 0..200_000usize) {
        match heap(|| IdCache::with_budget(budget)) {
            (Ok(mut cache), cost) => {
                prop_assert!(cost.live <= budget as i64 && cost.peak <= budget as u64);
                prop_assert_eq!(cost.live, cache.heap_bytes() as i64);
                prop_assert!(cache.capacity() > 0);
                let ((), filling) = heap(|| {
                    for number in 0..cache.capacity() as u32 + 100 {
                        cache.insert(two_way::serial(number), two_way::id(number));
                    }
                });
                prop_assert_eq!(filling.allocations, 0);
                prop_assert_eq!(cache.len(), cache.capacity());
            }
            (Err(error), cost) => {
                prop_assert!(budget < error.least && cost.allocations == 0);
                prop_assert!(IdCache::with_budget(error.least).is_ok());
            }
        }
    }

    #[test]
    fn every_policy_keeps_to_its_room_and_answers_right(keys in prop::collection::vec(0..30u64, 0..300), room in 1..12usize) {
        assert_policy::<ClearHalf>(&keys, room)?;
        assert_policy::<Lru>(&keys, room)?;
        assert_policy::<Clock>(&keys, room)?;
        assert_policy::<Sieve>(&keys, room)?;
        assert_policy::<QuickCache>(&keys, room)?;
    }

    #[test]
    fn lru_is_lru(keys in prop::collection::vec(0..30u64, 0..300), room in 1..12usize) {
        let mut lru = Lru::with_room(room);
        let mut model = Vec::<u64>::new();
        for key in keys {
            let hit = lru.get(key).is_some();
            prop_assert_eq!(hit, model.contains(&key));
            model.retain(|other| *other != key);
            model.push(key);
            if !hit {
                lru.insert(key, [0; 32]);
                if model.len() > room {
                    model.remove(0);
                }
            }
        }
    }
}

fn assert_policy<P: Policy>(keys: &[u64], room: usize) -> Result<(), TestCaseError> {
    let mut cache = P::with_room(room);
    let mut asked = BTreeSet::new();
    for key in keys {
        match cache.get(*key) {
            Some(id) => prop_assert!(id == [*key as u8; 32] && asked.contains(key)),
            None => cache.insert(*key, [*key as u8; 32]),
        }
        asked.insert(*key);
    }
    let held = asked.iter().filter(|key| cache.get(**key).is_some());
    prop_assert!(held.count() <= room);
    Ok(())
}
