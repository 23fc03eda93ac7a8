//! Remembers the table, and never looks again.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, RwLock};

measuring::install!();

/// A thousand requests.
const BUDGET: measuring::Budget = measuring::Budget::of("copy_on_read").allocations(0);

/// Hashes the same in every run, so that the figures do too.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

/// The backend for each host.
#[derive(Clone, Default)]
struct Table {
    routes: HashMap<String, u32, FixedSeed>,
}

impl Table {
    fn backend(&self, host: &str) -> Option<u32> {
        self.routes.get(host).copied()
    }

    fn add(&mut self, host: &str, backend: u32) {
        self.routes.insert(host.to_owned(), backend);
    }
}

const NO_PANIC: &str = "no change of the table panics";

struct Router {
    table: (RwLock<Table>, std::sync::OnceLock<Arc<Table>>),
}

impl Router {
    fn new(table: Table) -> Self {
        let table = (RwLock::new(table), std::sync::OnceLock::new());
        Self { table }
    }

    /// The table as it is now. It stays like that, however the router changes.
    fn load(&self) -> Arc<Table> {
        let (table, loaded) = &self.table;
        let load = || Arc::new(table.read().expect(NO_PANIC).clone());
        Arc::clone(loaded.get_or_init(load))
    }

    /// Changes the table. Whoever loads it sees all of the change or none.
    fn update(&self, change: impl FnOnce(&mut Table)) {
        change(&mut self.table.0.write().expect(NO_PANIC));
    }
}

fn host(number: usize) -> String {
    format!("{number:03}.example.org")
}

fn sample() -> Router {
    let mut table = Table::default();
    (0..500).for_each(|number| table.add(&host(number), number as u32));
    Router::new(table)
}

/// A request each: its host's backend, and another one if that is down.
fn serve(router: &Router, hosts: &[String]) -> u32 {
    let request = |host: &String| {
        let table = router.load();
        let backend = table.backend(host).unwrap_or(0);
        let spare = table.backend("000.example.org").unwrap_or(0);
        if backend.is_multiple_of(7) {
            spare
        } else {
            backend
        }
    };
    hosts.iter().map(request).sum()
}

fn main() {
    let router = sample();
    router.update(|table| table.add("new.example.org", 7));
    let hosts: Vec<String> = (0..1_000).map(|number| host(number % 500)).collect();
    measuring::show(BUDGET, || serve(&router, &hosts));
}
