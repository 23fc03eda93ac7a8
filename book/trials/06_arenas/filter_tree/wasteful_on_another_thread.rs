//! The starter, on a thread of its own.

#![forbid(unsafe_code)]

// TODO: each node and each word is an allocation of its own. Let them share a few.
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

/// Hands the search to another thread.
fn count(search: &str, headlines: &[&str]) -> Option<usize> {
    std::thread::scope(|scope| scope.spawn(|| naive(search, headlines)).join().unwrap())
}

/// How many of the headlines a search selects. Returns `None` for anything that is not exactly one
/// search, such as `(and rust)` or `rust go`. A word inside more than 127 brackets is refused, too.
fn naive(search: &str, headlines: &[&str]) -> Option<usize> {
    let mut rest = search;
    let filter = parse(&mut rest, MOST_LEVELS)?;
    let selected = headlines.iter().filter(|it| filter.selects(it)).count();
    rest.trim().is_empty().then_some(selected)
}

/// `not` takes one operand, `and` and `or` take two. An underscore in a word stands for a space.
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
