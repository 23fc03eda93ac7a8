//! Nodes and text in two growing buffers; a word is a range of the text.

#![forbid(unsafe_code)]

enum Filter {
    Word(std::ops::Range<usize>),
    Not(usize),
    And(usize, usize),
    Or(usize, usize),
}

fn selects(nodes: &[Filter], text: &str, at: usize, headline: &str) -> bool {
    match &nodes[at] {
        Filter::Word(word) => headline.contains(&text[word.clone()]),
        Filter::Not(one) => !selects(nodes, text, *one, headline),
        Filter::And(one, other) => {
            selects(nodes, text, *one, headline) && selects(nodes, text, *other, headline)
        }
        Filter::Or(one, other) => {
            selects(nodes, text, *one, headline) || selects(nodes, text, *other, headline)
        }
    }
}

/// How many of the headlines a search selects. Nothing for what is no search, or is nested too deep.
fn count(search: &str, headlines: &[&str]) -> Option<usize> {
    let mut rest = search;
    let mut nodes = Vec::new();
    let mut text = String::new();
    let root = parse(&mut rest, MOST_LEVELS, &mut nodes, &mut text)?;
    let selected = headlines
        .iter()
        .filter(|it| selects(&nodes, &text, root, it))
        .count();
    rest.trim().is_empty().then_some(selected)
}

fn parse(
    rest: &mut &str,
    levels: usize,
    nodes: &mut Vec<Filter>,
    text: &mut String,
) -> Option<usize> {
    let levels = levels.checked_sub(1)?;
    match next_token(rest)? {
        "(" => {}
        ")" => return None,
        word => {
            let start = text.len();
            text.extend(word.chars().map(|it| if it == '_' { ' ' } else { it }));
            nodes.push(Filter::Word(start..text.len()));
            return Some(nodes.len() - 1);
        }
    }
    let operator = next_token(rest)?;
    let mut operand = || parse(rest, levels, nodes, text);
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
