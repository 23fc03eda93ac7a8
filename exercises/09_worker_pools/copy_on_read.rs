//! A proxy looks up every request in its routing table: which backend serves this host. A thousand
//! requests per second read the table. A few times a day an operator changes many routes at once.
//!
//! A request looks at the table more than once. So the table that it loaded stays as it was: after
//! `let old = router.load()` and an update, `old` has the old routes and `router.load()` the new
//! ones. As written, each request copies five hundred routes for that. An update waits for no
//! request that has loaded the table. Two updates at once take turns, and each sees what the other
//! did. A table that neither the router nor a request holds is freed. std is enough, and tokio
//! will do.
//!
//! | measure                              | budget  | why                                            |
//! |--------------------------------------|---------|------------------------------------------------|
//! | allocations, 1,000 requests          |       0 | also the first after an update, on any thread  |
//! | allocations, an update               |     560 | a copy of 500 routes, the map, and an `Arc`    |
//! | peak, twenty updates, all threads    | 115,000 | two tables of 44,000 bytes: the old, the new   |
//! | live, twenty updates, all threads    |  66,000 | one table                                      |

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::RwLock;

/// Hashes the same in every run, so that the numbers do too.
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

    /// The table as it is now. It stays as it is, whatever updates do.
    // TODO: this copies five hundred routes to look up one or two.
    fn load(&self) -> Table {
        self.table.read().expect(NO_PANIC).clone()
    }

    /// Changes the table. A `load` sees all of the change or none of it.
    fn update(&self, change: impl FnOnce(&mut Table)) {
        change(&mut self.table.write().expect(NO_PANIC));
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

/// A thousand requests.
const BUDGET: measuring::Budget = measuring::Budget::of("copy_on_read").allocations(0).live(0);

fn host(number: usize) -> String {
    format!("{number:03}.example.org")
}

fn sample() -> Router {
    let mut table = Table::default();
    (0..500).for_each(|number| table.add(&host(number), number as u32));
    Router::new(table)
}

/// Each request asks for its host's backend, and for another one if that is down.
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
    use measuring::{Budget, assert_gives, awaiting};
    use std::hint::black_box;
    use std::panic::resume_unwind;
    use std::sync::{Arc, Barrier, mpsc};
    use std::thread;
    use std::time::Duration;

    /// Far longer than any of this takes.
    const PATIENCE: Duration = Duration::from_secs(2);

    #[measuring::test]
    fn two_routers_know_nothing_of_each_other() {
        awaiting("update, while no request holds the table");
        let (one, other) = (sample(), sample());
        one.update(|table| table.add("new.example.org", 7));
        let came = [&one, &other].map(|router| router.load().backend("new.example.org"));
        assert_gives(
            "backends after an update of one of two routers",
            &came,
            &[Some(7), None],
        );
    }

    #[measuring::test]
    fn a_request_keeps_its_table_while_the_router_changes() {
        awaiting("the updates, which are watched");
        let router = Arc::new(sample());
        let before = router.load();
        update(&router, |table| table.add("000.example.org", u32::MAX));
        let between = router.load();
        update(&router, |table| *table = Table::default());
        let after = router.load();
        let first = [
            before.backend("000.example.org"),
            between.backend("000.example.org"),
            after.backend("000.example.org"),
        ];
        let what = "backend of 000.example.org, loaded before, between and after two updates";
        assert_gives(what, &first, &[Some(0), Some(u32::MAX), None]);
        let last = between.backend("499.example.org");
        assert_gives(
            "backend of 499.example.org between the updates",
            &last,
            &Some(499),
        );
    }

    /// An update on another thread, which must not wait for the requests of this one.
    fn update(router: &Arc<Router>, change: impl FnOnce(&mut Table) + Send + 'static) {
        let (end, ends) = mpsc::channel();
        let router = Arc::clone(router);
        thread::spawn(move || {
            router.update(change);
            let _ = end.send(());
        });
        let came = ends.recv_timeout(PATIENCE).is_ok();
        assert!(
            came,
            "an update waited 2 s for a request that had loaded the table"
        );
    }

    /// The second update comes while the first is changing the table.
    #[measuring::test]
    fn no_update_is_lost_to_another() {
        awaiting("two updates at once");
        for hosts in [["first", "second"], ["both", "both"]] {
            let router = Arc::new(sample());
            let (begin, begins) = mpsc::channel::<()>();
            let (end, ends) = mpsc::channel();
            let other = Arc::clone(&router);
            let second = thread::spawn(move || {
                let _ = begins.recv();
                other.update(|table| add_one(table, hosts[1]));
                let _ = end.send(());
            });
            router.update(|table| {
                let _ = begin.send(());
                // The second has to wait. If it doesn't, it is done before the first goes on.
                let _ = ends.recv_timeout(Duration::from_millis(300));
                add_one(table, hosts[0]);
            });
            second.join().unwrap();
            let table = router.load();
            let expected = if hosts[0] == hosts[1] { 2 } else { 1 };
            let came = hosts.map(|host| table.backend(host));
            let what = format_args!("{hosts:?}, after two updates at once that each add one");
            assert_gives(what, &came, &[Some(expected); 2]);
        }
    }

    #[measuring::test]
    fn updates_of_four_threads_are_all_made() {
        awaiting("updates of one host on four threads");
        let router = Router::new(Table::default());
        let start = Barrier::new(4);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    for _ in 0..500 {
                        router.update(|table| add_one(table, "hits"));
                    }
                });
            }
        });
        let came = router.load().backend("hits");
        assert_gives("2,000 updates that each add one", &came, &Some(2_000));
    }

    fn add_one(table: &mut Table, host: &str) {
        let before = table.backend(host).unwrap_or(0);
        table.add(host, before + 1);
    }

    #[measuring::test]
    fn a_thousand_requests_stay_in_budget() {
        awaiting("load, while nothing is updated");
        let router = Arc::new(sample());
        let hosts: Vec<String> = (0..1_000).map(|number| host(number % 500)).collect();
        let hosts = Arc::new(hosts);
        let kept = (0..500).filter(|backend| backend % 7 != 0);
        let expected = 2 * kept.sum::<u32>();
        // On this thread and on new ones, which come after one another and after an update.
        for turn in 0..3 {
            router.update(|table| table.add("new.example.org", turn));
            let (router, hosts) = (Arc::clone(&router), Arc::clone(&hosts));
            let requests =
                move || BUDGET.assert_holds(|| serve(black_box(&router), black_box(&hosts)));
            let sum = match turn {
                0 => requests(),
                _ => thread::spawn(requests)
                    .join()
                    .unwrap_or_else(|panic| resume_unwind(panic)),
            };
            assert_gives("the sum of a thousand answers", &sum, &expected);
        }
    }

    #[measuring::test]
    fn an_update_stays_in_budget() {
        awaiting("the updates, which are watched");
        let router = Arc::new(sample());
        let before = router.load();
        let (end, ends) = mpsc::channel();
        let its = Arc::clone(&router);
        thread::spawn(move || {
            let budget = Budget::of("copy_on_read").allocations(560).live(66_000);
            let (_, cost) = measuring::heap(|| its.update(|table| table.add(black_box("new"), 7)));
            let _ = end.send((budget, cost));
        });
        let came = ends.recv_timeout(PATIENCE);
        let (budget, cost) = came.expect("an update waits for no request that holds the table");
        budget.assert_allows(cost);
        let came = [router.load().backend("new"), before.backend("new")];
        assert_gives(
            "backends after and before an update",
            &came,
            &[Some(7), None],
        );
    }

    #[measuring::test]
    fn old_tables_are_freed() {
        awaiting("update, while a request holds the table before");
        let budget = Budget::of("copy_on_read").peak(115_000).live(66_000);
        let router = budget.assert_holds_in_process(|| {
            let router = Arc::new(sample());
            for backend in 0..20 {
                // Every other update comes while a request holds the table.
                let held = (backend % 2 == 0).then(|| router.load());
                let hits = serve(&router, &[host(7)]);
                black_box(hits);
                if held.is_some() {
                    update(&router, move |table| table.add("000.example.org", backend));
                } else {
                    router.update(|table| table.add("000.example.org", backend));
                }
            }
            thread::sleep(Duration::from_millis(50));
            router
        });
        let came = router.load().backend("000.example.org");
        assert_gives("backend after twenty updates", &came, &Some(19));
    }
}
