//! Lower-case hex into arrays and back, without the heap.

use std::error::Error;
use std::fmt;

/// Why a text isn't the hex of such a value.
///
/// ```
/// use stack_arrays::{EventId, HexError};
///
/// let error = EventId::from_hex(b"beef").unwrap_err();
/// assert_eq!(error, HexError::Length { expected: 64, found: 4 });
/// assert_eq!(error.to_string(), "expected 64 hex digits, found 4 bytes of text");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// The text has another length than two digits per byte.
    Length {
        /// How many digits there should be.
        expected: usize,
        /// How many bytes of text there are.
        found: usize,
    },
    /// A byte of the text is no lower-case hex digit.
    Digit {
        /// Where, counted in bytes from 0.
        position: usize,
        /// What is there.
        found: u8,
    },
}

impl fmt::Display for HexError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            HexError::Length { expected, found } => {
                write!(
                    formatter,
                    "expected {expected} hex digits, found {found} bytes of text"
                )
            }
            HexError::Digit { position, found } => {
                let found_here = found.escape_ascii();
                write!(
                    formatter,
                    "expected a hex digit at byte {position}, found '{found_here}'"
                )?;
                if found.is_ascii_hexdigit() {
                    formatter.write_str(": write it in lower case")?;
                }
                Ok(())
            }
        }
    }
}

impl Error for HexError {}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Above every value of a digit.
const NO_DIGIT: u8 = 0xff;

/// The value of each byte as a digit, so that reading one is a load and no branch.
const VALUES: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < DIGITS.len() {
        values[DIGITS[value] as usize] = value as u8;
        value += 1;
    }
    values
};

// ANCHOR: decode
/// Reads `2 * N` lower-case hex digits.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Result<[u8; N], HexError> {
    let (pairs, odd) = text.as_chunks::<2>();
    if pairs.len() != N || !odd.is_empty() {
        let (expected, found) = (2 * N, text.len());
        return Err(HexError::Length { expected, found });
    }
    let mut bytes = [0; N];
    let mut seen = 0;
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let [high, low] = pair.map(|digit| VALUES[usize::from(digit)]);
        seen |= high | low;
        *byte = high << 4 | low;
    }
    if seen == NO_DIGIT {
        return Err(wrong_digit(text));
    }
    Ok(bytes)
}
// ANCHOR_END: decode

/// Finds the first byte that is no digit. Kept out of the way of good input.
#[cold]
fn wrong_digit(text: &[u8]) -> HexError {
    let is_digit = |byte: &&u8| VALUES[usize::from(**byte)] != NO_DIGIT;
    let position = text.iter().take_while(is_digit).count();
    let found = text.get(position).copied().unwrap_or_default();
    HexError::Digit { position, found }
}

/// Writes two digits for each byte, and gives them as text.
///
/// `into` has room for exactly that: the callers' types see to it.
pub(crate) fn encode<'a>(bytes: &[u8], into: &'a mut [u8]) -> &'a str {
    debug_assert_eq!(into.len(), 2 * bytes.len());
    let (pairs, _) = into.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        *pair = [byte >> 4, byte & 0x0f].map(|value| DIGITS[usize::from(value)]);
    }
    std::str::from_utf8(into).expect("hex digits are ASCII")
}
