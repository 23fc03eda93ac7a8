//! A hundred connections that receive messages, answer them, and send a ping when nothing else is sent.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;
use tokio::time::{Instant, Interval, interval_at};

use super::single;

/// Messages that may wait, in each channel.
const QUEUE: usize = 8;
/// Messages that each connection receives.
const MESSAGES: u32 = 4;
const PING_EVERY: Duration = Duration::from_secs(30);

/// Connections, and a runtime to serve them with.
pub struct Clients {
    count: usize,
    runtime: Runtime,
}

/// A socket's two ends. Frames are numbers here; real ones would cost the same in each step.
struct Socket {
    incoming: Receiver<u32>,
    outgoing: Sender<u64>,
}

impl Clients {
    /// So many connections.
    pub fn sample(count: usize) -> Self {
        let runtime = single::runtime(4 * count);
        Self { count, runtime }
    }

    /// Connects all, lets them come to rest, sends each its messages, and adds up the answers.
    fn serve(&self, connect: impl Fn(Socket)) -> u64 {
        self.runtime.block_on(async {
            let (outgoing, mut answers) = mpsc::channel(1_024);
            let mut clients = Vec::with_capacity(self.count);
            for _ in 0..self.count {
                let (client, incoming) = mpsc::channel(QUEUE);
                clients.push(client);
                let outgoing = outgoing.clone();
                connect(Socket { incoming, outgoing });
            }
            drop(outgoing);
            single::come_to_rest().await;
            for client in clients {
                for message in 0..MESSAGES {
                    client.send(message).await.expect("the connection is open");
                }
            }
            let mut total = 0;
            while let Some(answer) = answers.recv().await {
                total += answer;
            }
            total
        })
    }
}

fn pings() -> Interval {
    interval_at(Instant::now() + PING_EVERY, PING_EVERY)
}

fn answer(message: u32) -> u64 {
    u64::from(message) + 1
}

const PING: u64 = 0;

// ANCHOR: task_per_part
/// A task that reads, one that answers, one that writes and one that pings, with channels between them.
pub fn task_per_part(clients: &Clients) -> u64 {
    clients.serve(|socket| {
        let (to_handler, mut messages) = mpsc::channel(QUEUE);
        let (to_writer, mut frames) = mpsc::channel(QUEUE);
        let pinger = start_pinger(to_writer.clone());
        let Socket {
            mut incoming,
            outgoing,
        } = socket;
        tokio::spawn(async move {
            while let Some(message) = incoming.recv().await {
                if to_handler.send(message).await.is_err() {
                    break;
                }
            }
        });
        tokio::spawn(async move {
            while let Some(message) = messages.recv().await {
                if to_writer.send(answer(message)).await.is_err() {
                    break;
                }
            }
            // It holds the way to the writer open.
            pinger.abort();
        });
        tokio::spawn(async move {
            while let Some(frame) = frames.recv().await {
                if outgoing.send(frame).await.is_err() {
                    break;
                }
            }
        });
    })
}

fn start_pinger(outgoing: Sender<u64>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut pings = pings();
        loop {
            pings.tick().await;
            if outgoing.send(PING).await.is_err() {
                break;
            }
        }
    })
}
// ANCHOR_END: task_per_part

// ANCHOR: pinger_apart
/// One task for the messages, and one that pings.
pub fn pinger_apart(clients: &Clients) -> u64 {
    clients.serve(|mut socket| {
        let pinger = start_pinger(socket.outgoing.clone());
        tokio::spawn(async move {
            while let Some(message) = socket.incoming.recv().await {
                if socket.outgoing.send(answer(message)).await.is_err() {
                    break;
                }
            }
            pinger.abort();
        });
    })
}
// ANCHOR_END: pinger_apart

// ANCHOR: one_task
/// One task that waits for whichever comes first.
pub fn one_task(clients: &Clients) -> u64 {
    clients.serve(|mut socket| {
        tokio::spawn(async move {
            let mut pings = pings();
            loop {
                let frame = tokio::select! {
                    biased;
                    message = socket.incoming.recv() => match message {
                        Some(message) => answer(message),
                        None => break,
                    },
                    _ = pings.tick() => PING,
                };
                if socket.outgoing.send(frame).await.is_err() {
                    break;
                }
            }
        });
    })
}
// ANCHOR_END: one_task
