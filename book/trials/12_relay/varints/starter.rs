//! A relay's records are full of numbers: kinds, serials of authors, lengths, how often something comes. Nearly all are
//! small, and some need 64 bits. Each record has a key, its place: the second in which the event was made, and its
//! number within that second. The database sorts places as bytes, oldest first.
//!
//! As written, every number takes eight bytes, on the way through allocations. Write small numbers in fewer: seven bits
//! a byte, the lowest first, and the eighth bit says that there are more. Bytes that `push_number` writes for no number
//! are none: cut short, of more than 64 bits, or longer than needed.
//!
//! The relay takes it in place of its own: `cargo test -p relay --features varints --test server --test cli`.
//!
//! | 1,000 posts     | budget | why                                                                    |
//! |-----------------|-------:|------------------------------------------------------------------------|
//! | allocations          |     16 | the page doubles until it is large enough, and is cut to size          |
//! | live, in bytes  | 13,000 | a key of 6 bytes, a kind of 1 or 3, an author of 3, a length of 1 or 2 |

#![forbid(unsafe_code)]

/// Appends a number.
// TODO: as few bytes as it needs.
pub fn push_number(out: &mut Vec<u8>, number: u64) {
    let bytes: Vec<u8> = number.to_le_bytes().to_vec();
    out.extend(bytes);
}

/// Takes a number from the front of the bytes, or `None` where none begins there.
// TODO: what `push_number` writes then, and nothing else.
pub fn take_number(from: &mut &[u8]) -> Option<u64> {
    let bytes: Vec<u8> = from.get(..8)?.to_vec();
    *from = &from[8..];
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

/// The key of an event: its second in four bytes, and its number within that second in two. Keys sort as bytes. A time
/// beyond 32 bits takes the last second.
// TODO: no heap.
pub fn place(created_at: u64, number: u16) -> [u8; 6] {
    let second = u32::try_from(created_at).unwrap_or(u32::MAX);
    let key = [second.to_be_bytes().to_vec(), number.to_be_bytes().to_vec()].concat();
    key.try_into().unwrap_or_default()
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

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("varints")
    .allocations(16)
    .live(13_000);

fn main() {
    let posts = sample();
    measuring::show(BUDGET, || page(&posts));
}

/// Mostly notes, some articles, by 100,000 authors.
fn sample() -> Vec<Post> {
    let post = |n: u64| Post {
        created_at: 1_735_689_600 + n / 3,
        number: (n % 3) as u16,
        kind: if n.is_multiple_of(10) { 30_023 } else { 1 },
        author: n * 7_919 % 100_000,
        length: n * 31 % 400,
    };
    (0..1_000).map(post).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    /// All around the powers of two.
    fn numbers() -> impl Iterator<Item = u64> {
        let around = |power: u32| [(1 << power) - 1, 1 << power, (1 << power) + 1];
        (0..64).flat_map(around).chain([u64::MAX - 1, u64::MAX])
    }

    fn written(number: u64) -> Vec<u8> {
        let mut out = Vec::new();
        push_number(&mut out, number);
        out
    }

    #[test]
    fn numbers_come_back_one_behind_the_other() {
        let mut out = b"before".to_vec();
        numbers().for_each(|number| push_number(&mut out, number));
        out.extend_from_slice(b"behind");
        let mut rest = out.strip_prefix(b"before").unwrap();
        for number in numbers() {
            assert_eq!(take_number(&mut rest), Some(number));
        }
        assert_eq!(rest, b"behind");
    }

    #[test]
    fn what_is_cut_short_is_no_number() {
        for number in numbers() {
            let bytes = written(number);
            for length in 0..bytes.len() {
                assert_eq!(take_number(&mut &bytes[..length]), None, "{number}");
            }
        }
    }

    /// Whatever bytes are read as a number are those that are written for it.
    #[test]
    fn a_number_has_one_form() {
        let noise = [vec![0x80; 9], vec![0xff; 9], vec![0x80], vec![0xff, 0x80]];
        for last in [0x00, 0x01, 0x02, 0x03, 0x7e, 0x7f, 0x80, 0xff] {
            let longer = |bytes: &Vec<u8>| [&bytes[..], &[last], &[0; 8]].concat();
            for bytes in noise.iter().map(longer).collect::<Vec<_>>() {
                let mut rest = &bytes[..];
                if let Some(number) = take_number(&mut rest) {
                    let taken = &bytes[..bytes.len() - rest.len()];
                    assert_eq!(taken, written(number), "both are {number}");
                }
            }
        }
    }

    #[test]
    fn a_place_is_the_second_and_the_number_in_it() {
        assert_eq!(place(0, 0), [0; 6]);
        assert_eq!(place(0x0102_0304, 0x0506), [1, 2, 3, 4, 5, 6]);
        assert_eq!(place(u64::from(u32::MAX), 7), place(1 << 40, 7));
        assert_eq!(place(u64::MAX, u16::MAX), [0xff; 6]);
    }

    #[test]
    fn places_sort_by_time_then_by_number() {
        let times = [0, 1, 255, 256, 65_535, 65_536, 1 << 24, u64::from(u32::MAX)];
        let places = times.map(|time| [0, 1, 255, 256, u16::MAX].map(|n| place(time, n)));
        assert!(places.as_flattened().is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn a_page_comes_back() {
        let (posts, page) = (sample(), page(&sample()));
        let mut rest = &page[..];
        for post in &posts {
            let (key, numbers) = rest.split_first_chunk().unwrap();
            assert_eq!(*key, place(post.created_at, post.number));
            rest = numbers;
            for number in [post.kind, post.author, post.length] {
                assert_eq!(take_number(&mut rest), Some(number));
            }
        }
        assert!(rest.is_empty());
    }

    #[test]
    fn a_page_stays_in_budget() {
        let posts = sample();
        BUDGET.assert_holds(|| page(black_box(&posts)));
    }

    #[test]
    fn reading_and_places_take_no_block() {
        let page = page(&sample());
        measuring::Budget::of("varints")
            .allocations(0)
            .assert_holds(|| {
                let mut rest = &black_box(&page)[6..];
                (0..3).for_each(|_| assert!(take_number(&mut rest).is_some()));
                black_box(place(black_box(1_735_689_600), 1));
            });
    }
}
