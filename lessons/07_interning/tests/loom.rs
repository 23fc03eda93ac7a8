//! All interleavings of two threads that share an interner or a cache:
//! `RUSTFLAGS="--cfg loom" cargo test -p interning --test loom --release`.

#![cfg(loom)]

use interning::{
    FixedSeed, Full, IdCache, Interner, Limits, SharedIdCache, SharedInterner, Symbol,
};
use loom::sync::Arc;
use loom::thread;

fn interner(strings: u32) -> Arc<SharedInterner<FixedSeed>> {
    let limits = Limits {
        strings,
        ..Limits::default()
    };
    let empty = Interner::with_hasher(limits, FixedSeed::default());
    Arc::new(SharedInterner::from(empty))
}

#[test]
fn the_same_text_gets_one_symbol() {
    loom::model(|| {
        let names = interner(u32::MAX);
        let theirs = thread::spawn({
            let names = Arc::clone(&names);
            move || [names.intern("nos.lol"), names.intern("relay.example")]
        });
        let ours = [names.intern("relay.example"), names.intern("nos.lol")];
        let [their_nos, their_relay] = theirs.join().unwrap();
        assert_eq!(ours, [their_relay, their_nos]);
        assert_eq!(names.len(), 2);
        for (symbol, text) in [(their_nos, "nos.lol"), (their_relay, "relay.example")] {
            assert!(names.resolve(symbol.unwrap(), |it| it == text).unwrap());
        }
    });
}

#[test]
fn the_last_place_goes_to_one() {
    loom::model(|| {
        let names = interner(1);
        let theirs = thread::spawn({
            let names = Arc::clone(&names);
            move || names.intern("theirs")
        });
        let ours = names.intern("ours");
        let theirs = theirs.join().unwrap();
        let (winner, full) = match ours {
            Ok(_) => ("ours", theirs),
            Err(_) => ("theirs", ours),
        };
        assert_eq!(full, Err(Full::Strings(1)));
        assert_eq!((names.get(winner), names.len()), (Symbol::nth(0), 1));
    });
}

#[test]
fn a_symbol_that_is_seen_resolves() {
    loom::model(|| {
        let names = interner(u32::MAX);
        let writer = thread::spawn({
            let names = Arc::clone(&names);
            move || names.intern("nos.lol").map(drop)
        });
        if let Some(symbol) = names.get("nos.lol") {
            assert_eq!(names.resolve(symbol, str::to_owned).unwrap(), "nos.lol");
        }
        writer.join().unwrap().unwrap();
    });
}

#[test]
fn a_pair_is_found_whole_or_not_at_all() {
    loom::model(|| {
        // Room for one pair, so that every insertion evicts.
        let least = IdCache::with_budget(0).unwrap_err().least;
        let cache = IdCache::with_budget_and_hasher(least, FixedSeed::default()).unwrap();
        assert_eq!(cache.capacity(), 1);
        let cache = Arc::new(SharedIdCache::from(cache));
        cache.insert([1; 5], [1; 32]);
        let writer = thread::spawn({
            let cache = Arc::clone(&cache);
            move || cache.insert([2; 5], [2; 32])
        });
        for byte in [1, 2] {
            assert!([None, Some([byte; 32])].contains(&cache.id([byte; 5])));
            assert!([None, Some([byte; 5])].contains(&cache.serial(&[byte; 32])));
        }
        writer.join().unwrap();
        assert_eq!((cache.id([1; 5]), cache.len()), (None, 1));
        assert_eq!(cache.id([2; 5]), Some([2; 32]));
    });
}

/// A hit sets the flag, and the eviction that another thread starts may see it or not: either way one pair goes.
#[test]
fn a_hit_and_an_eviction_at_once_leave_both_tables_in_step() {
    loom::model(|| {
        let cache =
            IdCache::with_budget_and_hasher(IdCache::budget_for(1) + 100, FixedSeed::default());
        let cache = Arc::new(SharedIdCache::from(cache.unwrap()));
        let room = cache.capacity() as u8;
        for byte in 0..room {
            cache.insert([byte; 5], [byte; 32]);
        }
        let reader = thread::spawn({
            let cache = Arc::clone(&cache);
            move || cache.serial(&[0; 32])
        });
        cache.insert([room; 5], [room; 32]);
        reader.join().unwrap();
        let found = (0..=room).filter(|byte| {
            let by_serial = cache.id([*byte; 5]).is_some();
            assert_eq!(by_serial, cache.serial(&[*byte; 32]).is_some());
            by_serial
        });
        assert_eq!(found.count(), usize::from(room));
    });
}
