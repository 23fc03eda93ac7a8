//! Fills an array of ten bytes; reads with `position` and 128-bit arithmetic.

#![forbid(unsafe_code)]

/// Appends a number.
pub fn push_number(out: &mut Vec<u8>, mut number: u64) {
    let mut bytes = [0; 10];
    let mut length = 0;
    loop {
        bytes[length] = number as u8 & 0x7f;
        number >>= 7;
        length += 1;
        if number == 0 {
            break;
        }
        bytes[length - 1] |= 0x80;
    }
    out.extend_from_slice(&bytes[..length]);
}

/// Takes a number from the front of the bytes, or `None` where none begins there.
pub fn take_number(from: &mut &[u8]) -> Option<u64> {
    let length = 1 + from.iter().take(10).position(|byte| *byte < 0x80)?;
    let (bytes, rest) = from.split_at(length);
    *from = rest;
    let number = bytes
        .iter()
        .rev()
        .fold(0u128, |number, byte| number << 7 | u128::from(byte & 0x7f));
    let is_needed = length == 1 || bytes[length - 1] > 0;
    u64::try_from(number).ok().filter(|_| is_needed)
}

/// The key of an event: its second in four bytes, and its number within that second in two. Keys sort as bytes. A time
/// beyond 32 bits takes the last second.
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

/// The posts as they are on disk: the place of each, and its numbers behind that, one of which is read again.
fn page(posts: &[Post]) -> Box<[u8]> {
    let mut page = Vec::new();
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
