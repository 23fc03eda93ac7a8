//! Fifty connections with subscriptions to a stream of events: a task for each subscription, or a list of filters?

use tokio::runtime::Runtime;
use tokio::sync::broadcast::{self, Receiver};
use tokio::task::JoinSet;

use super::single;

/// How many connections there are.
pub const CONNECTIONS: usize = 50;
const EVENTS: u64 = 16;

/// Connections that hold so many subscriptions each.
pub struct Feed {
    subscriptions: u64,
    runtime: Runtime,
}

/// What a subscription asks for: here, events of one of twenty authors.
#[derive(Clone, Copy)]
struct Filter {
    author: u64,
}

impl Filter {
    fn matches(&self, event: u64) -> bool {
        event % 20 == self.author
    }
}

impl Feed {
    /// Connections with so many subscriptions.
    pub fn with(subscriptions: u64) -> Self {
        Self {
            subscriptions,
            runtime: single::runtime(CONNECTIONS * subscriptions as usize),
        }
    }

    fn filters(&self) -> impl Iterator<Item = Filter> {
        (0..self.subscriptions).map(|author| Filter { author })
    }

    /// Connects all, lets them come to rest, sends the events, and adds up how many subscriptions matched.
    fn serve(&self, connect: impl Fn(&mut JoinSet<u64>, &broadcast::Sender<u64>)) -> u64 {
        self.runtime.block_on(async {
            let events = broadcast::Sender::new(EVENTS as usize);
            let mut tasks = JoinSet::new();
            for _ in 0..CONNECTIONS {
                connect(&mut tasks, &events);
            }
            single::come_to_rest().await;
            for event in 0..EVENTS {
                events.send(event).expect("there are subscribers");
            }
            drop(events);
            let mut matched = 0;
            while let Some(matches) = tasks.join_next().await {
                matched += matches.expect("matching doesn't panic");
            }
            matched
        })
    }
}

async fn count(mut events: Receiver<u64>, matches: impl Fn(u64) -> usize) -> u64 {
    let mut matched = 0;
    while let Ok(event) = events.recv().await {
        matched += matches(event) as u64;
    }
    matched
}

// ANCHOR: task_per_subscription
/// A task for each subscription.
pub fn task_per_subscription(feed: &Feed) -> u64 {
    feed.serve(|tasks, events| {
        for filter in feed.filters() {
            let events = events.subscribe();
            tasks.spawn(count(events, move |event| {
                usize::from(filter.matches(event))
            }));
        }
    })
}
// ANCHOR_END: task_per_subscription

// ANCHOR: list_per_connection
/// A task for each connection, with a list of its filters.
pub fn list_per_connection(feed: &Feed) -> u64 {
    feed.serve(|tasks, events| {
        let filters: Vec<Filter> = feed.filters().collect();
        let matching = move |event| filters.iter().filter(|it| it.matches(event)).count();
        tasks.spawn(count(events.subscribe(), matching));
    })
}
// ANCHOR_END: list_per_connection
