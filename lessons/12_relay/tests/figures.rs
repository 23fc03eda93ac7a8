//! The committed figures, counted again.

measuring::install!();

#[test]
fn committed_figures_hold() {
    let results = include_str!("../../../benches/results/relay.json");
    measuring::figures::assert_committed(&relay::lesson(), results);
}

#[test]
fn steps_agree() {
    for staircase in relay::lesson().staircases {
        staircase.assert_steps_agree();
    }
}
