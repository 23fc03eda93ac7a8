//! Sizes and times as people write them.

use std::time::Duration;

const SIZES: [(&str, u64); 9] = [
    ("", 1),
    ("b", 1),
    ("kb", 1_000),
    ("kib", 1 << 10),
    ("mb", 1_000_000),
    ("mib", 1 << 20),
    ("gb", 1_000_000_000),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
];
const TIMES: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// Reads a size: `4096`, `64 KiB`, `1.5 MB`.
///
/// ```
/// assert_eq!(relay::config::size("4 MiB"), Ok(4 << 20));
/// ```
///
/// # Errors
///
/// The sentence to show, where the text is no size.
pub fn size(text: &str) -> Result<usize, String> {
    read(text, &SIZES)
        .and_then(|bytes| usize::try_from(bytes).ok())
        .ok_or_else(|| {
            "a size is bytes or a number with its unit: 4096, 64 KiB, 1.5 MB, 2 GiB".to_owned()
        })
}

/// Reads a time: `10 s`, `500ms`, `1.5 h`.
///
/// ```
/// use std::time::Duration;
/// assert_eq!(relay::config::duration("15 min"), Ok(Duration::from_secs(900)));
/// ```
///
/// # Errors
///
/// The sentence to show, where the text is no time.
pub fn duration(text: &str) -> Result<Duration, String> {
    read(text, &TIMES)
        .map(Duration::from_millis)
        .ok_or_else(|| {
            "a time is a number with its unit: 500 ms, 10 s, 15 min, 2 h, 7 d".to_owned()
        })
}

/// The number of smallest units, where the text is a plain decimal with a known unit and it fits.
fn read(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let unit = text[end..].trim_start().to_ascii_lowercase();
    let (_, scale) = units.iter().find(|(name, _)| *name == unit)?;
    if let Ok(whole) = text[..end].parse::<u64>() {
        return whole.checked_mul(*scale);
    }
    let scaled = text[..end].parse::<f64>().ok()? * *scale as f64;
    // Beyond 2^53 a float no longer holds every whole number: nobody means that.
    (scaled < 9e15).then_some(scaled.round() as u64)
}
