//! Plain text tables that fit a terminal of 40 columns.

/// Rows of cells under a header: the first column to the left, the others to the right.
pub(crate) fn table<const COLUMNS: usize>(
    header: [&str; COLUMNS],
    rows: &[[String; COLUMNS]],
) -> String {
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells
            .chain([header[column].chars().count()])
            .max()
            .unwrap_or(0)
    });
    let line = |cells: [&str; COLUMNS]| {
        let mut line = String::new();
        for (column, (cell, width)) in cells.into_iter().zip(widths).enumerate() {
            if column == 0 {
                line += &format!("{cell:<width$}");
            } else {
                line += &format!("  {cell:>width$}");
            }
        }
        line.trim_end().to_owned() + "\n"
    };
    let body = rows
        .iter()
        .map(|row| line(std::array::from_fn(|column| row[column].as_str())));
    std::iter::once(line(header)).chain(body).collect()
}

/// A whole number with a comma between its thousands, as every figure is printed here.
///
/// ```
/// assert_eq!(measuring::grouped(1_234_567), "1,234,567");
/// assert_eq!(measuring::grouped(-1_000), "-1,000");
/// assert_eq!(measuring::grouped(999_u16), "999");
/// ```
pub fn grouped(number: impl ToString) -> String {
    let number = number.to_string();
    let digits = number.trim_start_matches('-');
    let mut text = number[..number.len() - digits.len()].to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        let numbers = [0, 999, 1_000, -1_234_567, i64::MIN];
        assert_eq!(
            numbers.map(grouped),
            [
                "0",
                "999",
                "1,000",
                "-1,234,567",
                "-9,223,372,036,854,775,808"
            ]
        );
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [
            ["allocations".into(), "1".into()],
            ["b".into(), "1,000".into()],
        ];
        assert_eq!(
            table(["", "spent"], &rows),
            "             spent\nallocations      1\nb            1,000\n"
        );
    }
}
