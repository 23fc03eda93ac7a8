//! Reading five-byte numbers, each behind a byte that tells its type.

use std::io::Read;

/// The number of an event in a store: 40 bits, held in an integer.
///
/// ```
/// use stack_arrays::serials::Serial;
///
/// let serial = Serial::from_bytes([0, 0, 0, 1, 2]);
/// assert_eq!(serial.number(), 258);
/// assert_eq!(serial.to_bytes(), [0, 0, 0, 1, 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(u64);

impl Serial {
    /// Reads the big-endian bytes of a key.
    pub fn from_bytes(bytes: [u8; 5]) -> Self {
        let [a, b, c, d, e] = bytes;
        Self(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
    }

    /// Big-endian, so that keys sort as the numbers do.
    pub fn to_bytes(self) -> [u8; 5] {
        let [_, _, _, bytes @ ..] = self.0.to_be_bytes();
        bytes
    }

    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// The tag before every serial.
const TAG: u8 = 0x05;

/// A page of an index: a tag byte and five bytes for each serial.
#[derive(Debug)]
pub struct Page(Vec<u8>);

impl Page {
    /// A page of so many serials.
    pub fn sample(serials: u64) -> Self {
        let entry = |number| {
            let [a, b, c, d, e] = Serial(number * 997).to_bytes();
            [TAG, a, b, c, d, e]
        };
        Self((0..serials).flat_map(entry).collect())
    }

    /// As a reader, which can't say how much is left.
    fn open(&self) -> impl Read {
        &self.0[..]
    }
}

/// What the steps give: the sum of the serials, or nothing where the page is cut off or no page.
pub type Sum = Option<u64>;

// ANCHOR: vectors
/// Reads so many bytes into a vector of their own.
#[inline(never)]
fn read(reader: &mut impl Read, count: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; count];
    reader.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// A vector for each read.
pub fn vectors(page: &Page) -> Sum {
    let mut reader = page.open();
    let mut sum = 0;
    for _ in 0..page.0.len() / 6 {
        if read(&mut reader, 1)? != [TAG] {
            return None;
        }
        let serial = read(&mut reader, 5)?;
        sum += Serial::from_bytes(serial.try_into().ok()?).number();
    }
    Some(sum)
}
// ANCHOR_END: vectors

// ANCHOR: arrays
/// An array for each read.
pub fn arrays(page: &Page) -> Sum {
    let mut reader = page.open();
    let mut sum = 0;
    for _ in 0..page.0.len() / 6 {
        let mut tag = [0; 1];
        reader.read_exact(&mut tag).ok()?;
        if tag != [TAG] {
            return None;
        }
        let mut serial = [0; 5];
        reader.read_exact(&mut serial).ok()?;
        sum += Serial::from_bytes(serial).number();
    }
    Some(sum)
}
// ANCHOR_END: arrays

// ANCHOR: chunks
/// No reads: the page is in memory already, so take it apart where it is.
pub fn chunks(page: &Page) -> Sum {
    let mut rest = &page.0[..];
    let mut sum = 0;
    while let Some((&TAG, after_tag)) = rest.split_first() {
        let (serial, after_serial) = after_tag.split_first_chunk()?;
        sum += Serial::from_bytes(*serial).number();
        rest = after_serial;
    }
    rest.is_empty().then_some(sum)
}
// ANCHOR_END: chunks
