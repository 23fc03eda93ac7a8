//! Whether an event is what its author signed.

use secp256k1::{XOnlyPublicKey, schnorr};
use thiserror::Error;

use super::Event;

/// What is wrong with an event that isn't what its author signed. It is printed as the text behind `invalid: `.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Invalid {
    /// The id is not the hash of the event.
    #[error("id is not the hash of the event")]
    Id,
    /// The public key is no point on the curve.
    #[error("pubkey is not a point on the curve")]
    Key,
    /// The signature is not that of the id by the key.
    #[error("signature does not match")]
    Signature,
}

/// Checks the id, then the signature.
///
/// # Errors
///
/// What is wrong, the cheapest check first.
pub fn verify(event: &Event) -> Result<(), Invalid> {
    if event.canonical_id() != event.id {
        return Err(Invalid::Id);
    }
    let (id, key, signature) = (&event.id, &event.pubkey, &event.sig);
    check(id.as_bytes(), key.as_bytes(), signature.as_bytes())
}

/// BIP-340 over the bytes of an id.
pub(crate) fn check(id: &[u8; 32], key: &[u8; 32], signature: &[u8; 64]) -> Result<(), Invalid> {
    let key = XOnlyPublicKey::from_byte_array(*key).map_err(|_| Invalid::Key)?;
    let signature = schnorr::Signature::from_byte_array(*signature);
    schnorr::verify(&signature, id, &key).map_err(|_| Invalid::Signature)
}

#[cfg(test)]
mod tests;
