//! The claims ledger as committed: every row has a verdict, a finding and something real that settles it.

use std::fmt::Display;
use std::path::Path;

use workbook::claims::{Evidence, Ledger};

/// What was read, or a failure that says what to do.
fn usable<T, E: Display>(read: Result<T, E>) -> T {
    read.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_claim_is_settled() {
    // Cargo runs tests in their package's folder.
    let root = Path::new("..");
    let ledger = usable(Ledger::read(root));
    assert!(!ledger.claims.is_empty(), "the ledger has no rows");
    let problems = ledger.problems(&usable(Evidence::gather(root)));
    let count = problems.len();
    let problems = problems.join("\n");
    assert!(
        count == 0,
        "book/claims.toml has {count} problems:\n{problems}"
    );
}
