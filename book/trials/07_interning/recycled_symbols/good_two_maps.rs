//! Keeps a map for each direction, and a queue of the symbols that go next.

#![forbid(unsafe_code)]

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Stands for a player's name, for as long as the name is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Symbol(u64);

#[derive(Default)]
struct Players {
    names: HashMap<Symbol, Arc<str>>,
    symbols: HashMap<Arc<str>, Symbol>,
    queue: VecDeque<Symbol>,
    next: u64,
}

impl Players {
    fn symbol(&mut self, name: &str) -> Symbol {
        if let Some(symbol) = self.symbols.get(name) {
            return *symbol;
        }
        if self.queue.len() == 100
            && let Some(old) = self.queue.pop_front()
            && let Some(name) = self.names.remove(&old)
        {
            self.symbols.remove(&name);
        }
        let (symbol, name) = (Symbol(self.next), Arc::<str>::from(name));
        self.next += 1;
        self.queue.push_back(symbol);
        self.names.insert(symbol, Arc::clone(&name));
        self.symbols.insert(name, symbol);
        symbol
    }

    fn name(&self, symbol: Symbol) -> Option<&str> {
        self.names.get(&symbol).map(|name| &**name)
    }
}
