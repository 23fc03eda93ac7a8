//! The committed figures, counted again.

measuring::install!();

// Some of the cases start threads, whose heap is counted over the whole process.
#[test]
fn committed_figures_hold() {
    measuring::alone("committed_figures_hold", || {
        let results = include_str!("../../../benches/results/pooling.json");
        measuring::figures::assert_committed(&pooling::lesson(), results);
    });
}

#[test]
fn steps_agree() {
    for staircase in pooling::lesson().staircases {
        staircase.assert_steps_agree();
    }
}
