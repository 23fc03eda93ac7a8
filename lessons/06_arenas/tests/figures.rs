//! The committed figures, counted again.

measuring::install!();

#[test]
fn committed_figures_hold() {
    let results = include_str!("../../../benches/results/arenas.json");
    measuring::figures::assert_committed(&arenas::lesson(), results);
}

#[test]
fn steps_agree() {
    for staircase in arenas::lesson().staircases {
        staircase.assert_steps_agree();
    }
}
