//! Small measurements that settle what was claimed about relays.

mod serving;
mod storing;

use measuring::case::Fact;

use crate::cases::Staircases;

/// The ways to do each piece of work.
pub(crate) fn staircases() -> Staircases {
    let mut staircases = storing::staircases();
    staircases.extend(serving::staircases());
    staircases
}

/// What a subscription takes, in bytes.
pub(crate) fn subscription() -> usize {
    serving::subscription()
}

/// Sizes and shares.
pub(crate) fn facts() -> Vec<Fact> {
    [storing::FACTS, serving::FACTS].concat()
}
