use super::super::StoreError;
use super::super::tables::EVENTS;
use super::*;

/// Two events in the order of their ids.
fn by_id(one: Event, other: Event) -> (Event, Event) {
    if one.id < other.id {
        (one, other)
    } else {
        (other, one)
    }
}

#[track_caller]
fn stored(put: Put) {
    assert!(matches!(put, Put::Stored(_)), "{put:?}");
}

#[track_caller]
fn holds(store: &Store, events: &[&Event]) {
    assert_eq!(ids(store), sorted(events));
    assert_eq!(check(store).findings, []);
}

#[test]
fn a_duplicate_is_found_in_the_batch_and_in_the_database() {
    let (_folder, store) = new();
    let note = event(1, 1, 10, &[&["t", "x"]], "hello");
    let mut batch = store.begin().unwrap();
    stored(batch.put(&note, 0).unwrap());
    assert_eq!(batch.put(&note, 0).unwrap(), Put::Duplicate);
    assert_eq!(batch.commit().unwrap().number, 1);
    assert_eq!(put(&store, &note), Put::Duplicate);
    holds(&store, &[&note]);
}

#[test]
fn a_batch_that_is_dropped_leaves_nothing_and_one_that_changes_nothing_writes_nothing() {
    let (_folder, store) = new();
    let note = event(1, 1, 10, &[&["p", &author(7).to_string()]], "hello");
    let mut batch = store.begin().unwrap();
    stored(batch.put(&note, 0).unwrap());
    drop(batch);
    holds(&store, &[]);
    assert_eq!(store.begin().unwrap().commit().unwrap().number, 0);
    stored(put(&store, &note));
    assert_eq!(store.begin().unwrap().commit().unwrap().number, 1);
    holds(&store, &[&note]);
}

#[test]
fn the_newest_version_is_kept_and_of_two_of_a_time_the_one_with_the_lower_id() {
    for (kind, tags) in [
        (0, &[][..]),
        (10_002, &[]),
        (30_000, &[&["d", "x"][..]][..]),
    ] {
        let (_folder, store) = new();
        let (low, high) = by_id(event(1, kind, 10, tags, "a"), event(1, kind, 10, tags, "b"));
        let newer = event(1, kind, 11, tags, "c");
        stored(put(&store, &high));
        stored(put(&store, &low));
        holds(&store, &[&low]);
        assert_eq!(put(&store, &high), Put::Superseded);
        stored(put(&store, &newer));
        assert_eq!(put(&store, &low), Put::Superseded);
        holds(&store, &[&newer]);
    }
}

#[test]
fn addresses_are_author_kind_and_first_d_tag() {
    let (_folder, store) = new();
    let events = [
        event(1, 30_000, 10, &[&["d", "x"], &["d", "y"]], ""),
        event(1, 30_000, 10, &[&["d", "y"]], ""),
        event(1, 30_001, 10, &[&["d", "x"]], ""),
        event(2, 30_000, 10, &[&["d", "x"]], ""),
        event(1, 30_000, 10, &[], ""),
    ];
    for event in &events {
        stored(put(&store, event));
    }
    holds(&store, &events.each_ref());
    // No `d` tag, one without a value and one with an empty value are the same.
    let again = event(1, 30_000, 11, &[&["d"]], "");
    stored(put(&store, &again));
    let [a, b, c, d, _] = &events;
    holds(&store, &[a, b, c, d, &again]);
    let again = event(1, 30_000, 12, &[&["d", ""]], "");
    stored(put(&store, &again));
    holds(&store, &[a, b, c, d, &again]);
}

#[test]
fn an_author_deletes_events_and_they_do_not_come_back() {
    let (_folder, store) = new();
    let note = event(1, 1, 10, &[], "oops");
    let theirs = event(2, 1, 10, &[], "mine");
    stored(put(&store, &note));
    stored(put(&store, &theirs));
    let named = [note.id.to_string(), theirs.id.to_string()];
    let deletion = event(
        1,
        5,
        9,
        &[&["e", &named[0]], &["e", &named[1]], &["e", "junk"]],
        "",
    );
    let mut batch = store.begin().unwrap();
    stored(batch.put(&deletion, 0).unwrap());
    assert_eq!(batch.put(&note, 0).unwrap(), Put::Deleted);
    assert_eq!(batch.commit().unwrap().removed.len(), 1);
    assert_eq!(put(&store, &note), Put::Deleted);
    assert_eq!(put(&store, &theirs), Put::Duplicate);
    holds(&store, &[&theirs, &deletion]);
}

#[test]
fn a_deletion_that_comes_first_works_the_same_and_that_of_others_does_nothing() {
    let (_folder, store) = new();
    let note = event(1, 1, 10, &[], "oops");
    let (named, address) = (note.id.to_string(), format!("30023:{}:x", author(1)));
    let others = event(2, 5, 20, &[&["e", &named], &["a", &address]], "");
    stored(put(&store, &others));
    stored(put(&store, &note));
    let article = event(1, 30_023, 10, &[&["d", "x"]], "");
    stored(put(&store, &article));
    let early = event(1, 1, 10, &[], "not yet there");
    let deletion = event(1, 5, 5, &[&["e", &early.id.to_string()]], "");
    stored(put(&store, &deletion));
    assert_eq!(put(&store, &early), Put::Deleted);
    holds(&store, &[&note, &others, &article, &deletion]);
}

#[test]
fn who_a_gift_wrap_is_for_may_delete_it_and_nobody_else() {
    let (_folder, store) = new();
    let names = [author(2).to_string(), author(3).to_string()];
    let for_two = |kind, text| event(1, kind, 10, &[&["p", &names[0]], &["p", &names[1]]], text);
    let (wrap, early, note) = (
        for_two(1_059, "wrapped"),
        for_two(1_059, "later"),
        for_two(1, "a note"),
    );
    stored(put(&store, &wrap));
    stored(put(&store, &note));
    let asks = |who, event: &Event| super::event(who, 5, 20, &[&["e", &event.id.to_string()]], "");
    let (theirs, of_note) = (asks(4, &wrap), asks(3, &note));
    stored(put(&store, &theirs));
    stored(put(&store, &of_note));
    holds(&store, &[&wrap, &note, &theirs, &of_note]);
    let (deletion, ahead) = (asks(3, &wrap), asks(2, &early));
    stored(put(&store, &deletion));
    stored(put(&store, &ahead));
    assert_eq!(put(&store, &wrap), Put::Deleted);
    assert_eq!(put(&store, &early), Put::Deleted);
    holds(&store, &[&note, &theirs, &of_note, &deletion, &ahead]);
}

#[test]
fn a_deletion_by_address_reaches_versions_up_to_its_time() {
    for (kind, tag, identifier) in [(30_023, &["d", "x:y"][..], "x:y"), (3, &["p", "x"][..], "")] {
        let (_folder, store) = new();
        let address = format!("{kind}:{}:{identifier}", author(1));
        let version = |at| event(1, kind, at, &[tag], "");
        let deletion = event(1, 5, 20, &[&["a", &address]], "");
        stored(put(&store, &version(20)));
        stored(put(&store, &deletion));
        holds(&store, &[&deletion]);
        assert_eq!(put(&store, &version(19)), Put::Deleted);
        assert_eq!(put(&store, &version(20)), Put::Deleted);
        let newer = version(21);
        stored(put(&store, &newer));
        holds(&store, &[&deletion, &newer]);
        let older = event(1, 5, 20, &[&["a", &address]], "again");
        stored(put(&store, &older));
        holds(&store, &[&deletion, &older, &newer]);
    }
}

#[test]
fn deleting_a_deletion_or_a_request_to_vanish_has_no_effect() {
    let (_folder, store) = new();
    let deletion = event(1, 5, 10, &[&["e", &EventId::ZERO.to_string()]], "");
    let vanish = event(1, 62, 9, &[&["relay", "wss://elsewhere.example"]], "");
    let named = [deletion.id.to_string(), vanish.id.to_string()];
    let second = event(1, 5, 11, &[&["e", &named[0]], &["e", &named[1]]], "");
    for event in [&deletion, &vanish, &second] {
        stored(put(&store, event));
    }
    holds(&store, &[&deletion, &vanish, &second]);
}

#[test]
fn who_vanishes_takes_everything_along_and_gift_wraps_too() {
    for relay in ["ALL_RELAYS", "WSS://relay.example"] {
        let (_folder, store) = new();
        let to = author(1).to_string();
        let gone = [
            event(1, 1, 10, &[&["e", &EventId::ZERO.to_string()]], "x"),
            event(1, 0, 20, &[], "profile"),
            event(1, 5, 15, &[&["e", &EventId::ZERO.to_string()]], ""),
            event(1, 65_535, 15, &[], ""),
            event(2, 1059, 20, &[&["p", &to]], "wrapped"),
        ];
        let stays = [
            event(1, 1, 21, &[], "later"),
            event(2, 1, 10, &[&["p", &to]], "about them"),
            event(2, 1059, 21, &[&["p", &to]], "wrapped later"),
            event(
                2,
                1059,
                10,
                &[&["p", &author(3).to_string()]],
                "for somebody else",
            ),
        ];
        for event in gone.iter().chain(&stays) {
            stored(put(&store, event));
        }
        let request = event(1, 62, 20, &[&["relay", relay]], "");
        let mut batch = store.begin().unwrap();
        stored(batch.put(&request, 0).unwrap());
        assert_eq!(batch.commit().unwrap().removed.len(), gone.len());
        for event in &gone {
            assert_eq!(put(&store, event), Put::Vanished);
        }
        let [a, b, c, d] = &stays;
        holds(&store, &[a, b, c, d, &request]);
    }
}

#[test]
fn a_request_to_vanish_from_elsewhere_does_nothing_here() {
    let (_folder, store) = new();
    let note = event(1, 1, 10, &[], "");
    let request = event(1, 62, 20, &[&["relay", "wss://elsewhere.example"]], "");
    stored(put(&store, &note));
    stored(put(&store, &request));
    let older = event(1, 1, 9, &[], "");
    stored(put(&store, &older));
    holds(&store, &[&note, &request, &older]);
}

#[test]
fn what_expires_is_swept_and_what_has_expired_is_refused() {
    let (_folder, store) = new();
    let soon = event(1, 1, 10, &[&["expiration", "100"]], "");
    let late = event(1, 1, 10, &[&["expiration", "99999999999"]], "");
    let mut batch = store.begin().unwrap();
    assert_eq!(batch.put(&soon, 100).unwrap(), Put::Expired);
    stored(batch.put(&soon, 99).unwrap());
    stored(batch.put(&late, 99).unwrap());
    assert_eq!(batch.sweep(99, 10).unwrap(), 0);
    batch.commit().unwrap();
    let mut batch = store.begin().unwrap();
    assert_eq!(batch.sweep(100, 0).unwrap(), 0);
    assert_eq!(batch.sweep(100, 10).unwrap(), 1);
    assert_eq!(batch.commit().unwrap().removed.len(), 1);
    holds(&store, &[&late]);
}

#[test]
fn ephemeral_events_are_refused() {
    let (_folder, store) = new();
    assert!(matches!(
        put(&store, &event(1, 20_001, 10, &[], "")),
        Put::Refused(_)
    ));
    holds(&store, &[]);
}

#[test]
fn a_second_holds_65536_events() {
    let (_folder, store) = new();
    let transaction = store.shared.database.begin_write().unwrap();
    let taken = super::super::Tid::new(10, 65_534);
    transaction
        .open_table(EVENTS)
        .unwrap()
        .insert(taken.0, &[1][..])
        .unwrap();
    transaction.commit().unwrap();
    let mut batch = store.begin().unwrap();
    stored(batch.put(&event(1, 1, 10, &[], "the last"), 0).unwrap());
    let one_more = batch.put(&event(1, 1, 10, &[], "one more"), 0).unwrap();
    assert!(matches!(one_more, Put::Refused(_)), "{one_more:?}");
    stored(batch.put(&event(1, 1, 11, &[], "one later"), 0).unwrap());
}

#[test]
fn long_records_come_back_and_go() {
    let (folder, store) = new();
    // Not compressible, and of lengths around those of whole parts.
    let mut noise = 1u64;
    let mut text = |length| -> String {
        let mut next = || {
            noise = noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b' ' + ((noise >> 33) % 90) as u8)
        };
        (0..length).map(|_| next()).collect()
    };
    let notes: Vec<_> = [1300, 1500, 1700, 4000, 300_000]
        .map(|length| event(1, 1, length, &[&["t", "long"]], &text(length)))
        .into();
    for note in &notes {
        stored(put(&store, note));
    }
    holds(&store, &notes.iter().collect::<Vec<_>>());
    drop(store);
    Store::compact(folder.path(), options(), &mut |_| {}).unwrap();
    let store = Store::open(folder.path(), options()).unwrap();
    holds(&store, &notes.iter().collect::<Vec<_>>());
    let mut batch = store.begin().unwrap();
    for note in &notes {
        stored(
            batch
                .put(&event(1, 5, 20, &[&["e", &note.id.to_string()]], ""), 0)
                .unwrap(),
        );
    }
    batch.commit().unwrap();
    assert_eq!(ids(&store).len(), notes.len());
    assert_eq!(check(&store).findings, []);
    assert_eq!(
        redb::ReadableTableMetadata::len(&store.snapshot().unwrap().tables().long).unwrap(),
        0
    );
}

#[test]
fn the_place_of_what_is_gone_is_not_given_to_the_next() {
    let (_folder, store) = new();
    let first = event(1, 0, 10, &[], "a");
    let Put::Stored(before) = put(&store, &first) else {
        panic!()
    };
    let deletion = event(1, 5, 11, &[&["e", &first.id.to_string()]], "");
    stored(put(&store, &deletion));
    let Put::Stored(after) = put(&store, &event(2, 0, 10, &[], "b")) else {
        panic!()
    };
    assert_ne!(before, after);
}

#[test]
fn times_beyond_32_bits_come_back_and_rules_hold_among_them() {
    let (_folder, store) = new();
    let at = 1_700_000_000_000;
    let [old, new] = [0, 1].map(|more| event(1, 0, at + more, &[], "milliseconds"));
    stored(put(&store, &old));
    stored(put(&store, &new));
    assert_eq!(put(&store, &old), Put::Superseded);
    holds(&store, &[&new]);
}

#[test]
fn a_second_process_and_one_made_of_other_parts_are_told_what_to_do() {
    let (folder, store) = new();
    let second = Store::open(folder.path(), options()).err().unwrap();
    assert!(matches!(second, StoreError::InUse(_)), "{second}");
    assert!(second.to_string().contains("stop it"), "{second}");
    drop(store);
    let parts = StoreOptions {
        parts: "codec of the learner".to_owned(),
        ..options()
    };
    let foreign = Store::open(folder.path(), parts).err().unwrap();
    assert!(matches!(foreign, StoreError::Foreign { .. }), "{foreign}");
    Store::open(folder.path(), options()).unwrap();
}
