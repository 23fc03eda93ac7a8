//! Reserves for as many tags as spoiled bytes say.

#![forbid(unsafe_code)]

type Event = (String, Vec<u32>, Vec<u32>);

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let text: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut value = [0; 32];
    for (at, digit) in text.iter().enumerate() {
        value[at / 2] = value[at / 2] << 4 | DIGITS.iter().position(|known| known == digit)? as u8;
    }
    Some(value)
}

/// x
pub fn encode(
    (text, items, tags): (&str, &[u32], &[u32]),
    put_value: &mut dyn FnMut(&mut Vec<u8>, &[u8; 32]),
    (fields, strings): (&mut Vec<u8>, &mut Vec<u8>),
) {
    push(fields, tags.len());
    let (mut first, mut start) = (0, 0);
    for tag in tags {
        push(fields, *tag as usize - first);
        for end in &items[first..*tag as usize] {
            put(&text[start..*end as usize], put_value, fields, strings);
            start = *end as usize;
        }
        first = *tag as usize;
    }
    put_content(&text[start..], put_value, fields, strings);
}

/// x
pub fn decode(
    (mut fields, mut strings): (&[u8], &[u8]),
    take_value: &mut dyn FnMut(&mut &[u8]) -> Option<[u8; 32]>,
    (text, items, tags): (&mut String, &mut Vec<u32>, &mut Vec<u32>),
) -> Option<()> {
    let count = take(&mut fields)?;
    tags.try_reserve(count.min(1 << 28)).ok()?;
    for _ in 0..count {
        let of_tag = take(&mut fields)?;
        for _ in 0..of_tag {
            let length = take(&mut fields)?;
            take_item(length, &mut fields, &mut strings, take_value, text)?;
            items.push(text.len() as u32);
        }
        tags.push(items.len() as u32);
    }
    let rest = take(&mut fields)?;
    if rest == 0 {
        take_item(
            strings.len() + 1,
            &mut fields,
            &mut strings,
            take_value,
            text,
        )?;
    } else {
        take_item(0, &mut fields, &mut strings, take_value, text)?;
    }
    (fields.is_empty() && strings.is_empty()).then_some(())
}

fn take_item(
    length: usize,
    fields: &mut &[u8],
    strings: &mut &[u8],
    take_value: &mut dyn FnMut(&mut &[u8]) -> Option<[u8; 32]>,
    text: &mut String,
) -> Option<()> {
    if length == 0 {
        let halves = take_value(fields)?.map(|byte| [byte >> 4, byte & 0x0f]);
        text.extend(
            halves
                .as_flattened()
                .iter()
                .map(|half| char::from(DIGITS[usize::from(*half)])),
        );
        return Some(());
    }
    let (item, rest) = strings.split_at_checked(length - 1)?;
    *strings = rest;
    text.push_str(str::from_utf8(item).ok()?);
    Some(())
}

fn put(
    piece: &str,
    put_value: &mut dyn FnMut(&mut Vec<u8>, &[u8; 32]),
    fields: &mut Vec<u8>,
    strings: &mut Vec<u8>,
) {
    match from_hex(piece) {
        Some(value) => {
            push(fields, 0);
            put_value(fields, &value);
        }
        None => {
            push(fields, piece.len() + 1);
            strings.extend_from_slice(piece.as_bytes());
        }
    }
}

fn put_content(
    piece: &str,
    put_value: &mut dyn FnMut(&mut Vec<u8>, &[u8; 32]),
    fields: &mut Vec<u8>,
    strings: &mut Vec<u8>,
) {
    match from_hex(piece) {
        Some(value) => {
            push(fields, 1);
            put_value(fields, &value);
        }
        None => {
            push(fields, 0);
            strings.extend_from_slice(piece.as_bytes());
        }
    }
}

fn push(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(from: &mut &[u8]) -> Option<usize> {
    let mut number = 0usize;
    for shift in (0..28).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= usize::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}
