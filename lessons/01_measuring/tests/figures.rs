//! The committed figures, counted again.

measuring::install!();

#[test]
fn committed_figures_hold() {
    let results = include_str!("../../../benches/results/measuring.json");
    measuring::figures::assert_committed(&measuring::lesson(), results);
}

#[test]
fn steps_agree() {
    for staircase in measuring::lesson().staircases {
        staircase.assert_steps_agree();
    }
}
