//! The committed figures, counted again.

measuring::install!();

#[test]
fn committed_figures_hold() {
    let results = include_str!("../../../benches/results/stack_arrays.json");
    measuring::figures::assert_committed(&stack_arrays::lesson(), results);
}

#[test]
fn steps_agree() {
    for staircase in stack_arrays::lesson().staircases {
        staircase.assert_steps_agree();
    }
}
