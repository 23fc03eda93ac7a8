//! Dictionaries, trained on the database's own events.

/// The training that is under way.
#[derive(Default)]
pub(super) struct Training;
