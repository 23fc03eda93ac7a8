//! Ids, keys and signatures: hex against the `hex` crate, and the properties that the store relies on.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use measuring::heap;
use proptest::collection::vec;
use proptest::prelude::*;
use stack_arrays::{EventId, HexError, LengthError, PublicKey, Signature};

measuring::install!();

proptest! {
    #[test]
    fn hex_is_what_the_hex_crate_writes(bytes: [u8; 32], signature in vec(any::<u8>(), 64)) {
        let id = EventId::new(bytes);
        prop_assert_eq!(id.to_string(), hex::encode(bytes));
        let mut text = [0; PublicKey::HEX_LENGTH];
        prop_assert_eq!(PublicKey::new(bytes).write_hex(&mut text), hex::encode(bytes));
        prop_assert_eq!(format!("{id:?}"), format!("EventId({})", hex::encode(bytes)));

        let signature = Signature::try_from(&signature[..]).expect("64 bytes");
        let mut text = [0; Signature::HEX_LENGTH];
        prop_assert_eq!(signature.write_hex(&mut text), hex::encode(signature.as_bytes()));
        prop_assert_eq!(signature.to_string().parse(), Ok(signature));
    }

    #[test]
    fn good_hex_is_read_as_the_hex_crate_reads_it(text in "[0-9a-f]{64}") {
        let mut expected = [0; 32];
        hex::decode_to_slice(&text, &mut expected).expect("hex");
        prop_assert_eq!(text.parse::<EventId>().map(EventId::into_bytes), Ok(expected));
        prop_assert_eq!(text.parse::<EventId>().expect("hex").to_string(), text);
    }

    #[test]
    fn any_bytes_are_an_id_or_a_true_complaint(text in vec(any::<u8>(), 0..80)) {
        complaint_is_true(&text)?;
    }

    #[test]
    fn any_digits_are_an_id_or_of_another_length(text in "[0-9a-f]{60,70}") {
        complaint_is_true(text.as_bytes())?;
    }

    #[test]
    fn one_wrong_byte_is_found(text in "[0-9a-f]{64}", position in 0..64usize, byte: u8) {
        let mut text = text.into_bytes();
        text[position] = byte;
        complaint_is_true(&text)?;
    }

    #[test]
    fn ids_sort_as_their_hex(one: [u8; 32], other: [u8; 32]) {
        let (one, other) = (EventId::new(one), EventId::new(other));
        prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        prop_assert_eq!(one == other, one.as_bytes() == other.as_bytes());
    }

    #[test]
    fn only_zeros_are_zero(bytes: [u8; 32], position in 0..64usize, bit in 0..8u32) {
        prop_assert_eq!(EventId::new(bytes).is_zero(), bytes.iter().all(|byte| *byte == 0));
        let mut signature = [0; 64];
        signature[position] = 1 << bit;
        prop_assert!(!Signature::new(signature).is_zero());
    }

    #[test]
    fn other_lengths_are_refused(bytes in vec(any::<u8>(), 0..100)) {
        let expected = match bytes.len() {
            32 => Ok(bytes.clone()),
            found => Err(LengthError { expected: 32, found }),
        };
        prop_assert_eq!(PublicKey::try_from(&bytes[..]).map(|key| key.as_bytes().to_vec()), expected);
    }
}

/// Where the hex crate reads an id in lower case, so do we; where not, the error names the first reason.
fn complaint_is_true(text: &[u8]) -> Result<(), TestCaseError> {
    let first_wrong = text
        .iter()
        .position(|byte| !b"0123456789abcdef".contains(byte));
    let read = EventId::from_hex(text);
    let wrong_length = matches!(read, Err(HexError::Length { .. }));
    prop_assert_eq!(wrong_length, text.len() != 64);
    match (read, first_wrong) {
        (Err(HexError::Length { expected, found }), _) => {
            prop_assert_eq!((expected, found), (64, text.len()));
        }
        (Err(HexError::Digit { position, found }), first_wrong) => {
            prop_assert_eq!((Some(position), found), (first_wrong, text[position]));
        }
        (Ok(id), first_wrong) => {
            prop_assert_eq!(first_wrong, None);
            prop_assert_eq!(hex::decode(text).ok(), Some(id.as_bytes().to_vec()));
        }
    }
    Ok(())
}

#[test]
fn errors_say_what_to_do() {
    let text = "ab".repeat(32);
    let wrong = |at: usize, with: &str| {
        let mut text = text.clone();
        text.replace_range(at..at + with.len(), with);
        text.parse::<EventId>()
            .expect_err("a wrong digit")
            .to_string()
    };
    assert_eq!(wrong(5, "g"), "expected a hex digit at byte 5, found 'g'");
    assert_eq!(
        wrong(63, "B"),
        "expected a hex digit at byte 63, found 'B': write it in lower case"
    );
    assert_eq!(
        wrong(0, "\u{e9}"),
        "expected a hex digit at byte 0, found '\\xc3'"
    );
    assert_eq!(
        text.parse::<Signature>()
            .expect_err("too short")
            .to_string(),
        "expected 128 hex digits, found 64 bytes of text"
    );
    assert_eq!(
        LengthError {
            expected: 32,
            found: 33
        }
        .to_string(),
        "expected exactly 32 bytes, found 33"
    );
}

#[test]
fn text_is_padded_like_any_other() {
    let id = EventId::ZERO;
    assert_eq!(format!("{id:>66}"), format!("  {id}"));
    assert_eq!(format!("{id:.8}"), "00000000");
}

#[test]
fn no_round_trip_takes_a_block() {
    let text = "0f".repeat(64);
    let (signature, read) = heap(|| text.parse::<Signature>());
    let signature = signature.expect("hex");
    let (_, written) = heap(|| signature.write_hex(&mut [0; 128]).len());
    let (refused, complained) = heap(|| text.parse::<EventId>());
    assert!(refused.is_err());
    assert_eq!(
        (
            read.allocations,
            written.allocations,
            complained.allocations
        ),
        (0, 0, 0)
    );
}

#[test]
fn equal_ids_hash_equally() {
    let state = RandomState::new();
    let [one, other] = [[7; 32]; 2].map(EventId::new);
    assert_eq!(state.hash_one(one), state.hash_one(other));
    let ids: HashSet<EventId> = (0..=255).map(|byte| EventId::new([byte; 32])).collect();
    assert_eq!(ids.len(), 256);
    assert!(ids.contains(&one));
}
