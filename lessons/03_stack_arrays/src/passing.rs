//! Passing values of 8 to 1,024 bytes to a function that reads a little of them.

use std::hint::black_box;

/// Values of a size, to be passed over and over.
#[derive(Debug)]
pub struct Values {
    bytes_each: usize,
    words: Vec<u64>,
}

/// How many values there are, and how often each is passed.
const VALUES: usize = 16;
const ROUNDS: usize = 64;

impl Values {
    /// Sixteen values of so many bytes each: one of the sizes in `for_size`.
    pub(crate) fn of(bytes_each: usize) -> Self {
        let words = VALUES * bytes_each / size_of::<u64>();
        Self {
            bytes_each,
            words: (0..words as u64).map(|word| word * word).collect(),
        }
    }

    fn all<const WORDS: usize>(&self) -> impl Iterator<Item = &[u64; WORDS]> {
        let (values, _) = self.words.as_chunks();
        (0..ROUNDS).flat_map(move |_| values)
    }
}

// ANCHOR: by_value
#[inline(never)]
fn ends_of_value<const WORDS: usize>(value: [u64; WORDS]) -> u64 {
    value[0] ^ value[WORDS - 1]
}

fn pass_values<const WORDS: usize>(values: &Values) -> u64 {
    // Called through a pointer, so that nobody can look inside and leave the copy out.
    let ends: fn([u64; WORDS]) -> u64 = black_box(ends_of_value);
    values
        .all()
        .map(|value| ends(*value))
        .fold(0, u64::wrapping_add)
}
// ANCHOR_END: by_value

// ANCHOR: by_reference
#[inline(never)]
fn ends_of_reference<const WORDS: usize>(value: &[u64; WORDS]) -> u64 {
    value[0] ^ value[WORDS - 1]
}

fn pass_references<const WORDS: usize>(values: &Values) -> u64 {
    let ends: fn(&[u64; WORDS]) -> u64 = black_box(ends_of_reference);
    values.all().map(ends).fold(0, u64::wrapping_add)
}
// ANCHOR_END: by_reference

// ANCHOR: in_sight
/// Called by its name, so that the compiler sees what the function does with its copy: it only reads.
fn pass_values_in_sight<const WORDS: usize>(values: &Values) -> u64 {
    values
        .all::<WORDS>()
        .map(|value| ends_of_value(*value))
        .fold(0, u64::wrapping_add)
}
// ANCHOR_END: in_sight

fn pass_references_in_sight<const WORDS: usize>(values: &Values) -> u64 {
    values
        .all::<WORDS>()
        .map(ends_of_reference)
        .fold(0, u64::wrapping_add)
}

macro_rules! for_size {
    ($values:expr, $pass:ident) => {
        match $values.bytes_each {
            8 => $pass::<1>($values),
            16 => $pass::<2>($values),
            64 => $pass::<8>($values),
            128 => $pass::<16>($values),
            size => {
                debug_assert_eq!(size, 1_024);
                $pass::<128>($values)
            }
        }
    };
}

/// A copy for the function to own.
pub fn by_value(values: &Values) -> u64 {
    for_size!(values, pass_values)
}

/// A look at the caller's.
pub fn by_reference(values: &Values) -> u64 {
    for_size!(values, pass_references)
}

/// A copy, unless the compiler finds that nobody would miss it.
pub fn by_value_in_sight(values: &Values) -> u64 {
    for_size!(values, pass_values_in_sight)
}

/// A look at the caller's, as cheap as before.
pub fn by_reference_in_sight(values: &Values) -> u64 {
    for_size!(values, pass_references_in_sight)
}
