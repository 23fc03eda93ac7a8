//! A chat server keeps the author's name beside each message: as a `String`, as a `Box<str>`, as a
//! shared `Arc<str>`, or as a number into a list of names. One author, `satoshi`, writes 100
//! messages. Predict what each way costs. The code stands below the line, and a prediction may be
//! an expression. Example: `boxed("satoshi", 1)` is a list with one `Box<str>`, which leads to an
//! allocation of 7 bytes. `cargo run --bin name_handles` shows the cost of ten `String`s and, when
//! all predictions are right, the reason for each.
//!
//! | question             | to predict                                                    |
//! |----------------------|---------------------------------------------------------------|
//! | the handle alone     | its size in bytes, on a 64-bit machine                        |
//! | a hundred messages   | allocations and live bytes, with the list of messages         |
//! | break-even           | messages from which `shared` takes fewer bytes than `strings` |
//! | all messages deleted | the bytes that stay live                                      |

#![forbid(unsafe_code)]
#![allow(dead_code, reason = "only the tests and `main` read the predictions")]

/// `size_of` each handle: pointer, length and capacity; pointer and length, twice; a `u32`.
const SIZE_OF_STRING: u64 = 24;
const SIZE_OF_BOX_STR: u64 = 16;
const SIZE_OF_ARC_STR: u64 = 16;
const SIZE_OF_NUMBER: u64 = 4;

/// The allocations of a hundred messages: the list, and a text per message; one text for all; one
/// more for the list of names.
const ALLOCATIONS_OF_STRINGS: u64 = 101;
const ALLOCATIONS_OF_SHARED: u64 = 2;
const ALLOCATIONS_OF_NUMBERED: u64 = 3;

/// The live bytes of a hundred messages: the handles, and what they lead to. 100 x (24 + 7);
/// 100 x (16 + 7); 100 x 16 + 16 + 7, rounded up to a multiple of 8; 100 x 4 + 16 + 7.
const BYTES_OF_STRINGS: u64 = 3100;
const BYTES_OF_BOXED: u64 = 2300;
const BYTES_OF_SHARED: u64 = 1624;
const BYTES_OF_NUMBERED: u64 = 423;

/// The first number of messages for which `shared` has fewer live bytes than `strings`:
/// 16 n + 24 < 31 n.
const SHARED_PAYS_FROM: u64 = 2;

/// The live bytes after all messages are deleted: the list of handles is dropped, and nothing else.
/// The last `Arc` frees the name. Nothing records that a number was the last of its kind.
const LEFT_OF_SHARED: u64 = 0;
const LEFT_OF_NUMBERED: u64 = 23;

// ---- Change nothing below this line. ----

use std::sync::Arc;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("name_handles");

/// Seven bytes.
const AUTHOR: &str = "satoshi";

mod ways {
    use std::collections::HashSet;
    use std::sync::Arc;

    pub fn size_of_handles() -> [u64; 4] {
        let number = size_of_val(&numbered("", 1).authors[0]);
        [
            size_of::<String>(),
            size_of::<Box<str>>(),
            size_of::<Arc<str>>(),
            number,
        ]
        .map(|size| size as u64)
    }

    pub fn strings(name: &str, messages: usize) -> Vec<String> {
        (0..messages).map(|_| String::from(name)).collect()
    }

    pub fn boxed(name: &str, messages: usize) -> Vec<Box<str>> {
        (0..messages).map(|_| Box::from(name)).collect()
    }

    /// The server has the author's `Arc` at hand and clones it.
    pub fn shared(name: &str, messages: usize) -> Vec<Arc<str>> {
        let name = Arc::<str>::from(name);
        (0..messages).map(|_| Arc::clone(&name)).collect()
    }

    pub struct Numbered {
        pub names: Vec<Box<str>>,
        pub authors: Vec<u32>,
    }

    pub fn numbered(name: &str, messages: usize) -> Numbered {
        Numbered {
            names: vec![Box::from(name)],
            authors: vec![0; messages],
        }
    }

    /// Like `shared`, but the server gets the name as text and finds its `Arc` in a set. This one is
    /// not to predict.
    pub fn found_in_a_set(name: &str, messages: usize) -> (HashSet<Arc<str>>, Vec<Arc<str>>) {
        let names = HashSet::from([Arc::from(name)]);
        let find = |_| names.get(name).map_or_else(|| Arc::from(name), Arc::clone);
        let authors = (0..messages).map(find).collect();
        (names, authors)
    }
}

/// A prediction, what was measured, and the reason.
type Row = (&'static str, u64, u64, &'static str);

fn cost<T>(keep: fn(&str, usize) -> T, messages: usize) -> measuring::Heap {
    use std::hint::black_box;
    measuring::heap(|| keep(black_box(AUTHOR), black_box(messages))).1
}

fn handles() -> [Row; 4] {
    let [string, box_str, arc_str, number] = ways::size_of_handles();
    [
        (
            "size of a String",
            SIZE_OF_STRING,
            string,
            "pointer, length, capacity",
        ),
        (
            "size of a Box<str>",
            SIZE_OF_BOX_STR,
            box_str,
            "pointer and length: no capacity, because the text can't grow",
        ),
        (
            "size of an Arc<str>",
            SIZE_OF_ARC_STR,
            arc_str,
            "pointer and length; the two counts lie beside the text",
        ),
        ("size of a number", SIZE_OF_NUMBER, number, "a u32"),
    ]
}

fn allocations() -> [Row; 3] {
    [
        (
            "allocations of strings",
            ALLOCATIONS_OF_STRINGS,
            cost(ways::strings, 100).allocations,
            "the list, and a text per message",
        ),
        (
            "allocations of shared",
            ALLOCATIONS_OF_SHARED,
            cost(ways::shared, 100).allocations,
            "the list, and one text: a clone of an Arc only counts",
        ),
        (
            "allocations of numbered",
            ALLOCATIONS_OF_NUMBERED,
            cost(ways::numbered, 100).allocations,
            "the list of numbers, the list of names, and one text",
        ),
    ]
}

fn bytes() -> [Row; 4] {
    let live = |cost: measuring::Heap| cost.live as u64;
    [
        (
            "bytes of strings",
            BYTES_OF_STRINGS,
            live(cost(ways::strings, 100)),
            "100 x (24 + 7)",
        ),
        (
            "bytes of boxed",
            BYTES_OF_BOXED,
            live(cost(ways::boxed, 100)),
            "100 x (16 + 7)",
        ),
        (
            "bytes of shared",
            BYTES_OF_SHARED,
            live(cost(ways::shared, 100)),
            "100 x 16, and 16 of counts + 7 of text, rounded up to 24",
        ),
        (
            "bytes of numbered",
            BYTES_OF_NUMBERED,
            live(cost(ways::numbered, 100)),
            "100 x 4, and a Box<str> of 16 + 7 of text",
        ),
    ]
}

/// The first number of messages for which a way has fewer live bytes than `strings`.
fn pays_from<T>(way: fn(&str, usize) -> T) -> u64 {
    let pays = |messages: &usize| cost(way, *messages).live < cost(ways::strings, *messages).live;
    (1..100).find(pays).unwrap_or(100) as u64
}

fn break_even() -> [Row; 1] {
    [(
        "messages from which sharing pays",
        SHARED_PAYS_FROM,
        pays_from(ways::shared),
        "16 n + 24 < 31 n",
    )]
}

fn left() -> [Row; 2] {
    // Made and deleted in one region: what is live at its end stayed behind.
    let delete_all = |messages: Vec<Arc<str>>| drop(messages);
    let ((), shared) = measuring::heap(|| delete_all(ways::shared(AUTHOR, 100)));
    let (_names, numbered) = measuring::heap(|| {
        let ways::Numbered { names, authors } = ways::numbered(AUTHOR, 100);
        drop(authors);
        names
    });
    [
        (
            "bytes left of shared",
            LEFT_OF_SHARED,
            shared.live as u64,
            "the last Arc frees the text",
        ),
        (
            "bytes left of numbered",
            LEFT_OF_NUMBERED,
            numbered.live as u64,
            "16 + 7: dropping a number frees nothing, so the name stays",
        ),
    ]
}

fn main() {
    measuring::show(BUDGET, || ways::strings(AUTHOR, 10));
    let rows = [
        &handles()[..],
        &allocations(),
        &bytes(),
        &break_even(),
        &left(),
    ]
    .concat();
    let right = rows.iter().all(|(_, predicted, came, _)| predicted == came);
    if right && std::env::args().len() == 1 {
        println!("\nAll predictions are right. The reasons:\n");
        for (what, _, measured, why) in rows {
            println!("{measured:>5}  {what}: {why}");
        }
        let with_a_set = pays_from(ways::found_in_a_set);
        println!("{with_a_set:>5}  break-even if a set finds the Arc: its table costs bytes, too");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::assert_predicted;

    fn judge(rows: &[Row]) {
        for (what, predicted, measured, _) in rows {
            assert_predicted(what, *predicted, *measured);
        }
    }

    #[measuring::test]
    fn the_handle_alone() {
        judge(&handles());
    }

    #[measuring::test]
    fn allocations_of_a_hundred_messages() {
        judge(&allocations());
    }

    #[measuring::test]
    fn bytes_of_a_hundred_messages() {
        judge(&bytes());
    }

    #[measuring::test]
    fn sharing_pays() {
        judge(&break_even());
    }

    #[measuring::test]
    fn all_messages_deleted() {
        judge(&left());
    }
}
