//! A relay numbers public keys and ids: a serial stands for 32 bytes, and each pair is in the database. A cache of those
//! asked for lately saves most look-ups, in both directions. It has a budget of its own in bytes, whatever clients ask.
//!
//! As written, nothing is ever forgotten, and each pair is held twice: under its serial, and under its value in an allocation of its
//! own. Hold a pair once. When there is room for no more, let the next one replace one that wasn't asked for lately, in
//! both directions. The last 200 pairs should fit into 64 KiB, and what is asked for all the time should stay.
//!
//! The relay takes it in place of its own: `cargo test -p relay --features serial_cache --test server --test cli`.
//!
//! | a budget of 64 KiB, 20,000 pairs | measure | budget | why                                                    |
//! |----------------------------------|---------|-------:|--------------------------------------------------------|
//! | all inserted                     | live    | 65,536 | as it was told                                         |
//! | the next 1,000                   | allocations  |      0 | they take the places of others                         |

#![forbid(unsafe_code)]

use std::collections::HashMap;

/// Serials and their values, each found by the other.
#[derive(Default)]
pub struct SerialCache {
    // TODO: each pair once, and no more of them than the budget allows.
    values: HashMap<u32, [u8; 32]>,
    serials: HashMap<Box<[u8; 32]>, u32>,
}

impl SerialCache {
    /// A cache that takes at most so many bytes of heap, from 4,096 on.
    pub fn with_budget(_bytes: usize) -> Self {
        Self::default()
    }

    /// The value of a serial, if the cache has it.
    pub fn value(&mut self, serial: u32) -> Option<[u8; 32]> {
        self.values.get(&serial).copied()
    }

    /// The serial of a value, if the cache has it.
    pub fn serial(&mut self, value: &[u8; 32]) -> Option<u32> {
        self.serials.get(value).copied()
    }

    /// Adds a pair. What either half of it led to before is forgotten.
    pub fn insert(&mut self, serial: u32, value: &[u8; 32]) {
        if let Some(before) = self.values.insert(serial, *value) {
            self.serials.remove(&before);
        }
        if let Some(before) = self.serials.insert(Box::new(*value), serial)
            && before != serial
        {
            self.values.remove(&before);
        }
    }

    /// What it takes, in bytes.
    pub fn heap_bytes(&self) -> usize {
        // A table is at least an eighth empty, with a byte for each place.
        let table = |places: usize, each: usize| places / 7 * 8 * (each + 1);
        table(self.values.capacity(), 36)
            + table(self.serials.capacity(), 16)
            + 32 * self.serials.len()
    }
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("serial_cache").live(65_536);

fn main() {
    measuring::show(BUDGET, || fill(65_536, 20_000));
}

/// A cache of so many bytes, after so many pairs were read from the database.
fn fill(bytes: usize, pairs: u32) -> SerialCache {
    let mut cache = SerialCache::with_budget(bytes);
    (0..pairs).for_each(|serial| cache.insert(serial, &sample(serial)));
    let value = cache.value(pairs - 1).unwrap_or_default();
    assert!(cache.serial(&value) == Some(pairs - 1) && cache.heap_bytes() > 0);
    cache
}

fn sample(n: u32) -> [u8; 32] {
    std::array::from_fn(|at| n.wrapping_mul(0x9e37_79b9).rotate_left(at as u32) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, heap};
    use std::hint::black_box;

    const FREE: Budget = Budget::of("serial_cache").allocations(0);

    /// The value of a serial, if both directions say so.
    #[track_caller]
    fn value(cache: &mut SerialCache, serial: u32) -> Option<[u8; 32]> {
        let value = cache.value(serial)?;
        assert_eq!(cache.serial(&value), Some(serial), "the way back");
        Some(value)
    }

    #[test]
    fn pairs_are_found_by_either_half() {
        let mut cache = SerialCache::with_budget(65_536);
        assert_eq!((cache.value(7), cache.serial(&sample(7))), (None, None));
        for serial in [7, 0, u32::MAX, 300] {
            cache.insert(serial, &sample(serial));
        }
        for serial in [0, 7, 300, u32::MAX] {
            assert_eq!(value(&mut cache, serial), Some(sample(serial)));
        }
        assert_eq!((cache.value(1), cache.serial(&sample(1))), (None, None));
        assert_eq!((cache.value(8), cache.serial(&[0xab; 32])), (None, None));
    }

    #[test]
    fn values_that_differ_in_one_byte_are_others() {
        let mut cache = SerialCache::with_budget(65_536);
        for n in 1..=32 {
            let value = |at: usize| std::array::from_fn(|other| u8::from(other == at) * 7);
            cache.insert(n, &value(n as usize - 1));
            assert_eq!(cache.serial(&value(n as usize)), None);
            assert_eq!(cache.serial(&[0; 32]), None);
            for known in 1..=n {
                assert_eq!(cache.serial(&value(known as usize - 1)), Some(known));
            }
        }
    }

    #[test]
    fn what_led_elsewhere_before_is_forgotten() {
        let mut cache = SerialCache::with_budget(65_536);
        let [a, b, c] = [1, 2, 3].map(sample);
        cache.insert(1, &a);
        cache.insert(1, &b);
        assert_eq!((value(&mut cache, 1), cache.serial(&a)), (Some(b), None));
        cache.insert(2, &b);
        assert_eq!((value(&mut cache, 2), cache.value(1)), (Some(b), None));
        cache.insert(1, &a);
        cache.insert(2, &a);
        assert_eq!((value(&mut cache, 2), cache.value(1)), (Some(a), None));
        assert_eq!(cache.serial(&b), None);
        cache.insert(3, &c);
        cache.insert(3, &c);
        assert_eq!(
            (value(&mut cache, 3), value(&mut cache, 2)),
            (Some(c), Some(a))
        );
    }

    /// Whatever is forgotten is forgotten in both directions, and what is found is right.
    #[test]
    fn both_directions_agree_after_eviction() {
        let mut cache = fill(65_536, 20_000);
        for serial in 0..20_000 {
            let by_value = cache.serial(&sample(serial));
            match cache.value(serial) {
                Some(value) => assert_eq!((value, by_value), (sample(serial), Some(serial))),
                None => assert_eq!(by_value, None, "{serial} is found by its value alone"),
            }
        }
    }

    #[test]
    fn the_last_200_fit_into_64_kib() {
        let mut cache = fill(65_536, 20_000);
        let last = 19_800..20_000;
        let there = last.filter(|serial| value(&mut cache, *serial) == Some(sample(*serial)));
        let there = there.count();
        assert!(there >= 190, "{there} of them are there");
    }

    #[test]
    fn what_is_asked_for_stays() {
        let mut cache = SerialCache::with_budget(65_536);
        let mut misses = 0;
        for serial in 1_000..20_000 {
            cache.insert(serial, &sample(serial));
            let (one, other) = (serial % 30, 30 + serial % 20);
            if cache.value(one).is_none() {
                misses += 1;
                cache.insert(one, &sample(one));
            }
            if cache.serial(&sample(other)).is_none() {
                misses += 1;
                cache.insert(other, &sample(other));
            }
        }
        assert!(misses < 1_000, "{misses} of 38,000 look-ups found nothing");
    }

    #[test]
    fn pairs_come_and_go_in_any_order() {
        let mut cache = SerialCache::with_budget(4_096);
        let mut known = std::collections::HashMap::new();
        for n in 0..50_000_u32 {
            let serial = n.wrapping_mul(2_654_435_761) >> 24;
            let of = sample(n % 300);
            known.retain(|_, other| *other != of);
            known.insert(serial, of);
            cache.insert(serial, &of);
            let asked = n % 256;
            if let Some(found) = value(&mut cache, asked) {
                assert_eq!(Some(&found), known.get(&asked), "{asked} at {n}");
            }
        }
    }

    #[test]
    fn a_full_cache_stays_in_budget() {
        let cache = BUDGET.assert_holds(|| fill(black_box(65_536), 20_000));
        let (other, cost) = heap(|| fill(65_536, 20_000));
        let said = (cache.heap_bytes(), other.heap_bytes());
        assert!(
            cost.live as usize <= said.0 && said.0 <= 65_536,
            "it says {said:?}: {cost:?}"
        );
    }

    #[test]
    fn a_small_one_does_too() {
        let budget = Budget::of("serial_cache").live(4_096);
        budget.assert_holds(|| fill(black_box(4_096), 20_000));
    }

    #[test]
    fn a_full_cache_takes_no_block_for_the_next() {
        let mut cache = fill(65_536, 20_000);
        FREE.assert_holds(|| {
            for serial in black_box(20_000..21_000) {
                cache.insert(serial, &sample(serial));
            }
        });
    }

    #[test]
    fn looking_up_takes_no_block() {
        let mut cache = fill(65_536, 1_000);
        FREE.assert_holds(|| {
            for serial in black_box(0..2_000) {
                black_box((cache.value(serial), cache.serial(&sample(serial))));
            }
        });
    }
}
