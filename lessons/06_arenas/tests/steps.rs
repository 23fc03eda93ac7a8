//! That the steps of a staircase agree is tested in figures.rs. Here the first of each is held against what it should
//! give.

use arenas::dom::{self, Page};
use arenas::interleaved::{self, Deal};
use arenas::keeping::{self, Chat};
use arenas::requests::{self, Inbox};
use arenas::tree::{self, Plan};
use arenas::{blocks, growing};

#[test]
fn blocks_are_handed_out() {
    assert_eq!(blocks::malloc(&blocks::Load::written()), 1_000);
}

#[test]
fn a_trees_values_are_added_up() {
    // A node's value is the height above the leaves, which are at 1.
    assert_eq!(tree::boxed(&Plan::of_depth(1)), 1);
    assert_eq!(tree::boxed(&Plan::of_depth(3)), 3 + 2 * 2 + 4);
}

#[test]
fn a_word_is_found_where_it_stands() {
    let page = Page("<a>heap<b>stack</b><c><d>on the heap</d></c></a>heap".to_owned());
    assert_eq!(dom::counted::paths(&page), ["/a", "/a/c/d", ""]);
    let broken = Page("</a>heap<b>heap<c".to_owned());
    assert_eq!(dom::counted::paths(&broken), ["", "/b"]);
}

#[test]
fn lists_are_filled() {
    assert_eq!(growing::malloc(&5), 10);
    let sums = interleaved::malloc(&Deal::sample(2));
    assert_eq!(sums, [10, 12, 14, 16, 18, 20, 22, 24, 26, 28]);
}

#[test]
fn forms_are_decoded_and_sorted() {
    let sum = |text: &str| text.bytes().map(u64::from).sum::<u64>();
    let answer = |form: &str| requests::malloc(&Inbox(vec![form.to_owned()]));
    assert_eq!(answer("b=%42+c&a=%zz"), sum("a: %zz\nb: B c\n"));
    assert_eq!(answer("a=%4&no+field&=%"), sum(": %\na: %4\n"));
    assert_eq!(answer(""), 0);
}

#[test]
fn the_last_hundred_messages_are_kept() {
    let lengths = |chat: &Chat| chat.0.iter().map(String::len).collect::<Vec<_>>();
    for count in [10, 100, 1_050] {
        let chat = Chat::sample(count);
        let last = lengths(&chat).into_iter().rev().take(100);
        assert_eq!(keeping::boxed(&chat), last.sum::<usize>());
        assert_eq!(keeping::copied_out(&chat), keeping::boxed(&chat));
    }
}
