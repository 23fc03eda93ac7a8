//! Keeps every pair in a list, also where there are few.

#![forbid(unsafe_code)]

/// A name and its value, both lent from the request.
type Pair<'r> = (&'r str, &'r str);

struct Params<'r>(Vec<Pair<'r>>);

impl<'r> Params<'r> {
    fn new() -> Self {
        Self(Vec::with_capacity(8))
    }

    fn pairs(&self) -> &[Pair<'r>] {
        &self.0
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(it, _)| *it == name)
    }

    fn get(&self, name: &str) -> Option<&'r str> {
        self.place(name).map(|at| self.0[at].1)
    }

    fn set(&mut self, name: &'r str, value: &'r str) -> Option<&'r str> {
        match self.place(name) {
            Some(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            None => {
                self.0.push((name, value));
                None
            }
        }
    }

    fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }
}
