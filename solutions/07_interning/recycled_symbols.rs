//! A game server writes log lines with short symbols in place of player names, and keeps the names of the last 100
//! players at hand to spell the symbols out again. Players come and go, so the slots are used in turn: player 101 gets
//! the slot of player 1.
//!
//! A symbol is a slot and the number of times that the slot had been given away: its generation. An old symbol has an
//! old generation, so it is known to be old, and gives no name. A slot that is given away takes its name out of the
//! map with it. Slot and map share the text of a name.
//!
//! | measure | budget | why                                                                  |
//! |---------|--------|----------------------------------------------------------------------|
//! | live    | 14,336 | the map of 100 names at its largest, the slots, a shared text a name |

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

    /// The name that a symbol stands for, if it is still kept. Never somebody else's.
    fn name(&self, symbol: Symbol) -> Option<&str> {
        let name = self.names.get(symbol.slot as usize)?;
        // The map has the one symbol that is good for this name.
        let current = self.symbols.get(name) == Some(&symbol);
        current.then_some(&**name)
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("recycled_symbols").live(14_336);

fn main() {
    measuring::show(BUDGET, || play(10_000));
}

/// So many players, one after the other, each of whom is named once.
fn play(players: usize) -> Players {
    let mut game = Players::default();
    for number in 0..players {
        let symbol = game.symbol(&format!("player-{number}"));
        std::hint::black_box(game.name(symbol));
    }
    game
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn a_player_has_one_symbol_and_a_symbol_one_player() {
        let mut game = Players::default();
        let (alice, bob) = (game.symbol("alice"), game.symbol("bob"));
        assert_ne!(alice, bob);
        assert_eq!((game.symbol("alice"), game.symbol("bob")), (alice, bob));
        assert_eq!(
            (game.name(alice), game.name(bob)),
            (Some("alice"), Some("bob"))
        );
    }

    #[test]
    fn the_last_hundred_are_known() {
        let mut game = Players::default();
        let name = |number| format!("player-{number}");
        let symbols: Vec<_> = (0..1_234)
            .map(|number| game.symbol(&name(number)))
            .collect();
        for (number, symbol) in symbols.into_iter().enumerate().skip(1_234 - ROOM) {
            assert_eq!(game.name(symbol), Some(name(number).as_str()));
            assert_eq!(game.symbol(&name(number)), symbol);
        }
    }

    #[test]
    fn an_old_symbol_names_nobody_else() {
        let mut game = Players::default();
        let alice = game.symbol("alice");
        for number in 0..300_000 {
            let symbol = game.symbol(&format!("player-{number}"));
            assert_ne!(symbol, alice, "player {number} has alice's symbol");
            let name = game.name(alice);
            assert!(
                [None, Some("alice")].contains(&name),
                "alice is called {name:?}"
            );
        }
    }

    #[test]
    fn a_player_who_comes_back_has_the_right_name() {
        let mut game = Players::default();
        for round in 0..5 {
            for number in 0..ROOM + 7 {
                let name = format!("player-{number}");
                let symbol = game.symbol(&name);
                assert_eq!(game.name(symbol), Some(name.as_str()), "round {round}");
            }
        }
    }

    #[test]
    fn a_hundred_names_stay_in_budget() {
        BUDGET.assert_holds(|| play(black_box(10_000)));
    }
}
