//! A news ticker has saved searches: `(and (or rust go) (not new_york))` selects the headlines
//! that contain "rust" or "go", and not "new york". A search is parsed into a tree, held against
//! the headlines of the last minute, and dropped. Nodes and words die together. So they lie in an
//! arena and refer to each other with plain references, and the arena is dropped last.
//!
//! | a search of  | allocations | bytes      | peak       | live | why                         |
//! |--------------|-------------|------------|------------|------|-----------------------------|
//! | 0 to 3 words |           8 |      8,192 |      8,192 |    0 | it needs no large chunk     |
//! | 401 words    |          24 |    131,072 |     98,304 |    0 | a few chunks, one half full |
//! | 70,001 words |          40 | 20,000,000 | 12,000,000 |    0 | chunks double               |

#![forbid(unsafe_code)]

use bumpalo::Bump;
use bumpalo::collections::String as ArenaString;

enum Filter<'a> {
    Word(&'a str),
    Not(&'a Filter<'a>),
    And(&'a Filter<'a>, &'a Filter<'a>),
    Or(&'a Filter<'a>, &'a Filter<'a>),
}

impl Filter<'_> {
    fn selects(&self, headline: &str) -> bool {
        match self {
            Filter::Word(word) => headline.contains(word),
            Filter::Not(one) => !one.selects(headline),
            Filter::And(one, other) => one.selects(headline) && other.selects(headline),
            Filter::Or(one, other) => one.selects(headline) || other.selects(headline),
        }
    }
}

/// How many of the headlines a search selects. Returns `None` for anything that is not exactly one
/// search, such as `(and rust)` or `rust go`. A word inside more than 127 brackets is refused, too.
fn count(search: &str, headlines: &[&str]) -> Option<usize> {
    let mut rest = search;
    let arena = Bump::new();
    let filter = parse(&mut rest, MOST_LEVELS, &arena)?;
    let selected = headlines.iter().filter(|it| filter.selects(it)).count();
    rest.trim().is_empty().then_some(selected)
}

/// `not` takes one operand, `and` and `or` take two. An underscore in a word stands for a space.
fn parse<'a>(rest: &mut &str, levels: usize, arena: &'a Bump) -> Option<Filter<'a>> {
    let levels = levels.checked_sub(1)?;
    match next_token(rest)? {
        "(" => {}
        ")" => return None,
        word => {
            let mut text = ArenaString::with_capacity_in(word.len(), arena);
            text.extend(word.chars().map(|it| if it == '_' { ' ' } else { it }));
            return Some(Filter::Word(text.into_bump_str()));
        }
    }
    let operator = next_token(rest)?;
    let mut operand = || parse(rest, levels, arena).map(|filter| &*arena.alloc(filter));
    let filter = match operator {
        "not" => Filter::Not(operand()?),
        "and" => Filter::And(operand()?, operand()?),
        "or" => Filter::Or(operand()?, operand()?),
        _ => return None,
    };
    (next_token(rest)? == ")").then_some(filter)
}

/// The brackets around a word, and the word. Searches are untrusted, and each level takes stack.
const MOST_LEVELS: usize = 128;

/// Returns the next bracket or word, and leaves in `rest` the text after it.
fn next_token<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let text = rest.trim_start();
    let end = text.find(|it: char| it.is_whitespace() || "()".contains(it));
    let length = end.unwrap_or(text.len()).max(1);
    let (token, after) = text.split_at_checked(length)?;
    *rest = after;
    Some(token)
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("filter_tree")
    .allocations(24)
    .bytes(131_072)
    .peak(98_304)
    .live(0);

fn main() {
    let search = sample(100);
    measuring::show(BUDGET, || count(&search, HEADLINES));
}

const HEADLINES: &[&str] = &["rust is out", "go wins in new york", "go to work"];

/// A search with four words for each of so many lines of business.
fn sample(lines: u32) -> String {
    (0..lines).fold("strike".to_owned(), |rest, it| {
        format!("(or (and (or firm_{it} trade_{it}) (not (or ads_{it} spam))) {rest})")
    })
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, HEADLINES, count, sample};
    use measuring::{Budget, assert_gives};
    use std::hint::black_box;

    const SMALL: Budget = Budget::of("filter_tree")
        .allocations(8)
        .bytes(8_192)
        .peak(8_192)
        .live(0);
    const LARGE: Budget = Budget::of("filter_tree")
        .allocations(40)
        .bytes(20_000_000)
        .peak(12_000_000)
        .live(0);

    /// The most brackets that a word may be in.
    const DEEPEST: usize = 127;

    #[track_caller]
    fn assert_count(search: &str, headlines: &[&str], expected: Option<usize>) {
        let came = count(black_box(search), black_box(headlines));
        let start: String = search.chars().take(80).collect();
        let input = format_args!("search {start:?} ({} bytes)", search.len());
        assert_gives(input, &came, &expected);
    }

    #[measuring::test]
    fn searches_select_headlines() {
        for (search, selected) in [
            ("rust", 1),
            ("Rust", 0),
            ("ork", 2),
            ("(or rust go)", 3),
            ("(or rust out)", 1),
            ("(not rust)", 2),
            ("(and go (not new_york))", 1),
            ("(not (and go (or new_york work)))", 1),
            (" ( and go( not work ) ) ", 1),
            ("\n(or\trust\nwork)\n", 2),
            ("(not (not (not go)))", 1),
        ] {
            assert_count(search, HEADLINES, Some(selected));
        }
        assert_count("rust", &[], Some(0));
        assert_count("(not rust)", &["", "rust"], Some(1));
    }

    #[measuring::test]
    fn an_operator_can_be_a_word() {
        let headlines = ["to be or not to be", "this and that", "NOT"];
        for (search, selected) in [
            ("not", 1),
            ("or", 1),
            ("(not and)", 2),
            ("(and or not)", 1),
            ("(or not (not not))", 3),
            ("(not NOT)", 2),
        ] {
            assert_count(search, &headlines, Some(selected));
        }
    }

    #[measuring::test]
    fn an_underscore_is_a_space() {
        assert_count("is_out", HEADLINES, Some(1));
        assert_count("wins_in_new_york", HEADLINES, Some(1));
        assert_count("_", &["a b", "a_b", "ab"], Some(1));
        assert_count("a__b_", &["a  b c", "a b c", "a  b"], Some(1));
        assert_count("(not go_to_é)", &["go to é", "go_to_é"], Some(1));
        assert_count("über_Ærøskøbing_→", &["fähre über Ærøskøbing →"], Some(1));
    }

    #[measuring::test]
    fn what_is_no_search_is_refused() {
        for search in [
            "",
            " \n",
            "(",
            "(and",
            "(and rust",
            "(and rust go",
            "(not",
            "(not rust",
            "rust go",
            "rust (",
            "(not rust) go",
            "(not rust) (not go)",
            "(nor a b)",
            "(NOT rust)",
            "(And rust go)",
            "(OR rust go)",
            "(an rust go)",
            "(nota rust)",
            "(rust)",
            "((not rust))",
            ")",
            "rust)",
            "(not a b)",
            "()",
            "(not)",
            "(not ())",
            "(not a))",
            "(and a)",
            "(or a)",
            "(or a b c)",
            "(and (or a b)",
            "(not é",
        ] {
            assert_count(search, HEADLINES, None);
        }
    }

    #[measuring::test]
    fn deep_searches_are_refused() {
        for (open, close, selected) in [
            ("(not ", ")", 2),
            ("(and rust ", ")", 1),
            ("(or ", " rust)", 1),
        ] {
            let nested = |levels| format!("{}rust{}", open.repeat(levels), close.repeat(levels));
            assert_count(&nested(DEEPEST), HEADLINES, Some(selected));
            for levels in [DEEPEST + 1, 256, 65_536, 100_000] {
                assert_count(&nested(levels), HEADLINES, None);
            }
            assert_count(&open.repeat(300_000), HEADLINES, None);
        }
    }

    /// A search that is made up, and which headlines it selects.
    fn made_up(seed: &mut u32, levels: u32) -> (String, [bool; 3]) {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let choice = *seed >> 20;
        if levels == 0 || choice.is_multiple_of(7) {
            let words = ["rust", "go", "new_york", "wins", "work", "o_w", "xyz"];
            let word = words[choice as usize % words.len()];
            let text = word.replace('_', " ");
            let selected = [0, 1, 2].map(|it: usize| HEADLINES[it].contains(&text));
            return (word.to_owned(), selected);
        }
        let (one, selects_one) = made_up(seed, levels - 1);
        if choice.is_multiple_of(3) {
            return (format!("(not {one})"), selects_one.map(|it| !it));
        }
        let (other, selects_other) = made_up(seed, levels - 1);
        let both = |it: usize| (selects_one[it], selects_other[it]);
        match choice % 3 {
            1 => {
                let selected = [0, 1, 2].map(|it| both(it).0 & both(it).1);
                (format!("(and {one} {other})"), selected)
            }
            _ => {
                let selected = [0, 1, 2].map(|it| both(it).0 | both(it).1);
                (format!("(or {one} {other})"), selected)
            }
        }
    }

    #[measuring::test]
    fn made_up_searches_agree_with_a_plain_computation() {
        let mut seed = 1;
        for round in 0..400 {
            let (search, selects) = made_up(&mut seed, round % 9);
            let selected = selects.iter().filter(|it| **it).count();
            assert_count(&search, HEADLINES, Some(selected));
            if let Some(cut) = search.strip_suffix(')') {
                assert_count(cut, HEADLINES, None);
                assert_count(&format!("{search})"), HEADLINES, None);
            }
        }
    }

    #[measuring::test]
    fn long_words_and_many_headlines_are_searched() {
        for length in [255, 256, 65_535, 65_536, 70_001] {
            let word = format!("{}z", "a".repeat(length));
            let headlines = [&word[..length], &word[1..], &word];
            assert_count(&word, &headlines, Some(1));
            assert_count(&format!("(not {word})"), &headlines, Some(2));
        }
        assert_count("a", &vec!["a"; 70_001], Some(70_001));
    }

    #[measuring::test]
    fn small_searches_stay_in_a_small_budget() {
        for (search, selected) in [
            ("(not rust)", Some(2)),
            ("", None),
            ("rust", Some(1)),
            ("(and go (not new_york))", Some(1)),
            ("(or go rust", None),
            ("rust go", None),
            ("(or (not go) (and rust", None),
        ] {
            let came = SMALL.assert_holds(|| count(black_box(search), black_box(HEADLINES)));
            assert_gives(format_args!("search {search:?}"), &came, &selected);
        }
    }

    #[measuring::test]
    fn a_search_of_400_words_stays_in_budget() {
        let search = sample(100);
        let headlines = ["trade 17 rises", "trade 99 in spam", "firm 8"];
        let selected =
            BUDGET.assert_holds_in_process(|| count(black_box(&search), black_box(&headlines)));
        assert_gives("the sample of 401 words", &selected, &Some(2));
    }

    /// A search for any of so many words, in a tree that is as flat as can be.
    fn any_of(words: std::ops::Range<usize>) -> String {
        match words.len() {
            1 => format!("word_{}.", words.start),
            length => {
                let middle = words.start + length / 2;
                let (one, other) = (any_of(words.start..middle), any_of(middle..words.end));
                format!("(or {one} {other})")
            }
        }
    }

    #[measuring::test]
    fn a_search_of_70_000_words_stays_in_budget() {
        let search = any_of(0..70_001);
        let headlines = ["a word 70000.", "word 70001."];
        let selected =
            LARGE.assert_holds_in_process(|| count(black_box(&search), black_box(&headlines)));
        assert_gives("a search of 70,001 words", &selected, &Some(1));
    }
}
