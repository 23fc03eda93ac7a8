//! What the pool is made of: std's and crossbeam's types, or loom's models of them.

#[cfg(not(loom))]
pub(crate) use std::{
    sync::{Arc, RwLock, atomic::AtomicU64},
    thread,
};

#[cfg(not(loom))]
pub(crate) use crossbeam::channel;

#[cfg(loom)]
pub(crate) use loom::{
    sync::{Arc, RwLock, atomic::AtomicU64},
    thread,
};

/// A bounded channel in loom's terms. It has crossbeam's interface as far as the pool uses it; crossbeam's own
/// channel is tested by its authors, and what loom is to find here are faults in how the pool uses one.
#[cfg(loom)]
pub(crate) mod channel {
    use std::collections::VecDeque;

    use loom::sync::{Arc, Condvar, Mutex};

    pub use crossbeam::channel::{RecvError, SendError, TrySendError};

    struct Shared<T> {
        state: Mutex<State<T>>,
        changed: Condvar,
    }

    struct State<T> {
        queue: VecDeque<T>,
        capacity: usize,
        senders: usize,
        receivers: usize,
    }

    pub struct Sender<T>(Arc<Shared<T>>);
    pub struct Receiver<T>(Arc<Shared<T>>);

    pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        assert!(capacity > 0, "a direct handover isn't modelled");
        let state = State {
            queue: VecDeque::new(),
            capacity,
            senders: 1,
            receivers: 1,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        (Sender(shared.clone()), Receiver(shared))
    }

    impl<T> Sender<T> {
        pub fn send(&self, value: T) -> Result<(), SendError<T>> {
            let mut state = self.0.state.lock().unwrap();
            loop {
                if state.receivers == 0 {
                    return Err(SendError(value));
                }
                if state.queue.len() < state.capacity {
                    break;
                }
                state = self.0.changed.wait(state).unwrap();
            }
            state.queue.push_back(value);
            self.0.changed.notify_all();
            Ok(())
        }

        pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
            let mut state = self.0.state.lock().unwrap();
            if state.receivers == 0 {
                return Err(TrySendError::Disconnected(value));
            }
            if state.queue.len() == state.capacity {
                return Err(TrySendError::Full(value));
            }
            state.queue.push_back(value);
            self.0.changed.notify_all();
            Ok(())
        }
    }

    impl<T> Receiver<T> {
        pub fn recv(&self) -> Result<T, RecvError> {
            let mut state = self.0.state.lock().unwrap();
            loop {
                if let Some(value) = state.queue.pop_front() {
                    self.0.changed.notify_all();
                    return Ok(value);
                }
                if state.senders == 0 {
                    return Err(RecvError);
                }
                state = self.0.changed.wait(state).unwrap();
            }
        }
    }

    impl<T> Clone for Sender<T> {
        fn clone(&self) -> Self {
            self.0.state.lock().unwrap().senders += 1;
            Self(self.0.clone())
        }
    }

    impl<T> Clone for Receiver<T> {
        fn clone(&self) -> Self {
            self.0.state.lock().unwrap().receivers += 1;
            Self(self.0.clone())
        }
    }

    impl<T> Drop for Sender<T> {
        fn drop(&mut self) {
            self.0.state.lock().unwrap().senders -= 1;
            self.0.changed.notify_all();
        }
    }

    impl<T> Drop for Receiver<T> {
        fn drop(&mut self) {
            self.0.state.lock().unwrap().receivers -= 1;
            self.0.changed.notify_all();
        }
    }
}
