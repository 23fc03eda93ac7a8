//! Nodes in one list, which know each other by number. Words are borrowed.

#![forbid(unsafe_code)]

enum Filter<'a> {
    Word(&'a str),
    Not(usize),
    And(usize, usize),
    Or(usize, usize),
}

fn selects(nodes: &[Filter], at: usize, headline: &str) -> bool {
    match nodes[at] {
        Filter::Word(word) => mentions(headline, word),
        Filter::Not(one) => !selects(nodes, one, headline),
        Filter::And(one, other) => selects(nodes, one, headline) && selects(nodes, other, headline),
        Filter::Or(one, other) => selects(nodes, one, headline) || selects(nodes, other, headline),
    }
}

fn mentions(headline: &str, word: &str) -> bool {
    let same = |(one, other): (&u8, &u8)| *one == if *other == b'_' { b' ' } else { *other };
    let windows = headline.as_bytes().windows(word.len());
    windows
        .into_iter()
        .any(|it| it.iter().zip(word.as_bytes()).all(same))
}

/// How many of the headlines a search selects. Nothing for what is no search, or is nested too deep.
fn count(search: &str, headlines: &[&str]) -> Option<usize> {
    let mut rest = search;
    let mut nodes = Vec::with_capacity(search.split_whitespace().count());
    let root = parse(&mut rest, MOST_LEVELS, &mut nodes)?;
    let selected = headlines
        .iter()
        .filter(|it| selects(&nodes, root, it))
        .count();
    rest.trim().is_empty().then_some(selected)
}

fn parse<'a>(rest: &mut &'a str, levels: usize, nodes: &mut Vec<Filter<'a>>) -> Option<usize> {
    let levels = levels.checked_sub(1)?;
    match next_token(rest)? {
        "(" => {}
        ")" => return None,
        word => {
            nodes.push(Filter::Word(word));
            return Some(nodes.len() - 1);
        }
    }
    let operator = next_token(rest)?;
    let mut operand = || parse(rest, levels, nodes);
    let filter = match operator {
        "not" => Filter::Not(operand()?),
        "and" => Filter::And(operand()?, operand()?),
        "or" => Filter::Or(operand()?, operand()?),
        _ => return None,
    };
    nodes.push(filter);
    (next_token(rest)? == ")").then_some(nodes.len() - 1)
}

/// The brackets around a word, and the word. Searches are untrusted, and each level takes stack.
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
