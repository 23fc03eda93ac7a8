//! What the reference does differently, for a learner who has solved an exercise.

use similar::{ChangeTag, TextDiff};

use crate::catalogue::Exercise;
use crate::error::Error;
use crate::source::Source;
use crate::terminal::{BAD, GOOD, QUIET, STRONG, Terminal, styled};
use crate::workspace::Workbook;

/// Lines of code around a change.
const CONTEXT: usize = 2;

/// Shows what the reference does differently, and where that is explained.
///
/// # Errors
///
/// Where the reference can't be read.
pub fn show(
    workbook: &Workbook,
    terminal: &mut Terminal,
    exercise: &Exercise,
    text: &str,
) -> Result<(), Error> {
    let reference = workbook.read(&exercise.solution())?;
    match difference(&Source::of(text).code(), &Source::of(&reference).code()) {
        Some(difference) => {
            terminal.line(styled(
                STRONG,
                "What the reference does differently (- yours, + reference)",
            ))?;
            terminal.line("")?;
            terminal.line(difference)?;
        }
        None => terminal.line("Your code is the reference's, line for line.")?,
    }
    let lesson = workbook.catalogue.lesson_in(&exercise.dir);
    let chapter = lesson.map(|lesson| lesson.chapter());
    if let Some(chapter) = chapter.filter(|chapter| workbook.root().join(chapter).exists()) {
        terminal.line("")?;
        let why = format!("Why: {} (or `mdbook serve book`)", chapter.display());
        terminal.paragraph(0, &why)?;
    }
    Ok(())
}

/// The lines that differ, with some around them; `None` where none does.
fn difference(yours: &str, reference: &str) -> Option<String> {
    let diff = TextDiff::from_lines(yours, reference);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push(styled(QUIET, "  …"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end();
            lines.push(match change.tag() {
                ChangeTag::Delete => styled(BAD, format!("- {line}")),
                ChangeTag::Insert => styled(GOOD, format!("+ {line}")),
                ChangeTag::Equal => format!("  {line}").trim_end().to_owned(),
            });
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown() {
        let yours = "a\nb\nc\nd\ne\nf\ng\nh\n";
        let reference = "a\nb\nc\nd\nE\nf\ng\nh\n";
        let text = difference(yours, reference).expect("they differ");
        let text = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(text, "  c\n  d\n- e\n+ E\n  f\n  g");
        assert_eq!(difference(yours, yours), None);
    }
}
