//! Reserves 64 KiB for every search, which only a large one needs.

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
    let arena = Bump::with_capacity(64 << 10);
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
