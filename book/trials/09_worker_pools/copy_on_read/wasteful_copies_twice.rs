//! Keeps a copy in case that the change goes wrong, and changes another.

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
    table: RwLock<Arc<Table>>,
}

impl Router {
    fn new(table: Table) -> Self {
        let table = RwLock::new(Arc::new(table));
        Self { table }
    }

    /// The table as it is now. It stays like that, however the router changes.
    fn load(&self) -> Arc<Table> {
        // The guard is gone when this returns: a slow request keeps its table, but no lock.
        Arc::clone(&self.table.read().expect(NO_PANIC))
    }

    /// Changes the table. Whoever loads it sees all of the change or none.
    fn update(&self, change: impl FnOnce(&mut Table)) {
        let mut table = self.table.write().expect(NO_PANIC);
        let before = Table::clone(&table);
        let mut after = before.clone();
        change(&mut after);
        *table = Arc::new(after);
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
