//! A thousand blocks of a kilobyte, all freed together.

use std::cell::RefCell;
use std::hint::black_box;
use std::mem::MaybeUninit;

use bumpalo::Bump;

use crate::Region;

const KILOBYTE: usize = 1024;
const MEGABYTE: usize = 1024 * KILOBYTE;

/// What is asked for, and what is done with it.
#[derive(Debug)]
pub struct Load {
    blocks: usize,
    written: bool,
    /// An arena from before, for [`reused`].
    arena: RefCell<Bump>,
}

impl Load {
    /// A thousand blocks that nobody writes to.
    pub fn untouched() -> Self {
        Self {
            blocks: 1_000,
            written: false,
            arena: RefCell::new(Bump::with_capacity(MEGABYTE)),
        }
    }

    /// A thousand blocks, every byte of them written.
    pub fn written() -> Self {
        Self {
            written: true,
            ..Self::untouched()
        }
    }

    fn touch<T: Copy>(&self, block: &mut [T], byte: T) {
        if self.written {
            block.fill(byte);
        }
        black_box(block);
    }
}

// ANCHOR: malloc
/// A block each, and a list of them, because each must be freed.
pub fn malloc(load: &Load) -> usize {
    let mut blocks = Vec::with_capacity(load.blocks);
    for _ in 0..load.blocks {
        let mut block = Box::new_uninit_slice(KILOBYTE);
        load.touch(&mut block, MaybeUninit::new(7u8));
        blocks.push(block);
    }
    blocks.len()
}
// ANCHOR_END: malloc

fn fill(arena: &Bump, load: &Load) -> usize {
    for _ in 0..load.blocks {
        let block = arena.alloc_slice_fill_with(KILOBYTE, |_| MaybeUninit::uninit());
        load.touch(block, MaybeUninit::new(7u8));
    }
    load.blocks
}

// ANCHOR: chunks
/// An arena that starts with nothing: its chunks double.
pub fn chunks(load: &Load) -> usize {
    fill(&Bump::new(), load)
}
// ANCHOR_END: chunks

// ANCHOR: with_capacity
/// An arena with room for all of them.
pub fn with_capacity(load: &Load) -> usize {
    fill(&Bump::with_capacity(MEGABYTE), load)
}
// ANCHOR_END: with_capacity

// ANCHOR: region
/// Our own arena, over a buffer of the same size.
pub fn region(load: &Load) -> usize {
    let mut buffer = vec![0; MEGABYTE];
    let region = Region::over(&mut buffer);
    let mut blocks = 0;
    while blocks < load.blocks
        && let Ok(block) = region.alloc(KILOBYTE)
    {
        load.touch(block, 7);
        blocks += 1;
    }
    blocks
}
// ANCHOR_END: region

// ANCHOR: reused
/// An arena that has served before.
pub fn reused(load: &Load) -> usize {
    let mut arena = load.arena.borrow_mut();
    arena.reset();
    fill(&arena, load)
}
// ANCHOR_END: reused
