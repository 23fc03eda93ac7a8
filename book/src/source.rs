//! The parts of an exercise's file: the task, the code that the learner changes, and what stays as it was shipped.

/// Above this line an answer is written; below it stand the budget, `main`, the sample and the tests.
pub const LINE: &str = "// ---- Change nothing below this line. ----";

/// What an answer must have above the line: the allocator that counts is the only one it can reach.
pub const FORBIDS_UNSAFE: &str = "#![forbid(unsafe_code)]";

/// An exercise's file in its parts.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The task and the code: all that is above [`LINE`].
    pub above: &'a str,
    /// From [`LINE`] on; empty where there is none.
    pub below: &'a str,
}

impl<'a> Source<'a> {
    /// Takes a file apart.
    pub fn of(text: &'a str) -> Self {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if line.trim_end() == LINE {
                let (above, below) = text.split_at(start);
                return Self { above, below };
            }
            start += line.len();
        }
        Self {
            above: text,
            below: "",
        }
    }

    /// The task: the `//!` lines without their marks.
    pub fn task(&self) -> String {
        let marked = self
            .above
            .lines()
            .take_while(|line| line.starts_with("//!"));
        let lines: Vec<_> = marked
            .map(|line| {
                let line = line.trim_start_matches("//!");
                line.strip_prefix(' ').unwrap_or(line)
            })
            .collect();
        lines.join("\n")
    }

    /// The code above the line, without the task.
    pub fn code(&self) -> String {
        let lines: Vec<_> = self
            .above
            .lines()
            .skip_while(|line| line.starts_with("//!") || line.trim().is_empty())
            .collect();
        lines.join("\n").trim_end().to_owned() + "\n"
    }

    /// What stands above the line and could take the place of a name below it: the meter's, or a macro of the tests.
    pub fn shadows(&self) -> Option<&'static str> {
        const NAMES: [&str; 4] = [
            "macro_rules!",
            "mod measuring",
            "as measuring",
            "extern crate",
        ];
        let code = || {
            let lines = self.above.lines();
            lines.filter(|line| !line.trim_start().starts_with("//"))
        };
        NAMES
            .into_iter()
            .find(|name| code().any(|line| line.contains(name)))
    }

    /// Whether unsafe code is forbidden above the line, by an attribute of the whole file.
    pub fn forbids_unsafe(&self) -> bool {
        self.above
            .lines()
            .any(|line| line.trim_end() == FORBIDS_UNSAFE)
    }
}

/// An answer, which is what stands above the line, with what was shipped below it.
pub fn with_shipped(answer: &str, shipped: &Source) -> String {
    format!("{}\n\n{}", answer.trim_end(), shipped.below)
}

/// Whether two texts are equal but for how their lines end, and for empty lines at the end: a checkout on Windows, or
/// an editor, may have changed those.
pub fn equal_lines(a: &str, b: &str) -> bool {
    a.trim_end().lines().eq(b.trim_end().lines())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "//! Sort.\n//!\n//!  - twice\n\n#![forbid(unsafe_code)]\n\nfn sort() {}\n\n\
                        // ---- Change nothing below this line. ----\n\nfn main() {}\n";

    #[test]
    fn a_file_has_three_parts() {
        let source = Source::of(FILE);
        assert_eq!(source.task(), "Sort.\n\n - twice");
        assert_eq!(source.code(), "#![forbid(unsafe_code)]\n\nfn sort() {}\n");
        assert_eq!(source.below, format!("{LINE}\n\nfn main() {{}}\n"));
        assert_eq!(source.above.len() + source.below.len(), FILE.len());
        assert!(source.forbids_unsafe());
        assert!(!Source::of("// #![forbid(unsafe_code)]\n").forbids_unsafe());
        assert_eq!(source.shadows(), None);
        let shadows = Source::of("// mod measuring\nmod measuring {}\n").shadows();
        assert_eq!(shadows, Some("mod measuring"));
    }

    #[test]
    fn line_ends_of_windows_make_no_difference() {
        let there = FILE.replace('\n', "\r\n");
        let source = Source::of(&there);
        assert_eq!(source.task(), "Sort.\n\n - twice");
        assert!(equal_lines(source.below, Source::of(FILE).below));
        assert!(source.forbids_unsafe());
    }

    #[test]
    fn the_line_stands_at_the_margin() {
        let source = Source::of("fn f() {\n    // ---- Change nothing below this line. ----\n}\n");
        assert_eq!(source.below, "");
    }

    #[test]
    fn an_answer_is_given_what_was_shipped() {
        let source = Source::of(FILE);
        assert_eq!(with_shipped(source.above, &source), FILE);
    }

    #[test]
    fn a_file_may_be_empty() {
        let source = Source::of("");
        assert_eq!((source.task().as_str(), source.code().as_str()), ("", "\n"));
    }
}
