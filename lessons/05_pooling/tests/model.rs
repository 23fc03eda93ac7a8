//! Shelves, size classes and blocks against models that are too simple to be wrong.

use std::collections::HashMap;

use pooling::{Block, BlockError, Blocks, Limits, LockFree, Locked, Shelf, SizeClasses, Stack};
use proptest::collection::vec;
use proptest::prelude::*;

/// What is done to a shelf.
#[derive(Clone, Debug)]
enum Step {
    Put(usize),
    Take,
    Lend { grow: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0usize..200).prop_map(Step::Put),
        Just(Step::Take),
        (0usize..200).prop_map(|grow| Step::Lend { grow }),
    ]
}

/// The model: the capacities that wait, the newest last.
struct Model {
    waiting: Vec<usize>,
    newest_first: bool,
}

const VALUES: usize = 5;
const BYTES: usize = 400;
const EACH: (usize, usize) = (10, 150);
const LIMITS: Limits = Limits::of(VALUES).bytes(BYTES).each(EACH.0, EACH.1);

impl Model {
    fn put(&mut self, capacity: usize) -> bool {
        let held: usize = self.waiting.iter().sum();
        let fits = (EACH.0..=EACH.1).contains(&capacity)
            && self.waiting.len() < VALUES
            && held + capacity <= BYTES;
        if fits {
            self.waiting.push(capacity);
        }
        fits
    }

    fn take(&mut self) -> Option<usize> {
        if self.newest_first {
            self.waiting.pop()
        } else {
            (!self.waiting.is_empty()).then(|| self.waiting.remove(0))
        }
    }
}

fn behaves(shelf: impl Shelf<Vec<u8>>, newest_first: bool, steps: &[Step]) {
    let mut model = Model {
        waiting: Vec::new(),
        newest_first,
    };
    for step in steps {
        match *step {
            Step::Put(capacity) => {
                let mut buffer = Vec::with_capacity(capacity);
                buffer.resize(capacity / 2, 9);
                assert_eq!(shelf.put(buffer), model.put(capacity));
            }
            Step::Take => {
                let taken = shelf.take();
                assert!(taken.iter().all(Vec::is_empty));
                assert_eq!(taken.map(|it| it.capacity()), model.take());
            }
            Step::Lend { grow } => {
                let mut guard = shelf.lend(|| Vec::with_capacity(20));
                assert_eq!(guard.capacity(), model.take().unwrap_or(20));
                assert!(guard.is_empty());
                guard.reserve_exact(grow);
                guard.resize(grow, 9);
                let capacity = guard.capacity();
                drop(guard);
                model.put(capacity);
            }
        }
        let idle = shelf.idle();
        assert_eq!(idle.values, model.waiting.len());
        assert_eq!(idle.bytes, model.waiting.iter().sum::<usize>());
    }
}

/// What is done to size classes: a buffer is asked for, and changed before it goes back.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Grow(usize),
    Shrink(usize),
    Detach,
    Keep,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Nothing),
        (0usize..5_000).prop_map(Change::Grow),
        (0usize..2_000).prop_map(Change::Shrink),
        Just(Change::Detach),
        Just(Change::Keep),
    ]
}

proptest! {
    #[test]
    fn a_stack_behaves(steps in vec(step(), 0..60)) {
        behaves(Stack::new(LIMITS), true, &steps);
    }

    #[test]
    fn a_locked_shelf_behaves(steps in vec(step(), 0..60)) {
        behaves(Locked::new(LIMITS), true, &steps);
    }

    #[test]
    fn a_lock_free_shelf_behaves(steps in vec(step(), 0..60)) {
        behaves(LockFree::new(LIMITS), false, &steps);
    }

    #[test]
    fn a_buffer_is_empty_and_large_enough(uses in vec((0usize..3_000, change()), 0..60)) {
        const BYTES_EACH: usize = 3_000;
        let buffers = SizeClasses::stack([64, 256, 1_024], BYTES_EACH);
        let mut kept = Vec::new();
        for (room, change) in uses {
            let mut buffer = buffers.buffer(room);
            prop_assert!(buffer.is_empty() && buffer.capacity() >= room);
            buffer.resize(room, 9);
            match change {
                Change::Nothing => {}
                Change::Grow(to) => buffer.resize(room.max(to), 9),
                Change::Shrink(to) => {
                    buffer.truncate(to);
                    buffer.shrink_to_fit();
                }
                Change::Detach => drop(std::mem::take(&mut *buffer)),
                Change::Keep => {
                    kept.push(buffer);
                    continue;
                }
            }
            drop(buffer);
            prop_assert!(buffers.idle().bytes <= 3 * BYTES_EACH);
        }
    }

    #[test]
    fn blocks_hold_what_was_written(
        steps in vec((any::<bool>(), 0usize..8, vec(any::<u8>(), 0..12)), 0..80),
    ) {
        let mut blocks = Blocks::<16>::new(5);
        let mut used: Vec<Block<16>> = Vec::new();
        let mut model: HashMap<usize, Vec<u8>> = HashMap::new();
        let mut names: Vec<usize> = Vec::new();
        for (name, (take, at, bytes)) in steps.into_iter().enumerate() {
            if take {
                match blocks.take() {
                    Ok(block) => {
                        used.push(block);
                        names.push(name);
                        model.insert(name, Vec::new());
                    }
                    Err(error) => {
                        prop_assert_eq!(error, BlockError::AllInUse { blocks: 5 });
                        prop_assert_eq!(used.len(), 5);
                    }
                }
            } else if at < used.len() && bytes.is_empty() {
                blocks.give_back(used.swap_remove(at)).unwrap();
                model.remove(&names.swap_remove(at));
            } else if at < used.len() {
                let content = model.get_mut(&names[at]).unwrap();
                let fits = content.len() + bytes.len() <= 16;
                prop_assert_eq!(blocks.write(&mut used[at], &bytes).is_ok(), fits);
                if fits {
                    content.extend_from_slice(&bytes);
                }
            }
            prop_assert_eq!(blocks.free() + used.len(), 5);
            for (block, name) in used.iter().zip(&names) {
                prop_assert_eq!(blocks.read(block).unwrap(), &model[name][..]);
            }
        }
    }
}
