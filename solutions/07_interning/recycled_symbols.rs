//! A game server writes log lines with short symbols instead of players' names, and keeps the names
//! of the last 100 new players to spell symbols out again. Players come and go, so the slots are
//! used in turn: player 101 gets the slot of player 1. Example: when `symbol("alice")` is `s`,
//! `name(s)` is `Some("alice")`, and after 100 others it is `None`.
//!
//! A symbol is a slot and a generation: how often the slot was given away before. An old symbol has
//! an old generation and gives no name. When a slot is given away, its old name leaves the map.
//! Slot and map share the text of a name.
//!
//! | measure       |    budget | why                                                             |
//! |---------------|----------:|-----------------------------------------------------------------|
//! | bytes         | 4,000,000 | 10,000 players with one or two copies of a name of 160 bytes    |
//! | peak          |    44,000 | what is live, and the old map while it grows                    |
//! | live          |    38,000 | 100 names, each text shared, with the slots and one or two maps |
//! | live, dropped |         0 | a dropped game leaves nothing behind                            |

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

    /// The name that a symbol stands for, if it is still kept. Never another player's.
    fn name(&self, symbol: Symbol) -> Option<&str> {
        let name = self.names.get(symbol.slot as usize)?;
        // The map has the one symbol that is good for this name.
        let current = self.symbols.get(name) == Some(&symbol);
        current.then_some(&**name)
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("recycled_symbols")
    .bytes(4_000_000)
    .peak(44_000)
    .live(38_000);

fn main() {
    let players = sample(10_000);
    measuring::show(BUDGET, || play(&players));
}

/// Names of 160 bytes that differ at their ends.
fn sample(count: u32) -> Vec<String> {
    let clan = "[clan of the allocators, guild of the arena] ".repeat(4);
    let name = |number| format!("{}{number:020}", &clan[..140]);
    (0..count).map(name).collect()
}

/// Players who come one after the other, each of whom is named once.
fn play(players: &[String]) -> Players {
    let mut game = Players::default();
    for player in players {
        let symbol = game.symbol(player);
        std::hint::black_box(game.name(symbol));
    }
    game
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives};
    use std::collections::HashMap;
    use std::hint::black_box;

    #[measuring::test]
    fn a_player_has_one_symbol_and_a_symbol_one_player() {
        let mut game = Players::default();
        let players = ["alice", "", "alic", "bob", "żółw", "żó"];
        let symbols = players.map(|player| game.symbol(player));
        for (index, (player, symbol)) in players.iter().zip(symbols).enumerate() {
            assert_gives(
                format_args!("symbol of {player:?}"),
                &game.symbol(player),
                &symbol,
            );
            assert_gives(
                format_args!("name of {player:?}"),
                &game.name(symbol),
                &Some(*player),
            );
            let same = symbols[..index].contains(&symbol);
            assert!(
                !same,
                "symbol of {player:?}: expected one of its own, came {symbol:?}"
            );
        }
    }

    fn players(count: usize) -> Vec<String> {
        (0..count)
            .map(|number| format!("player-{number}"))
            .collect()
    }

    #[measuring::test]
    fn the_last_hundred_are_known() {
        let players = players(1_234);
        for count in [1, 99, 100, 101, 128, 1_234] {
            let mut game = Players::default();
            let mut symbols = Vec::new();
            for player in &players[..count] {
                symbols.push(game.symbol(player));
                // The player who goes next is known, and goes next all the same.
                let next = symbols.len().saturating_sub(100);
                let what = format_args!("symbol of {}, asked for again", players[next]);
                assert_gives(what, &game.symbol(&players[next]), &symbols[next]);
            }
            for number in count.saturating_sub(100)..count {
                let (player, symbol) = (&players[number], symbols[number]);
                let what = format_args!("name of {player}, of {count}");
                assert_gives(what, &game.name(symbol), &Some(player.as_str()));
                let what = format_args!("symbol of {player}, of {count}");
                assert_gives(what, &game.symbol(player), &symbol);
            }
        }
    }

    /// Too many players for a generation of twelve bits.
    #[measuring::test]
    fn an_old_symbol_names_no_other_player() {
        let mut game = Players::default();
        let first = ["alice", "bob", "carol"].map(|player| (game.symbol(player), player));
        let others = players(350);
        // A slot's player stays for a hundred arrivals, so each of them is seen.
        for arrivals in (50..411_000).step_by(50) {
            for other in others.iter().cycle().skip(arrivals % 350).take(50) {
                black_box(game.symbol(other));
            }
            for (old, player) in first {
                let came = game.name(old).filter(|name| *name != player);
                let what = format_args!("name of {player}'s symbol, {arrivals} players later");
                assert_gives(what, &came, &None);
            }
        }
    }

    /// Some names differ although four bytes of their hashes are equal: `DefaultHasher` gives such
    /// pairs.
    #[measuring::test]
    fn players_have_different_symbols() {
        let (mut game, mut known) = (Players::default(), HashMap::new());
        for number in 0..80_000u32 {
            let symbol = game.symbol(&format!("p2-{number}"));
            let other = known.insert(format!("{symbol:?}"), number);
            if other.is_some() {
                let what = format_args!("another player with the symbol {symbol:?} of {number}");
                assert_gives(what, &other, &None);
            }
        }
    }

    #[measuring::test]
    fn a_player_who_comes_back_has_the_right_name() {
        for others in [0, 1, 7, 99, 100] {
            let players = players(100 + others);
            let mut game = Players::default();
            for round in 0..5 {
                for player in &players {
                    let symbol = game.symbol(player);
                    let what = format_args!("name of {player} in round {round}");
                    assert_gives(what, &game.name(symbol), &Some(player.as_str()));
                }
            }
        }
    }

    #[measuring::test]
    fn a_hundred_names_stay_in_budget() {
        let players = sample(10_000);
        BUDGET.assert_holds_in_process(|| play(black_box(&players)));
    }

    #[measuring::test]
    fn other_numbers_of_players_stay_in_budget() {
        let players = sample(20_000);
        let budget = Budget::of("recycled_symbols").peak(44_000).live(38_000);
        for count in [0, 150, 20_000] {
            budget.assert_holds(|| play(black_box(&players[..count])));
        }
    }

    #[measuring::test]
    fn a_dropped_game_leaves_nothing_behind() {
        let players = sample(300);
        let nothing = Budget::of("recycled_symbols").live(0);
        nothing.assert_holds_in_process(|| drop(play(black_box(&players))));
    }
}
