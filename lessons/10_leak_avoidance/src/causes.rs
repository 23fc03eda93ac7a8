//! What leaks in safe Rust: one small piece of work for each cause, and the same work mended.
//!
//! These leak for good, so they are no cases for a benchmark. Each is run by the [`LeakGuard`], which says what one
//! round leaves behind.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::hint::black_box;
use std::mem::forget;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};
use tokio::task::yield_now;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::{AbortOnDropHandle, LeakGuard, Leftovers, quiet_runtime};

/// A cause of leaks.
#[derive(Clone, Copy, Debug)]
pub struct Cause {
    /// What it is called in the book.
    pub name: &'static str,
    leaking: Work,
    mended: Work,
}

type Work = fn() -> Pin<Box<dyn Future<Output = ()>>>;

impl Cause {
    /// What one round of the leaking work leaves behind.
    ///
    /// # Panics
    ///
    /// Where the meter isn't installed.
    pub fn left(&self) -> Leftovers {
        let guard = LeakGuard::of(self.name).patience(Duration::from_millis(5));
        guard.left_on(&quiet_runtime(), self.leaking)
    }

    /// What one round of the mended work leaves behind: nothing.
    ///
    /// # Panics
    ///
    /// Where the meter isn't installed.
    pub fn left_when_mended(&self) -> Leftovers {
        LeakGuard::of(self.name).left_on(&quiet_runtime(), self.mended)
    }
}

/// Every cause that this lesson knows and can show on one thread.
pub const CAUSES: [Cause; 8] = [
    Cause {
        name: "own_sender",
        leaking: || Box::pin(own_sender()),
        mended: || Box::pin(sender_given_away()),
    },
    Cause {
        name: "endless_interval",
        leaking: || Box::pin(endless_interval()),
        mended: || Box::pin(cancelled_interval()),
    },
    Cause {
        name: "lock_across_await",
        leaking: || Box::pin(lock_across_await()),
        mended: || Box::pin(lock_with_a_limit()),
    },
    Cause {
        name: "cycle",
        leaking: || Box::pin(async { cycle() }),
        mended: || Box::pin(async { cycle_cut() }),
    },
    Cause {
        name: "forgotten",
        leaking: || Box::pin(async { forgotten() }),
        mended: || Box::pin(async { dropped() }),
    },
    Cause {
        name: "leaked_box",
        leaking: || Box::pin(async { leaked_box() }),
        mended: || Box::pin(async { owned_box() }),
    },
    Cause {
        name: "guard_in_a_static",
        leaking: || Box::pin(async { guard_in_a_static() }),
        mended: || Box::pin(async { guard_in_a_scope() }),
    },
    Cause {
        name: "unread_queue",
        leaking: || Box::pin(unread_queue()),
        mended: || Box::pin(bounded_queue()),
    },
];

const KILOBYTE: usize = 1_024;

/// `black_box`, because an optimiser leaves out an allocation that nobody reads, leaked or not.
fn body() -> Vec<u8> {
    black_box(vec![1; KILOBYTE])
}

/// The waiting task holds the sender that it waits for.
async fn own_sender() {
    let (sender, mut inbox) = mpsc::channel::<Vec<u8>>(1);
    tokio::spawn(async move {
        let _for_others = sender;
        inbox.recv().await
    });
    yield_now().await;
}

async fn sender_given_away() {
    let (_sender, mut inbox) = mpsc::channel::<Vec<u8>>(1);
    tokio::spawn(async move { inbox.recv().await });
    yield_now().await;
}

/// A loop that nothing ends.
async fn endless_interval() {
    let report = body();
    tokio::spawn(async move {
        let mut ticks = interval(Duration::from_secs(3_600));
        loop {
            ticks.tick().await;
            black_box(&report);
        }
    });
    yield_now().await;
}

async fn cancelled_interval() {
    let report = body();
    let token = CancellationToken::new();
    let _ends_here = token.clone().drop_guard();
    tokio::spawn(token.run_until_cancelled_owned(async move {
        let mut ticks = interval(Duration::from_secs(3_600));
        loop {
            ticks.tick().await;
            black_box(&report);
        }
    }));
    yield_now().await;
}

/// One task keeps a lock while it waits for ever, and so the next one waits for ever too.
async fn lock_across_await() {
    let lock = Arc::new(Mutex::new(body()));
    for _ in 0..2 {
        let lock = lock.clone();
        tokio::spawn(async move {
            let _held = lock.lock().await;
            pending::<()>().await;
        });
    }
    yield_now().await;
}

/// What is waited for under a lock gets a limit.
async fn lock_with_a_limit() {
    let lock = Arc::new(Mutex::new(body()));
    for _ in 0..2 {
        let lock = lock.clone();
        tokio::spawn(async move {
            let _held = lock.lock().await;
            let _too_late = timeout(Duration::from_millis(1), pending::<()>()).await;
        });
    }
    yield_now().await;
}

struct Room {
    _log: Vec<u8>,
    guests: RefCell<Vec<Rc<Guest>>>,
}

struct Guest {
    _room: Rc<Room>,
}

fn cycle() {
    let room = Rc::new(Room {
        _log: body(),
        guests: RefCell::default(),
    });
    let guest = Rc::new(Guest {
        _room: room.clone(),
    });
    room.guests.borrow_mut().push(guest);
}

struct WeakRoom {
    _log: Vec<u8>,
    guests: RefCell<Vec<Rc<WeakGuest>>>,
}

struct WeakGuest {
    _room: Weak<WeakRoom>,
}

fn cycle_cut() {
    let room = Rc::new(WeakRoom {
        _log: body(),
        guests: RefCell::default(),
    });
    let guest = Rc::new(WeakGuest {
        _room: Rc::downgrade(&room),
    });
    room.guests.borrow_mut().push(guest);
}

fn forgotten() {
    forget(body());
}

fn dropped() {
    drop(body());
}

/// As is done for a name that should be `&'static str`.
fn leaked_box() {
    let text = black_box("x".repeat(KILOBYTE));
    let _for_ever: &'static str = Box::leak(text.into_boxed_str());
}

fn owned_box() {
    let text = black_box("x".repeat(KILOBYTE));
    let _for_now: &str = &text.into_boxed_str();
}

/// An entry in a list, struck out when the guard is dropped; here, the entry is the guard's own.
struct Subscription {
    _filter: Vec<u8>,
}

thread_local! {
    // Every visit puts its guard here, and nothing takes one out. The room is there before the first visit.
    static GUARDS: RefCell<Vec<Subscription>> = RefCell::new(Vec::with_capacity(1_024));
}

fn guard_in_a_static() {
    let guard = Subscription { _filter: body() };
    GUARDS.with_borrow_mut(|guards| guards.push(guard));
}

fn guard_in_a_scope() {
    let _guard = Subscription { _filter: body() };
}

/// The reader is stuck, and the queue takes whatever comes.
async fn unread_queue() {
    let (sender, inbox) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let _inbox = inbox;
        pending::<()>().await;
    });
    for _ in 0..10 {
        let _ = sender.send(body());
    }
    yield_now().await;
}

/// A queue that is full says so, and a reader that is stuck ends with the connection.
async fn bounded_queue() {
    let (sender, inbox) = mpsc::channel(2);
    let _reader = AbortOnDropHandle::new(tokio::spawn(async move {
        let _inbox = inbox;
        pending::<()>().await;
    }));
    for _ in 0..10 {
        if sender.try_send(body()).is_err() {
            break;
        }
    }
    yield_now().await;
}
