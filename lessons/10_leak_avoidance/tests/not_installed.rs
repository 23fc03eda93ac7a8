//! Without the meter every count would be zero, and a guard that says "nothing" would lie.

use leak_avoidance::{Checkpoint, LeakGuard};

#[test]
#[should_panic(expected = "the meter is not installed")]
fn a_guard_refuses() {
    let _ = LeakGuard::of("anything").left_by(|| ());
}

#[test]
#[should_panic(expected = "the meter is not installed")]
fn a_checkpoint_refuses_to_count_bytes() {
    let _ = Checkpoint::here().bytes(0);
}
