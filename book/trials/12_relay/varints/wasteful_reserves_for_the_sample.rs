//! Reserves enough for a thousand posts, also for a page of one.

#![forbid(unsafe_code)]

/// Appends a number in its shortest form: `300` appends `[0xac, 0x02]`.
pub fn push_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number from the front of `from`. Returns `None` if `push_number` can't have written what
/// stands there: truncated, longer than 64 bits, or padded like `[0x85, 0x00]`.
pub fn take_number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = from.split_first()?;
        *from = rest;
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            return None;
        }
        number |= bits << shift;
        if byte < 0x80 {
            let is_needed = byte > 0 || shift == 0;
            return is_needed.then_some(number);
        }
    }
    None
}

/// Returns the key of an event: its second in four bytes, then its number in that second in two.
/// Keys sort as bytes, oldest first. A second above `u32::MAX` counts as `u32::MAX`.
pub fn place(created_at: u64, number: u16) -> [u8; 6] {
    let second = u32::try_from(created_at).unwrap_or(u32::MAX);
    let mut key = [0; 6];
    key[..4].copy_from_slice(&second.to_be_bytes());
    key[4..].copy_from_slice(&number.to_be_bytes());
    key
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Post {
    created_at: u64,
    number: u16,
    kind: u64,
    author: u64,
    length: u64,
}

/// Posts as they are stored: the place of each, then its numbers, one of which is read again.
fn page(posts: &[Post]) -> Box<[u8]> {
    let mut page = Vec::with_capacity(16_000);
    for post in posts {
        page.extend_from_slice(&place(post.created_at, post.number));
        let start = page.len();
        for number in [post.kind, post.author, post.length] {
            push_number(&mut page, number);
        }
        assert_eq!(take_number(&mut &page[start..]), Some(post.kind));
    }
    page.into_boxed_slice()
}
