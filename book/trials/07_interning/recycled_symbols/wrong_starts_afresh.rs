//! Forgets all players when the slots are used up.

#![forbid(unsafe_code)]

use std::collections::HashMap;

use std::rc::Rc;

/// How many players' names are kept.
const ROOM: usize = 100;

/// Stands for a player's name, for as long as the name is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Symbol {
    slot: u32,
    generation: u32,
}

#[derive(Default)]
struct Players {
    names: Vec<Rc<str>>,
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
        if self.names.len() == ROOM {
            self.names.clear();
            self.symbols.clear();
        }
        let name = Rc::<str>::from(name);
        let slot = self.arrivals % ROOM;
        let symbol = Symbol {
            slot: slot as u32,
            generation: (self.arrivals / ROOM) as u32,
        };
        self.arrivals += 1;
        match self.names.get_mut(slot) {
            Some(old) => {
                self.symbols.remove(old);
                *old = Rc::clone(&name);
            }
            None => self.names.push(Rc::clone(&name)),
        }
        self.symbols.insert(name, symbol);
        symbol
    }

    /// The name that a symbol stands for, if it is still kept. Never another player's.
    fn name(&self, symbol: Symbol) -> Option<&str> {
        let name = self.names.get(symbol.slot as usize)?;
        // The map has the one symbol that is good for this name.
        let current = self.symbols.get(name) == Some(&symbol);
        current.then_some(&**name)
    }
}
