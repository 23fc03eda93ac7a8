use std::fs;

use super::super::tables::{BY_EXPIRY, BY_ID, BY_TAG, BY_VALUE, EVENTS, VALUES};
use super::super::{FILE_NAME, StoreError};
use super::*;

fn filled() -> (TempDir, Store) {
    let (folder, store) = new();
    let mut batch = store.begin().unwrap();
    for number in 0..200 {
        let to = author(number % 7).to_string();
        let tags: &[&[&str]] = &[&["p", &to], &["expiration", "5000000000"]];
        let event = event(
            number % 5,
            1,
            u64::from(number),
            tags,
            &format!("note {number}"),
        );
        assert!(matches!(batch.put(&event, 0).unwrap(), Put::Stored(_)));
    }
    batch.commit().unwrap();
    assert_eq!(check(&store).findings, []);
    (folder, store)
}

/// Changes the database behind the store's back, and says what the check finds.
fn planted(damage: impl FnOnce(&redb::WriteTransaction)) -> Vec<String> {
    let (_folder, store) = filled();
    let transaction = store.shared.database.begin_write().unwrap();
    damage(&transaction);
    transaction.commit().unwrap();
    store.shared.current.lock().unwrap().take();
    let report = check(&store);
    report
        .findings
        .into_iter()
        .map(|finding| finding.what)
        .collect()
}

#[test]
fn a_check_finds_what_was_planted() {
    let lost_key = planted(|transaction| {
        transaction.open_table(BY_TAG).unwrap().pop_first().unwrap();
    });
    assert_eq!(lost_key.len(), 1, "{lost_key:?}");
    assert!(lost_key[0].contains("by_tag"));

    let orphan = planted(|transaction| {
        transaction
            .open_table(BY_ID)
            .unwrap()
            .insert([7; 10], ())
            .unwrap();
    });
    assert_eq!(orphan.len(), 1, "{orphan:?}");
    assert!(orphan[0].contains("by_id has a key"));

    // As many keys as there should be, and one is wrong.
    let moved = planted(|transaction| {
        let mut table = transaction.open_table(BY_EXPIRY).unwrap();
        table.pop_first().unwrap();
        table.insert([9; 10], ()).unwrap();
    });
    assert_eq!(moved.len(), 2, "{moved:?}");

    let lost_event = planted(|transaction| {
        transaction.open_table(EVENTS).unwrap().pop_first().unwrap();
    });
    assert_eq!(lost_event.len(), 5, "one for each key: {lost_event:?}");

    let changed = planted(|transaction| {
        let mut table = transaction.open_table(EVENTS).unwrap();
        let mut guard = table.get_mut([0; 6]).unwrap().unwrap();
        let mut record = guard.value().to_vec();
        let end = record.len();
        // The last byte of the text: the signature follows it.
        record[end - 65] ^= 1;
        guard.insert(&record[..]).unwrap();
    });
    assert!(!changed.is_empty());

    let lost_value = planted(|transaction| {
        transaction
            .open_table(BY_VALUE)
            .unwrap()
            .pop_first()
            .unwrap();
    });
    assert!(
        lost_value
            .iter()
            .any(|what| what.contains("isn't found by its hash")),
        "{lost_value:?}"
    );

    let changed_value = planted(|transaction| {
        transaction
            .open_table(VALUES)
            .unwrap()
            .insert(0, [0xee; 32])
            .unwrap();
    });
    assert!(
        changed_value
            .iter()
            .any(|what| what.contains("whose hash is another")),
        "{changed_value:?}"
    );
}

#[test]
fn a_damaged_file_is_an_error_and_never_a_panic() {
    let (folder, store) = filled();
    drop(store);
    let file = folder.path().join(FILE_NAME);
    let whole = fs::read(&file).unwrap();
    let mut found = 0;
    let damaged = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        let verify = StoreOptions {
            verify_file: true,
            ..options()
        };
        let opened = Store::open(folder.path(), verify).and_then(|store| {
            let report = store.check(false, &mut |_, _| {})?;
            Ok(report.findings.is_empty())
        });
        match opened {
            Ok(clean) => usize::from(!clean),
            Err(error) => {
                assert!(!matches!(error, StoreError::InUse(_)), "{error}");
                1
            }
        }
    };
    for page in (0..whole.len() / 4096).step_by(3) {
        let mut bytes = whole.clone();
        let place = page * 4096 + 17;
        bytes[place..place + 64].fill(0xa5);
        found += damaged(&bytes);
    }
    found += damaged(&whole[..whole.len() / 2]);
    found += damaged(b"not a database at all, but long enough to hold a header of one, if it were");
    assert!(found > 3, "{found}");
    fs::write(&file, &whole).unwrap();
    let store = Store::open(folder.path(), options()).unwrap();
    assert_eq!(check(&store).findings, []);
}

#[test]
fn a_compaction_that_was_interrupted_leaves_the_old_file() {
    let (folder, store) = filled();
    let before = ids(&store);
    drop(store);
    fs::write(folder.path().join("events.redb.new"), b"half of it").unwrap();
    let store = Store::open(folder.path(), options()).unwrap();
    assert_eq!(ids(&store), before);
    drop(store);
    Store::compact(folder.path(), options(), &mut |_| {}).unwrap();
    let store = Store::open(folder.path(), options()).unwrap();
    assert_eq!(ids(&store), before);
    assert_eq!(check(&store).findings, []);
    assert!(!folder.path().join("events.redb.new").exists());
}
