//! How figures are written, the same in every table, chart and sentence.

/// A whole number with a comma between its thousands: `16,352`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let groups: Vec<&str> = (0..digits.len())
        .rev()
        .step_by(3)
        .map(|end| &digits[end.saturating_sub(2)..=end])
        .collect();
    let sign = if number < 0 { "-" } else { "" };
    let groups: Vec<&str> = groups.into_iter().rev().collect();
    format!("{sign}{}", groups.join(","))
}

/// A figure that need not be whole, with three digits where they say something: `0.91`, `43.0`, `14,054`.
pub fn measured(value: f64) -> String {
    match value.abs() {
        near if near < 9.995 => format!("{value:.2}"),
        near if near < 99.95 => format!("{value:.1}"),
        _ => grouped(value.round() as i64),
    }
}

/// Nanoseconds in the unit that suits them, with three figures: `417 ns`, `1.62 µs`, `12.3 ms`.
pub fn time(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        ns if ns < 999.5 => (ns, "ns"),
        ns if ns < 999_500.0 => (ns / 1e3, "µs"),
        ns if ns < 999_500_000.0 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    format!("{} {unit}", figures(value, 3))
}

/// A ratio with two figures: `2.0`, `0.51`, `12`, `1,300`.
pub fn ratio(value: f64) -> String {
    figures(value, 2)
}

/// How many times over a bound: `2.3x`, `3,012x`.
pub fn multiple(value: f64) -> String {
    if value < 99.95 {
        format!("{value:.1}x")
    } else {
        format!("{}x", grouped(value.round() as i64))
    }
}

/// Rounds to so many significant figures, and keeps the zeros that say so.
fn figures(value: f64, count: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    // Rounding first: 9.96 has one digit before the point, but 10 has two.
    let scale = 10f64.powi(count - 1 - value.abs().log10().floor() as i32);
    let rounded = (value * scale).round() / scale;
    let before_point = rounded.abs().log10().floor() as i32 + 1;
    let decimals = (count - before_point).max(0) as usize;
    if decimals > 0 {
        format!("{rounded:.decimals$}")
    } else {
        grouped(rounded as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_keep_a_digit_behind_the_point_while_it_matters() {
        assert_eq!(
            [2.34, 99.94, 99.96, 3_012.4].map(multiple),
            ["2.3x", "99.9x", "100x", "3,012x"]
        );
    }

    #[test]
    fn thousands_are_grouped() {
        let numbers = [0, 12, 999, 1_000, -1_234_567, 10_000, i64::MIN];
        let expected = [
            "0",
            "12",
            "999",
            "1,000",
            "-1,234,567",
            "10,000",
            "-9,223,372,036,854,775,808",
        ];
        assert_eq!(numbers.map(grouped), expected);
    }

    #[test]
    fn what_is_measured_has_three_figures_while_it_is_small() {
        let figures = [0.0, 0.9051, 9.996, 43.04, 99.96, 14_053.7, -2.5];
        let expected = ["0.00", "0.91", "10.0", "43.0", "100", "14,054", "-2.50"];
        assert_eq!(figures.map(measured), expected);
    }

    #[test]
    fn times_have_three_figures_and_a_unit() {
        let times = [
            0.0,
            0.5,
            3.456,
            99.97,
            417.2,
            999.6,
            1_620.0,
            12_340_000.0,
            2e9,
            5e12,
        ];
        let expected = [
            "0 ns", "0.500 ns", "3.46 ns", "100 ns", "417 ns", "1.00 µs", "1.62 µs", "12.3 ms",
            "2.00 s", "5,000 s",
        ];
        assert_eq!(times.map(time), expected);
    }

    #[test]
    fn ratios_have_two_figures() {
        let ratios = [0.0, 2.0, 1.996, 0.514, 9.96, 12.4, 128.0, 1_274.0, 0.0421];
        let expected = [
            "0", "2.0", "2.0", "0.51", "10", "12", "130", "1,300", "0.042",
        ];
        assert_eq!(ratios.map(ratio), expected);
    }
}
