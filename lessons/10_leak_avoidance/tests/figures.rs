//! The committed figures, counted again.

measuring::install!();

#[test]
fn committed_figures_hold() {
    let results = include_str!("../../../benches/results/leak_avoidance.json");
    measuring::figures::assert_committed(&leak_avoidance::lesson(), results);
}

#[test]
fn steps_agree() {
    for staircase in leak_avoidance::lesson().staircases {
        staircase.assert_steps_agree();
    }
}
