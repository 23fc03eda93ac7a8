//! A relay numbers public keys and ids: a serial stands for 32 bytes. The database has each pair. A
//! cache of the pairs asked for lately saves look-ups: after `insert(7, k)`, `value(7)` → `k` and
//! `serial(k)` → 7. It has a budget in bytes, whatever clients ask. When it is full, the next pair
//! replaces one that wasn't asked for lately. It holds at least one pair per 345 bytes of its
//! budget, and neither look-ups nor evictions get slower with more pairs.
//!
//! As written, it forgets nothing, and holds each value twice. To run the relay with your part:
//! `cargo test -p relay --features serial_cache --test server --test cli`.
//!
//! | budgets of 4 KiB to 64 MiB | measure     | budget           | why                            |
//! |----------------------------|-------------|------------------|--------------------------------|
//! | any number of pairs        | peak, live  | what it was told | it knows how many pairs fit    |
//! | `heap_bytes`               | bytes       | what it was told | and no less than what is live  |
//! | pairs into a full cache    | allocations | 0                | they take the places of others |
//! | look-ups                   | allocations | 0                | values are copied out          |

#![forbid(unsafe_code)]

use std::collections::HashMap;

/// Serials and their values, each found by the other.
#[derive(Default)]
pub struct SerialCache {
    // TODO: each value is here twice, and nothing bounds how many there are.
    values: HashMap<u32, [u8; 32]>,
    serials: HashMap<Box<[u8; 32]>, u32>,
}

impl SerialCache {
    /// Returns a cache that never uses more than `bytes` of heap. `bytes` is at least 4,096.
    pub fn with_budget(_bytes: usize) -> Self {
        Self::default()
    }

    /// Returns the value of a serial, if the cache has it.
    pub fn value(&mut self, serial: u32) -> Option<[u8; 32]> {
        self.values.get(&serial).copied()
    }

    /// Returns the serial of a value, if the cache has it.
    pub fn serial(&mut self, value: &[u8; 32]) -> Option<u32> {
        self.serials.get(value).copied()
    }

    /// Adds a pair, which is found at once. Forgets what either half of it led to before.
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

    /// Returns the bytes of heap that the cache uses: no less than it does, within its budget.
    pub fn heap_bytes(&self) -> usize {
        // A table is at least an eighth empty, with a byte for each place.
        let table = |places: usize, each: usize| places / 7 * 8 * (each + 1);
        table(self.values.capacity(), 36)
            + table(self.serials.capacity(), 16)
            + 32 * self.serials.len()
            + 128
    }
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

/// What a cache may cost that was told so many bytes.
const fn budget(bytes: usize) -> measuring::Budget {
    measuring::Budget::of("serial_cache")
        .peak(bytes as u64)
        .live(bytes as i64)
}

const KIB_64: usize = 64 << 10;

fn main() {
    measuring::show(budget(KIB_64), || fill(KIB_64, 20_000));
}

/// A cache of so many bytes, after so many pairs were read from the database.
fn fill(bytes: usize, pairs: u32) -> SerialCache {
    let mut cache = SerialCache::with_budget(bytes);
    (0..pairs).for_each(|serial| cache.insert(serial, &sample(serial)));
    cache
}

/// A value that looks random.
fn sample(n: u32) -> [u8; 32] {
    let mut value = [0; 32];
    for (at, word) in value.as_chunks_mut().0.iter_mut().enumerate() {
        *word = (u64::from(n) << 2 | at as u64)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .to_be_bytes();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, assert_work, awaiting, heap};
    use std::collections::HashMap;
    use std::hint::black_box;

    const FREE: Budget = Budget::of("serial_cache").allocations(0).live(0);
    const SMALL: [usize; 4] = [4_096, 5_000, KIB_64, 1 << 20];

    /// How many pairs a cache of so many bytes must hold, at least.
    fn pairs(bytes: usize) -> usize {
        bytes / 345
    }

    /// The value of a serial, if both directions say so.
    #[track_caller]
    fn value(cache: &mut SerialCache, serial: u32) -> Option<[u8; 32]> {
        let value = cache.value(serial)?;
        let back = cache.serial(&value);
        assert_gives(
            format_args!("serial of the value of {serial}"),
            &back,
            &Some(serial),
        );
        Some(value)
    }

    /// Of the last pairs that fit by the statement, 19 of 20 must be there.
    #[track_caller]
    fn assert_holds_the_last(bytes: usize, name: &str, of: &[(u32, [u8; 32])]) {
        let mut cache = SerialCache::with_budget(bytes);
        of.iter()
            .for_each(|(serial, value)| cache.insert(*serial, value));
        let wanted = pairs(bytes).min(of.len());
        let last = &of[of.len() - wanted..];
        let there = last
            .iter()
            .filter(|it| value(&mut cache, it.0) == Some(it.1))
            .count();
        let what = "that are still there of the last";
        assert!(
            there >= wanted * 19 / 20,
            "{name} {what} {wanted}, in {bytes} bytes: expected 19 of 20, came {there}"
        );
    }

    #[measuring::test]
    fn pairs_are_found_by_either_half() {
        let mut cache = SerialCache::with_budget(4_096);
        let empty = (cache.value(7), cache.serial(&sample(7)));
        assert_gives(
            "value(7) and serial(value of 7) when empty",
            &empty,
            &(None, None),
        );
        for serial in [7, 0, u32::MAX, 300, 70_000] {
            cache.insert(serial, &sample(serial));
        }
        for serial in [0, 7, 300, 70_000, u32::MAX] {
            let what = format_args!("value of {serial}");
            assert_gives(what, &value(&mut cache, serial), &Some(sample(serial)));
        }
        let unknown = [1, 8, 7 + (1 << 16), 7 + (1 << 24)].map(|serial| cache.value(serial));
        assert_gives("values of serials that are not there", &unknown, &[None; 4]);
        assert_gives(
            "serial of a value that is not there",
            &cache.serial(&[0xab; 32]),
            &None,
        );
    }

    #[measuring::test]
    fn values_that_differ_in_one_byte_differ() {
        let mut cache = SerialCache::with_budget(KIB_64);
        let value = |at: usize| std::array::from_fn(|other| u8::from(other == at) * 7);
        for n in 1..=32 {
            cache.insert(n, &value(n as usize - 1));
            let others = (cache.serial(&value(n as usize)), cache.serial(&[0; 32]));
            assert_gives(
                "serials of values that differ in a byte",
                &others,
                &(None, None),
            );
            for known in 1..=n {
                let what = format_args!("serial of the value whose byte {} is 7", known - 1);
                assert_gives(
                    what,
                    &cache.serial(&value(known as usize - 1)),
                    &Some(known),
                );
            }
        }
    }

    #[measuring::test]
    fn an_insert_forgets_what_led_elsewhere() {
        let mut cache = SerialCache::with_budget(KIB_64);
        let [a, b, c] = [1, 2, 3].map(sample);
        cache.insert(1, &a);
        cache.insert(1, &b);
        let came = (value(&mut cache, 1), cache.serial(&a));
        assert_gives(
            "1 → a, 1 → b: value of 1, serial of a",
            &came,
            &(Some(b), None),
        );
        cache.insert(2, &b);
        let came = (value(&mut cache, 2), cache.value(1));
        assert_gives("then 2 → b: values of 2 and 1", &came, &(Some(b), None));
        cache.insert(1, &a);
        cache.insert(2, &a);
        let came = (value(&mut cache, 2), cache.value(1), cache.serial(&b));
        let expected = (Some(a), None, None);
        assert_gives(
            "then 1 → a, 2 → a: values of 2 and 1, serial of b",
            &came,
            &expected,
        );
        cache.insert(3, &c);
        cache.insert(3, &c);
        let came = (value(&mut cache, 3), value(&mut cache, 2));
        assert_gives(
            "then 3 → c twice: values of 3 and 2",
            &came,
            &(Some(c), Some(a)),
        );
    }

    #[measuring::test]
    fn both_directions_agree_after_eviction() {
        for bytes in SMALL {
            let mut cache = fill(bytes, 6_000);
            for serial in 0..6_000 {
                let by_value = cache.serial(&sample(serial));
                let found = cache.value(serial);
                let expected = found.map(|_| (sample(serial), Some(serial)));
                let what = format_args!("value of {serial} and serial of that, {bytes} bytes");
                assert_gives(what, &found.map(|value| (value, by_value)), &expected);
                if found.is_none() {
                    let what = format_args!("serial of a value whose serial {serial} is gone");
                    assert_gives(what, &by_value, &None);
                }
            }
        }
    }

    /// Serials in a row, far apart, and values that are alike but for eight bytes.
    #[measuring::test]
    fn as_many_pairs_fit_as_promised() {
        let alike = |n: u32, at: usize| {
            let mut value = [0xee; 32];
            value[at..at + 4].copy_from_slice(&n.to_be_bytes());
            value
        };
        for bytes in SMALL.into_iter().filter(|bytes| bytes.is_power_of_two()) {
            let all = 0..3 * pairs(bytes) as u32;
            let of = |serial: fn(u32) -> u32| all.clone().map(serial).map(|it| (it, sample(it)));
            assert_holds_the_last(bytes, "pairs", &of(|n| n).collect::<Vec<_>>());
            assert_holds_the_last(bytes, "serials << 16", &of(|n| n << 16).collect::<Vec<_>>());
            for at in [0, 14, 28] {
                let alike: Vec<_> = all.clone().map(|n| (n, alike(n, at))).collect();
                assert_holds_the_last(bytes, "values that are alike", &alike);
            }
        }
    }

    /// More than 16 bits count. If a look-up or an eviction goes through all pairs, this takes
    /// minutes.
    #[measuring::test]
    fn many_pairs_stay_fast() {
        awaiting("70,000 pairs in 64 MiB: does a look-up go through all?");
        let of: Vec<_> = (0..70_000).map(|serial| (serial, sample(serial))).collect();
        assert_holds_the_last(64 << 20, "pairs", &of);
        awaiting("90,000 pairs into 8 MiB: does an eviction go through all that are there?");
        let last = value(&mut fill(8 << 20, 90_000), 89_999);
        assert_gives("value of 89,999", &last, &Some(sample(89_999)));
    }

    #[measuring::test]
    fn pairs_that_are_asked_for_stay() {
        for bytes in [4_096, KIB_64, 1 << 20] {
            let (mut cache, mut misses) = (SerialCache::with_budget(bytes), 0);
            let hot = (pairs(bytes) / 8) as u32;
            for serial in 10_000..20_000 {
                cache.insert(serial, &sample(serial));
                // One half is asked for by serial, the other half by value.
                let (one, other) = (serial % hot, hot + serial % hot);
                if cache.value(one).is_none() {
                    misses += 1;
                    cache.insert(one, &sample(one));
                }
                if cache.serial(&sample(other)).is_none() {
                    misses += 1;
                    cache.insert(other, &sample(other));
                }
            }
            assert!(
                misses <= 900,
                "look-ups of {} pairs that are asked for all the time, in {bytes} bytes: \
                 expected at most 900 of 20,000 to find nothing, came {misses}",
                2 * hot
            );
        }
    }

    #[measuring::test]
    fn pairs_come_and_go_in_any_order() {
        for bytes in [4_096, KIB_64] {
            let mut cache = SerialCache::with_budget(bytes);
            let (mut serials, mut values) = (HashMap::new(), HashMap::new());
            for n in 0..8_000_u32 {
                let serial = n.wrapping_mul(2_654_435_761) >> 23;
                let of = sample(n % 600);
                // What the database has: either half is in one pair.
                if let Some(other) = values.insert(serial, of) {
                    serials.remove(&other);
                }
                if let Some(other) = serials.insert(of, serial).filter(|it| *it != serial) {
                    values.remove(&other);
                }
                cache.insert(serial, &of);
                let came = value(&mut cache, serial);
                assert_gives(
                    format_args!("value of {serial}, inserted just now"),
                    &came,
                    &Some(of),
                );
                let asked = n % 512;
                if let Some(found) = value(&mut cache, asked) {
                    let what = format_args!("value of {asked} after {n} inserts");
                    assert_gives(what, &Some(&found), &values.get(&asked));
                }
            }
        }
    }

    #[measuring::test]
    fn a_cache_stays_in_its_budget() {
        budget(KIB_64).assert_holds_in_process(|| fill(black_box(KIB_64), 20_000));
        for bytes in SMALL.into_iter().chain([64 << 20]) {
            for pairs in [0, 1, 300, 5_000] {
                let (cache, cost) = heap(|| fill(black_box(bytes), pairs));
                budget(bytes).assert_allows(cost);
                let said = cache.heap_bytes();
                let what = format!("bytes that a cache of {bytes} with {pairs} pairs says it uses");
                assert_work(&what, said as u64, bytes as u64);
                let what = format!("bytes that it uses, of {said} that it says");
                assert_work(&what, cost.live as u64, said as u64);
            }
        }
    }

    /// No key that came and went may leave a map larger, however many did.
    #[measuring::test]
    fn a_full_cache_takes_no_allocation_for_the_next() {
        for bytes in SMALL {
            let mut cache = fill(bytes, 10_000);
            FREE.assert_holds(|| {
                for serial in black_box(10_000..20_000) {
                    cache.insert(serial, &sample(serial));
                }
            });
        }
        let mut cache = fill(4_096, 10_000);
        FREE.assert_holds(|| {
            for serial in black_box(0..20_000) {
                cache.insert(serial % 50, &sample(serial % 70));
            }
        });
    }

    #[measuring::test]
    fn looking_up_takes_no_allocation() {
        let mut cache = fill(KIB_64, 1_000);
        FREE.assert_holds(|| {
            for serial in black_box(0..2_000) {
                black_box((cache.value(serial), cache.serial(&sample(serial))));
            }
        });
    }
}
