//! A news ticker has saved searches: `(and (or rust go) (not new_york))` selects the headlines that mention rust or
//! go, and not "new york". A search is parsed into a tree, held against the headlines of the last minute, and thrown
//! away; the next one follows at once.
//!
//! As written, every node below the root is a box and every word a string. All of them live for one search and die
//! together, each with a call to the allocator when it comes and another when it goes.
//!
//! | measure | budget | why                                               |
//! |---------|--------|---------------------------------------------------|
//! | allocations  |      8 | the chunks of one arena, for 401 words and a tree |
//! | live    |      0 | what lies in the arena goes with it               |

#![forbid(unsafe_code)]

// TODO: let the nodes and their words live in an arena that `count` makes. (Words in strings of std's would be left
// behind: nothing in an arena is dropped.)
enum Filter {
    Word(String),
    Not(Box<Filter>),
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
}

impl Filter {
    fn selects(&self, headline: &str) -> bool {
        match self {
            Filter::Word(word) => headline.contains(word.as_str()),
            Filter::Not(one) => !one.selects(headline),
            Filter::And(one, other) => one.selects(headline) && other.selects(headline),
            Filter::Or(one, other) => one.selects(headline) || other.selects(headline),
        }
    }
}

/// How many of the headlines a search selects. Nothing for what is no search, or is nested too deep.
fn count(search: &str, headlines: &[&str]) -> Option<usize> {
    let mut rest = search;
    let filter = parse(&mut rest, MOST_LEVELS)?;
    let selected = headlines.iter().filter(|it| filter.selects(it)).count();
    rest.trim().is_empty().then_some(selected)
}

fn parse(rest: &mut &str, levels: usize) -> Option<Filter> {
    let levels = levels.checked_sub(1)?;
    match next_token(rest)? {
        "(" => {}
        ")" => return None,
        word => return Some(Filter::Word(word.replace('_', " "))),
    }
    let operator = next_token(rest)?;
    let mut operand = || parse(rest, levels).map(Box::new);
    let filter = match operator {
        "not" => Filter::Not(operand()?),
        "and" => Filter::And(operand()?, operand()?),
        "or" => Filter::Or(operand()?, operand()?),
        _ => return None,
    };
    (next_token(rest)? == ")").then_some(filter)
}

/// How deep searches may be nested. Strangers write them, and each level takes room on the stack.
const MOST_LEVELS: usize = 128;

/// A bracket or a word, and `rest` is what lies behind it.
fn next_token<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let text = rest.trim_start();
    let end = text.find(|it: char| it.is_whitespace() || "()".contains(it));
    let length = end.unwrap_or(text.len()).max(1);
    let (token, behind) = text.split_at_checked(length)?;
    *rest = behind;
    Some(token)
}

// ---- Change nothing below this line. ----

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("filter_tree").allocations(8).live(0);

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
    use super::*;
    use std::hint::black_box;

    #[test]
    fn searches_select_headlines() {
        for (search, selected) in [
            ("rust", 1),
            ("(or rust go)", 3),
            ("(not rust)", 2),
            ("(and go (not new_york))", 1),
            ("(not (and go (or new_york work)))", 1),
            (" ( and go( not work ) ) ", 1),
        ] {
            assert_eq!(count(search, HEADLINES), Some(selected), "{search}");
        }
    }

    #[test]
    fn an_underscore_is_a_space() {
        assert_eq!(count("is_out", HEADLINES), Some(1));
        assert_eq!(count("(not go_to_é)", &["go to é", "go_to_é"]), Some(1));
    }

    #[test]
    fn what_is_no_search_is_refused() {
        for search in [
            "",
            "(",
            "(and",
            "(and rust",
            "(and rust go",
            "(not",
            "(not rust",
            "rust go",
            "(nor a b)",
            ")",
            "(not a b)",
            "()",
            "(not a))",
            "(and a)",
        ] {
            assert_eq!(count(search, HEADLINES), None, "{search}");
        }
    }

    #[test]
    fn deep_searches_are_refused() {
        let nested = |levels| format!("{}rust{}", "(not ".repeat(levels), ")".repeat(levels));
        assert_eq!(count(&nested(MOST_LEVELS - 1), HEADLINES), Some(2));
        for levels in [MOST_LEVELS, 100_000] {
            assert_eq!(count(&nested(levels), HEADLINES), None);
        }
    }

    #[test]
    fn a_search_of_400_words_stays_in_budget() {
        let search = sample(100);
        let headlines = ["trade 17 rises", "trade 99 in spam", "firm 8"];
        let selected = BUDGET.assert_holds(|| count(black_box(&search), black_box(&headlines)));
        assert_eq!(selected, Some(2));
    }

    #[test]
    fn a_search_that_fails_leaves_nothing_behind() {
        let mut search = sample(100);
        search.truncate(search.len() - 1);
        let selected = BUDGET.assert_holds(|| count(black_box(&search), black_box(HEADLINES)));
        assert_eq!(selected, None);
    }
}
