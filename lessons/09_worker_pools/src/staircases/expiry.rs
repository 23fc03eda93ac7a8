//! A cache whose entries expire: who throws them away?

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::task::JoinHandle;

/// Sessions by their number; time is a number too, so that the figures repeat.
#[derive(Debug, Default)]
pub struct Sessions {
    // The seed is fixed, so that the figures repeat.
    entries: HashMap<u64, Session, BuildHasherDefault<DefaultHasher>>,
    now: u64,
    hits: u64,
}

#[derive(Debug)]
struct Session {
    expires: u64,
    _data: [u8; 64],
}

/// How long a session lives.
const LIFETIME: u64 = 100;

impl Sessions {
    /// One tick later.
    pub fn tick(&mut self) {
        self.now += 1;
    }

    /// Keeps a session from now on.
    pub fn insert(&mut self, number: u64) {
        let session = Session {
            expires: self.now + LIFETIME,
            _data: [0; 64],
        };
        self.entries.insert(number, session);
    }

    /// Whether the session is there and has not expired. One that has is removed.
    pub fn touch(&mut self, number: u64) -> bool {
        match self.entries.get(&number) {
            Some(session) if session.expires > self.now => {
                self.hits += 1;
                true
            }
            Some(_) => {
                self.entries.remove(&number);
                false
            }
            None => false,
        }
    }

    // ANCHOR: sweep
    /// Removes all that has expired, and gives room back when most of it is empty.
    pub fn sweep(&mut self) {
        let now = self.now;
        self.entries.retain(|_, session| session.expires > now);
        if self.entries.capacity() > 4 * self.entries.len() {
            self.entries.shrink_to(2 * self.entries.len());
        }
    }
    // ANCHOR_END: sweep

    /// How many are kept, expired ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Equal if they answered alike, whatever they still keep.
impl PartialEq for Sessions {
    fn eq(&self, other: &Self) -> bool {
        self.hits == other.hits
    }
}

/// So many sessions, ten of them new with every tick, and each asked for once soon afterwards.
fn fill(sessions: u64, each_tick: fn(&mut Sessions)) -> Sessions {
    let mut kept = Sessions::default();
    for first in (0..sessions).step_by(10) {
        for number in first..first + 10 {
            kept.insert(number);
        }
        kept.touch(first);
        kept.tick();
        each_tick(&mut kept);
    }
    kept
}

// ANCHOR: on_read
/// An expired session goes when somebody asks for it.
pub fn on_read(sessions: &u64) -> Sessions {
    fill(*sessions, |_| ())
}
// ANCHOR_END: on_read

// ANCHOR: swept
/// Every fifty ticks, all that has expired goes.
pub fn swept(sessions: &u64) -> Sessions {
    fill(*sessions, |kept| {
        if kept.now.is_multiple_of(50) {
            kept.sweep();
        }
    })
}
// ANCHOR_END: swept

// ANCHOR: sweep_every
/// Starts a task that sweeps the sessions every so often, and ends by itself when nobody else holds them.
///
/// # Panics
///
/// Where it is called outside of a tokio runtime, and where `period` is zero.
pub fn sweep_every(sessions: &Arc<Mutex<Sessions>>, period: Duration) -> JoinHandle<()> {
    let sessions: Weak<_> = Arc::downgrade(sessions);
    let mut ticks = tokio::time::interval(period);
    tokio::spawn(async move {
        loop {
            ticks.tick().await;
            let Some(sessions) = sessions.upgrade() else {
                return;
            };
            let mut sessions = sessions.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.sweep();
        }
    })
}
// ANCHOR_END: sweep_every
