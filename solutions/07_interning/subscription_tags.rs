//! A relay's subscribers say which hashtags they want to hear of. Many want the same ones, so each tag is kept once,
//! and every subscription has an `Arc<str>` to it. It drops its `Arc`s when it ends.
//!
//! A tag that only the set holds is of no use to anybody, and its count says so. So now and then the set is swept. Each
//! sweep looks at every tag, so the next one waits until the set is twice as large as what was left: new tags pay for
//! it, a constant share each. What a burst leaves behind in room, the sweep gives back.
//!
//! | measure | budget | why                                                             |
//! |---------|--------|-----------------------------------------------------------------|
//! | live    | 16,384 | room for 100 tags in use, and some that wait to be swept        |
//! | peak    | 32,768 | the same, while the set moves to a larger or a smaller table    |

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

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
        self.enough = (2 * self.known.len()).max(32);
        self.known.shrink_to(self.enough);
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

/// A hundred thousand strangers come and go, a hundred at a time.
const BUDGET: measuring::Budget = measuring::Budget::of("subscription_tags")
    .live(16_384)
    .peak(32_768);

fn main() {
    measuring::show(BUDGET, || {
        let mut tags = Tags::default();
        come_and_go(&mut tags, 100_000);
        tags
    });
}

/// So many subscriptions with a tag of their own, each of which ends when a hundred more have come.
fn come_and_go(tags: &mut Tags, subscriptions: usize) {
    let mut open: Vec<std::sync::Arc<str>> = Vec::with_capacity(100);
    for number in 0..subscriptions {
        let tag = tags.share(&format!("made-up-{number}"));
        match open.get_mut(number % 100) {
            Some(ended) => *ended = tag,
            None => open.push(tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;
    use std::sync::Arc;

    #[test]
    fn equal_tags_are_shared() {
        let mut tags = Tags::default();
        let [rust, again, memory] = ["rust", "rust", "memory"].map(|tag| tags.share(tag));
        assert!(Arc::ptr_eq(&rust, &again));
        assert_eq!((&*rust, &*memory), ("rust", "memory"));
    }

    #[test]
    fn a_tag_in_use_stays_shared_whatever_comes_and_goes() {
        let mut tags = Tags::default();
        let held: Vec<_> = (0..300)
            .map(|number| tags.share(&format!("tag-{number}")))
            .collect();
        come_and_go(&mut tags, 10_000);
        for (number, tag) in held.iter().enumerate() {
            assert!(Arc::ptr_eq(tag, &tags.share(&format!("tag-{number}"))));
        }
    }

    #[test]
    fn a_tag_that_comes_back_is_shared_again() {
        let mut tags = Tags::default();
        for _ in 0..3 {
            let [one, other] = [tags.share("rust"), tags.share("rust")];
            assert!(Arc::ptr_eq(&one, &other));
            drop([one, other]);
            come_and_go(&mut tags, 1_000);
        }
    }

    #[test]
    fn strangers_leave_nothing_behind() {
        let mut tags = Tags::default();
        BUDGET.assert_holds(|| come_and_go(black_box(&mut tags), 100_000));
    }

    /// Ten thousand subscriptions at once may take what they need; when they have ended, it is given back.
    #[test]
    fn a_burst_is_given_back() {
        let mut tags = Tags::default();
        let budget = measuring::Budget::of("subscription_tags").live(16_384);
        budget.assert_holds(|| {
            let burst: Vec<_> = (0..10_000)
                .map(|number| tags.share(&format!("burst-{number}")))
                .collect();
            assert_eq!(burst.len(), 10_000);
            drop(burst);
            come_and_go(black_box(&mut tags), 30_000);
        });
    }
}
