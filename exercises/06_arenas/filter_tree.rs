//! A news ticker has saved searches: `(all (any rust go) (not new_york))` selects the headlines that mention rust or
//! go, and not "new york". A search is parsed into a tree, held against the headlines of the last minute, and thrown
//! away; the next one follows at once.
//!
//! As written, every node with children has a list of its own, every `not` a box and every word a string. All of them
//! live for one search and die together, each with a call to the allocator when it comes and another when it goes.
//!
//! | measure | budget | why                                                          |
//! |---------|--------|--------------------------------------------------------------|
//! | blocks  |      8 | the chunks of one arena                                      |
//! | bytes   | 70,000 | 400 words and their nodes; the last chunk may be half empty  |
//! | live    |      0 | what lies in the arena goes with it                          |

use std::error::Error;
use std::fmt;

measuring::install!();

const BUDGET: measuring::Budget = measuring::Budget::of("filter_tree")
    .blocks(8)
    .bytes(70_000)
    .live(0);

// TODO: let the nodes, their lists and their words live in an arena that `count` makes. (Vectors of `bumpalo` know
// where they grow; one of std's would leave its block behind, because nothing in an arena is dropped.)
enum Filter {
    Word(String),
    Not(Box<Filter>),
    All(Vec<Filter>),
    Any(Vec<Filter>),
}

impl Filter {
    fn selects(&self, headline: &str) -> bool {
        match self {
            Filter::Word(word) => headline.contains(word.as_str()),
            Filter::Not(filter) => !filter.selects(headline),
            Filter::All(filters) => filters.iter().all(|filter| filter.selects(headline)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.selects(headline)),
        }
    }
}

/// How many of the headlines a search selects.
fn count(search: &str, headlines: &[&str]) -> Result<usize, FilterError> {
    let mut rest = search;
    let filter = parse(&mut rest, MOST_LEVELS)?;
    match next_token(&mut rest) {
        None => Ok(headlines.iter().filter(|it| filter.selects(it)).count()),
        Some(token) => Err(FilterError::Unexpected(token.to_owned())),
    }
}

fn parse(rest: &mut &str, levels: usize) -> Result<Filter, FilterError> {
    let levels = levels.checked_sub(1).ok_or(FilterError::TooDeep)?;
    match next_token(rest).ok_or(FilterError::Ended)? {
        "(" => match next_token(rest).ok_or(FilterError::Ended)? {
            "not" => {
                let filter = parse(rest, levels)?;
                match next_token(rest).ok_or(FilterError::Ended)? {
                    ")" => Ok(Filter::Not(Box::new(filter))),
                    other => Err(FilterError::Unexpected(other.to_owned())),
                }
            }
            "all" => Ok(Filter::All(parse_list(rest, levels)?)),
            "any" => Ok(Filter::Any(parse_list(rest, levels)?)),
            other => Err(FilterError::Unexpected(other.to_owned())),
        },
        ")" => Err(FilterError::Unexpected(")".to_owned())),
        word => Ok(Filter::Word(word.replace('_', " "))),
    }
}

/// The filters up to the closing bracket.
fn parse_list(rest: &mut &str, levels: usize) -> Result<Vec<Filter>, FilterError> {
    let mut filters = Vec::new();
    loop {
        let mut behind = *rest;
        if next_token(&mut behind).ok_or(FilterError::Ended)? == ")" {
            *rest = behind;
            return Ok(filters);
        }
        filters.push(parse(rest, levels)?);
    }
}

/// How deep searches may be nested. Strangers write them, and each level takes room on the stack.
const MOST_LEVELS: usize = 64;

#[derive(Debug, PartialEq, Eq)]
enum FilterError {
    Ended,
    Unexpected(String),
    TooDeep,
}

impl fmt::Display for FilterError {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Ended => write!(to, "the search ends too early: close its brackets"),
            Self::Unexpected(token) => write!(to, "{token:?} can't stand here: leave it out"),
            Self::TooDeep => write!(to, "nest at most {MOST_LEVELS} brackets"),
        }
    }
}

impl Error for FilterError {}

/// A bracket or a word, and `rest` is what lies behind it.
fn next_token<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let text = rest.trim_start();
    let length = match text.find(|it: char| it.is_whitespace() || "()".contains(it)) {
        Some(0) => 1,
        Some(end) => end,
        None => text.len(),
    };
    let (token, behind) = text.split_at(length);
    *rest = behind;
    (!token.is_empty()).then_some(token)
}

fn main() {
    let search = sample(100);
    measuring::show(BUDGET, || count(&search, HEADLINES));
}

const HEADLINES: &[&str] = &[
    "rust 1.95 is out",
    "new york marathon won by a go player",
    "go to the cinema",
];

/// A search with four words for each of so many lines of business.
fn sample(lines: usize) -> String {
    let line = |number: usize| {
        format!("(all (any business_{number} trade_number_{number}) (not (any ads_{number} spam)))")
    };
    let lines: Vec<String> = (0..lines).map(line).collect();
    format!("(any (not rust) {})", lines.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn searches_select_headlines() {
        for (search, selected) in [
            ("(all)", 3),
            ("(any)", 0),
            ("(any rust)", 1),
            ("(any rust go)", 3),
            ("(not rust)", 2),
            ("(all go (not new_york))", 1),
            ("(not (all go (any new_york cinema)))", 1),
            ("( all go ( not cinema ) )", 1),
        ] {
            assert_eq!(count(search, HEADLINES), Ok(selected), "{search}");
        }
    }

    #[test]
    fn an_underscore_is_a_space() {
        assert_eq!(count("(any is_out)", HEADLINES), Ok(1));
        assert_eq!(count("(any go_to_the)", &["go to the", "go_to_the"]), Ok(1));
    }

    #[test]
    fn what_is_no_search_is_refused() {
        for search in ["", "(", "(all", "(all rust", "(not rust", "(not"] {
            assert_eq!(
                count(search, HEADLINES),
                Err(FilterError::Ended),
                "{search}"
            );
        }
        for (search, token) in [
            ("(all) rust ", "rust"),
            ("(both a b)", "both"),
            (")", ")"),
            ("(not a b)", "b"),
            ("()", ")"),
        ] {
            let error = FilterError::Unexpected(token.to_owned());
            assert_eq!(count(search, HEADLINES), Err(error), "{search}");
        }
    }

    #[test]
    fn deep_searches_are_refused() {
        let nested = |levels| format!("{}(all){}", "(not ".repeat(levels), ")".repeat(levels));
        assert_eq!(count(&nested(MOST_LEVELS - 1), HEADLINES), Ok(0));
        let error = count(&nested(MOST_LEVELS), HEADLINES);
        assert_eq!(error, Err(FilterError::TooDeep));
        assert_eq!(
            count(&nested(100_000), HEADLINES),
            Err(FilterError::TooDeep)
        );
    }

    #[test]
    fn a_search_of_400_words_stays_in_budget() {
        let search = sample(100);
        let selected = BUDGET.assert_holds(|| count(black_box(&search), black_box(HEADLINES)));
        assert_eq!(selected, Ok(2));
    }

    #[test]
    fn searches_that_fail_leave_nothing_behind() {
        let mut search = sample(100);
        search.truncate(search.len() - 1);
        let error = BUDGET.assert_holds(|| count(black_box(&search), black_box(HEADLINES)));
        assert_eq!(error, Err(FilterError::Ended));
    }
}
