//! Connections come, get a greeting, and go. What is left of them on the server?

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::runtime::Runtime;
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::{JoinSet, yield_now};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::quiet_runtime;

/// How many connect, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Visitors(pub u32);

/// The server when the last connection has closed. Steps are compared by what they have written.
#[derive(Debug)]
pub struct Closed {
    written: u64,
    runtime: Runtime,
}

impl Closed {
    /// Tasks that are alive though no connection is.
    pub fn tasks(&self) -> usize {
        self.runtime.metrics().num_alive_tasks()
    }
}

impl PartialEq for Closed {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

const GREETING: &str = "hello";
/// Lines that may wait for a connection.
const ROOM: usize = 4;

/// A socket, as far as this lesson needs one.
#[derive(Clone, Debug, Default)]
struct Socket(Arc<AtomicU64>);

impl Socket {
    fn write(&self, line: &str) {
        self.0.fetch_add(line.len() as u64, Relaxed);
    }
}

/// Makes a runtime and lets a server handle its connections there.
fn serve(server: impl AsyncFnOnce(&Socket)) -> Closed {
    let runtime = quiet_runtime();
    let socket = Socket::default();
    runtime.block_on(async {
        server(&socket).await;
        // What was told to end gets the turn that it needs.
        yield_now().await;
    });
    let written = socket.0.load(Relaxed);
    Closed { written, runtime }
}

// ANCHOR: write_all
/// A connection's writer: ends when nobody can send it a line any more.
async fn write_all(mut lines: Receiver<&'static str>, socket: Socket) {
    while let Some(line) = lines.recv().await {
        socket.write(line);
    }
}
// ANCHOR_END: write_all

// ANCHOR: detached
/// The writer keeps a sender of its own, for whoever has something to say.
/// So its channel never closes.
pub fn detached(visitors: &Visitors) -> Closed {
    let visitors = visitors.0;
    serve(async |socket| {
        for _ in 0..visitors {
            let (sender, lines) = mpsc::channel(ROOM);
            let for_others = sender.clone();
            let writer = write_all(lines, socket.clone());
            tokio::spawn(async move {
                writer.await;
                drop(for_others);
            });
            let _ = sender.send(GREETING).await;
            yield_now().await;
        }
    })
}
// ANCHOR_END: detached

// ANCHOR: join_set
/// The server owns its writers as a group, and ends the group when it ends.
pub fn join_set(visitors: &Visitors) -> Closed {
    let visitors = visitors.0;
    serve(async |socket| {
        let mut writers = JoinSet::new();
        for _ in 0..visitors {
            let (sender, lines) = mpsc::channel(ROOM);
            let for_others = sender.clone();
            let writer = write_all(lines, socket.clone());
            writers.spawn(async move {
                writer.await;
                drop(for_others);
            });
            let _ = sender.send(GREETING).await;
            yield_now().await;
        }
        writers.shutdown().await;
    })
}
// ANCHOR_END: join_set

// ANCHOR: abort_on_drop
/// Each connection owns its writer.
pub fn abort_on_drop(visitors: &Visitors) -> Closed {
    let visitors = visitors.0;
    serve(async |socket| {
        for _ in 0..visitors {
            let (sender, lines) = mpsc::channel(ROOM);
            let for_others = sender.clone();
            let writer = write_all(lines, socket.clone());
            let _writer = AbortOnDropHandle::new(tokio::spawn(async move {
                writer.await;
                drop(for_others);
            }));
            let _ = sender.send(GREETING).await;
            yield_now().await;
        } // The connection closes: the writer is aborted.
    })
}
// ANCHOR_END: abort_on_drop

// ANCHOR: token
/// Each connection has a token, a child of the server's. Dropping its guard
/// cancels it, and the writer listens.
pub fn token(visitors: &Visitors) -> Closed {
    let visitors = visitors.0;
    serve(async |socket| {
        let server = CancellationToken::new();
        for _ in 0..visitors {
            let (sender, lines) = mpsc::channel(ROOM);
            let for_others = sender.clone();
            let writer = write_all(lines, socket.clone());
            let closing = server.child_token();
            let _closes = closing.clone().drop_guard();
            tokio::spawn(async move {
                tokio::select! {
                    () = writer => {}
                    () = closing.cancelled() => {}
                }
                drop(for_others);
            });
            let _ = sender.send(GREETING).await;
            yield_now().await;
        }
    })
}
// ANCHOR_END: token

// ANCHOR: channel_closes
/// The connection owns the only sender. Dropping it closes the channel, and
/// the writer comes to its end.
pub fn channel_closes(visitors: &Visitors) -> Closed {
    let visitors = visitors.0;
    serve(async |socket| {
        for _ in 0..visitors {
            let (sender, lines) = mpsc::channel(ROOM);
            tokio::spawn(write_all(lines, socket.clone()));
            let _ = sender.send(GREETING).await;
            yield_now().await;
        }
    })
}
// ANCHOR_END: channel_closes
