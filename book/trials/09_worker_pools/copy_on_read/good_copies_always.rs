//! Every update copies the table, under the lock.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, RwLock};

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
        let mut new = Table::clone(&table);
        change(&mut new);
        *table = Arc::new(new);
    }
}
