//! The claims ledger as committed: every row has a verdict, a finding and something real that settles it.

use std::error::Error;
use std::path::Path;

use workbook::claims::{Evidence, Ledger};

#[test]
fn every_claim_is_settled() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let ledger = Ledger::read(&root)?;
    assert!(!ledger.claims.is_empty(), "the ledger has no rows");
    let problems = ledger.problems(&Evidence::gather(&root)?);
    let count = problems.len();
    assert!(
        problems.is_empty(),
        "book/claims.toml has {count} problems:\n{}",
        problems.join("\n")
    );
    Ok(())
}
