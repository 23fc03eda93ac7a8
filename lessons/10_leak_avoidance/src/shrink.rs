//! Giving room back after a burst, and only then.

use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};

/// What keeps its room when it is emptied.
pub trait Room {
    /// Elements (for text, bytes) that are in it.
    fn used(&self) -> usize;
    /// Elements that it has room for.
    fn room(&self) -> usize;
    /// Gives room back, and keeps enough for so many elements and for those that are in it.
    fn shrink_to(&mut self, elements: usize);
}

macro_rules! has_room {
    ($([$($parameters:tt)*] $collection:ty;)*) => {$(
        impl<$($parameters)*> Room for $collection {
            fn used(&self) -> usize {
                self.len()
            }

            fn room(&self) -> usize {
                self.capacity()
            }

            fn shrink_to(&mut self, elements: usize) {
                <$collection>::shrink_to(self, elements);
            }
        }
    )*};
}

has_room! {
    [T] Vec<T>;
    [T] VecDeque<T>;
    [T: Ord] BinaryHeap<T>;
    [K: Eq + Hash, V, S: BuildHasher] HashMap<K, V, S>;
    [T: Eq + Hash, S: BuildHasher] HashSet<T, S>;
    [] String;
}

/// When a collection that is used again and again gives room back.
///
/// It looks at a *window* of uses, and at the most that any of them needed. If that is at most a quarter of the room,
/// the room is cut to twice what was needed. Cutting at a quarter and keeping a half leaves a gap on either side, so
/// one cut never calls for the next, and use that goes up and down within a factor of two never cuts at all.
///
/// ```
/// use leak_avoidance::ShrinkPolicy;
///
/// let mut policy = ShrinkPolicy::new(64, 3);
/// let mut frame: Vec<u8> = vec![0; 1_000_000]; // the burst
/// for _ in 0..3 {
///     frame.clear();
///     frame.extend_from_slice(&[0; 500]);
///     policy.after_use(&mut frame);
/// }
/// assert!(frame.capacity() < 2_000);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ShrinkPolicy {
    floor: usize,
    window: u32,
    uses: u32,
    most: usize,
}

impl ShrinkPolicy {
    /// Never cuts below twice `floor` elements, and looks at `window` uses before each decision.
    ///
    /// A window should be longer than the pause between two bursts that are to find their room still there. A window
    /// of 0 is taken for 1.
    pub const fn new(floor: usize, window: u32) -> Self {
        Self {
            floor,
            window: if window == 0 { 1 } else { window },
            uses: 0,
            most: 0,
        }
    }

    /// Call this after each use, while what was used is still in the collection. Says whether room was given back.
    ///
    /// It allocates nothing itself. A cut is one reallocation; for a map, a new table.
    pub fn after_use(&mut self, collection: &mut impl Room) -> bool {
        self.uses += 1;
        self.most = self.most.max(collection.used());
        if self.uses < self.window {
            return false;
        }
        let needed = self.most.max(self.floor);
        (self.uses, self.most) = (0, 0);
        let mostly_unused = collection.room() / 4 >= needed && collection.room() > 0;
        if mostly_unused {
            collection.shrink_to(needed.saturating_mul(2));
        }
        mostly_unused
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn use_for(policy: &mut ShrinkPolicy, buffer: &mut Vec<u8>, size: usize) -> bool {
        buffer.clear();
        buffer.resize(size, 1);
        let cut = policy.after_use(buffer);
        assert_eq!(
            (buffer.len(), buffer.iter().all(|byte| *byte == 1)),
            (size, true)
        );
        cut
    }

    #[test]
    fn a_window_of_quiet_use_gives_a_burst_back() {
        let (mut policy, mut buffer) = (ShrinkPolicy::new(64, 4), Vec::new());
        use_for(&mut policy, &mut buffer, 1_000_000);
        for _ in 0..3 {
            assert!(!use_for(&mut policy, &mut buffer, 100));
        }
        assert!(
            buffer.capacity() >= 1_000_000,
            "the burst is in this window"
        );
        let cuts: Vec<bool> = (0..8)
            .map(|_| use_for(&mut policy, &mut buffer, 100))
            .collect();
        assert_eq!(cuts.iter().filter(|cut| **cut).count(), 1);
        assert_eq!(buffer.capacity(), 200);
    }

    #[test]
    fn other_collections_give_back_too() {
        let mut policy = ShrinkPolicy::new(8, 1);
        let mut text = "x".repeat(10_000);
        text.truncate(10);
        assert!(policy.after_use(&mut text));
        assert_eq!((text.as_str(), text.capacity()), ("xxxxxxxxxx", 20));

        let mut queue: VecDeque<u32> = (0..10_000).collect();
        queue.truncate(10);
        assert!(policy.after_use(&mut queue) && queue.capacity() < 40);

        let mut map: HashMap<u32, u32> = (0..10_000).map(|key| (key, key)).collect();
        map.retain(|key, _| *key < 10);
        assert!(policy.after_use(&mut map) && map.capacity() < 40);
        assert!((0..10).all(|key| map[&key] == key));

        let mut set: HashSet<u32> = (0..10_000).collect();
        set.clear();
        assert!(policy.after_use(&mut set) && set.capacity() < 40);

        let mut heap: BinaryHeap<u32> = (0..10_000).collect();
        heap.clear();
        assert!(policy.after_use(&mut heap) && heap.capacity() < 40);
    }

    #[test]
    fn a_floor_of_nothing_gives_everything_back_once() {
        let (mut policy, mut buffer) = (ShrinkPolicy::new(0, 0), vec![0u8; 100]);
        buffer.clear();
        assert!(policy.after_use(&mut buffer));
        assert_eq!(buffer.capacity(), 0);
        assert!(!policy.after_use(&mut buffer));
    }

    proptest! {
        /// Whatever came before, the room is at most about four times what the last full window needed.
        #[test]
        fn room_follows_need(
            floor in 8usize..200,
            window in 1u32..10,
            before in prop::collection::vec(0usize..20_000, 0..60),
            quiet in 0usize..300,
        ) {
            let (mut policy, mut buffer) = (ShrinkPolicy::new(floor, window), Vec::new());
            for size in before {
                use_for(&mut policy, &mut buffer, size);
            }
            for _ in 0..2 * window {
                use_for(&mut policy, &mut buffer, quiet);
            }
            prop_assert!(buffer.capacity() < 4 * quiet.max(floor) + 4);
        }

        /// Use within a factor of two, in any order, never gives back, and so never grows more than doubling needs.
        #[test]
        fn steady_use_never_reallocates(
            floor in 8usize..200,
            window in 1u32..10,
            most in 8usize..5_000,
            shares in prop::collection::vec(0.5f64..=1.0, 1..200),
        ) {
            let (mut policy, mut buffer) = (ShrinkPolicy::new(floor, window), Vec::new());
            for share in shares {
                let size = (most as f64 * share).ceil() as usize;
                prop_assert!(!use_for(&mut policy, &mut buffer, size));
            }
        }

        /// One cut is enough: the same use afterwards cuts no more.
        #[test]
        fn a_cut_never_calls_for_another(
            floor in 0usize..200,
            room in 0usize..50_000,
            size in 0usize..5_000,
        ) {
            let (mut policy, mut map) = (ShrinkPolicy::new(floor, 1), HashMap::with_capacity(room));
            map.extend((0..size).map(|key| (key, ())));
            policy.after_use(&mut map);
            for _ in 0..3 {
                prop_assert!(!policy.after_use(&mut map));
            }
        }
    }
}
