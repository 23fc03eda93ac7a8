//! The parts of an exercise's file: the task, the code, the tests.

/// The line that the tests begin with.
const TESTS: &str = "#[cfg(test)]";

/// An exercise's file in its parts.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// All above the tests.
    pub above_tests: &'a str,
    /// From the line `#[cfg(test)]` on; empty where there is none.
    pub tests: &'a str,
}

impl<'a> Source<'a> {
    /// Takes a file apart.
    pub fn of(text: &'a str) -> Self {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if line.trim_end() == TESTS {
                let (above_tests, tests) = text.split_at(start);
                return Self { above_tests, tests };
            }
            start += line.len();
        }
        Self {
            above_tests: text,
            tests: "",
        }
    }

    /// The task: the `//!` lines without their marks.
    pub fn task(&self) -> String {
        let marked = self
            .above_tests
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

    /// The budgets that the file states, without blanks and comments.
    pub fn budgets(&self) -> Vec<String> {
        let statements = self.above_tests.split(';').filter_map(|statement| {
            let (_, bounds) = statement.split_once("Budget::of(")?;
            let lines = bounds.lines();
            let code = lines.map(|line| line.split("//").next().unwrap_or(line));
            Some(code.flat_map(str::split_whitespace).collect())
        });
        statements.collect()
    }

    /// The code: what is above the tests, without the task.
    pub fn code(&self) -> String {
        let lines: Vec<_> = self
            .above_tests
            .lines()
            .skip_while(|line| line.starts_with("//!") || line.trim().is_empty())
            .collect();
        lines.join("\n").trim_end().to_owned() + "\n"
    }
}

/// Whether two texts are equal but for how their lines end: a checkout on Windows may have changed that.
pub fn equal_lines(a: &str, b: &str) -> bool {
    a.lines().eq(b.lines())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "//! Sort.\n//!\n//!  - twice\n\nfn main() {}\n\n#[cfg(test)]\nmod tests {}\n";

    #[test]
    fn a_file_has_three_parts() {
        let source = Source::of(FILE);
        assert_eq!(source.task(), "Sort.\n\n - twice");
        assert_eq!(source.code(), "fn main() {}\n");
        assert_eq!(source.tests, "#[cfg(test)]\nmod tests {}\n");
        assert_eq!(source.above_tests.len() + source.tests.len(), FILE.len());
    }

    #[test]
    fn line_ends_of_windows_make_no_difference() {
        let there = FILE.replace('\n', "\r\n");
        let source = Source::of(&there);
        assert_eq!(source.task(), "Sort.\n\n - twice");
        assert!(equal_lines(source.tests, Source::of(FILE).tests));
    }

    #[test]
    fn an_attribute_inside_the_code_starts_no_tests() {
        let source = Source::of("fn f() {\n    #[cfg(test)]\n    g();\n}\n");
        // It does begin a line of its own; only one at the margin counts.
        assert_eq!(source.tests, "");
    }

    #[test]
    fn budgets_are_found_however_they_are_written() {
        let short = "const BUDGET: Budget = Budget::of(\"a\").allocations(1).bytes(1_000);";
        let long = "const BUDGET: Budget = Budget::of(\"a\")\n    .allocations(1) // one\n    .bytes(1_000);";
        assert_eq!(Source::of(short).budgets(), Source::of(long).budgets());
        let raised = short.replace("1_000", "2_000");
        assert_ne!(Source::of(short).budgets(), Source::of(&raised).budgets());
        assert!(Source::of("fn main() {}").budgets().is_empty());
    }

    #[test]
    fn a_file_may_be_empty() {
        let source = Source::of("");
        assert_eq!((source.task().as_str(), source.code().as_str()), ("", "\n"));
    }
}
