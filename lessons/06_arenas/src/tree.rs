//! A binary tree that is built, added up and freed.

use std::cell::RefCell;

use bumpalo::Bump;

/// How large the tree is to be.
#[derive(Debug)]
pub struct Plan {
    depth: u32,
    /// An arena from before, for [`reused`].
    arena: RefCell<Bump>,
}

impl Plan {
    /// A complete tree: two to the power of `depth`, less one nodes.
    pub fn of_depth(depth: u32) -> Self {
        let room = (1 << depth) * size_of::<Node>();
        Self {
            depth,
            arena: RefCell::new(Bump::with_capacity(room)),
        }
    }
}

// ANCHOR: boxed
struct Boxed {
    value: u64,
    children: Option<(Box<Boxed>, Box<Boxed>)>,
}

impl Boxed {
    fn build(depth: u32) -> Self {
        let child = || Box::new(Self::build(depth - 1));
        let value = u64::from(depth);
        let children = (depth > 1).then(|| (child(), child()));
        Self { value, children }
    }

    fn sum(&self) -> u64 {
        let children = self.children.as_ref();
        self.value + children.map_or(0, |(left, right)| left.sum() + right.sum())
    }
}

/// An allocation per node, each of them freed when the tree is.
pub fn boxed(plan: &Plan) -> u64 {
    Boxed::build(plan.depth).sum()
}
// ANCHOR_END: boxed

// ANCHOR: arena
struct Node<'a> {
    value: u64,
    children: Option<(&'a Node<'a>, &'a Node<'a>)>,
}

impl<'a> Node<'a> {
    fn build(arena: &'a Bump, depth: u32) -> Self {
        let child = || &*arena.alloc(Self::build(arena, depth - 1));
        let value = u64::from(depth);
        let children = (depth > 1).then(|| (child(), child()));
        Self { value, children }
    }

    fn sum(&self) -> u64 {
        let children = self.children;
        self.value + children.map_or(0, |(left, right)| left.sum() + right.sum())
    }
}

/// The nodes lie in an arena and go with it.
pub fn arena(plan: &Plan) -> u64 {
    let arena = Bump::new();
    Node::build(&arena, plan.depth).sum()
}
// ANCHOR_END: arena

// ANCHOR: reused
/// The arena was there before, with room for the tree.
pub fn reused(plan: &Plan) -> u64 {
    let mut arena = plan.arena.borrow_mut();
    arena.reset();
    Node::build(&arena, plan.depth).sum()
}
// ANCHOR_END: reused

// ANCHOR: indexed
struct Numbered {
    value: u64,
    children: Option<(NodeNumber, NodeNumber)>,
}

/// A node's place in the vector. It counts from one, so that no number needs no room.
type NodeNumber = std::num::NonZeroU32;

struct Nodes(Vec<Numbered>);

impl Nodes {
    fn build(&mut self, depth: u32) -> Option<NodeNumber> {
        let children = if depth > 1 {
            Some((self.build(depth - 1)?, self.build(depth - 1)?))
        } else {
            None
        };
        let value = u64::from(depth);
        self.0.push(Numbered { value, children });
        NodeNumber::new(u32::try_from(self.0.len()).ok()?)
    }

    fn sum(&self, node: NodeNumber) -> u64 {
        let Numbered { value, children } = self.0[node.get() as usize - 1];
        value + children.map_or(0, |(left, right)| self.sum(left) + self.sum(right))
    }
}

/// A vector of nodes that know each other by number: an arena in plain sight.
pub fn indexed(plan: &Plan) -> u64 {
    let mut nodes = Nodes(Vec::with_capacity(1 << plan.depth));
    let root = nodes.build(plan.depth);
    root.map_or(0, |root| nodes.sum(root))
}
// ANCHOR_END: indexed

/// The size of a node in bytes: boxed, in an arena, in a vector.
pub fn node_sizes() -> [usize; 3] {
    [size_of::<Boxed>(), size_of::<Node>(), size_of::<Numbered>()]
}
