//! A bounded run of several threads over one interner and one cache, both too small for what is sent.

use std::thread;

use interning::two_way::{id, serial};
use interning::{Full, IdCache, Limits, SharedIdCache, SharedInterner};
use measuring::{Budget, alone};

measuring::install!();

const THREADS: u32 = 4;
const ROUNDS: u32 = 20_000;

#[test]
fn threads_share_an_interner_that_strangers_fill() {
    let limits = Limits {
        strings: 1_000,
        bytes: 64 * 1_024,
    };
    let names = SharedInterner::within(limits);
    let work = |thread: u32| {
        let names = &names;
        move || {
            for round in 0..ROUNDS {
                // Threads meet: the same number comes from each of them, at another time.
                let text = format!("tag-{}", (round * 7 + thread * 911) % 2_000);
                match names.intern(&text) {
                    Ok(symbol) => {
                        assert_eq!(names.resolve(symbol, |it| it == text), Some(true));
                        assert_eq!(names.get(&text), Some(symbol));
                    }
                    Err(full) => assert_eq!(full, Full::Strings(1_000)),
                }
            }
        }
    };
    thread::scope(|scope| {
        for number in 0..THREADS {
            scope.spawn(work(number));
        }
    });
    assert_eq!(names.len(), 1_000);
    let texts: std::collections::BTreeSet<String> = (0..1_000)
        .filter_map(interning::Symbol::nth)
        .filter_map(|symbol| names.resolve(symbol, str::to_owned))
        .collect();
    assert_eq!(texts.len(), 1_000, "no text was interned twice");
}

#[test]
fn threads_share_a_cache_within_its_budget() {
    alone("threads_share_a_cache_within_its_budget", || {
        let cache = SharedIdCache::from(IdCache::with_budget(16 * 1_024).unwrap());
        let work = |thread: u32| {
            let cache = &cache;
            move || {
                for round in 0..ROUNDS {
                    let number = round.wrapping_mul(2_654_435_761).wrapping_add(thread) % 1_000;
                    match round % 8 {
                        0 => drop(cache.remove_serial(serial(number))),
                        1..=3 => cache.insert(serial(number), id(number)),
                        4 | 5 => {
                            assert!([None, Some(id(number))].contains(&cache.id(serial(number))))
                        }
                        _ => assert!(
                            [None, Some(serial(number))].contains(&cache.serial(&id(number)))
                        ),
                    }
                }
            }
        };
        // Threads take a few allocations of their own; 80,000 operations take none.
        Budget::of("a shared cache")
            .allocations(100)
            .assert_holds_in_process(|| {
                thread::scope(|scope| {
                    for number in 0..THREADS {
                        scope.spawn(work(number));
                    }
                });
            });
        assert!(cache.len() <= cache.capacity());
        let held = (0..1_000).filter(|number| {
            let found = cache.id(serial(*number));
            assert_eq!(found.is_some(), cache.serial(&id(*number)).is_some());
            found.is_some()
        });
        assert_eq!(held.count(), cache.len());
    });
}
