//! A table of subscriptions, and who strikes them out again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// Requests, of which one in four is bad.
#[derive(Debug)]
pub struct Requests(Vec<String>);

impl Requests {
    /// So many.
    pub fn sample(count: usize) -> Self {
        let request = |number: usize| match number % 4 {
            3 => format!("authors:{number:090}:not a number"),
            _ => format!("authors:{number:090}:{}", number % 10),
        };
        Self((0..count).map(request).collect())
    }
}

/// The table. It hashes the same in every run, so that the figures do too.
type Table = HashMap<u64, String, BuildHasherDefault<DefaultHasher>>;

/// The server when every subscriber has gone. Steps are compared by what they answered.
#[derive(Debug)]
pub struct Gone {
    answered: u64,
    table: Table,
}

impl Gone {
    /// Subscriptions that are in the table though no subscriber is left.
    pub fn subscriptions(&self) -> usize {
        self.table.len()
    }
}

impl PartialEq for Gone {
    fn eq(&self, other: &Self) -> bool {
        self.answered == other.answered
    }
}

/// A request that can't be answered.
#[derive(Debug)]
struct BadRequest;

type Answer = Result<u64, BadRequest>;

fn answer(request: &str) -> Answer {
    let (_, limit) = request.rsplit_once(':').ok_or(BadRequest)?;
    limit.parse().map_err(|_| BadRequest)
}

// ANCHOR: by_hand
fn subscribe_by_hand(table: &mut Table, id: u64, request: &str) -> Answer {
    table.insert(id, request.to_owned());
    let answered = answer(request)?;
    table.remove(&id);
    Ok(answered)
}
// ANCHOR_END: by_hand

/// The last line strikes the subscription out. A bad request never gets there: `?` returns before it.
pub fn by_hand(requests: &Requests) -> Gone {
    let mut table = Table::default();
    let mut answered = 0;
    for (id, request) in (0..).zip(&requests.0) {
        answered += subscribe_by_hand(&mut table, id, request).unwrap_or(0);
    }
    Gone { answered, table }
}

// ANCHOR: guard
/// A subscription that is in the table for as long as this lives.
struct Subscription<'a> {
    table: &'a RefCell<Table>,
    id: u64,
}

impl<'a> Subscription<'a> {
    fn new(table: &'a RefCell<Table>, id: u64, request: &str) -> Self {
        table.borrow_mut().insert(id, request.to_owned());
        Self { table, id }
    }
}

impl Drop for Subscription<'_> {
    fn drop(&mut self) {
        self.table.borrow_mut().remove(&self.id);
    }
}

fn subscribe(table: &RefCell<Table>, id: u64, request: &str) -> Answer {
    let _subscription = Subscription::new(table, id, request);
    answer(request)
}
// ANCHOR_END: guard

/// A guard strikes it out, on every way out of the function.
pub fn guard(requests: &Requests) -> Gone {
    let table = RefCell::default();
    let mut answered = 0;
    for (id, request) in (0..).zip(&requests.0) {
        answered += subscribe(&table, id, request).unwrap_or(0);
    }
    Gone {
        answered,
        table: table.into_inner(),
    }
}

// ANCHOR: forgotten_guard
/// The guards are made, and then forgotten: what isn't dropped strikes nothing out. A list that is never emptied, or
/// a cycle, does the same as `forget`.
pub fn forgotten_guard(requests: &Requests) -> Gone {
    let table = RefCell::default();
    let mut answered = 0;
    for (id, request) in (0..).zip(&requests.0) {
        std::mem::forget(Subscription::new(&table, id, request));
        answered += answer(request).unwrap_or(0);
    }
    Gone {
        answered,
        table: table.into_inner(),
    }
}
// ANCHOR_END: forgotten_guard
