//! Keeps every version of the table in a list.

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
    versions: RwLock<Vec<Arc<Table>>>,
}

impl Router {
    fn new(table: Table) -> Self {
        let versions = RwLock::new(vec![Arc::new(table)]);
        Self { versions }
    }

    /// The table as it is now. It stays like that, however the router changes.
    fn load(&self) -> Arc<Table> {
        // The guard is gone when this returns: a slow request keeps its table, but no lock.
        Arc::clone(
            self.versions
                .read()
                .expect(NO_PANIC)
                .last()
                .expect(NO_PANIC),
        )
    }

    /// Changes the table. Whoever loads it sees all of the change or none.
    fn update(&self, change: impl FnOnce(&mut Table)) {
        let mut versions = self.versions.write().expect(NO_PANIC);
        let mut table = Table::clone(versions.last().expect(NO_PANIC));
        change(&mut table);
        versions.push(Arc::new(table));
    }
}
