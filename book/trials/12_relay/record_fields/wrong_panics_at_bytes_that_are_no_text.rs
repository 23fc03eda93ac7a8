//! Panics where `strings` is not UTF-8.

#![forbid(unsafe_code)]

type Event = (String, Vec<u32>, Vec<u32>);

const END_OF_TAG: u8 = 0xfd;
const VALUE: u8 = 0xfe;
const END_OF_ITEM: u8 = 0xff;
const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let text: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut value = [0; 32];
    for (at, digit) in text.iter().enumerate() {
        value[at / 2] = value[at / 2] << 4 | DIGITS.iter().position(|known| known == digit)? as u8;
    }
    Some(value)
}

/// Appends an event to `fields` and `strings`, which may hold others already.
pub fn encode(
    (text, items, tags): (&str, &[u32], &[u32]),
    put_value: &mut dyn FnMut(&mut Vec<u8>, &[u8; 32]),
    (fields, strings): (&mut Vec<u8>, &mut Vec<u8>),
) {
    let mut put = |piece: &str, strings: &mut Vec<u8>| match from_hex(piece) {
        Some(value) => {
            strings.push(VALUE);
            put_value(fields, &value);
        }
        None => strings.extend_from_slice(piece.as_bytes()),
    };
    let (mut first, mut start) = (0, 0);
    for tag in tags {
        for end in &items[first..*tag as usize] {
            put(&text[start..*end as usize], strings);
            strings.push(END_OF_ITEM);
            start = *end as usize;
        }
        strings.push(END_OF_TAG);
        first = *tag as usize;
    }
    put(&text[start..], strings);
}

/// Decodes what `encode` wrote, into empty buffers. Returns `None` if `fields` is truncated or too
/// long. Other spoiled bytes give `None` or another event; they never panic or fill the heap.
pub fn decode(
    (mut fields, mut strings): (&[u8], &[u8]),
    take_value: &mut dyn FnMut(&mut &[u8]) -> Option<[u8; 32]>,
    (text, items, tags): (&mut String, &mut Vec<u32>, &mut Vec<u32>),
) -> Option<()> {
    while let Some(at) = strings.iter().position(|byte| *byte >= END_OF_TAG) {
        text.push_str(str::from_utf8(&strings[..at]).ok()?);
        match strings[at] {
            VALUE => {
                let halves = take_value(&mut fields)?.map(|byte| [byte >> 4, byte & 0x0f]);
                let digit = |half: &u8| char::from(DIGITS[usize::from(*half)]);
                text.extend(halves.as_flattened().iter().map(digit));
            }
            END_OF_ITEM => items.push(text.len() as u32),
            _ => tags.push(items.len() as u32),
        }
        strings = &strings[at + 1..];
    }
    text.push_str(str::from_utf8(strings).expect("strings are text"));
    fields.is_empty().then_some(())
}
