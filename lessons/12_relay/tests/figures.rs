//! The committed figures, counted again.

// These are figures of the relay's own parts; a learner's have budgets of their own.
#![cfg(not(feature = "parts"))]

measuring::install!();

#[test]
fn committed_figures_hold() {
    // Alone, because some of the cases start threads.
    measuring::alone("committed_figures_hold", || {
        let results = include_str!("../../../benches/results/relay.json");
        measuring::figures::assert_committed(&relay::lesson(), results);
    });
}

#[test]
fn steps_agree() {
    for staircase in relay::lesson().staircases {
        staircase.assert_steps_agree();
    }
}
