//! Ids and keys in hex, as they are on the wire: by [`stack_arrays`], or by the part `hex_ids`.

use stack_arrays::{HexError, PublicKey};

/// Reads exactly 64 lower-case digits.
#[cfg(any(not(feature = "hex_ids"), test))]
pub(crate) fn from_hex<T: From<[u8; 32]>>(text: &[u8]) -> Result<T, HexError> {
    PublicKey::from_hex(text).map(|value| value.into_bytes().into())
}

/// The 64 digits of an id or a key.
#[cfg(any(not(feature = "hex_ids"), test))]
pub(crate) fn to_hex(value: &[u8; 32]) -> [u8; 64] {
    let mut digits = [0; 64];
    PublicKey::new(*value).write_hex(&mut digits);
    digits
}

#[cfg(all(feature = "hex_ids", not(test)))]
pub(crate) use crate::parts::hex_ids::to_hex;

/// A part says no more than that a text is no hex: what is wrong with it is for the relay's own to find.
#[cfg(all(feature = "hex_ids", not(test)))]
pub(crate) fn from_hex<T: From<[u8; 32]>>(text: &[u8]) -> Result<T, HexError> {
    let (expected, found) = (PublicKey::HEX_LENGTH, text.len());
    let refused = HexError::Length { expected, found };
    let value = crate::parts::hex_ids::from_hex(text).map(T::from);
    value.ok_or_else(|| PublicKey::from_hex(text).err().unwrap_or(refused))
}
