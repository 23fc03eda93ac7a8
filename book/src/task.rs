//! An exercise's task in the terminal. It is written in Markdown; of that, exercises use paragraphs, lists, tables
//! and blocks of code.

use crate::terminal::{Align, Table, wrap};

/// The task in lines of at most `width` columns; code isn't folded.
pub fn render(task: &str, width: usize) -> String {
    let mut page = Page {
        width,
        text: String::new(),
        open: Open::Nothing,
    };
    for line in task.lines() {
        page.read(line);
    }
    page.close();
    page.text.trim_end().to_owned()
}

struct Page {
    width: usize,
    text: String,
    open: Open,
}

/// The block that the next line may belong to.
enum Open {
    Nothing,
    Paragraph { text: String, hanging: usize },
    Table(Vec<Vec<String>>),
    Code,
}

impl Page {
    fn read(&mut self, line: &str) {
        let words = line.trim();
        if matches!(self.open, Open::Code) {
            return match words.starts_with("```") {
                true => self.close(),
                false => self.text += &format!("    {line}\n"),
            };
        }
        match &mut self.open {
            _ if words.is_empty() => {
                self.close();
                self.blank_line();
            }
            _ if words.starts_with("```") => {
                self.close();
                self.open = Open::Code;
            }
            Open::Table(rows) if words.starts_with('|') => rows.push(cells(words)),
            _ if words.starts_with('|') => {
                self.close();
                self.open = Open::Table(vec![cells(words)]);
            }
            Open::Paragraph { text, .. } if marker(words) == 0 => {
                text.push(' ');
                text.push_str(words);
            }
            _ => {
                self.close();
                self.open = Open::Paragraph {
                    text: words.trim_start_matches('#').trim_start().to_owned(),
                    hanging: marker(words),
                };
            }
        }
    }

    fn close(&mut self) {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing | Open::Code => {}
            Open::Paragraph { text, hanging } => {
                self.text += &wrap(&text, self.width, hanging);
                self.text.push('\n');
            }
            Open::Table(rows) => self.text += &table(&rows).render(self.width),
        }
    }

    fn blank_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

/// How wide the mark of a list's item is: `- ` or `1. `; 0 where the line isn't one.
fn marker(line: &str) -> usize {
    if line.starts_with("- ") || line.starts_with("* ") {
        return 2;
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = digits > 0 && line[digits..].starts_with(". ");
    if numbered { digits + 2 } else { 0 }
}

fn cells(line: &str) -> Vec<String> {
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect()
}

/// The first row is the header, the second the rule below it.
fn table(rows: &[Vec<String>]) -> Table {
    let is_rule = |row: &&Vec<String>| {
        let rule = |cell: &String| !cell.is_empty() && cell.chars().all(|it| "-: ".contains(it));
        row.iter().all(rule)
    };
    let rows: Vec<_> = rows.iter().filter(|row| !is_rule(row)).collect();
    let (header, body) = rows
        .split_first()
        .map_or((&[][..], &[][..]), |(header, body)| {
            (header.as_slice(), body)
        });
    let columns: Vec<_> = header
        .iter()
        .enumerate()
        .map(|(column, name)| {
            let cells = body.iter().filter_map(|row| row.get(column));
            let numbers = cells.clone().next().is_some()
                && cells
                    .clone()
                    .all(|cell| cell.starts_with(|it: char| it.is_ascii_digit()));
            let align = if numbers { Align::Right } else { Align::Left };
            (name.as_str(), align)
        })
        .collect();
    let mut table = Table::new(&columns);
    for row in body {
        table.row(row.iter().cloned());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::render;

    const TASK: &str = "\
Every request leaves a line in the
access log.

- one block
- and no more than one block for all of the lines

| measure | budget | why             |
|---------|--------|-----------------|
| blocks  |      1 | the text itself |
| bytes   | 65,536 | 64 bytes hold any line of these |

```text
a   b
```
";

    #[test]
    fn a_task_fits_eighty_columns() {
        let expected = "\
Every request leaves a line in the access log.

- one block
- and no more than one block for all of the lines

measure  budget  why
blocks        1  the text itself
bytes    65,536  64 bytes hold any line of these

    a   b";
        assert_eq!(render(TASK, 80), expected);
    }

    #[test]
    fn a_task_fits_forty_columns() {
        let text = render(TASK, 40);
        assert!(text.lines().all(|line| line.len() <= 40), "{text}");
        assert!(
            text.contains("- and no more than one block for all of\n  the lines"),
            "{text}"
        );
        assert!(
            text.contains("bytes    65,536  64 bytes hold any line\n                 of these"),
            "{text}"
        );
    }

    #[test]
    fn broken_tables_are_shown_as_they_are() {
        assert_eq!(render("|", 40), "");
        assert_eq!(render("|a|b|\n|--|--|\n|1|\n|1|2|3|", 40), "a  b\n1\n1  2");
        assert_eq!(render("```\nopen", 40), "    open");
    }
}
