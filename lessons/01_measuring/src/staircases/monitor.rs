//! A program that watches its own heap while it runs, and stops watching when it is told to.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::{Statistics, statistics};

// ANCHOR: monitor
/// A thread that reports the process's heap at intervals, until it is dropped.
///
/// Call [`count_process`](crate::count_process) first; all figures are zero otherwise.
#[derive(Debug)]
pub struct Monitor {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    /// Reports now, and then after every `interval`.
    pub fn start(interval: Duration, mut report: impl FnMut(Statistics) + Send + 'static) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            report(statistics());
            // Waits for the interval and for the end at once: nobody waits for a sleeping thread at shutdown.
            while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                report(statistics());
            }
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A report that panicked has said so already.
            let _ = thread.join();
        }
    }
}
// ANCHOR_END: monitor
