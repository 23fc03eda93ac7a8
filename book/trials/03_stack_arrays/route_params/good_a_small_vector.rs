//! Is a small vector of pairs, which has the same two states.

#![forbid(unsafe_code)]

use smallvec::SmallVec;

/// A name and its value, both lent from the request.
type Pair<'r> = (&'r str, &'r str);

struct Params<'r>(SmallVec<[Pair<'r>; 4]>);

impl<'r> Params<'r> {
    fn new() -> Self {
        Self(SmallVec::new())
    }

    fn pairs(&self) -> &[Pair<'r>] {
        &self.0
    }

    fn get(&self, name: &str) -> Option<&'r str> {
        self.0.iter().find(|pair| pair.0 == name).map(|pair| pair.1)
    }

    fn set(&mut self, name: &'r str, value: &'r str) -> Option<&'r str> {
        for pair in &mut self.0 {
            if pair.0 == name {
                return Some(std::mem::replace(&mut pair.1, value));
            }
        }
        self.0.push((name, value));
        None
    }

    fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }
}
