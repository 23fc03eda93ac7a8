//! What a guard costs that unlocks at the end of its scope, beside one that is dropped by hand.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A number behind a lock.
#[derive(Default)]
pub struct Shared {
    number: Mutex<u64>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, u64> {
        // The number is valid at any moment, so a panic elsewhere doesn't matter.
        self.number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// ANCHOR: dropped_by_hand
/// Unlocks with a call.
pub fn dropped_by_hand(shared: &Shared) -> u64 {
    for round in 0..1_000 {
        let mut number = shared.lock();
        *number ^= round;
        drop(number);
    }
    *shared.lock()
}
// ANCHOR_END: dropped_by_hand

// ANCHOR: end_of_scope
/// Leaves unlocking to the end of the scope.
pub fn end_of_scope(shared: &Shared) -> u64 {
    for round in 0..1_000 {
        let mut number = shared.lock();
        *number ^= round;
    }
    *shared.lock()
}
// ANCHOR_END: end_of_scope
