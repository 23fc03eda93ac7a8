//! Filling ten lists in turns: on the heap, and in an arena.

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

/// Numbers, and the list that each of them goes to: one of ten.
#[derive(Debug)]
pub struct Deal(Vec<(usize, u64)>);

const LISTS: usize = 10;

impl Deal {
    /// So many numbers for each of the lists, dealt out like cards.
    pub fn sample(each: usize) -> Self {
        let card = |number| (number % LISTS, number as u64);
        Self((0..each * LISTS).map(card).collect())
    }

    /// How many numbers go to each list.
    fn each(&self) -> usize {
        self.0.len() / LISTS
    }
}

// ANCHOR: malloc
/// Ordinary vectors. An allocation that is outgrown goes back to malloc.
pub fn malloc(deal: &Deal) -> Vec<u64> {
    let mut lists: [Vec<u64>; LISTS] = Default::default();
    for &(list, number) in &deal.0 {
        lists[list].push(number);
    }
    lists.map(|list| list.iter().sum()).to_vec()
}
// ANCHOR_END: malloc

// ANCHOR: arena
/// Vectors in an arena. None of them is ever the last thing in its chunk, so all that they outgrow stays.
pub fn arena(deal: &Deal) -> Vec<u64> {
    let arena = Bump::new();
    let mut lists = [(); LISTS].map(|()| ArenaVec::new_in(&arena));
    for &(list, number) in &deal.0 {
        lists[list].push(number);
    }
    lists.map(|list| list.iter().sum()).to_vec()
}
// ANCHOR_END: arena

// ANCHOR: arena_sized
/// Vectors in an arena, each with room for all that comes.
pub fn arena_sized(deal: &Deal) -> Vec<u64> {
    let arena = Bump::new();
    let mut lists = [(); LISTS].map(|()| ArenaVec::with_capacity_in(deal.each(), &arena));
    for &(list, number) in &deal.0 {
        lists[list].push(number);
    }
    lists.map(|list| list.iter().sum()).to_vec()
}
// ANCHOR_END: arena_sized
