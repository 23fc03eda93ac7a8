//! An event's text is one string: the items of all tags, then the content. `items` says where each
//! item ends in `text`, `tags` where each tag ends in `items`: tags `[["e", "5"], []]` and content
//! `hi` are `("e5hi", [1, 2], [2, 2])`. On disk an event is `fields` and `strings`. Ids are stored
//! once for all events: an item of 64 hex digits in lower case goes to `put_value`, which appends
//! its number to `fields`, one byte or more. The content may go there, too, if it is such an id.
//!
//! UTF-8 has no byte above 0xf4. Three of those say in `strings` where a value belongs, and where
//! an item and a tag end. So no length is needed: `fields` has nothing but values.
//!
//! | n bytes of text without ids   | budget                     | why                          |
//! |-------------------------------|----------------------------|------------------------------|
//! | live, three tags, two ids     | 86                         | text, ends, numbers for ids  |
//! | live, e tags and items, i ids | n + 2 e + 4 i + 10         | lengths may need three bytes |
//! | peak, e tags and items        | 8 n + 16 e + 512 i + 1,024 | buffers and their growth     |
//! | allocations, warm buffers     | 0                          | no String on the way         |

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
    text.push_str(str::from_utf8(strings).ok()?);
    fields.is_empty().then_some(())
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("record_fields").live(86);

fn main() {
    let (event, values) = (sample(), Values::default());
    measuring::show(BUDGET, || record(&event, &values));
}

/// Encodes an event, decodes it, and returns the record.
fn record((text, items, tags): &Event, values: &Values) -> Option<[Box<[u8]>; 2]> {
    let mut put = |fields: &mut Vec<u8>, value: &[u8; 32]| values.put(fields, value);
    let (mut fields, mut strings) = (vec![], vec![]);
    encode((text, items, tags), &mut put, (&mut fields, &mut strings));
    let mut take = |from: &mut &[u8]| values.take(from);
    let (text, items, tags) = &mut Event::default();
    decode((&fields, &strings), &mut take, (text, items, tags))?;
    Some([fields, strings].map(Vec::into_boxed_slice))
}

/// A table of values, like the relay's. The first 128 have numbers of one byte, others of three.
struct Values(std::cell::RefCell<Vec<[u8; 32]>>);

impl Default for Values {
    fn default() -> Self {
        Self(Vec::with_capacity(1_000).into())
    }
}

impl Values {
    fn put(&self, fields: &mut Vec<u8>, value: &[u8; 32]) {
        let mut values = self.0.borrow_mut();
        let known = values.iter().position(|it| it == value);
        let number = known.unwrap_or_else(|| {
            values.push(*value);
            values.len() - 1
        });
        match number {
            0..0x80 => fields.push(number as u8),
            _ => fields.extend([0x80, (number >> 8) as u8, number as u8]),
        }
    }

    fn take(&self, from: &mut &[u8]) -> Option<[u8; 32]> {
        let number = match from.split_off_first()? {
            0x80 => {
                let (high, low) = (from.split_off_first()?, from.split_off_first()?);
                usize::from(*high) << 8 | usize::from(*low)
            }
            number => usize::from(*number),
        };
        self.0.borrow().get(number).copied()
    }
}

fn sample() -> Event {
    let tags: [&[&str]; 3] = [
        &["e", &id(1), "wss://relay.example", "reply"],
        &["p", &id(2)],
        &["trust", ""],
    ];
    event(&tags, "Good morning from the harbour.")
}

/// 64 digits that look random.
fn id(n: u64) -> String {
    let word = |at: u64| (4 * n + at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..4).map(|at| format!("{:016x}", word(at))).collect()
}

fn event(of_tags: &[&[&str]], content: &str) -> Event {
    let (mut text, mut items, mut tags) = Event::default();
    for tag in of_tags {
        for item in *tag {
            text.push_str(item);
            items.push(text.len() as u32);
        }
        tags.push(items.len() as u32);
    }
    (text + content, items, tags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;

    /// What the record of an event may cost, `ids` of whose items are hex.
    fn budget((text, items, tags): &Event, ids: usize) -> Budget {
        let ends = items.len() + tags.len();
        let plain = text.len() - 64 * ids;
        let live = plain + 2 * ends + 4 * ids + 10;
        let peak = 8 * text.len() + 16 * ends + 1_024;
        Budget::of("record_fields")
            .live(live as i64)
            .peak(peak as u64)
    }

    fn encoded((text, items, tags): &Event, values: &Values) -> (Vec<u8>, Vec<u8>) {
        let (mut fields, mut strings) = (Vec::new(), Vec::new());
        let mut put = |fields: &mut Vec<u8>, value: &[u8; 32]| values.put(fields, value);
        encode((text, items, tags), &mut put, (&mut fields, &mut strings));
        (fields, strings)
    }

    fn decoded((fields, strings): (&[u8], &[u8]), values: &Values) -> Option<Event> {
        let (mut text, mut items, mut tags) = Event::default();
        let mut take = |from: &mut &[u8]| values.take(from);
        decode(
            (fields, strings),
            &mut take,
            (&mut text, &mut items, &mut tags),
        )?;
        Some((text, items, tags))
    }

    /// Events that are told apart by name, and how many of their items are ids.
    fn events() -> Vec<(&'static str, Event, usize)> {
        let [a, b] = [1, 2].map(id);
        let upper = a.to_ascii_uppercase();
        let almost =
            |at: usize| a[..at].to_owned() + &a[at..=at].to_ascii_uppercase() + &a[at + 1..];
        let letter = a.find(char::is_alphabetic).expect("a digit of a to f");
        let ascii: Vec<String> = (0..128u8)
            .map(|byte| char::from(byte).to_string())
            .collect();
        let ascii: Vec<&str> = ascii.iter().map(String::as_str).collect();
        let last = a.rfind(char::is_alphabetic).expect("a digit of a to f");
        vec![
            ("the sample", sample(), 2),
            ("nothing", event(&[], ""), 0),
            (
                "no tags",
                event(&[], "ünïcödé 🎉 \0\u{7f}\u{80}\u{ff}\u{10ffff}"),
                0,
            ),
            ("an empty tag", event(&[&[]], ""), 0),
            ("a content of one byte", event(&[], "x"), 0),
            (
                "empty tags and items",
                event(&[&[], &["e"], &[], &["", "", ""], &[]], "content"),
                0,
            ),
            (
                "ids",
                event(&[&["e", &a, &b, &a], &["p", &b]], "content"),
                4,
            ),
            ("an id as content", event(&[&["e", &a]], &b), 1),
            (
                "almost ids",
                event(
                    &[
                        &["e", &upper],
                        &["e", &a[1..]],
                        &["e", &(a.clone() + "0")],
                        &[&(a.clone() + &b)],
                    ],
                    &upper,
                ),
                0,
            ),
            (
                "an upper case digit",
                event(&[&[&almost(letter)], &[&almost(last)]], ""),
                0,
            ),
            (
                "ids within text",
                event(&[&[&a], &[&b]], &format!("see {a} and {b}{a}")),
                2,
            ),
            (
                "64 bytes that are no hex",
                event(
                    &[&[&"+a".repeat(32)], &[&"é".repeat(32)], &[&"g".repeat(64)]],
                    "",
                ),
                0,
            ),
            (
                "all of ASCII",
                event(&[&ascii, &[&ascii.concat()]], &ascii.concat()),
                0,
            ),
        ]
    }

    /// Lengths and counts above 8, 14 and 16 bits.
    fn large_events() -> Vec<(&'static str, Event, usize)> {
        let (a, long) = (id(3), |length| {
            "a long item "
                .chars()
                .cycle()
                .take(length)
                .collect::<String>()
        });
        let ids: Vec<String> = (0..300).map(id).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        vec![
            (
                "items of 127 to 300 bytes",
                event(
                    &[&[127, 128, 255, 256, 300]
                        .map(long)
                        .each_ref()
                        .map(|it| &**it)],
                    "z",
                ),
                0,
            ),
            (
                "an item of 16,500 bytes",
                event(&[&["e", &long(16_500), &a, "x"]], "z"),
                1,
            ),
            (
                "an item of 70,000 bytes",
                event(&[&["e", &long(70_000), &a, "x"]], "z"),
                1,
            ),
            (
                "a content of 70,000 bytes",
                event(&[&["e", &a]], &long(70_000)),
                1,
            ),
            ("a tag of 300 ids", event(&[&ids, &["x"]], "z"), 300),
            (
                "a tag of 70,000 items",
                event(&[&vec!["x"; 70_000], &["x"]], "z"),
                0,
            ),
            ("70,000 tags", event(&vec![&["x"][..]; 70_000], "z"), 0),
        ]
    }

    #[measuring::test]
    fn events_come_back() {
        for (name, event, _) in events().into_iter().chain(large_events()) {
            let values = Values::default();
            let (fields, strings) = encoded(&event, &values);
            let came = decoded((&fields, &strings), &values);
            assert_gives(
                format_args!("decode of the event {name:?}"),
                &came,
                &Some(event),
            );
        }
    }

    #[measuring::test]
    fn bytes_before_a_record_stay() {
        for (name, event, _) in events() {
            let (mut fields, mut strings) = (b"head".to_vec(), b"before".to_vec());
            let (values, (text, items, tags)) = (Values::default(), &event);
            let mut put = |fields: &mut Vec<u8>, value: &[u8; 32]| values.put(fields, value);
            encode((text, items, tags), &mut put, (&mut fields, &mut strings));
            let what = format_args!("bytes before the record of {name}");
            let before = (fields.get(..4), strings.get(..6));
            assert_gives(what, &before, &(Some(&b"head"[..]), Some(&b"before"[..])));
            let came = decoded((&fields[4..], &strings[6..]), &values);
            assert_gives(
                format_args!("decode of the event {name:?}"),
                &came,
                &Some(event),
            );
        }
    }

    #[measuring::test]
    fn truncated_and_longer_fields_are_refused() {
        for (name, event, _) in events() {
            let values = Values::default();
            let (fields, strings) = encoded(&event, &values);
            for length in 0..fields.len() {
                let came = decoded((&fields[..length], &strings), &values);
                let of = fields.len();
                let what = format_args!("{length} of {of} bytes of fields of {name}");
                assert_gives(what, &came, &None);
            }
            let came = decoded((&[&fields[..], &[0]].concat(), &strings), &values);
            assert_gives(
                format_args!("a byte after the fields of {name}"),
                &came,
                &None,
            );
        }
    }

    /// Any byte at any place: no panic, and no more heap than the record's size asks for.
    #[measuring::test]
    fn spoiled_bytes_do_no_harm() {
        let values = Values::default();
        let (fields, strings) = encoded(&sample(), &values);
        let spoiled = |bytes: &[u8], at: usize, byte: u8| {
            let mut bytes = bytes.to_vec();
            bytes[at] = byte;
            bytes
        };
        let harmless = Budget::of("record_fields").peak(16_384).live(0);
        let marks = [0, 1, 2, 0x22, 0x7f, 0x80, 0xbf, 0xc2]
            .into_iter()
            .chain(0xf0..=0xff);
        for byte in marks {
            harmless.assert_holds(|| {
                for at in 0..strings.len() {
                    let strings = spoiled(&strings, at, byte);
                    black_box(decoded((&fields, &strings), &values));
                }
                for at in 0..fields.len() {
                    let spoiled = spoiled(&fields, at, byte);
                    black_box(decoded((&spoiled, &strings), &values));
                    for huge in [&[0xff; 9][..], &[0xff; 3]] {
                        let huge = [&fields[..at], huge, &[0x7f & byte], &fields[at..]].concat();
                        black_box(decoded((&huge, &strings), &values));
                    }
                }
            });
        }
        for at in 0..strings.len() {
            black_box(decoded((&fields, &strings[..at]), &values));
        }
    }

    #[measuring::test]
    fn a_record_stays_in_budget() {
        let (event, values) = (sample(), Values::default());
        BUDGET.assert_holds_in_process(|| record(black_box(&event), &values));
    }

    #[measuring::test]
    fn other_records_do_too() {
        for (_, event, ids) in events().into_iter().chain(large_events()) {
            let values = Values::default();
            let budget = budget(&event, ids);
            budget.assert_holds(|| record(black_box(&event), &values));
        }
    }

    #[measuring::test]
    fn warm_buffers_are_used_again() {
        let events: Vec<Event> = events().into_iter().map(|it| it.1).collect();
        let (values, mut fields, mut strings) = (Values::default(), Vec::new(), Vec::new());
        let (mut text, mut items, mut tags) = Event::default();
        let mut round = |of: &Event| {
            fields.clear();
            strings.clear();
            let mut put = |fields: &mut Vec<u8>, value: &[u8; 32]| values.put(fields, value);
            encode((&of.0, &of.1, &of.2), &mut put, (&mut fields, &mut strings));
            text.clear();
            items.clear();
            tags.clear();
            let mut take = |from: &mut &[u8]| values.take(from);
            decode(
                (&fields, &strings),
                &mut take,
                (&mut text, &mut items, &mut tags),
            )
        };
        let mut rounds = || {
            events
                .iter()
                .filter_map(|event| round(black_box(event)))
                .count()
        };
        assert_gives("events decoded", &rounds(), &events.len());
        Budget::of("record_fields")
            .allocations(0)
            .live(0)
            .assert_holds(rounds);
    }
}
