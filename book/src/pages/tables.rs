//! Tables in Markdown, aligned so that they can be read in a terminal as well.

use crate::results::{Case, Measure};

/// A table per staircase and input: what each step costs by each instrument. Also fit for a terminal.
pub fn tables(cases: &[&Case]) -> String {
    let tables: Vec<String> = cases
        .chunk_by(|a, b| (&a.staircase, &a.input) == (&b.staircase, &b.input))
        .map(|cases| {
            let first = format!("{} {}", cases[0].staircase, cases[0].input);
            let measures = Measure::ALL.map(|measure| measure.name().to_owned());
            let header: Vec<String> = [first].into_iter().chain(measures).collect();
            let rows: Vec<Vec<String>> = cases.iter().map(|case| table_row(case)).collect();
            markdown_table(&header, &rows, 1)
        })
        .collect();
    tables.join("\n")
}

fn table_row(case: &Case) -> Vec<String> {
    let figure = |measure| case.written(measure).unwrap_or("–".to_owned());
    let figures = Measure::ALL.map(figure);
    [format!("`{}`", case.step)]
        .into_iter()
        .chain(figures)
        .collect()
}

/// Cells of prose are not padded to the length of the longest one.
const WIDEST_PADDED: usize = 32;

/// A Markdown table whose source is aligned too; the columns after the first `left` ones are figures.
pub(super) fn markdown_table(header: &[String], rows: &[Vec<String>], left: usize) -> String {
    let escaped = |row: &[String]| -> Vec<String> {
        row.iter()
            .map(|cell| cell.replace('|', "\\|").replace('\n', " "))
            .collect()
    };
    let rows: Vec<Vec<String>> = [escaped(header)]
        .into_iter()
        .chain(rows.iter().map(|row| escaped(row)))
        .collect();
    let widths: Vec<usize> = (0..header.len())
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0).min(WIDEST_PADDED)
        })
        .collect();
    let mut table = String::new();
    for (index, row) in rows.iter().enumerate() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            table += &match column < left {
                true => format!("| {cell:<width$} "),
                false => format!("| {cell:>width$} "),
            };
        }
        table += "|\n";
        if index == 0 {
            for (column, width) in widths.iter().enumerate() {
                let dashes = "-".repeat(width + 1);
                table += &match column < left {
                    true => format!("|:{dashes}"),
                    false => format!("|{dashes}:"),
                };
            }
            table += "|\n";
        }
    }
    table
}
