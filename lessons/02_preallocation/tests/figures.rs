//! The committed figures, counted again.

measuring::install!();

#[test]
fn committed_figures_hold() {
    let results = include_str!("../../../benches/results/preallocation.json");
    measuring::figures::assert_committed(&preallocation::lesson(), results);
}

#[test]
fn steps_agree() {
    for staircase in preallocation::lesson().staircases {
        staircase.assert_steps_agree();
    }
}
