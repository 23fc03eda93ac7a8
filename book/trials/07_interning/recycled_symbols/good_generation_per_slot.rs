//! Keeps a generation with each slot, and compares it.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::rc::Rc;

/// How many players' names are kept.
const ROOM: usize = 100;

/// Stands for a player's name, for as long as the name is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Symbol {
    slot: usize,
    generation: usize,
}

#[derive(Default)]
struct Players {
    names: Vec<(usize, Rc<str>)>,
    symbols: HashMap<Rc<str>, Symbol>,
    /// How many players came; the next slot is this one, counted round and round.
    arrivals: usize,
}

impl Players {
    /// The symbol of a player, who takes a slot if new.
    fn symbol(&mut self, name: &str) -> Symbol {
        if let Some(symbol) = self.symbols.get(name) {
            return *symbol;
        }
        let name = Rc::<str>::from(name);
        let slot = self.arrivals % ROOM;
        let mut symbol = Symbol {
            slot,
            generation: 0,
        };
        self.arrivals += 1;
        match self.names.get_mut(slot) {
            Some((generation, old)) => {
                self.symbols.remove(old);
                *generation += 1;
                symbol.generation = *generation;
                *old = Rc::clone(&name);
            }
            None => self.names.push((0, Rc::clone(&name))),
        }
        self.symbols.insert(name, symbol);
        symbol
    }

    /// The name that a symbol stands for, if it is still kept. Never another player's.
    fn name(&self, symbol: Symbol) -> Option<&str> {
        let (generation, name) = self.names.get(symbol.slot)?;
        (*generation == symbol.generation).then_some(&**name)
    }
}
