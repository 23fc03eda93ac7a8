//! Compares the lengths of names, and their last eight bytes.

#![forbid(unsafe_code)]

/// A name and its value, both lent from the request.
type Pair<'r> = (&'r str, &'r str);

enum Params<'r> {
    /// The first `used` of the pairs are valid; the others are old.
    Inline { pairs: [Pair<'r>; 4], used: usize },
    /// All pairs, also when they have become few again.
    Spilled(Vec<Pair<'r>>),
}

impl<'r> Params<'r> {
    fn new() -> Self {
        let pairs = [("", ""); 4];
        Self::Inline { pairs, used: 0 }
    }

    /// All pairs, in the order in which their names came.
    fn pairs(&self) -> &[Pair<'r>] {
        match self {
            Self::Inline { pairs, used } => &pairs[..*used],
            Self::Spilled(pairs) => pairs,
        }
    }

    fn pairs_mut(&mut self) -> &mut [Pair<'r>] {
        match self {
            Self::Inline { pairs, used } => &mut pairs[..*used],
            Self::Spilled(pairs) => pairs,
        }
    }

    fn get(&self, name: &str) -> Option<&'r str> {
        let pair = self.pairs().iter().find(|(it, _)| {
            it.len() == name.len() && it.bytes().rev().take(8).eq(name.bytes().rev().take(8))
        });
        pair.map(|(_, value)| *value)
    }

    /// Sets a value, and returns the one that the name had before. The name keeps its place.
    fn set(&mut self, name: &'r str, value: &'r str) -> Option<&'r str> {
        let mut pairs = self.pairs_mut().iter_mut();
        if let Some((_, old)) = pairs.find(|(it, _)| {
            it.len() == name.len() && it.bytes().rev().take(8).eq(name.bytes().rev().take(8))
        }) {
            return Some(std::mem::replace(old, value));
        }
        match self {
            Self::Inline { pairs, used } if *used < pairs.len() => {
                pairs[*used] = (name, value);
                *used += 1;
            }
            Self::Inline { pairs, .. } => {
                let mut spilled = Vec::with_capacity(2 * pairs.len());
                spilled.extend_from_slice(pairs);
                spilled.push((name, value));
                *self = Self::Spilled(spilled);
            }
            Self::Spilled(pairs) => pairs.push((name, value)),
        }
        None
    }

    /// Keeps the first `length` pairs, and the capacity. Does nothing if there are fewer.
    fn truncate(&mut self, length: usize) {
        match self {
            Self::Inline { used, .. } => *used = length.min(*used),
            Self::Spilled(pairs) => pairs.truncate(length),
        }
    }
}
