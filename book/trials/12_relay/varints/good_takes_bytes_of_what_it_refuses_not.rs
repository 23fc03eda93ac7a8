//! Leaves padded bytes where they are.

#![forbid(unsafe_code)]

/// Appends a number.
pub fn push_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number from the front of the bytes, or `None` where none begins there.
pub fn take_number(from: &mut &[u8]) -> Option<u64> {
    let before = *from;
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
            if !is_needed {
                *from = before;
            }
            return is_needed.then_some(number);
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
