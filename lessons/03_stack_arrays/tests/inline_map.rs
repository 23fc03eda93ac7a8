//! The inline map against a hash map, operation by operation.

use std::cell::Cell;
use std::collections::HashMap;

use measuring::heap;
use proptest::collection::vec;
use proptest::prelude::*;
use stack_arrays::InlineMap;

measuring::install!();

#[derive(Clone, Debug)]
enum Operation {
    Insert(u8, u32),
    Remove(u8),
    Add(u8, u32),
    Clear,
}

/// Few keys, so that they meet again; clearing is rare, so that maps get full.
fn operation() -> impl Strategy<Value = Operation> {
    let key = 0..12u8;
    prop_oneof![
        8 => (key.clone(), any::<u32>()).prop_map(|(key, value)| Operation::Insert(key, value)),
        4 => key.clone().prop_map(Operation::Remove),
        2 => (key, any::<u32>()).prop_map(|(key, by)| Operation::Add(key, by)),
        1 => Just(Operation::Clear),
    ]
}

/// Does the same to both maps and compares all that can be asked of them.
fn behaves_as_a_map<const N: usize>(operations: &[Operation]) -> Result<(), TestCaseError> {
    let mut map: InlineMap<u8, u32, N> = InlineMap::new();
    let mut model: HashMap<u8, u32> = HashMap::new();
    let mut most = 0;
    for operation in operations {
        match *operation {
            Operation::Insert(key, value) => {
                prop_assert_eq!(map.insert(key, value), model.insert(key, value));
            }
            Operation::Remove(key) => prop_assert_eq!(map.remove(&key), model.remove(&key)),
            Operation::Add(key, by) => {
                let add = |value: &mut u32| {
                    *value = value.wrapping_add(by);
                    *value
                };
                prop_assert_eq!(map.get_mut(&key).map(add), model.get_mut(&key).map(add));
            }
            Operation::Clear => {
                map.clear();
                model.clear();
            }
        }
        most = most.max(model.len());
        prop_assert_eq!((map.len(), map.is_empty()), (model.len(), model.is_empty()));
        prop_assert_eq!(
            map.spilled(),
            most > N,
            "it spills at the entry after the last slot"
        );
        for key in 0..12 {
            prop_assert_eq!(map.get(&key), model.get(&key));
            prop_assert_eq!(map.contains_key(&key), model.contains_key(&key));
        }
        let entries: HashMap<u8, u32> = map.iter().map(|(key, value)| (*key, *value)).collect();
        prop_assert_eq!(map.iter().count(), model.len(), "no entry is listed twice");
        prop_assert_eq!(&entries, &model);
        prop_assert_eq!(&map.clone(), &map);
    }
    Ok(())
}

proptest! {
    #[test]
    fn four_slots_behave_as_a_map(operations in vec(operation(), 0..60)) {
        behaves_as_a_map::<4>(&operations)?;
    }

    #[test]
    fn one_slot_behaves_as_a_map(operations in vec(operation(), 0..60)) {
        behaves_as_a_map::<1>(&operations)?;
    }

    #[test]
    fn no_slot_behaves_as_a_map(operations in vec(operation(), 0..60)) {
        behaves_as_a_map::<0>(&operations)?;
    }

    #[test]
    fn collecting_keeps_the_last_of_equal_keys(entries in vec((0..8u8, any::<u32>()), 0..20)) {
        let map: InlineMap<u8, u32, 4> = entries.iter().copied().collect();
        let model: HashMap<u8, u32> = entries.into_iter().collect();
        prop_assert_eq!(map.iter().count(), model.len());
        prop_assert!(map.iter().all(|(key, value)| model.get(key) == Some(value)));
    }
}

#[test]
fn the_slots_take_no_block_and_the_map_takes_one() {
    let fill = |count: u32| {
        heap(|| {
            (0..count)
                .map(|key| (key, key))
                .collect::<InlineMap<_, _, 4>>()
        })
    };
    for count in 0..=4 {
        let (map, cost) = fill(count);
        assert_eq!((cost.allocations, map.spilled()), (0, false));
    }
    for count in 5..=8 {
        let (map, cost) = fill(count);
        assert_eq!(
            (cost.allocations, map.spilled()),
            (1, true),
            "room for as many again"
        );
    }
}

#[test]
fn a_map_that_was_cleared_keeps_its_room() {
    let mut map: InlineMap<u32, u32, 4> = (0..100).map(|key| (key, key)).collect();
    map.clear();
    let ((), cost) = heap(|| map.extend((0..100).map(|key| (key, key))));
    assert_eq!((cost.allocations, map.len()), (0, 100));
}

/// Counts its drops.
struct Counted<'a>(&'a Cell<u32>);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn every_value_is_dropped_once() {
    for count in [0, 3, 4, 5, 20] {
        let drops = Cell::new(0);
        let mut map: InlineMap<u32, Counted, 4> = InlineMap::new();
        map.extend((0..count).map(|key| (key, Counted(&drops))));
        assert_eq!(drops.get(), 0, "moving to the heap drops nothing");
        map.extend((0..count).map(|key| (key, Counted(&drops))));
        assert_eq!(drops.get(), count, "what is replaced is dropped");
        drop(map.remove(&0));
        drop(map);
        assert_eq!(drops.get(), 2 * count);
    }
}

#[test]
fn maps_with_equal_entries_are_equal() {
    let full = || -> InlineMap<u32, u32, 2> { [(1, 10), (2, 20)].into_iter().collect() };
    let mut spilled = full();
    spilled.insert(3, 30);
    assert_ne!(spilled, full());
    spilled.remove(&3);
    assert!(spilled.spilled() && !full().spilled());
    assert_eq!(spilled, full(), "wherever they lie");
    spilled.insert(2, 21);
    assert_ne!(spilled, full());
    assert_eq!(InlineMap::<u32, u32, 2>::new(), InlineMap::default());
}

#[test]
fn it_is_shown_as_a_map() {
    let map: InlineMap<&str, u32, 4> = [("limit", 20)].into_iter().collect();
    assert_eq!(format!("{map:?}"), r#"{"limit": 20}"#);
}
