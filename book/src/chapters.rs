//! Chapters as text: which lesson they belong to, what is prose in them, and what can be linked to.

use std::collections::BTreeMap;
use std::path::Path;

use crate::files::{FileError, entries, name_of, read};

/// The text of every chapter by file name.
///
/// # Errors
///
/// Where one can't be read.
pub fn chapters(root: &Path) -> Result<BTreeMap<String, String>, FileError> {
    let mut chapters = BTreeMap::new();
    for path in entries(&root.join("book/chapters"))? {
        if let Some(name) = name_of(&path).filter(|name| name.ends_with(".md")) {
            chapters.insert(name.to_owned(), read(&path)?);
        }
    }
    Ok(chapters)
}

/// The lesson in a numbered name: `preallocation` in `02_preallocation`.
pub fn lesson_of(numbered: &str) -> Option<&str> {
    let (number, lesson) = numbered.split_once('_')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(lesson)
}

/// A heading of a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 for the chapter's title.
    pub level: usize,
    /// What it says, in Markdown.
    pub text: String,
    /// What links to it say after the `#`.
    pub id: String,
}

/// A chapter's headings with the ids that mdBook gives them.
pub fn headings(markdown: &str) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    for (line, _) in prose_lines(markdown) {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let Some(text) = line[level..].strip_prefix(' ') else {
            continue;
        };
        if (1..=6).contains(&level) {
            let text = text.trim().to_owned();
            let id = heading_id(&text);
            let before = headings.iter().filter(|it| heading_id(&it.text) == id);
            let id = match before.count() {
                0 => id,
                count => format!("{id}-{count}"),
            };
            headings.push(Heading { level, text, id });
        }
    }
    headings
}

/// As mdBook does it: letters and digits in lower case, blanks as hyphens, the rest left out.
fn heading_id(text: &str) -> String {
    let id = text.chars().filter_map(|letter| match letter {
        '-' | '_' => Some(letter),
        _ if letter.is_alphanumeric() => Some(letter.to_ascii_lowercase()),
        _ if letter.is_whitespace() => Some('-'),
        _ => None,
    });
    id.collect()
}

/// The lines outside of code fences, with their numbers from 1.
pub fn prose_lines(markdown: &str) -> impl Iterator<Item = (&str, usize)> {
    classified(markdown)
        .filter_map(|(line, number, part)| (part == Part::Prose).then_some((line, number)))
}

/// What is written behind the marks that open each code fence, with the line's number.
pub fn fences(markdown: &str) -> impl Iterator<Item = (&str, usize)> {
    classified(markdown).filter_map(|(line, number, part)| {
        let marks = fence(line).filter(|_| part == Part::Opening)?;
        let label = line.trim_start_matches(FENCE_INDENT).strip_prefix(marks)?;
        Some((label.trim(), number))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Prose,
    Opening,
    Code,
}

fn classified(markdown: &str) -> impl Iterator<Item = (&str, usize, Part)> {
    let mut open: Option<&str> = None;
    markdown.lines().zip(1..).map(move |(line, number)| {
        let marks = fence(line);
        let part = match (open, marks) {
            (None, None) => Part::Prose,
            (None, Some(_)) => {
                open = marks;
                Part::Opening
            }
            (Some(opened), Some(closing)) => {
                let bare = line.trim_start_matches(FENCE_INDENT).trim_end() == closing;
                if bare && closing.starts_with(opened) {
                    open = None;
                }
                Part::Code
            }
            (Some(_), None) => Part::Code,
        };
        (line, number, part)
    })
}

/// What may stand before a fence: blanks in a list, `>` in a quotation.
const FENCE_INDENT: [char; 3] = [' ', '\t', '>'];

/// The backticks or tildes of a line that opens or closes a code fence.
fn fence(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(FENCE_INDENT);
    let mark = line.chars().next().filter(|mark| "`~".contains(*mark))?;
    let rest = line.trim_start_matches(mark);
    let marks = &line[..line.len() - rest.len()];
    // A line like ```code``` is inline code.
    (marks.len() >= 3 && !rest.contains('`')).then_some(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbered_name_has_a_lesson() {
        let names = [
            "02_preallocation",
            "12_worker_pools",
            "introduction",
            "a_b",
            "_b",
        ];
        let lessons = names.map(lesson_of);
        assert_eq!(
            lessons,
            [
                Some("preallocation"),
                Some("worker_pools"),
                None,
                None,
                None
            ]
        );
    }

    #[test]
    fn headings_have_the_ids_that_mdbook_gives() {
        let text = "# What `reserve` costs\n## A, B & C\n## A, B & C\n#hash\n~~~\n# code\n~~~\n";
        let ids: Vec<String> = headings(text).into_iter().map(|it| it.id).collect();
        assert_eq!(ids, ["what-reserve-costs", "a-b--c", "a-b--c-1"]);
    }

    #[test]
    fn fences_close_with_their_own_marks() {
        let text =
            "a\n````md\n```\nb\n```\n````\nc\n> ```rust\n> d\n> ```\n```x```\n~~~\n```\ne\n~~~\nf";
        let lines: Vec<_> = prose_lines(text).map(|(line, _)| line).collect();
        assert_eq!(lines, ["a", "c", "```x```", "f"]);
    }
}
