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

/// Steps that may fail agree if all of them do. They don't.
#[test]
fn no_step_fails() {
    use pooling::staircases::{compress, fixed, json};
    assert!(compress::fresh(&compress::Archive::of(540)) > Some(0));
    assert!(json::fresh(&json::Outbox::with_texts_of(20)) > Some(0));
    assert!(fixed::blocks(&fixed::Payloads::of_100()).is_ok());
}
