//! One program, improved in the order that textbooks give: algorithm, data structure, allocation, locality, and the
//! small things last. It finds out how many authors wrote a feed, and how much the busiest one wrote.

use std::collections::HashMap;

use super::{FixedHash, scattered};

/// A note as it lies in memory: the author's key in hexadecimal digits, and what it says.
pub struct Note {
    /// 32 bytes in hexadecimal.
    pub author: [u8; 64],
    /// Room for the text.
    pub text: [u8; 320],
}

/// Notes in the order in which they are shown, which isn't the order in which they were made.
pub struct Feed {
    #[expect(
        clippy::vec_box,
        reason = "notes that are scattered over memory are what `locality` improves on"
    )]
    notes: Vec<Box<Note>>,
    /// The same authors in the same order, without the rest.
    authors: Vec<[u8; 64]>,
}

impl Feed {
    /// Ten thousand notes by five hundred authors.
    pub fn of_10000() -> Self {
        let keys: Vec<[u8; 64]> = scattered(9).take(500).map(key).collect();
        let mut numbers = scattered(10);
        let mut number =
            |below: usize| (numbers.next().unwrap_or_default() % below as u64) as usize;
        let mut notes: Vec<Box<Note>> = (0..10_000)
            .map(|_| {
                Box::new(Note {
                    author: keys[number(keys.len())],
                    text: [b'.'; 320],
                })
            })
            .collect();
        for last in (1..notes.len()).rev() {
            notes.swap(last, number(last + 1));
        }
        let authors = notes.iter().map(|note| note.author).collect();
        Self { notes, authors }
    }
}

fn key(seed: u64) -> [u8; 64] {
    let mut digits = scattered(seed).map(|it| b"0123456789abcdef"[it as usize % 16]);
    std::array::from_fn(|_| digits.next().unwrap_or_default())
}

/// What is asked for.
#[derive(PartialEq)]
pub struct Activity {
    authors: usize,
    most_notes: u32,
}

impl Activity {
    fn of(counts: impl ExactSizeIterator<Item = u32>) -> Self {
        Self {
            authors: counts.len(),
            most_notes: counts.max().unwrap_or(0),
        }
    }
}

// ANCHOR: naive
/// Looks for the author among all that it has met.
pub fn naive(feed: &Feed) -> Activity {
    let mut counts: Vec<(Vec<u8>, u32)> = Vec::new();
    for note in &feed.notes {
        let author = decoded(&note.author);
        match counts.iter_mut().find(|(known, _)| *known == author) {
            Some((_, count)) => *count += 1,
            None => counts.push((author, 1)),
        }
    }
    Activity::of(counts.iter().map(|(_, count)| *count))
}

fn decoded(digits: &[u8; 64]) -> Vec<u8> {
    let (pairs, _) = digits.as_chunks::<2>();
    pairs.iter().map(|pair| byte(*pair)).collect()
}

fn byte(pair: [u8; 2]) -> u8 {
    let [high, low] = pair.map(|digit| char::from(digit).to_digit(16).unwrap_or(0) as u8);
    high << 4 | low
}
// ANCHOR_END: naive

// ANCHOR: micro_first
/// The naive program with the last improvement, alone.
pub fn micro_first(feed: &Feed) -> Activity {
    let mut counts: Vec<(Vec<u8>, u32)> = Vec::new();
    for note in &feed.notes {
        let (pairs, _) = note.author.as_chunks::<2>();
        let author: Vec<u8> = pairs.iter().map(|pair| byte_from_table(*pair)).collect();
        match counts.iter_mut().find(|(known, _)| *known == author) {
            Some((_, count)) => *count += 1,
            None => counts.push((author, 1)),
        }
    }
    Activity::of(counts.iter().map(|(_, count)| *count))
}
// ANCHOR_END: micro_first

// ANCHOR: algorithm
/// Sorts the authors, so that equal ones are neighbours.
pub fn algorithm(feed: &Feed) -> Activity {
    let mut authors: Vec<Vec<u8>> = Vec::new();
    for note in &feed.notes {
        authors.push(decoded(&note.author));
    }
    authors.sort_unstable();
    let counts: Vec<u32> = authors
        .chunk_by(|one, other| one == other)
        .map(|run| run.len() as u32)
        .collect();
    Activity::of(counts.into_iter())
}
// ANCHOR_END: algorithm

// ANCHOR: data_structure
/// Counts in a hash map.
pub fn data_structure(feed: &Feed) -> Activity {
    let mut counts: HashMap<Vec<u8>, u32, FixedHash> = HashMap::default();
    for note in &feed.notes {
        *counts.entry(decoded(&note.author)).or_default() += 1;
    }
    Activity::of(counts.into_values())
}
// ANCHOR_END: data_structure

// ANCHOR: allocation
/// Keeps the keys in the map itself, not in an allocation each.
pub fn allocation(feed: &Feed) -> Activity {
    let mut counts: HashMap<[u8; 32], u32, FixedHash> = HashMap::default();
    for note in &feed.notes {
        *counts.entry(decoded_in_place(&note.author)).or_default() += 1;
    }
    Activity::of(counts.into_values())
}

fn decoded_in_place(digits: &[u8; 64]) -> [u8; 32] {
    let (pairs, _) = digits.as_chunks::<2>();
    std::array::from_fn(|index| byte(pairs[index]))
}
// ANCHOR_END: allocation

// ANCHOR: locality
/// Reads the authors from a column of their own, one after the other.
pub fn locality(feed: &Feed) -> Activity {
    let mut counts: HashMap<[u8; 32], u32, FixedHash> = HashMap::default();
    for author in &feed.authors {
        *counts.entry(decoded_in_place(author)).or_default() += 1;
    }
    Activity::of(counts.into_values())
}
// ANCHOR_END: locality

// ANCHOR: micro
/// Looks hexadecimal digits up in a table.
pub fn micro(feed: &Feed) -> Activity {
    let mut counts: HashMap<[u8; 32], u32, FixedHash> = HashMap::default();
    for author in &feed.authors {
        let (pairs, _) = author.as_chunks::<2>();
        let author = std::array::from_fn(|index| byte_from_table(pairs[index]));
        *counts.entry(author).or_default() += 1;
    }
    Activity::of(counts.into_values())
}

fn byte_from_table(pair: [u8; 2]) -> u8 {
    const DIGITS: [u8; 256] = {
        let mut digits = [0; 256];
        let mut value = 0;
        while value < 16 {
            digits[b"0123456789abcdef"[value] as usize] = value as u8;
            digits[b"0123456789ABCDEF"[value] as usize] = value as u8;
            value += 1;
        }
        digits
    };
    let [high, low] = pair.map(|digit| DIGITS[usize::from(digit)]);
    high << 4 | low
}
// ANCHOR_END: micro
