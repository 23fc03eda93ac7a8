//! The chapters as committed: what they quote exists, no figure was typed, and each lesson's has its shape.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::Path;

use regex_lite::Regex;
use workbook::chapters::{chapters, fences, headings, prose_lines};
use workbook::claims::Ledger;
use workbook::pages::Sources;

/// How many words a lesson's chapter has, code not counted.
const LENGTH: RangeInclusive<usize> = 700..=1_800;

fn root() -> &'static Path {
    let book = Path::new(env!("CARGO_MANIFEST_DIR"));
    book.parent()
        .expect("the book is a folder of the repository")
}

/// What was read, or a failure that says what to do.
fn usable<T, E: Display>(read: Result<T, E>) -> T {
    read.unwrap_or_else(|error| panic!("{error}"))
}

/// The committed chapters that `wanted` picks, by file name.
fn committed(wanted: fn(&str) -> bool) -> BTreeMap<String, String> {
    let mut chapters = usable(chapters(root()));
    chapters.retain(|name, _| wanted(name));
    assert!(!chapters.is_empty(), "there are no chapters");
    chapters
}

/// A chapter that has a lesson's name. A lesson may have more pages.
fn is_a_lessons(name: &str) -> bool {
    let lesson = root().join("lessons").join(name.trim_end_matches(".md"));
    lesson.is_dir()
}

#[track_caller]
fn assert_none(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn every_placeholder_resolves() {
    let sources = usable(Sources::read(root()));
    let mut problems = Vec::new();
    for (name, text) in committed(|_| true) {
        if let Err(unresolved) = sources.fill(&name, &text) {
            problems.extend(unresolved.iter().map(ToString::to_string));
        }
    }
    assert_none(problems);
}

#[test]
fn every_lessons_chapter_has_the_shape() {
    let chapters = committed(is_a_lessons);
    assert_none(
        chapters
            .iter()
            .flat_map(|(name, text)| shape_problems(name, text))
            .collect(),
    );
}

#[test]
fn every_fence_says_its_language() {
    let chapters = committed(|_| true);
    assert_none(
        chapters
            .iter()
            .flat_map(|(name, text)| unlabelled_fences(name, text))
            .collect(),
    );
}

#[test]
fn no_figure_in_a_chapter_was_typed() {
    let chapters = committed(|_| true);
    assert_none(
        chapters
            .iter()
            .flat_map(|(name, text)| typed_figures(name, text))
            .collect(),
    );
}

#[test]
fn no_figure_in_a_finding_was_typed() {
    let ledger = usable(Ledger::read(root()));
    assert_none(
        ledger
            .claims
            .iter()
            .flat_map(|claim| typed_figures(&claim.id, &claim.finding))
            .collect(),
    );
}

/// The sections of a lesson's chapter in their order: what the heading says, and what must stand under it.
const SECTIONS: [(&[&str], &str); 5] = [
    (&["predict"], ""),
    (&["loses"], ""),
    (&["what carries over from go"], "{{verdicts "),
    (&["exercises"], "{{exercises}}"),
    (&["questions", "test yourself"], "<details>"),
];

fn shape_problems(name: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut complain = |problem: String| problems.push(format!("{name}: {problem}"));
    let folder = name.trim_end_matches(".md");
    let included = format!("{{{{#include ../../lessons/{folder}/src/");
    for part in [included.as_str(), "{{table ", "{{chart "] {
        if !text.contains(part) {
            complain(format!("there is no {part}…"));
        }
    }
    let words = prose_words(text);
    if !LENGTH.contains(&words) {
        let (least, most) = (LENGTH.start(), LENGTH.end());
        complain(format!("it has {words} words, not {least} to {most}"));
    }
    let sections = sections(text);
    let mut last = 0;
    for (words, content) in SECTIONS {
        let word = words[0];
        let is_it = |title: &str| words.iter().any(|word| title.to_lowercase().contains(word));
        let Some(place) = sections.iter().position(|(title, _)| is_it(title)) else {
            complain(format!("no section is called \"{word}\""));
            continue;
        };
        if place < last {
            complain(format!("the section \"{word}\" comes too early"));
        }
        last = place;
        if !sections[place].1.contains(content) {
            complain(format!(
                "there is no {content} in \"{}\"",
                sections[place].0
            ));
        }
    }
    problems
}

/// Each heading of the second level, and what follows until the next one.
fn sections(text: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for (line, _) in prose_lines(text) {
        match headings(line).pop() {
            Some(heading) if heading.level == 2 => sections.push((heading.text, String::new())),
            _ => {
                if let Some((_, content)) = sections.last_mut() {
                    *content += line;
                    *content += "\n";
                }
            }
        }
    }
    sections
}

fn unlabelled_fences(name: &str, text: &str) -> Vec<String> {
    fences(text)
        .filter(|(label, _)| label.is_empty())
        .map(|(_, line)| {
            format!("{name}, line {line}: the code has no language; use text for none")
        })
        .collect()
}

/// Prose without what is no word of it: comments, tags and placeholders.
fn plain(prose: &str) -> String {
    let markup = regex(r"(?s)<!--.*?-->|</?[A-Za-z][^>]*>|\{\{.*?\}\}");
    markup.replace_all(prose, " ").into_owned()
}

fn prose_words(text: &str) -> usize {
    let prose: Vec<&str> = prose_lines(text).map(|(line, _)| line).collect();
    let is_word = |word: &&str| word.contains(char::is_alphanumeric);
    plain(&prose.join("\n"))
        .split_whitespace()
        .filter(is_word)
        .count()
}

/// Numbers with a unit of measurement that stand in the text as such. A comment in the same paragraph names those that
/// were given and not measured, such as a budget or a size: `<!-- given: 1,024 -->`.
fn typed_figures(name: &str, text: &str) -> Vec<String> {
    let figure = regex(concat!(
        r"\b(\d+(?:[.,_]\d+)*)[\s\u{a0}\u{202f}-]?",
        r"(?:(?:allocations?|bytes?|B|[kKMG]i?B|ns|µs|μs|us|ms|seconds?|instructions?|times|x|percent)\b|[×%])"
    ));
    let given = regex(r"(?s)<!--\s*given:(.*?)-->");
    let number = regex(r"\d+(?:[.,_]\d+)*");
    let mut problems = Vec::new();
    for (paragraph, line) in paragraphs(text) {
        let comments = given
            .captures_iter(&paragraph)
            .map(|found| found[1].to_owned());
        let comments = comments.collect::<Vec<_>>().join(" ");
        let allowed: Vec<&str> = number.find_iter(&comments).map(|it| it.as_str()).collect();
        for found in figure.captures_iter(&plain(&paragraph)) {
            if !allowed.contains(&&found[1]) {
                problems.push(format!(
                    "{name}, line {line}: \"{}\" was typed; quote a result, or say in the paragraph \
                     that it is given: <!-- given: {} -->",
                    found[0].replace('\n', " "),
                    &found[1]
                ));
            }
        }
    }
    problems
}

/// Prose between blank lines and code, with the number of the first line.
fn paragraphs(text: &str) -> Vec<(String, usize)> {
    let mut paragraphs: Vec<(String, usize)> = Vec::new();
    let mut next = 0;
    for (line, number) in prose_lines(text).filter(|(line, _)| !line.trim().is_empty()) {
        match paragraphs.last_mut() {
            Some((paragraph, _)) if number == next => {
                *paragraph += "\n";
                *paragraph += line;
            }
            _ => paragraphs.push((line.to_owned(), number)),
        }
        next = number + 1;
    }
    paragraphs
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

/// That the checks above can fail.
mod checks {
    use super::*;

    fn chapter(words: usize) -> String {
        let prose = "word ".repeat(words);
        format!(
            "# Two\n\n{prose}\n\n## Predict\n\n```rust,ignore\n{{{{#include ../../lessons/02_two/src/a.rs:b}}}}\n```\n\n\
             {{{{table a}}}}\n\n{{{{chart a/1 allocations}}}}\n\n## When it loses\n\n## What carries over from Go\n\n\
             {{{{verdicts two}}}}\n\n## The exercises\n\n{{{{exercises}}}}\n\n## Questions\n\n<details></details>\n"
        )
    }

    #[test]
    fn a_whole_chapter_has_the_shape() {
        assert_none(shape_problems("02_two.md", &chapter(1_000)));
    }

    #[test]
    fn a_chapter_without_a_part_is_refused() {
        for part in [
            "{{#include ../../lessons/02_two/src/",
            "{{table",
            "{{chart",
            "## Predict",
            "## When it loses",
            "## What carries over from Go",
            "{{verdicts",
            "## The exercises",
            "{{exercises}}",
            "## Questions",
            "<details>",
        ] {
            let text = chapter(1_000).replace(part, "");
            let problems = shape_problems("02_two.md", &text);
            assert!(!problems.is_empty(), "without {part}");
        }
        let text = chapter(1_000).replace("## Predict", "## Naive");
        let problems = shape_problems("02_two.md", &(text + "\n## Predict\n"));
        assert_eq!(
            problems,
            ["02_two.md: the section \"loses\" comes too early"]
        );
    }

    #[test]
    fn length_is_counted_without_code() {
        for words in [600, 1_800] {
            assert_eq!(
                shape_problems("02_two.md", &chapter(words)).len(),
                1,
                "{words}"
            );
        }
        assert_eq!(
            prose_words("a b — c\n```rust\nd e f\n```\n<b>g</b> {{table x}} <!-- h -->"),
            4
        );
    }

    #[test]
    fn typed_figures_are_found() {
        for figure in [
            "16,352 bytes",
            "9 allocations",
            "1 allocation",
            "8-byte",
            "24 B",
            "4 KB",
            "1.5 MiB",
            "417 ns",
            "3.24 µs",
            "3.24us",
            "12 ms",
            "11497 instructions",
            "2.7 times",
            "2.7x",
            "3×",
            "40 %",
            "40%",
            "5 percent",
        ] {
            let text = format!("First.\n\nIt takes {figure} or so.");
            let problems = typed_figures("a.md", &text);
            assert_eq!(problems.len(), 1, "{figure}: {problems:?}");
            assert!(problems[0].starts_with("a.md, line 3: "), "{problems:?}");
        }
    }

    #[test]
    fn what_is_no_figure_is_left_alone() {
        for text in [
            "for 1,024 numbers, a u64 x, rustc 1.95.0, the 1980s",
            "```text\n16,352 bytes\n```",
            "{{figure a/b/1 bytes}} bytes, {{ratio a/b/1 a/c/1 time}}x",
            "<rect width=\"40%\"/>",
            "<!-- given: 64 (the budget) -->\nAt most 64 bytes, 64 B.",
        ] {
            assert_none(typed_figures("a.md", text));
        }
        let other_number = "<!-- given: 64 -->\nAt most 65 bytes.";
        assert_eq!(typed_figures("a.md", other_number).len(), 1);
        let other_paragraph = "<!-- given: 64 -->\n\nAt most 64 bytes.";
        assert_eq!(typed_figures("a.md", other_paragraph).len(), 1);
    }

    #[test]
    fn fences_without_a_language_are_found() {
        let text = "```rust\na\n```\n\n```\nb\n```\n";
        let problems = unlabelled_fences("a.md", text);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("a.md, line 5: "), "{problems:?}");
    }
}
