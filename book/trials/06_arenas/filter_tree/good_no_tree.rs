//! Evaluates the search while it is parsed, once per headline.

#![forbid(unsafe_code)]

fn mentions(headline: &str, word: &str) -> bool {
    let same = |(one, other): (&u8, &u8)| *one == if *other == b'_' { b' ' } else { *other };
    let mut windows = headline.as_bytes().windows(word.len());
    windows.any(|it| it.iter().zip(word.as_bytes()).all(same))
}

/// How many of the headlines a search selects. Nothing for what is no search, or is nested too deep.
fn count(search: &str, headlines: &[&str]) -> Option<usize> {
    let selects = |headline: &str| {
        let mut rest = search;
        let selects = parse(&mut rest, MOST_LEVELS, headline)?;
        rest.trim().is_empty().then_some(selects)
    };
    selects("")?;
    Some(
        headlines
            .iter()
            .filter(|it| selects(it) == Some(true))
            .count(),
    )
}

fn parse(rest: &mut &str, levels: usize, headline: &str) -> Option<bool> {
    let levels = levels.checked_sub(1)?;
    match next_token(rest)? {
        "(" => {}
        ")" => return None,
        word => return Some(mentions(headline, word)),
    }
    let operator = next_token(rest)?;
    let mut operand = || parse(rest, levels, headline);
    let filter = match operator {
        "not" => !operand()?,
        "and" => operand()? & operand()?,
        "or" => operand()? | operand()?,
        _ => return None,
    };
    (next_token(rest)? == ")").then_some(filter)
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
