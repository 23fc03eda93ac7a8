//! Giving back a result of 32 bytes.
//!
//! Lending what the function owns is no way: where Go moves the array to the heap without a word, rustc refuses.
//!
//! ```compile_fail,E0515
//! fn digest<'a>() -> &'a [u8] {
//!     let digest = [0; 32];
//!     &digest
//! }
//! ```

/// Messages to fingerprint.
#[derive(Debug)]
pub struct Messages(Vec<[u8; 64]>);

impl Messages {
    /// So many messages.
    pub fn sample(count: u64) -> Self {
        Self((0..count).map(crate::scattered::scattered).collect())
    }
}

/// Mixes a message into 32 bytes. No hash to rely on: it stands in for one, and costs little.
fn mix(message: &[u8; 64], into: &mut [u8; 32]) {
    for (at, byte) in into.iter_mut().enumerate() {
        *byte = message[at].wrapping_mul(31) ^ message[at + 32];
    }
}

/// All digests, folded into one.
fn fold(all: &mut [u8; 32], digest: &[u8]) {
    for (byte, other) in all.iter_mut().zip(digest) {
        *byte ^= other;
    }
}

// ANCHOR: vector
#[inline(never)]
fn digest_in_a_vec(message: &[u8; 64]) -> Vec<u8> {
    let mut digest = [0; 32];
    mix(message, &mut digest);
    digest.to_vec()
}
// ANCHOR_END: vector

/// An allocation for each result, of a length that only running tells.
pub fn vector(messages: &Messages) -> [u8; 32] {
    let mut all = [0; 32];
    for message in &messages.0 {
        fold(&mut all, &digest_in_a_vec(message));
    }
    all
}

// ANCHOR: by_value
#[inline(never)]
fn digest(message: &[u8; 64]) -> [u8; 32] {
    let mut digest = [0; 32];
    mix(message, &mut digest);
    digest
}
// ANCHOR_END: by_value

/// The result itself: it is written where the caller has room for it.
pub fn by_value(messages: &Messages) -> [u8; 32] {
    let mut all = [0; 32];
    for message in &messages.0 {
        fold(&mut all, &digest(message));
    }
    all
}

// ANCHOR: into_callers
#[inline(never)]
fn digest_into(message: &[u8; 64], digest: &mut [u8; 32]) {
    mix(message, digest);
}
// ANCHOR_END: into_callers

/// The caller says where.
pub fn into_callers(messages: &Messages) -> [u8; 32] {
    let mut all = [0; 32];
    let mut digest = [0; 32];
    for message in &messages.0 {
        digest_into(message, &mut digest);
        fold(&mut all, &digest);
    }
    all
}
