//! Text on a terminal: colour where there is some, lines that fit, tables that fold on narrow screens.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use textwrap::Options;
use textwrap::core::display_width;

/// Prose is hard to read in longer lines, however wide the terminal.
const WIDEST: usize = 100;

/// Good news.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Bad news.
pub const BAD: Style = AnsiColor::Red.on_default();
/// Names of things to look at next.
pub const STRONG: Style = Style::new().bold();
/// What can be skipped.
pub const QUIET: Style = Style::new().dimmed();

/// Text in a style. Streams without colour drop the style.
pub fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Where a command writes: results to standard output, all else to standard error.
pub struct Terminal {
    width: usize,
    output: AutoStream<io::Stdout>,
    errors: AutoStream<io::Stderr>,
    /// How many columns the progress line takes; none where there is none.
    progress_shown: usize,
}

impl Terminal {
    /// The terminal, pipe or file that the process was started with.
    pub fn of_process() -> Self {
        Self {
            width: width(),
            output: anstream::stdout(),
            errors: anstream::stderr(),
            progress_shown: 0,
        }
    }

    /// Columns to write in.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether standard output shows colour.
    pub fn has_colour(&self) -> bool {
        self.output.current_choice() != anstream::ColorChoice::Never
    }

    /// Writes text as it is, and ends the line.
    ///
    /// # Errors
    ///
    /// Where nobody reads any more.
    pub fn line(&mut self, text: impl Display) -> io::Result<()> {
        self.clear_progress();
        writeln!(self.output, "{text}")
    }

    /// Begins an empty screen, where there is one.
    ///
    /// # Errors
    ///
    /// Where nobody reads any more.
    pub fn clear_screen(&mut self) -> io::Result<()> {
        self.clear_progress();
        write!(self.output, "\x1b[2J\x1b[3J\x1b[H")?;
        self.output.flush()
    }

    /// Writes one line without styles, cut to the terminal's width.
    ///
    /// # Errors
    ///
    /// Where nobody reads any more.
    pub fn cut_line(&mut self, text: &str) -> io::Result<()> {
        let plain = anstream::adapter::strip_str(text).to_string();
        let cut = cut(&plain, self.width + 1);
        self.line(cut)
    }

    /// Writes a paragraph, folded at the terminal's width. Further lines are indented like the first, plus `hanging`
    /// columns.
    ///
    /// # Errors
    ///
    /// Where nobody reads any more.
    pub fn paragraph(&mut self, hanging: usize, text: &str) -> io::Result<()> {
        let folded = wrap(text, self.width, hanging);
        self.line(folded)
    }

    /// Writes a table.
    ///
    /// # Errors
    ///
    /// Where nobody reads any more.
    pub fn table(&mut self, table: &Table) -> io::Result<()> {
        let rendered = table.render(self.width);
        self.line(rendered.trim_end_matches('\n'))
    }

    /// Shows what is being done. On a terminal, the next output takes its place.
    pub fn progress(&mut self, text: &str) {
        // Progress that can't be shown is no reason to stop.
        let _ = if io::stderr().is_terminal() {
            let text = cut(text, self.width - 1);
            self.blank_progress();
            self.progress_shown = display_width(&text);
            write!(self.errors, "{text}")
        } else {
            writeln!(self.errors, "{text}")
        };
        let _ = self.errors.flush();
    }

    /// Shows a step of something longer. In a pipe, there would be too many lines.
    pub fn tick(&mut self, text: &str) {
        if io::stderr().is_terminal() {
            self.progress(text);
        }
    }

    /// Takes the progress line away.
    pub fn clear_progress(&mut self) {
        self.blank_progress();
        let _ = self.errors.flush();
    }

    /// Overwrites the progress line with blanks. An escape code would be dropped where there is no colour.
    fn blank_progress(&mut self) {
        let shown = std::mem::take(&mut self.progress_shown);
        if shown > 0 {
            let _ = write!(self.errors, "\r{}\r", " ".repeat(shown));
        }
    }

    /// Says what isn't the result, on standard error: what went wrong, where a file is.
    pub fn tell(&mut self, text: &str) {
        self.clear_progress();
        let text = wrap(text, self.width, 0);
        // Nobody is left to tell.
        let _ = writeln!(self.errors, "{text}");
    }
}

/// COLUMNS where it is exported, else what the terminal says, else 80.
fn width() -> usize {
    let told = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .filter(|&columns: &usize| columns > 0);
    let seen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    told.or_else(seen)
        .filter(|&columns| columns > 0)
        .unwrap_or(80)
        .clamp(20, WIDEST)
}

/// Folds each line of a text. A line's own indent is kept, and `hanging` columns are added to it from the second
/// line on.
pub fn wrap(text: &str, width: usize, hanging: usize) -> String {
    let fold = |line: &str| {
        let body = line.trim_start_matches(' ');
        let indent = line.len() - body.len();
        let (first, further) = (" ".repeat(indent), " ".repeat(indent + hanging));
        let options = Options::new(width)
            .initial_indent(&first)
            .subsequent_indent(&further)
            .break_words(false);
        textwrap::wrap(body, options).join("\n")
    };
    text.lines().map(fold).collect::<Vec<_>>().join("\n")
}

/// The start of a text, as much as fits in a line of the terminal.
fn cut(text: &str, width: usize) -> String {
    if display_width(text) < width {
        return text.to_owned();
    }
    text.chars()
        .take(width.saturating_sub(2))
        .chain(['…'])
        .collect()
}

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Rows of cells under a header.
#[derive(Clone, Debug)]
pub struct Table {
    header: Vec<String>,
    columns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

/// Columns are this far apart.
const GAP: usize = 2;
/// A column of prose narrower than this is no pleasure to read.
const NARROWEST: usize = 16;

impl Table {
    /// A table with a name and an alignment per column.
    pub fn new(columns: &[(&str, Align)]) -> Self {
        Self {
            header: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
            columns: columns.iter().map(|(_, align)| *align).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row. Missing cells are empty, and cells without a column are dropped.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut cells: Vec<String> = cells.into_iter().collect();
        cells.resize(self.columns.len(), String::new());
        self.rows.push(cells);
    }

    /// The table in lines of at most `width` columns: side by side; or with the last column folded, where it holds
    /// words; or one row below the other.
    pub fn render(&self, width: usize) -> String {
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| self.column_width(column))
            .collect();
        let total =
            |widths: &[usize]| widths.iter().sum::<usize>() + GAP * (widths.len().max(1) - 1);
        if total(&widths) <= width {
            return self.in_columns(&widths);
        }
        let mut folded = widths;
        if let (Some(last), Some(Align::Left)) = (folded.pop(), self.columns.last()) {
            let left = width.saturating_sub(total(&folded) + GAP);
            if left >= NARROWEST {
                folded.push(last.min(left));
                return self.in_columns(&folded);
            }
        }
        self.stacked(width)
    }

    fn column_width(&self, column: usize) -> usize {
        let cells = self.rows.iter().chain([&self.header]);
        cells
            .map(|row| display_width(&row[column]))
            .max()
            .unwrap_or(0)
    }

    fn in_columns(&self, widths: &[usize]) -> String {
        let mut text = String::new();
        let header = self.header.iter().any(|name| !name.is_empty());
        for row in header.then_some(&self.header).into_iter().chain(&self.rows) {
            let (last, others) = row.split_last().expect("a table has columns");
            let mut start = String::new();
            for ((cell, align), &width) in others.iter().zip(&self.columns).zip(widths) {
                start += &padded(cell, *align, width);
                start += &" ".repeat(GAP);
            }
            let last_width = widths.last().copied().unwrap_or(0);
            let blank = " ".repeat(display_width(&start));
            let lines = textwrap::wrap(last, Options::new(last_width.max(1)).break_words(false));
            for (index, line) in lines.iter().enumerate() {
                let start = if index == 0 { &start } else { &blank };
                let align = self.columns.last().copied().unwrap_or(Align::Left);
                let line = format!("{start}{}", padded(line, align, last_width));
                text += line.trim_end();
                text.push('\n');
            }
        }
        text
    }

    fn stacked(&self, width: usize) -> String {
        let mut text = String::new();
        for row in &self.rows {
            text += &wrap(&row[0], width, 2);
            text.push('\n');
            for (name, cell) in self.header.iter().zip(row).skip(1) {
                let line = match (name.as_str(), cell.as_str()) {
                    (_, "") => continue,
                    ("", cell) => format!("  {cell}"),
                    (name, cell) => format!("  {name}: {cell}"),
                };
                text += &wrap(&line, width, 2);
                text.push('\n');
            }
        }
        text
    }
}

fn padded(cell: &str, align: Align, width: usize) -> String {
    let blank = " ".repeat(width.saturating_sub(display_width(cell)));
    match align {
        Align::Left => format!("{cell}{blank}"),
        Align::Right => format!("{blank}{cell}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs() -> Table {
        let mut table = Table::new(&[
            ("", Align::Left),
            ("budget", Align::Right),
            ("spent", Align::Right),
        ]);
        table.row(["allocations".into(), "1".into(), "1,011".into()]);
        table.row(["bytes".into(), "65,536".into(), styled(BAD, "131,072")]);
        table
    }

    #[test]
    fn columns_stand_side_by_side_where_they_fit() {
        let text = anstream::adapter::strip_str(&costs().render(40)).to_string();
        assert_eq!(
            text,
            "             budget    spent\nallocations       1    1,011\nbytes        65,536  131,072\n"
        );
    }

    #[test]
    fn a_table_that_is_too_wide_is_stacked() {
        let text = anstream::adapter::strip_str(&costs().render(20)).to_string();
        assert_eq!(
            text,
            "allocations\n  budget: 1\n  spent: 1,011\nbytes\n  budget: 65,536\n  spent: 131,072\n"
        );
    }

    #[test]
    fn words_in_the_last_column_are_folded() {
        let mut table = Table::new(&[("measure", Align::Left), ("why", Align::Left)]);
        table.row([
            "bytes".into(),
            "64 bytes hold any line of these, says the log".into(),
        ]);
        let text = table.render(40);
        assert!(text.lines().all(|line| line.len() <= 40), "{text}");
        assert!(text.contains("line of\n         these"), "{text}");
    }

    #[test]
    fn prose_keeps_its_indent_and_fits_forty_columns() {
        let text = wrap(
            "  - one String instead of one for every line of the log",
            40,
            2,
        );
        assert_eq!(
            text,
            "  - one String instead of one for every\n    line of the log"
        );
        assert_eq!(wrap("a\n\nb", 40, 0), "a\n\nb");
    }

    #[test]
    fn long_words_are_left_whole() {
        let path = "exercises/02_preallocation/a_name_that_is_long.rs";
        assert_eq!(wrap(path, 20, 0), path);
    }

    #[test]
    fn progress_fits_its_line() {
        assert_eq!(cut("3/10 event_log…", 40), "3/10 event_log…");
        assert_eq!(cut("3/10 a_long_name…", 10), "3/10 a_l…");
    }
}
