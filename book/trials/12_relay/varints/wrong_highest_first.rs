//! Writes the highest seven bits first.

#![forbid(unsafe_code)]

/// Appends a number.
pub fn push_number(out: &mut Vec<u8>, mut number: u64) {
    let count = (64 - number.leading_zeros()).div_ceil(7).max(1);
    for at in (0..count).rev() {
        let more = if at > 0 { 0x80 } else { 0 };
        out.push((number >> (7 * at)) as u8 & 0x7f | more);
    }
    number = 0;
    let _ = number;
}

/// Takes a number from the front of the bytes, or `None` where none begins there.
pub fn take_number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for at in 0..10 {
        let (&byte, rest) = from.split_first()?;
        *from = rest;
        if at == 0 && byte == 0x80 || number >> 57 != 0 {
            return None;
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
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
