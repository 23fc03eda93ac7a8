//! Every interleaving of two and three threads on the shared shelves:
//! `RUSTFLAGS="--cfg loom" cargo test -p pooling --test loom --release`.
#![cfg(loom)]

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use loom::thread;
use pooling::{Limits, LockFree, Locked, Recycle, Shelf};

/// A value that knows who it is, whether it was cleared, and when it goes.
struct Token {
    name: usize,
    room: usize,
    used: bool,
    dropped: Arc<AtomicUsize>,
}

impl Recycle for Token {
    fn clear(&mut self) {
        self.used = false;
    }

    fn room(&self) -> usize {
        self.room
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Relaxed);
    }
}

fn token(name: usize, room: usize, dropped: &Arc<AtomicUsize>) -> Token {
    Token {
        name,
        room,
        used: true,
        dropped: dropped.clone(),
    }
}

/// Two threads put a value each, where only one fits; a third takes what it finds, uses it and puts it back.
/// Whatever happens: the limit holds at every moment, no value is lost or there twice, and all are clean.
fn one_of_two_fits<S: Shelf<Token> + Send + Sync + 'static>(make: fn() -> S) {
    loom::model(move || {
        let dropped = Arc::new(AtomicUsize::new(0));
        let shelf = Arc::new(make());
        let putters = [1, 2].map(|name| {
            let (shelf, token) = (shelf.clone(), token(name, 60, &dropped));
            thread::spawn(move || shelf.put(token))
        });
        if let Some(mut taken) = shelf.take() {
            assert!(!taken.used, "cleared before it was to be had");
            taken.used = true;
            shelf.put(taken);
        }
        assert!(shelf.idle().bytes <= 100, "the limit holds in between too");
        for putter in putters {
            putter.join().unwrap();
        }

        let idle = shelf.idle();
        assert_eq!(idle.bytes, 60 * idle.values, "the count is what is there");
        let mut left = Vec::new();
        while let Some(token) = shelf.take() {
            assert!(!token.used);
            left.push(token.name);
        }
        assert_eq!(left.len(), idle.values);
        // None is left where each put met the count of a value that was on its way out.
        assert!(left.len() <= 1, "two don't fit");
        assert_eq!(shelf.idle().bytes, 0);
        assert_eq!(dropped.load(Relaxed), 2, "each is dropped once");
    });
}

#[test]
fn locked_keeps_its_limit() {
    one_of_two_fits(|| Locked::new(Limits::of(4).bytes(100)));
}

#[test]
fn lock_free_keeps_its_limit() {
    one_of_two_fits(|| LockFree::new(Limits::of(4).bytes(100)));
}

/// A value that waits is taken by one of two threads, never by both. Each has a guard, and all of it comes back.
fn one_value_two_takers<S: Shelf<Token> + Send + Sync + 'static>(make: fn() -> S) {
    loom::model(move || {
        let dropped = Arc::new(AtomicUsize::new(0));
        let shelf = Arc::new(make());
        assert!(shelf.put(token(0, 10, &dropped)));
        let borrow = |name: usize| {
            let (shelf, dropped) = (shelf.clone(), dropped.clone());
            move || {
                let mut guard = shelf.lend(|| token(name, 10, &dropped));
                guard.used = true;
                guard.name
            }
        };
        let other = thread::spawn(borrow(1));
        let mine = borrow(2)();
        let others = other.join().unwrap();
        assert!(mine == 0 || others == 0, "the one that waited is used");

        let idle = shelf.idle();
        assert_eq!(idle.bytes, 10 * idle.values);
        assert_eq!(idle.values + dropped.load(Relaxed), made(mine, others));
        while let Some(token) = shelf.take() {
            assert!(!token.used);
        }
    });
}

/// How many values there have been: the first one, and each that a taker had to make.
fn made(mine: usize, others: usize) -> usize {
    1 + usize::from(mine != 0) + usize::from(others != 0)
}

#[test]
fn locked_lends_a_value_once() {
    one_value_two_takers(|| Locked::new(Limits::of(2)));
}

#[test]
fn lock_free_lends_a_value_once() {
    one_value_two_takers(|| LockFree::new(Limits::of(2)));
}

/// The list is full: the value that doesn't fit is dropped, and its bytes aren't counted.
#[test]
fn lock_free_takes_back_the_count_of_what_did_not_fit() {
    loom::model(|| {
        let dropped = Arc::new(AtomicUsize::new(0));
        let shelf = Arc::new(LockFree::new(Limits::of(1)));
        let other = {
            let (shelf, token) = (shelf.clone(), token(1, 60, &dropped));
            thread::spawn(move || shelf.put(token))
        };
        let mine = shelf.put(token(2, 30, &dropped));
        let others = other.join().unwrap();
        assert!(mine != others, "one place, two values");
        let idle = shelf.idle();
        assert_eq!((idle.values, idle.bytes), (1, if mine { 30 } else { 60 }));
        assert_eq!(dropped.load(Relaxed), 1);
    });
}
