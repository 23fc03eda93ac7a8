//! The committed figures, counted again.

measuring::install!();

#[test]
fn committed_figures_hold() {
    // Threads are counted over the whole process, so the other test must not run in it.
    measuring::alone("committed_figures_hold", || {
        let results = include_str!("../../../benches/results/worker_pools.json");
        measuring::figures::assert_committed(&worker_pools::lesson(), results);
    });
}

#[test]
fn steps_agree() {
    for staircase in worker_pools::lesson().staircases {
        staircase.assert_steps_agree();
    }
}
