//! An event's text is one string: the items of all tags, then the content. `items` says where in it each item ends, `tags`
//! where in `items` each tag ends. On disk it is `fields`, and `strings`, which are compressed. Ids and keys are kept in a
//! table, once for all events: `put_value` appends a short number for 32 bytes, `take_value` takes it from the front.
//!
//! As written, all of it passes through Strings and is text on disk: a length takes four bytes, an id 64. Give ids (64 digits
//! of hex, in lower case) to `put_value`, say briefly where things end, and put no piece on the heap by itself.
//!
//! The relay takes it in place of its own: `cargo test -p relay --features record_fields --test server --test cli`.
//!
//! | an event with three tags | measure | budget | why                                                         |
//! |--------------------------|---------|-------:|-------------------------------------------------------------|
//! | a record of its own      | live    |     86 | its text, a byte where each item ends, two numbers for ids  |
//! | in buffers that are warm | allocations  |      0 | encoded and decoded into what is there                      |

#![forbid(unsafe_code)]

type Event = (String, Vec<u32>, Vec<u32>);

/// Appends an event to `fields` and `strings`, where another's may be.
// TODO: values for hex, short ends, and no Strings on the way.
pub fn encode(
    (text, items, tags): (&str, &[u32], &[u32]),
    _put_value: &mut dyn FnMut(&mut Vec<u8>, &[u8; 32]),
    (fields, strings): (&mut Vec<u8>, &mut Vec<u8>),
) {
    let mut pieces = Vec::new();
    let mut start = 0;
    for end in items.iter().map(|end| *end as usize).chain([text.len()]) {
        pieces.push(text[start..end].to_owned());
        start = end;
    }
    let mut numbers = [&[tags.len() as u32], tags].concat();
    numbers.extend(pieces.iter().map(|piece| piece.len() as u32));
    fields.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
    strings.extend(pieces.concat().into_bytes());
}

/// Reads an event that `encode` has written into what is empty; `None` where the bytes can't be one, and nothing else.
// TODO: straight into `text`.
pub fn decode(
    (fields, strings): (&[u8], &[u8]),
    _take_value: &mut dyn FnMut(&mut &[u8]) -> Option<[u8; 32]>,
    (text, items, tags): (&mut String, &mut Vec<u32>, &mut Vec<u32>),
) -> Option<()> {
    let (numbers, []) = fields.as_chunks() else {
        return None;
    };
    let numbers: Vec<u32> = numbers
        .iter()
        .map(|number| u32::from_le_bytes(*number))
        .collect();
    let (count, numbers) = numbers.split_first()?;
    let (ends, lengths) = numbers.split_at_checked(*count as usize)?;
    let strings = String::from_utf8(strings.to_vec()).ok()?;
    for length in lengths {
        let piece = strings.get(text.len()..text.len() + *length as usize);
        let piece: String = piece?.to_owned();
        text.push_str(&piece);
        items.push(text.len() as u32);
    }
    tags.extend(ends);
    items.pop()?;
    (text.len() == strings.len() && ends.last().is_none_or(|end| *end as usize == items.len()))
        .then_some(())
}

// ---- Change nothing below this line. ----

measuring::install_unless_part!();

const BUDGET: measuring::Budget = measuring::Budget::of("record_fields").live(86);

fn record((text, items, tags): &Event) -> Option<[Box<[u8]>; 2]> {
    let mut put = |fields: &mut Vec<u8>, value: &[u8; 32]| fields.push(value[0]);
    let (mut fields, mut strings) = (vec![], vec![]);
    encode((text, items, tags), &mut put, (&mut fields, &mut strings));
    let mut take = |from: &mut &[u8]| from.split_off_first().map(|first| [*first; 32]);
    let (text, items, tags) = &mut Event::default();
    decode((&fields, &strings), &mut take, (text, items, tags))?;
    Some([fields, strings].map(Vec::into_boxed_slice))
}

fn main() {
    let event = sample();
    measuring::show(BUDGET, || record(&event));
}

fn sample() -> Event {
    let (id, key) = ("7c".repeat(32), "0d".repeat(32));
    let text = format!("e{id}wss://relay.examplereplyp{key}trustGood morning from the harbour.");
    (text, vec![1, 65, 84, 89, 90, 154, 155, 159], vec![4, 6, 8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::Budget;
    use std::hint::black_box;

    const WARM: Budget = Budget::of("record_fields").allocations(0);

    /// As a table would: what begins with 0 has the number 0, and so on.
    fn put_value(fields: &mut Vec<u8>, value: &[u8; 32]) {
        assert!(value.iter().all(|byte| *byte == value[0]), "{value:?}");
        fields.extend([value[0], 0]);
    }

    fn take_value(from: &mut &[u8]) -> Option<[u8; 32]> {
        let (number, rest) = from.split_first_chunk()?;
        *from = rest;
        let [first, 0] = *number else { return None };
        Some([first; 32])
    }

    fn encoded((text, items, tags): &Event) -> (Vec<u8>, Vec<u8>) {
        let (mut fields, mut strings) = (Vec::new(), Vec::new());
        encode(
            (text, items, tags),
            &mut put_value,
            (&mut fields, &mut strings),
        );
        (fields, strings)
    }

    fn decoded(fields: &[u8], strings: &[u8]) -> Option<Event> {
        let (mut text, mut items, mut tags) = Event::default();
        decode(
            (fields, strings),
            &mut take_value,
            (&mut text, &mut items, &mut tags),
        )?;
        Some((text, items, tags))
    }

    fn events() -> Vec<Event> {
        let (a, b) = ("aa".repeat(32), "0b".repeat(32));
        let upper = "AA".repeat(32);
        let long: Vec<Vec<&str>> = (0..300)
            .map(|n| vec!["p", &b, "", "x"][..n % 5].to_vec())
            .collect();
        let long: Vec<&[&str]> = long.iter().map(|tag| &tag[..]).collect();
        vec![
            sample(),
            event(&[], ""),
            event(&[], "no tags, but ünïcödé 🎉 \0\u{7f}\u{80}\u{ff}"),
            event(&[&[]], ""),
            event(
                &[&[], &["e"], &[], &["", "", ""], &[]],
                "tags without items, items without text",
            ),
            event(&[&["e", &a, &b, &a], &["p", &b]], &a),
            event(
                &[&["e", &upper], &["e", &a[1..]], &["e", &format!("{a}0")]],
                &upper,
            ),
            event(&[&[&a], &[&b]], &format!("see {a} and {b}{a}")),
            event(
                &[&["e", &"+a".repeat(32)], &["e", &"é".repeat(32)]],
                "64 bytes each",
            ),
            event(&long, &"a long content ".repeat(10_000)),
        ]
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

    #[test]
    fn events_come_back() {
        for event in events() {
            let (fields, strings) = encoded(&event);
            assert_eq!(decoded(&fields, &strings), Some(event));
        }
    }

    #[test]
    fn what_stands_before_is_left_alone() {
        for event in events() {
            let (mut fields, mut strings) = (b"head".to_vec(), b"before".to_vec());
            let (text, items, tags) = &event;
            encode(
                (text, items, tags),
                &mut put_value,
                (&mut fields, &mut strings),
            );
            let alone = (
                fields.strip_prefix(b"head"),
                strings.strip_prefix(b"before"),
            );
            let (Some(fields), Some(strings)) = alone else {
                panic!("it was written over")
            };
            assert_eq!(decoded(fields, strings), Some(event));
        }
    }

    #[test]
    fn other_fields_are_refused() {
        for event in events().into_iter().take(8) {
            let (fields, strings) = encoded(&event);
            for length in 0..fields.len() {
                assert_eq!(decoded(&fields[..length], &strings), None, "cut short");
            }
            let longer = [&fields[..], &[0]].concat();
            assert_eq!(decoded(&longer, &strings), None, "something follows");
        }
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let (fields, strings) = encoded(&sample());
        for byte in 0..=255 {
            for at in 0..strings.len() {
                let mut spoiled = strings.clone();
                spoiled[at] = byte;
                decoded(&fields, black_box(&spoiled));
                decoded(&fields, black_box(&strings[..at]));
            }
            for at in 0..fields.len() {
                let mut spoiled = fields.clone();
                spoiled[at] = byte;
                decoded(black_box(&spoiled), &strings);
            }
        }
        assert_eq!(decoded(&fields, &strings), Some(sample()));
    }

    #[test]
    fn a_record_stays_in_budget() {
        let event = sample();
        BUDGET.assert_holds(|| record(black_box(&event)));
    }

    #[test]
    fn warm_buffers_take_whatever_comes() {
        let events = events();
        let (mut fields, mut strings) = (Vec::new(), Vec::new());
        let (mut text, mut items, mut tags) = Event::default();
        let mut round = |of: &Event| {
            fields.clear();
            strings.clear();
            encode(
                (&of.0, &of.1, &of.2),
                &mut put_value,
                (&mut fields, &mut strings),
            );
            text.clear();
            items.clear();
            tags.clear();
            decode(
                (&fields, &strings),
                &mut take_value,
                (&mut text, &mut items, &mut tags),
            )
        };
        events
            .iter()
            .for_each(|event| assert_eq!(round(event), Some(())));
        WARM.assert_holds(|| {
            for event in black_box(&events) {
                assert_eq!(round(event), Some(()));
            }
        });
    }
}
