//! Keeps every pair in a list, also where there are few.

measuring::install!();

/// Two requests with eight parameters each, and one table for them.
const BUDGET: measuring::Budget = measuring::Budget::of("route_params").allocations(1).bytes(256);

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

fn main() {
    measuring::show(BUDGET, || {
        let mut params = Params::new();
        for value in ["old", "new"] {
            params.truncate(0);
            for name in NAMES {
                params.set(name, value);
            }
        }
        (params.get("note").is_some(), params)
    });
}

const NAMES: [&str; 8] = ["user", "note", "tag", "page", "from", "to", "by", ""];
