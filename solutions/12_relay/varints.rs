//! A relay stores many numbers. Most are small: kinds, serials, lengths. Some need 64 bits.
//! A number is written seven bits per byte, lowest seven bits first. The eighth bit says that more
//! bytes follow: `5` → `[0x05]`, `300` → `[0xac, 0x02]`. Each number has one form: `take_number`
//! returns `None` for anything `push_number` can't have written: truncated, longer than 64 bits, or
//! padded. It may leave `from` anywhere then. The key of a record is its `place`, sorted as bytes.
//!
//! The bytes are pushed one by one, and taken one by one from the slice. Bits that a shift to the
//! left would lose are noticed before they are lost. A last byte of 0 after others is padding.
//!
//! | n posts              | budget        | why                                               |
//! |----------------------|---------------|---------------------------------------------------|
//! | allocations          | 8 + log2 of n | the page doubles until it fits, and is shrunk     |
//! | live, in bytes       | 13 n + 16     | 6 for the place, then 1 or 3, up to 3, and 1 or 2 |
//! | peak, in bytes       | 48 n + 64     | the page and its spare capacity                   |
//! | allocations, reading | 0             | `take_number` and `place` return values           |

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

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

/// What a page of so many posts may cost.
const fn budget(posts: u64) -> measuring::Budget {
    let doublings = (u64::BITS - posts.leading_zeros()) as u64;
    measuring::Budget::of("varints")
        .allocations(8 + doublings)
        .peak(48 * posts + 64)
        .live((13 * posts + 16).cast_signed())
}

fn main() {
    let posts = sample(1_000);
    measuring::show(budget(1_000), || page(&posts));
}

/// Mostly notes, some articles, by 100,000 authors.
fn sample(count: u64) -> Vec<Post> {
    let post = |n: u64| Post {
        created_at: 1_735_689_600 + n / 3,
        number: (n % 3) as u16,
        kind: if n.is_multiple_of(10) { 30_023 } else { 1 },
        author: n * 7_919 % 100_000,
        length: n * 31 % 400,
    };
    (0..count).map(post).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, assert_work};
    use std::hint::black_box;

    const FREE: Budget = Budget::of("varints").allocations(0).live(0);

    /// All around the powers of two, and a few of every width.
    fn numbers() -> impl Iterator<Item = u64> {
        let around = |power: u32| [(1 << power) - 1, 1 << power, (1 << power) + 1];
        let any = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (n % 64);
        let around = (0..64).flat_map(around);
        around
            .chain((1..1_000).map(any))
            .chain([u64::MAX - 1, u64::MAX])
    }

    fn written(number: u64) -> Vec<u8> {
        let mut out = Vec::new();
        push_number(&mut out, number);
        out
    }

    #[measuring::test]
    fn a_number_is_written_in_its_shortest_form_lowest_bits_first() {
        let forms: [(u64, &[u8]); 8] = [
            (0, &[0x00]),
            (1, &[0x01]),
            (127, &[0x7f]),
            (128, &[0x80, 0x01]),
            (300, &[0xac, 0x02]),
            (16_384, &[0x80, 0x80, 0x01]),
            (1 << 32, &[0x80, 0x80, 0x80, 0x80, 0x10]),
            (
                1 << 63,
                &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
            ),
        ];
        for (number, form) in forms {
            let bytes = written(number);
            let what = format!("bytes that push_number writes for {number}");
            assert_work(&what, bytes.len() as u64, form.len() as u64);
            assert_gives(format_args!("push_number of {number}"), &bytes[..], form);
        }
    }

    #[measuring::test]
    fn numbers_come_back_one_after_the_other() {
        let mut out = b"before".to_vec();
        numbers().for_each(|number| push_number(&mut out, number));
        out.extend_from_slice(b"after");
        assert_gives("the bytes that were there before", &out[..6], b"before");
        let mut rest = &out[6..];
        for number in numbers() {
            let what = format_args!("take_number of what push_number wrote for {number}");
            assert_gives(what, &take_number(&mut rest), &Some(number));
        }
        assert_gives("the bytes after the numbers", rest, b"after");
    }

    #[measuring::test]
    fn truncated_bytes_are_no_number() {
        for number in numbers() {
            let bytes = written(number);
            for length in 0..bytes.len() {
                let truncated = &bytes[..length];
                let what =
                    format_args!("take_number of {number} without its end, {truncated:02x?}");
                assert_gives(what, &take_number(&mut { truncated }), &None);
            }
        }
    }

    /// Any bytes that are read as a number are the bytes that are written for it.
    #[measuring::test]
    fn a_number_has_one_form() {
        let one_form = |bytes: &[u8]| {
            let mut rest = bytes;
            if let Some(number) = take_number(&mut rest) {
                let taken = &bytes[..bytes.len() - rest.len()];
                let what = format_args!("{taken:02x?} was read as {number}, which is written");
                assert_gives(what, &written(number)[..], taken);
            }
        };
        (0..=u16::MAX).for_each(|both| one_form(&both.to_le_bytes()));
        for byte in 0..=255 {
            for long in [vec![0x80], vec![0xff, 0x80], vec![0x80; 9], vec![0xff; 9]] {
                one_form(&[&long[..], &[byte], &[0; 8]].concat());
                one_form(&[&long[..], &[byte, byte], &[1]].concat());
            }
        }
        for length in [10, 64, 256, 100_000] {
            one_form(&[vec![0x80; length], vec![0x01]].concat());
            one_form(&vec![0xff; length]);
        }
    }

    #[measuring::test]
    fn a_place_is_the_second_and_the_number_in_it() {
        let last = [0xff, 0xff, 0xff, 0xff, 0, 7];
        let places = [
            (0, 0, [0; 6]),
            (0x0102_0304, 0x0506, [1, 2, 3, 4, 5, 6]),
            (u64::from(u32::MAX), 7, last),
            (1 << 32, 7, last),
            (1 << 40, 7, last),
            (u64::MAX, u16::MAX, [0xff; 6]),
        ];
        for (created_at, number, key) in places {
            let what = format_args!("place({created_at}, {number})");
            assert_gives(what, &place(created_at, number), &key);
        }
    }

    #[measuring::test]
    fn a_page_comes_back() {
        let (posts, page) = (sample(1_000), page(&sample(1_000)));
        let mut rest = &page[..];
        for (at, post) in posts.iter().enumerate() {
            let (key, numbers) = rest.split_first_chunk().expect("each post has a place");
            let came = *key == place(post.created_at, post.number);
            assert_gives(
                format_args!("the place of post {at} is there"),
                &came,
                &true,
            );
            rest = numbers;
            for number in [post.kind, post.author, post.length] {
                let what = format_args!("a number of post {at}");
                assert_gives(what, &take_number(&mut rest), &Some(number));
            }
        }
        assert_gives("bytes after the last post", rest, b"");
    }

    #[measuring::test]
    fn pages_stay_in_budget() {
        for count in [1_000, 0, 1, 2, 20_000] {
            let posts = sample(count);
            budget(count).assert_holds_in_process(|| page(black_box(&posts)));
        }
    }

    #[measuring::test]
    fn numbers_and_places_take_no_allocation() {
        let numbers: Vec<u64> = numbers().collect();
        let mut out = Vec::with_capacity(10 * numbers.len());
        FREE.assert_holds(|| {
            for number in black_box(&numbers) {
                push_number(&mut out, *number);
                black_box(place(*number, *number as u16));
            }
            let mut rest = &out[..];
            (0..=numbers.len()).for_each(|_| _ = black_box(take_number(&mut rest)));
            black_box(take_number(&mut &[0xff; 20][..]));
        });
    }
}
