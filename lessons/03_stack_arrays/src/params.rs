//! The parameters of a request: nearly always a few, now and then many.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;

use smallvec::SmallVec;

use crate::inline_map::InlineMap;

/// A hash with a fixed seed: what is measured must repeat. A server's hash has a seed of its own.
pub type FixedHash = BuildHasherDefault<DefaultHasher>;

/// A name and its value, borrowed from the request.
type Pair<'a> = (&'a str, &'a str);

/// What arrives: each request a list of pairs. A name that comes again replaces its value.
#[derive(Debug)]
pub struct Requests(Vec<Vec<(&'static str, String)>>);

const NAMES: [&str; 9] = [
    "kind", "author", "since", "until", "limit", "tag", "search", "relay", "cursor",
];

impl Requests {
    /// A thousand requests, of which nine in ten have up to four parameters and one has up to eight.
    pub fn mostly_few() -> Self {
        let count = |request| match request % 10 {
            9 => 5 + request / 10 % 4,
            _ => 1 + request % 4,
        };
        Self::of(1_000, count)
    }

    /// A thousand requests of nine parameters.
    pub fn many() -> Self {
        Self::of(1_000, |_| NAMES.len())
    }

    fn of(requests: usize, count: impl Fn(usize) -> usize) -> Self {
        let pairs = |request| {
            let names = &NAMES[..count(request)];
            let pair = |(at, name)| (name, format!("{}", request * (at + 1)));
            let mut pairs: Vec<_> = names.iter().copied().enumerate().map(pair).collect();
            if request % 7 == 0 {
                pairs.push((NAMES[0], "again".to_owned()));
            }
            pairs
        };
        Self((0..requests).map(pairs).collect())
    }

    /// The pairs of each request.
    pub fn all(&self) -> impl Iterator<Item = impl Iterator<Item = Pair<'_>>> {
        self.0
            .iter()
            .map(|pairs| pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }
}

/// What a handler asks for: a parameter that is always there, and one that rarely is.
fn answer<'a>(get: impl Fn(&str) -> Option<&'a str>) -> usize {
    let length = |name| get(name).map_or(0, str::len);
    length("kind") + length("limit")
}

// ANCHOR: hash_map
/// A hash map for each request.
pub fn hash_map(requests: &Requests) -> usize {
    let lengths = requests.all().map(|pairs| {
        let mut parameters: HashMap<&str, &str, FixedHash> = HashMap::default();
        for (name, value) in pairs {
            parameters.insert(name, value);
        }
        answer(|name| parameters.get(name).copied())
    });
    lengths.sum()
}
// ANCHOR_END: hash_map

/// Sets a name's value in a list of pairs; gives the pair back where it has to be added.
fn replace<'a>(pairs: &mut [Pair<'a>], (name, value): Pair<'a>) -> Option<Pair<'a>> {
    match pairs.iter_mut().find(|(known, _)| *known == name) {
        Some((_, old)) => {
            *old = value;
            None
        }
        None => Some((name, value)),
    }
}

fn find<'a>(pairs: &[Pair<'a>], name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| *value)
}

// ANCHOR: vectors
/// A vector of pairs for each request, searched one by one.
pub fn vectors(requests: &Requests) -> usize {
    let lengths = requests.all().map(|pairs| {
        let mut parameters: Vec<(&str, &str)> = Vec::new();
        for pair in pairs {
            let new = replace(&mut parameters, pair);
            parameters.extend(new);
        }
        answer(|name| find(&parameters, name))
    });
    lengths.sum()
}
// ANCHOR_END: vectors

// ANCHOR: small_vecs
/// The same, with room for four pairs in place.
pub fn small_vecs(requests: &Requests) -> usize {
    let lengths = requests.all().map(|pairs| {
        let mut parameters: SmallVec<[(&str, &str); 4]> = SmallVec::new();
        for pair in pairs {
            let new = replace(&mut parameters, pair);
            parameters.extend(new);
        }
        answer(|name| find(&parameters, name))
    });
    lengths.sum()
}
// ANCHOR_END: small_vecs

// ANCHOR: inline_maps
/// Four pairs in place, and a map for more.
pub fn inline_maps(requests: &Requests) -> usize {
    let lengths = requests.all().map(|pairs| {
        let parameters: InlineMap<&str, &str, 4, FixedHash> = pairs.collect();
        answer(|name| parameters.get(name).copied())
    });
    lengths.sum()
}
// ANCHOR_END: inline_maps

/// The most parameters that [`bounded`] takes.
pub const MOST: usize = 16;

// ANCHOR: bounded
/// Sixteen slots and a count. What comes then has to be refused.
pub fn bounded(requests: &Requests) -> usize {
    let lengths = requests.all().map(|pairs| {
        let mut slots: [(&str, &str); MOST] = [("", ""); MOST];
        let mut count = 0;
        for pair in pairs {
            let Some(new) = replace(&mut slots[..count], pair) else {
                continue;
            };
            let Some(slot) = slots.get_mut(count) else {
                return 0;
            };
            *slot = new;
            count += 1;
        }
        answer(|name| find(&slots[..count], name))
    });
    lengths.sum()
}
// ANCHOR_END: bounded

/// The share of requests, in percent, that need no more than so many slots.
pub fn share_within(requests: &Requests, slots: usize) -> usize {
    let needed = requests
        .all()
        .map(|pairs| pairs.collect::<InlineMap<_, _, MOST>>().len());
    100 * needed.filter(|count| *count <= slots).count() / requests.0.len().max(1)
}
