//! A map that keeps its first few entries in place.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::mem;

/// A map of which the first `N` entries lie in the value itself and are searched one by one. The entry after them
/// moves all into a [`HashMap`], for good.
///
/// It suits what is nearly always small and may be large: the parameters of a request, the conditions of a filter.
/// What spills is hashed by a hasher made for it, so keys of strangers are as safe here as in a [`HashMap`]: an
/// attacker can make it spill, not collide.
///
/// ```
/// use stack_arrays::InlineMap;
///
/// let mut parameters: InlineMap<&str, u32, 2> = InlineMap::new();
/// parameters.insert("limit", 20);
/// parameters.insert("since", 1_700);
/// assert_eq!(parameters.insert("limit", 50), Some(20));
/// assert!(!parameters.spilled());
///
/// parameters.insert("until", 1_800);
/// assert!(parameters.spilled());
/// assert_eq!(parameters.get("limit"), Some(&50));
/// ```
///
/// All `N` slots are part of the value: they are paid for in the owner's size, and whenever the owner moves.
// ANCHOR: type
pub struct InlineMap<K, V, const N: usize, S = RandomState>(Entries<K, V, N, S>);

/// In the slots or in the map, never in both.
enum Entries<K, V, const N: usize, S> {
    Inline([Option<(K, V)>; N]),
    Spilled(HashMap<K, V, S>),
}
// ANCHOR_END: type

impl<K, V, const N: usize, S> InlineMap<K, V, N, S> {
    /// An empty map, which has asked for nothing.
    pub const fn new() -> Self {
        Self(Entries::Inline([const { None }; N]))
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        match &self.0 {
            Entries::Inline(slots) => slots.iter().flatten().count(),
            Entries::Spilled(map) => map.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it has had more than `N` entries, and lives on the heap since.
    pub fn spilled(&self) -> bool {
        matches!(self.0, Entries::Spilled(_))
    }

    /// Forgets all entries. As in a [`Vec`], room on the heap is kept.
    pub fn clear(&mut self) {
        match &mut self.0 {
            Entries::Inline(slots) => slots.fill_with(|| None),
            Entries::Spilled(map) => map.clear(),
        }
    }

    /// Its entries, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let (slots, map) = match &self.0 {
            Entries::Inline(slots) => (&slots[..], None),
            Entries::Spilled(map) => (&[][..], Some(map)),
        };
        let inline = slots.iter().flatten().map(|(key, value)| (key, value));
        inline.chain(map.into_iter().flatten())
    }
}

impl<K: Eq + Hash, V, const N: usize, S: BuildHasher + Default> InlineMap<K, V, N, S> {
    // ANCHOR: insert
    /// Sets a key's value, and gives the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let slots = match &mut self.0 {
            Entries::Spilled(map) => return map.insert(key, value),
            Entries::Inline(slots) => slots,
        };
        let mut entries = slots.iter_mut().flatten();
        if let Some((_, old)) = entries.find(|(known, _)| *known == key) {
            return Some(mem::replace(old, value));
        }
        match slots.iter_mut().find(|slot| slot.is_none()) {
            Some(free) => *free = Some((key, value)),
            None => self.spill(key, value),
        }
        None
    }

    /// Moves the entries of the slots into a map, with room for as many again, and adds
    /// the one that had no slot.
    #[cold]
    fn spill(&mut self, key: K, value: V) {
        let mut map = HashMap::with_capacity_and_hasher(2 * N, S::default());
        if let Entries::Inline(slots) = &mut self.0 {
            map.extend(slots.iter_mut().filter_map(Option::take));
        }
        map.insert(key, value);
        self.0 = Entries::Spilled(map);
    }
    // ANCHOR_END: insert

    /// A key's value.
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        match &self.0 {
            Entries::Inline(slots) => {
                let mut entries = slots.iter().flatten();
                entries.find_map(|(known, value)| (known.borrow() == key).then_some(value))
            }
            Entries::Spilled(map) => map.get(key),
        }
    }

    /// A key's value, to change.
    pub fn get_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        match &mut self.0 {
            Entries::Inline(slots) => {
                let mut entries = slots.iter_mut().flatten();
                entries.find_map(|(known, value)| ((*known).borrow() == key).then_some(value))
            }
            Entries::Spilled(map) => map.get_mut(key),
        }
    }

    /// Whether the key has a value.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.get(key).is_some()
    }

    /// Takes a key's entry out, and gives its value. What has spilled stays on the heap.
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        match &mut self.0 {
            Entries::Inline(slots) => {
                let holds_it = |slot: &&mut Option<(K, V)>| {
                    slot.as_ref()
                        .is_some_and(|(known, _)| known.borrow() == key)
                };
                let (_, value) = slots.iter_mut().find(holds_it)?.take()?;
                Some(value)
            }
            Entries::Spilled(map) => map.remove(key),
        }
    }
}

impl<K, V, const N: usize, S> Default for InlineMap<K, V, N, S> {
    fn default() -> Self {
        Self::new()
    }
}

/// Equal entries, wherever they lie.
impl<K: Eq + Hash, V: PartialEq, const N: usize, S: BuildHasher + Default> PartialEq
    for InlineMap<K, V, N, S>
{
    fn eq(&self, other: &Self) -> bool {
        let has = |(key, value)| other.get(key) == Some(value);
        self.len() == other.len() && self.iter().all(has)
    }
}

impl<K: Eq + Hash, V: Eq, const N: usize, S: BuildHasher + Default> Eq for InlineMap<K, V, N, S> {}

impl<K: fmt::Debug, V: fmt::Debug, const N: usize, S> fmt::Debug for InlineMap<K, V, N, S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Clone, V: Clone, const N: usize, S: Clone> Clone for InlineMap<K, V, N, S> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Entries::Inline(slots) => Entries::Inline(slots.clone()),
            Entries::Spilled(map) => Entries::Spilled(map.clone()),
        })
    }
}

impl<K: Eq + Hash, V, const N: usize, S: BuildHasher + Default> Extend<(K, V)>
    for InlineMap<K, V, N, S>
{
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Eq + Hash, V, const N: usize, S: BuildHasher + Default> FromIterator<(K, V)>
    for InlineMap<K, V, N, S>
{
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}
