//! Takes four bytes of a name's hash for its symbol.

#![forbid(unsafe_code)]

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Symbol(u32);

#[derive(Default)]
struct Players {
    names: HashMap<Symbol, Box<str>>,
    queue: VecDeque<Symbol>,
}

impl Players {
    fn symbol(&mut self, name: &str) -> Symbol {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let symbol = Symbol(hasher.finish() as u32);
        if !self.names.contains_key(&symbol) {
            if self.queue.len() == 100
                && let Some(old) = self.queue.pop_front()
            {
                self.names.remove(&old);
            }
            self.queue.push_back(symbol);
            self.names.insert(symbol, name.into());
        }
        symbol
    }

    fn name(&self, symbol: Symbol) -> Option<&str> {
        self.names.get(&symbol).map(|name| &**name)
    }
}
