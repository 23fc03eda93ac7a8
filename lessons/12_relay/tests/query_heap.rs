//! What a row of an answer takes of the heap once a query is under way.

// These are figures of the relay's own parts, which the references keep to; a learner's have budgets of their own.
#![cfg(any(not(feature = "parts"), feature = "references"))]

use std::error::Error;
use std::sync::Arc;

use measuring::heap;
use relay::event::Event;
use relay::filter::Filter;
use relay::query::{Query, QueryLimits};
use relay::store::{Scratch, Store, StoreOptions, Train};

measuring::install!();

fn notes() -> Result<(tempfile::TempDir, Store), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let options = StoreOptions {
        cache_bytes: 32 << 20,
        train: Train::Never,
        ..StoreOptions::default()
    };
    let store = Store::open(folder.path(), options)?;
    let mut batch = store.begin()?;
    for created_at in 0..3_000 {
        let mut event = Event::default();
        (event.kind, event.created_at) = (1, created_at);
        event.push_tag(["t", "rust"]);
        event.push_content("Each of these is read into the room that the last one left.");
        event.id = event.canonical_id();
        batch.put(&event, 0)?;
    }
    batch.commit()?;
    Ok((folder, store))
}

/// Allocations that a thousand rows take, when the first fifty have been passed on.
fn allocations(store: &Store, decoded: bool) -> Result<u64, Box<dyn Error>> {
    let filter = Filter {
        kinds: Some(vec![1]),
        ..Filter::default()
    };
    let filters: Arc<[Filter]> = Arc::new([filter]);
    let (mut event, mut scratch) = (Event::default(), Scratch::default());
    let mut spent = 0;
    // The first round brings the pages into the engine's cache.
    for _ in 0..2 {
        let limits = QueryLimits::default();
        let mut query = Query::new(store.snapshot()?, Arc::clone(&filters), 0, &limits)?;
        let mut rows = |rows| -> Result<(), Box<dyn Error>> {
            for _ in 0..rows {
                assert!(match decoded {
                    true => query.next(&mut event, &mut scratch)?,
                    false => query
                        .next_match(&mut (), &mut event, &mut scratch)?
                        .is_some(),
                });
            }
            Ok(())
        };
        rows(50)?;
        let (done, heap) = heap(|| rows(1_000));
        done?;
        spent = heap.allocations;
    }
    Ok(spent)
}

#[test]
fn a_row_takes_no_block_neither_found_nor_decoded() -> Result<(), Box<dyn Error>> {
    let (_folder, store) = notes()?;
    assert_eq!(allocations(&store, false)?, 0);
    assert_eq!(allocations(&store, true)?, 0);
    Ok(())
}
