//! A proxy looks up every request in its routing table: which backend serves this host. A thousand requests a second
//! read the table. A few times a day, an operator changes it, and many routes at once must then appear at once.
//!
//! A request looks at the table more than once, so what it sees must stay as it was, whatever the operator does
//! meanwhile. As written, each request copies the table to be sure: five hundred routes and their names, to look up
//! one or two. But what never changes can be shared. It is the change that needs a copy, and the changed copy takes
//! the table's place.
//!
//! | measure                     | budget | why                                                                    |
//! |-----------------------------|--------|------------------------------------------------------------------------|
//! | allocations, a thousand requests |      0 | a request shares the table that there is                               |
//! | allocations, an update           |    520 | at most one copy of 500 routes: an allocation each, the map itself, an `Arc` |

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::RwLock;

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
    table: RwLock<Table>,
}

impl Router {
    fn new(table: Table) -> Self {
        let table = RwLock::new(table);
        Self { table }
    }

    /// The table as it is now. It stays like that, however the router changes.
    // TODO: hand out what is there, without a copy of it. What does `update` have to do then?
    fn load(&self) -> Table {
        self.table.read().expect(NO_PANIC).clone()
    }

    /// Changes the table. Whoever loads it sees all of the change or none.
    fn update(&self, change: impl FnOnce(&mut Table)) {
        change(&mut self.table.write().expect(NO_PANIC));
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

/// A thousand requests.
const BUDGET: measuring::Budget = measuring::Budget::of("copy_on_read").allocations(0);

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

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;
    use std::sync::{Arc, Barrier, mpsc};
    use std::thread;
    use std::time::Duration;

    /// Far longer than any of this takes; what would wait for good fails after it.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Runs a test on a thread of its own, so that it fails where it would hang.
    fn in_time(test: impl FnOnce() + Send + 'static) {
        let (done, end) = mpsc::channel();
        // Under the test's name, which goes into its budget's verdict.
        let name = thread::current().name().unwrap_or("test").to_owned();
        let test = thread::Builder::new().name(name).spawn(move || {
            test();
            let _ = done.send(());
        });
        match end.recv_timeout(PATIENCE) {
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
            _ => test.unwrap().join().unwrap(),
        }
    }

    #[test]
    fn an_update_is_seen_by_the_next_load() {
        in_time(|| {
            let router = sample();
            assert_eq!(router.load().backend("499.example.org"), Some(499));
            assert_eq!(router.load().backend("new.example.org"), None);
            for backend in 1_000..1_010 {
                router.update(|table| table.add("new.example.org", backend));
                assert_eq!(router.load().backend("new.example.org"), Some(backend));
            }
            assert_eq!(router.load().backend("499.example.org"), Some(499));
        });
    }

    #[test]
    fn two_routers_know_nothing_of_each_other() {
        in_time(|| {
            let (one, other) = (sample(), sample());
            one.update(|table| table.add("new.example.org", 7));
            assert_eq!(one.load().backend("new.example.org"), Some(7));
            assert_eq!(other.load().backend("new.example.org"), None);
        });
    }

    #[test]
    fn a_request_keeps_its_table_while_the_router_changes() {
        in_time(|| {
            let router = sample();
            let before = router.load();
            router.update(|table| table.add("000.example.org", 7));
            let between = router.load();
            router.update(|table| table.routes.clear());
            let after = router.load();
            assert_eq!(before.backend("000.example.org"), Some(0));
            assert_eq!(between.backend("000.example.org"), Some(7));
            assert_eq!(after.backend("000.example.org"), None);
            assert_eq!(between.backend("499.example.org"), Some(499));
        });
    }

    #[test]
    fn readers_see_all_of_a_change_or_none() {
        in_time(|| {
            let router = sample();
            let start = Barrier::new(3);
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        start.wait();
                        let mut last = 0;
                        while last < 100 {
                            let table = router.load();
                            let first = table.backend("first").unwrap_or(0);
                            assert_eq!(table.backend("second").unwrap_or(0), first);
                            assert!(first >= last, "an old table came back");
                            last = first;
                        }
                    });
                }
                start.wait();
                for version in 1..=100 {
                    router.update(|table| {
                        table.add("first", version);
                        table.add("second", version);
                    });
                }
            });
        });
    }

    #[test]
    fn no_update_is_lost_to_another() {
        in_time(|| {
            let router = Arc::new(sample());
            let (begin, begins) = mpsc::channel::<()>();
            let (end, ends) = mpsc::channel();
            let other = Arc::clone(&router);
            let second = thread::spawn(move || {
                begins.recv().unwrap();
                other.update(|table| table.add("second", 2));
                let _ = end.send(());
            });
            router.update(|table| {
                begin.send(()).unwrap();
                // The other one has to wait. Where it doesn't, it is done long before this one goes on.
                let _ = ends.recv_timeout(Duration::from_millis(300));
                table.add("first", 1);
            });
            second.join().unwrap();
            let table = router.load();
            assert_eq!(
                (table.backend("first"), table.backend("second")),
                (Some(1), Some(2))
            );
        });
    }

    #[test]
    fn a_thousand_requests_stay_in_budget() {
        let router = sample();
        let hosts: Vec<String> = (0..1_000).map(|number| host(number % 500)).collect();
        let sum = BUDGET.assert_holds(|| serve(black_box(&router), black_box(&hosts)));
        let kept = (0..500).filter(|backend| backend % 7 != 0);
        assert_eq!(sum, 2 * kept.sum::<u32>());
    }

    #[test]
    fn an_update_stays_in_budget() {
        in_time(|| {
            let router = sample();
            let before = router.load();
            let budget = Budget::of("copy_on_read").allocations(520);
            budget.assert_holds(|| router.update(|table| table.add(black_box("new"), 7)));
            assert_eq!(router.load().backend("new"), Some(7));
            assert_eq!(before.backend("new"), None);
        });
    }
}
