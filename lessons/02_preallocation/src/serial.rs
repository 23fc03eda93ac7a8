//! The number that stands for an event.

/// An event's number in a store: five bytes, which count to a trillion, instead of the 32 of its id.
///
/// The bytes are big-endian, so that they sort as the numbers do.
///
/// ```
/// use preallocation::Serial;
///
/// assert_eq!(size_of::<[Serial; 1_000]>(), 5_000);
/// assert!(Serial::new(255) < Serial::new(256));
/// assert_eq!(Serial::new(1 << 40), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Serial([u8; 5]);

impl Serial {
    /// The serial of that number, if five bytes hold it.
    pub fn new(number: u64) -> Option<Self> {
        let [0, 0, 0, rest @ ..] = number.to_be_bytes() else {
            return None;
        };
        Some(Self(rest))
    }
}
