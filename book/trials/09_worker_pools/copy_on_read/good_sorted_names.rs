//! A sorted list of names instead of a hash map.

#![forbid(unsafe_code)]

use std::sync::{Arc, RwLock};

/// The backend for each host.
#[derive(Clone, Default)]
struct Table {
    routes: Vec<(Box<str>, u32)>,
}

impl Table {
    fn backend(&self, host: &str) -> Option<u32> {
        let at = self
            .routes
            .binary_search_by(|(name, _)| (**name).cmp(host))
            .ok()?;
        Some(self.routes[at].1)
    }

    fn add(&mut self, host: &str, backend: u32) {
        match self.routes.binary_search_by(|(name, _)| (**name).cmp(host)) {
            Ok(at) => self.routes[at].1 = backend,
            Err(at) => self.routes.insert(at, (host.into(), backend)),
        }
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
