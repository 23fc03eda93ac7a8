//! Sockets to everything: sessions, limits, the way of an event and of a query, and the shutdown.
//!
//! One task per connection does nothing but protocol and never waits for another connection. Signatures are checked
//! by one bounded pool of threads, the database is read by another and written by a single thread, which commits what
//! has arrived in one durable transaction. When any of them falls behind, sessions stop reading their sockets, and
//! TCP tells the client: nothing piles up here.

mod auth;
mod connection;
mod door;
mod ingest;
mod limits;
mod line;
mod readers;
mod session;
mod socket;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[cfg(any(not(feature = "relay_shutdown"), test))]
use leak_avoidance::wind_down;
use leak_avoidance::{CancellationToken, Ended};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use worker_pools::{Pool, StartError};

pub use door::Route;
pub(crate) use ingest::{GROUP, kib};
pub use limits::Limits;

use self::connection::{Connection, lock};
use self::ingest::{Ingest, Threads};
use self::readers::Desks;
use crate::cache::{Events, Queries, Recent};
use crate::config;
use crate::event::Event;
use crate::live::{Live, LiveLimits, Outbox};
use crate::observe::Stats;
use crate::query::QueryLimits;
use crate::store::{Commit, Store};
use crate::wire::FrameLimits;

/// How a server is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The URLs under which clients know this relay, for NIP-42. With none, what the client's own request named as
    /// its host counts.
    pub urls: Vec<String>,
    /// Whether a challenge is sent at once; otherwise when authentication is needed.
    pub challenge_at_connect: bool,
    /// Kinds that only their author and those they are addressed to may read, authenticated. Empty: all may read all.
    pub private_kinds: Vec<u16>,
    /// Threads that check signatures.
    pub verifiers: usize,
    /// Threads that read the database.
    pub readers: usize,
    /// Bytes for the ids of events that were stored lately: duplicates of those are recognised at once.
    pub recent_bytes: usize,
    /// Bytes for events that were read lately.
    pub event_cache_bytes: usize,
    /// Bytes for answers that were given before.
    pub query_cache_bytes: usize,
    /// What clients may do.
    pub limits: Limits,
}

impl Default for Settings {
    /// What the relay is told where nobody says otherwise.
    fn default() -> Self {
        Self::from(&config::Settings::default())
    }
}

/// What sessions, pools and the page share.
pub struct Relay {
    /// How it is set up.
    pub settings: Settings,
    /// What it has counted.
    pub stats: Stats,
    /// The database.
    pub store: Store,
    /// Who listens.
    pub live: Live,
    /// Ids that were stored lately.
    pub recent: Recent,
    /// Events that were read lately.
    pub events: Events,
    /// Answers that were given before.
    pub queries: Arc<Queries>,
    ingest: Ingest,
    desks: Desks,
    frame_limits: FrameLimits,
    query_limits: QueryLimits,
    /// Those who are connected, by the address of their outbox.
    connections: Mutex<HashMap<usize, Arc<Connection>>>,
    /// Counts up twice in the time that a client may be silent.
    round: AtomicU32,
}

impl Relay {
    fn new(settings: Settings, store: Store) -> Self {
        let limits = &settings.limits;
        // Where even that can't be read, no answer is kept until something is written.
        let commit = store.snapshot().map_or(0, |snapshot| snapshot.commit);
        Self {
            stats: Stats::default(),
            store,
            recent: Recent::with_budget(settings.recent_bytes),
            events: Events::with_budget(settings.event_cache_bytes),
            queries: Queries::with_budget(settings.query_cache_bytes, commit),
            live: Live::new(LiveLimits {
                subscriptions: limits.subscriptions,
                bytes: limits.subscription_bytes,
                ..LiveLimits::default()
            }),
            ingest: Ingest::new(limits.in_flight_bytes),
            desks: Desks::new(),
            frame_limits: FrameLimits {
                max_filters: limits.filters,
                max_filter_values: limits.filter_values,
                max_tags: limits.tags,
                max_content: limits.content_bytes,
                ..FrameLimits::default()
            },
            query_limits: QueryLimits {
                max_limit: limits.limit,
                default_limit: limits.default_limit,
            },
            connections: Mutex::default(),
            round: AtomicU32::new(0),
            settings,
        }
    }

    fn round(&self) -> u32 {
        self.round.load(Relaxed)
    }

    /// Passes events on to those who listen and may read them.
    fn publish<'a>(&self, events: impl IntoIterator<Item = &'a Event>, commit: Option<u64>) {
        let private = &self.settings.private_kinds;
        let delivered = self.live.publish_all(events, commit, |event, outbox| {
            !private.contains(&event.kind) || self.may_read(event, outbox)
        });
        self.stats.delivered.add(delivered);
    }

    fn may_read(&self, event: &Event, outbox: &Outbox) -> bool {
        let client = lock(&self.connections).get(&address(outbox)).cloned();
        client.is_some_and(|client| lock(&client.auth).may_read(event))
    }

    /// Drops what is remembered and no longer so after a commit that added these events.
    fn forget<'a>(&self, commit: &Commit, stored: impl IntoIterator<Item = &'a Event>) {
        self.recent.remove(&commit.removed);
        self.events.remove(&commit.removed, commit.number);
        self.queries
            .committed(commit.number, &commit.removed, stored);
    }

    /// The longest outbox, and what one may hold, in bytes.
    pub(crate) fn fullest_outbox(&self) -> (usize, usize) {
        let connections = self.connections();
        let bytes = connections.iter().map(|one| one.outbox.bytes());
        (bytes.max().unwrap_or(0), self.outbox_budget())
    }

    /// A chunk and the longest event must fit, or nobody could read them.
    fn outbox_budget(&self) -> usize {
        let limits = &self.settings.limits;
        limits
            .outbox_bytes
            .max(2 * limits.message_bytes + 4 * readers::CHUNK)
    }

    /// Events between their arrival and their commit, and what those may take, in bytes.
    pub(crate) fn under_way(&self) -> (usize, usize) {
        let budget = self.settings.limits.in_flight_bytes.max(1 << 20);
        let free = self.ingest.semaphore().available_permits() << 10;
        (budget.saturating_sub(free), budget)
    }

    fn connections(&self) -> Vec<Arc<Connection>> {
        lock(&self.connections).values().cloned().collect()
    }
}

fn address(outbox: &Outbox) -> usize {
    std::ptr::from_ref(outbox).addr()
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// A running server. [`shutdown`](Server::shutdown) ends it in good order; dropping it does so too, but waits for
/// nothing.
#[derive(Debug)]
pub struct Server {
    local_addr: SocketAddr,
    relay: Arc<Relay>,
    stop: CancellationToken,
    running: JoinHandle<Ended>,
}

impl Server {
    /// Listens and serves, on the runtime that this is called on. `route` answers requests that are no WebSockets.
    ///
    /// # Errors
    ///
    /// [`ServerError`]: the address can't be had, or the system gives no threads.
    pub async fn start(
        settings: Settings,
        store: Store,
        route: Arc<Route>,
    ) -> Result<Self, ServerError> {
        let listen = settings.listen;
        let taken = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => ServerError::InUse(listen),
            _ => ServerError::Listen(listen, error),
        };
        let listener = TcpListener::bind(listen).await.map_err(taken)?;
        let local_addr = listener.local_addr().map_err(taken)?;
        let relay = Arc::new(Relay::new(settings, store));
        let threads = Threads::start(&relay)?;
        let readers = readers::start(&relay)?;
        let stop = CancellationToken::new();
        let serving = Serving {
            relay: relay.clone(),
            listener,
            route,
            stop: stop.clone(),
        };
        let running = tokio::spawn(serving.run(threads, readers));
        Ok(Self {
            local_addr,
            relay,
            stop,
            running,
        })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// What its parts share, for whoever shows it.
    pub fn relay(&self) -> &Arc<Relay> {
        &self.relay
    }

    /// Accepts nobody any more, answers the events that are under way, says goodbye to all clients, and ends. After
    /// the grace period what is left is aborted. Says how the sessions ended.
    pub async fn shutdown(self) -> Ended {
        self.stop.cancel();
        self.running.await.unwrap_or_default()
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Relay")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Why a server doesn't start.
#[derive(Debug, Error)]
pub enum ServerError {
    /// Another program listens on the address.
    #[error("another program listens on {0}; end it, or choose another port")]
    InUse(SocketAddr),
    /// The address can't be listened on, the system says why.
    #[error("can't listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The system gives no threads.
    #[error(transparent)]
    Threads(#[from] StartError),
}

/// What the accepting task needs.
struct Serving {
    relay: Arc<Relay>,
    listener: TcpListener,
    route: Arc<Route>,
    stop: CancellationToken,
}

impl Serving {
    async fn run(self, threads: Threads, readers: Pool<Arc<Connection>>) -> Ended {
        let limits = &self.relay.settings.limits;
        let mut sessions = JoinSet::new();
        let mut rounds = tokio::time::interval(limits.idle.max(Duration::from_millis(20)) / 2);
        rounds.reset();
        loop {
            tokio::select! {
                () = self.stop.cancelled() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.welcome(stream, &mut sessions),
                    Err(error) => {
                        tracing::warn!(%error, "a connection can't be accepted");
                        // Out of file descriptors, for example: that won't be better at once.
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
                _ = sessions.join_next(), if !sessions.is_empty() => {}
                _ = rounds.tick() => {
                    let round = self.relay.round.fetch_add(1, Relaxed) + 1;
                    self.relay.connections().iter().for_each(|connection| connection.sweep(round));
                }
            }
        }
        self.end(sessions, threads, readers).await
    }

    fn welcome(&self, stream: TcpStream, sessions: &mut JoinSet<()>) {
        let Relay {
            settings, stats, ..
        } = &*self.relay;
        stats.accepted.add(1);
        // One more is told so, by HTTP; those beyond aren't even that.
        if sessions.len() > settings.limits.connections {
            stats.turned_away.add(1);
            return;
        }
        let full = sessions.len() == settings.limits.connections;
        sessions.spawn(door::open(
            stream,
            self.relay.clone(),
            self.route.clone(),
            self.stop.clone(),
            full,
        ));
    }

    async fn end(
        self,
        mut sessions: JoinSet<()>,
        threads: Threads,
        readers: Pool<Arc<Connection>>,
    ) -> Ended {
        let Self {
            relay,
            listener,
            route,
            stop,
        } = self;
        drop((listener, route));
        relay
            .connections()
            .iter()
            .for_each(|connection| connection.close());
        let ended = wind_down(&stop, &mut sessions, relay.settings.limits.grace).await;
        // Threads are waited for on a thread, not on a task. They end: nothing reaches them any more.
        let (done, ended_threads) = oneshot::channel();
        std::thread::spawn(move || {
            readers.shutdown();
            threads.finish();
            drop(relay);
            let _ = done.send(());
        });
        let _ = ended_threads.await;
        ended
    }
}

#[cfg(all(feature = "relay_shutdown", not(test)))]
async fn wind_down(stop: &CancellationToken, sessions: &mut JoinSet<()>, grace: Duration) -> Ended {
    let ended = crate::parts::relay_shutdown::wind_down(stop, sessions, grace).await;
    let (finished, panicked, aborted) = ended;
    Ended {
        finished,
        panicked,
        aborted,
    }
}
