//! Text of the sorts that events carry, appended to a string.

use super::random::Random;
use super::words;
use crate::event::PublicKey;

const EMOJI: [&str; 16] = [
    "😂", "🔥", "❤️", "🙏", "😅", "🚀", "👀", "💜", "🤔", "🎉", "☕", "🌞", "⚡", "🐶", "👍", "🌊",
];

/// A word by Zipf's law.
pub(crate) fn word(random: &mut Random) -> &'static str {
    let words = words::all();
    &words[random.zipf(words.len())]
}

/// A host by Zipf's law.
pub(crate) fn host(random: &mut Random) -> &'static str {
    let hosts = words::hosts();
    &hosts[random.zipf(hosts.len())]
}

/// Sentences of about so many bytes in all.
pub(crate) fn sentences(random: &mut Random, out: &mut String, length: usize) {
    let end = out.len() + length;
    let mut first = true;
    while out.len() + 4 < end {
        match random.below(100) {
            _ if first => capital(out, word(random)),
            0..2 if out.len() + 70 < end => url(random, out, ".jpg"),
            2..4 => out.push_str(random.pick(&EMOJI)),
            4..6 => {
                out.push('#');
                out.push_str(word(random));
            }
            _ => out.push_str(word(random)),
        }
        first = false;
        match random.below(100) {
            0..7 => out.push_str(", "),
            7..15 => {
                out.push_str(random.pick(&[". ", ". ", ". ", "! ", "? ", "\n", "\n\n"]));
                first = true;
            }
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end_matches([' ', '\n', ',', '.']).len());
    out.push_str(random.pick(&[".", ".", "", "", "!", "?", "..."]));
}

fn capital(out: &mut String, word: &str) {
    let (head, tail) = word.split_at(1);
    out.push_str(&head.to_ascii_uppercase());
    out.push_str(tail);
}

/// An address of a picture, a page or a video, whose path nothing compresses.
pub(crate) fn url(random: &mut Random, out: &mut String, end: &str) {
    out.push_str("https://");
    out.push_str(host(random));
    out.push('/');
    match random.below(3) {
        0 => hex(random, out, 32),
        1 => {
            out.push_str("i/");
            any(random, out, b"abcdefghijkmnpqrstuvwxyz23456789", 12);
        }
        _ => {
            out.push_str(word(random));
            out.push('-');
            out.push_str(word(random));
        }
    }
    out.push_str(end);
}

/// So many random bytes in hex.
pub(crate) fn hex(random: &mut Random, out: &mut String, bytes: usize) {
    let mut digits = 0;
    for digit in 0..2 * bytes {
        if digit % 16 == 0 {
            digits = random.next();
        }
        out.push(char::from(b"0123456789abcdef"[(digits & 15) as usize]));
        digits >>= 4;
    }
}

/// So many random bytes in base64, with its padding.
pub(crate) fn base64(random: &mut Random, out: &mut String, bytes: usize) {
    symbols(random, out, (bytes * 4).div_ceil(3));
    match bytes % 3 {
        // The bits that the last symbol doesn't need are zero.
        1 => ending(random, out, "AQgw", "=="),
        2 => ending(random, out, "AEIMQUYcgkosw048", "="),
        _ => {}
    }
}

fn ending(random: &mut Random, out: &mut String, last: &str, padding: &str) {
    out.pop();
    out.push(char::from(random.pick(last.as_bytes())));
    out.push_str(padding);
}

/// So many of base64's symbols.
fn symbols(random: &mut Random, out: &mut String, count: usize) {
    any(
        random,
        out,
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        count,
    );
}

/// So many of bech32's symbols.
pub(crate) fn bech32(random: &mut Random, out: &mut String, count: usize) {
    any(random, out, BECH32, count);
}

fn any(random: &mut Random, out: &mut String, of: &[u8], count: usize) {
    out.extend((0..count).map(|_| char::from(random.pick(of))));
}

const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Somebody's key in the form of NIP-19, but for its checksum, which is the key's end instead.
pub(crate) fn npub(key: &PublicKey, out: &mut String) {
    out.push_str("nostr:npub1");
    let bytes = key.as_bytes();
    let bit = |at: usize| usize::from(bytes[at / 8 % 32] >> (7 - at % 8) & 1);
    for symbol in 0..58 {
        let value = (0..5).fold(0, |value, at| value << 1 | bit(5 * symbol + at));
        out.push(char::from(BECH32[value]));
    }
}
