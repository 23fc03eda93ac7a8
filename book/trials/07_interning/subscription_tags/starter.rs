//! A relay's subscribers say which hashtags they want. Many want the same ones, so `share` keeps
//! each tag once and gives every subscription an `Arc<str>` to it. A subscription drops its `Arc`
//! when it ends. Example: `share("rust")` twice gives two `Arc`s to one allocation.
//!
//! As written, the set holds an `Arc` of each tag, so no tag is ever freed: a client that
//! subscribes to made-up tags fills the memory for good. Tags in use must stay shared, and the
//! others must go. A sweep looks at all tags, so it must be rare: a test with 100,000 tags in use
//! gives up after ten seconds.
//!
//! | measure               |    budget | why                                                   |
//! |-----------------------|----------:|-------------------------------------------------------|
//! | bytes                 | 5,000,000 | 30,000 tags come and go, without a new table for each |
//! | peak                  |    49,152 | what is live, while the table moves                   |
//! | live, 100 tags in use |    24,576 | these, and some that wait to be swept                 |
//! | live, after a burst   |    24,576 | 3,000 tags at once leave no large table behind        |
//! | live, dropped         |         0 | a dropped set leaves nothing behind                   |
//! | tags looked at        |        10 | by sweeps, per new tag                                |

#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

/// Hashes the same in every run, so that the numbers do too. Untrusted input needs random seeds.
type FixedSeed = BuildHasherDefault<DefaultHasher>;

#[derive(Default)]
struct Tags {
    known: HashSet<Arc<str>, FixedSeed>,
}

impl Tags {
    /// The tag, shared with every subscription that has it.
    fn share(&mut self, tag: &str) -> Arc<str> {
        if let Some(known) = self.known.get(tag) {
            return Arc::clone(known);
        }
        // TODO: the set holds a tag when no subscription does any more.
        let new = Arc::<str>::from(tag);
        self.known.insert(Arc::clone(&new));
        new
    }
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("subscription_tags")
    .bytes(5_000_000)
    .peak(49_152)
    .live(24_576);

fn main() {
    measuring::show(BUDGET, || {
        let mut tags = Tags::default();
        come_and_go(&mut tags, 30_000, 100);
        tags
    });
}

/// So many subscriptions with a tag of their own, each of which ends when `open` more have come.
fn come_and_go(tags: &mut Tags, subscriptions: usize, open: usize) {
    let mut held: Vec<std::sync::Arc<str>> = Vec::with_capacity(open);
    for number in 0..subscriptions {
        let tag = tags.share(&format!("made-up-{number}"));
        match held.get_mut(number % open) {
            Some(ended) => *ended = tag,
            None => held.push(tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use measuring::{Budget, assert_gives, assert_work, awaiting};
    use std::hint::black_box;
    use std::sync::{Arc, Weak};

    /// Shares the tags, each for the first time; each has its text, and is found again.
    fn assert_shares(tags: &mut Tags, all: &[String]) -> Vec<Arc<str>> {
        let held: Vec<_> = all.iter().map(|tag| tags.share(tag)).collect();
        assert_shared(tags, all, &held);
        held
    }

    fn assert_shared(tags: &mut Tags, all: &[String], held: &[Arc<str>]) {
        for (tag, first) in all.iter().zip(held) {
            let again = tags.share(tag);
            if **first != **tag {
                assert_gives(format_args!("text of {tag:?}"), &&**first, &tag.as_str());
            }
            assert!(
                Arc::ptr_eq(first, &again),
                "{tag:?}, shared again while in use: expected the same allocation, came another"
            );
        }
    }

    fn numbered(name: &str, count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{name}{number}")).collect()
    }

    #[measuring::test]
    fn equal_tags_are_shared_and_others_are_not() {
        let tags = ["rust", "", "Rust", "rus", "żółw", "żó"].map(String::from);
        assert_shares(&mut Tags::default(), &tags);
        let x = |count: usize| "x".repeat(count);
        assert_shares(&mut Tags::default(), &Vec::from_iter((0..300).map(x)));
        assert_shares(&mut Tags::default(), &numbered(&x(300), 300));
        let begins = |number: u32| format!("{number}{}", x(300));
        assert_shares(&mut Tags::default(), &Vec::from_iter((0..300).map(begins)));
    }

    #[measuring::test]
    fn a_tag_in_use_stays_shared_whatever_comes_and_goes() {
        for (count, open) in [(1, 1), (99, 7), (300, 100), (700, 100)] {
            let (mut tags, all) = (Tags::default(), numbered("tag-", count));
            let held = assert_shares(&mut tags, &all);
            come_and_go(&mut tags, 2_000, open);
            assert_shared(&mut tags, &all, &held);
            // Some end, and the others stay.
            let (all, held) = (&all[..count / 3], held[..count / 3].to_vec());
            come_and_go(&mut tags, 2_000, open);
            assert_shared(&mut tags, all, &held);
        }
    }

    #[measuring::test]
    fn a_tag_that_comes_back_is_shared_again() {
        let mut tags = Tags::default();
        for _ in 0..3 {
            drop(assert_shares(&mut tags, &numbered("tag-", 7)));
            drop(assert_shares(&mut tags, &numbered("tag-", 7)));
            come_and_go(&mut tags, 1_000, 100);
        }
    }

    /// Too many tags in use to look at all of them for each new one. Some differ although four bytes
    /// of their hashes are equal: `DefaultHasher` gives such a pair among the first 30,000.
    #[measuring::test]
    fn many_tags_in_use() {
        let (mut tags, all) = (Tags::default(), numbered("tag-4-", 100_000));
        awaiting("new tags beside 100,000 in use, too many to look at all for each");
        let held = assert_shares(&mut tags, &all);
        come_and_go(&mut tags, 20_000, 1);
        assert_shared(&mut tags, &all, &held);
    }

    #[measuring::test]
    fn a_new_tag_pays_for_a_few() {
        let mut tags = Tags::default();
        let held = assert_shares(&mut tags, &numbered("tag-", 2_000));
        // Tags that only the set holds. A sweep frees the first and the last of them.
        let (mut waiting, mut looks) = (Vec::<Weak<str>>::new(), 0);
        for tag in numbered("made-up-", 2_000) {
            let new = Arc::downgrade(&tags.share(&tag));
            if let [first, .., last] = &waiting[..]
                && first.strong_count() + last.strong_count() == 0
            {
                looks += held.len() as u64;
                waiting.clear();
                assert_work("tags that sweeps look at for 2,000 new ones", looks, 20_000);
            }
            // A set that holds tags weakly frees them at once, and shows no sweeps.
            waiting.extend(Some(new).filter(|new| new.strong_count() > 0));
        }
    }

    #[measuring::test]
    fn made_up_tags_leave_nothing_behind() {
        BUDGET.assert_holds_in_process(|| {
            let mut tags = Tags::default();
            come_and_go(black_box(&mut tags), 30_000, 100);
            tags
        });
    }

    #[measuring::test]
    fn other_numbers_of_tags_stay_in_budget() {
        for (open, live) in [(1, 24_576), (500, 122_880)] {
            let budget = Budget::of("subscription_tags")
                .live(live)
                .peak(2 * live as u64);
            budget.assert_holds(|| {
                let mut tags = Tags::default();
                come_and_go(black_box(&mut tags), 4_000, open);
                tags
            });
        }
    }

    #[measuring::test]
    fn dropped_tags_leave_nothing_behind() {
        let nothing = Budget::of("subscription_tags").live(0);
        nothing.assert_holds_in_process(|| {
            let mut tags = Tags::default();
            come_and_go(black_box(&mut tags), 300, 100);
        });
    }

    /// Three thousand subscriptions at once take what they need. When they have ended, it is freed.
    #[measuring::test]
    fn a_burst_is_given_back() {
        let budget = Budget::of("subscription_tags").peak(900_000).live(24_576);
        budget.assert_holds(|| {
            let mut tags = Tags::default();
            come_and_go(&mut tags, 3_000, 3_000);
            come_and_go(black_box(&mut tags), 9_000, 100);
            tags
        });
    }
}
