//! Waits for ten thousand tags before it sweeps.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

measuring::install!();

/// A hundred thousand strangers come and go, a hundred at a time.
const BUDGET: measuring::Budget = measuring::Budget::of("subscription_tags")
    .live(16_384)
    .peak(32_768);

/// Hashes the same in every run, so that the figures do too. A relay that strangers write to needs random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

#[derive(Default)]
struct Tags {
    known: HashSet<Arc<str>, FixedSeed>,
    /// How many tags the set may have before it is swept.
    enough: usize,
}

impl Tags {
    /// The tag, shared with everybody who has it.
    fn share(&mut self, tag: &str) -> Arc<str> {
        if let Some(known) = self.known.get(tag) {
            return Arc::clone(known);
        }
        if self.known.len() >= self.enough {
            self.sweep();
        }
        let new = Arc::<str>::from(tag);
        self.known.insert(Arc::clone(&new));
        new
    }

    /// Forgets the tags that nobody else holds.
    fn sweep(&mut self) {
        self.known.retain(|tag| Arc::strong_count(tag) > 1);
        self.enough = (2 * self.known.len()).max(10_000);
        self.known.shrink_to(self.enough);
    }
}

fn main() {
    measuring::show(BUDGET, || {
        let mut tags = Tags::default();
        come_and_go(&mut tags, 100_000);
        tags
    });
}

/// So many subscriptions with a tag of their own, each of which ends when a hundred more have come.
fn come_and_go(tags: &mut Tags, subscriptions: usize) {
    let mut open: Vec<Arc<str>> = Vec::with_capacity(100);
    for number in 0..subscriptions {
        let tag = tags.share(&format!("made-up-{number}"));
        match open.get_mut(number % 100) {
            Some(ended) => *ended = tag,
            None => open.push(tag),
        }
    }
}
