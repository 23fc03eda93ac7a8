//! Formatting numbers into a text: the page that a metrics collector scrapes.

use std::fmt::Write;

/// How often a path answered with a status.
#[derive(Debug)]
pub struct Counter {
    path: &'static str,
    status: u16,
    count: u64,
}

/// The counters of a server.
#[derive(Debug)]
pub struct Metrics(pub Vec<Counter>);

impl Metrics {
    /// So many counters.
    pub fn sample(count: u64) -> Self {
        let paths = [
            "/feed",
            "/notes",
            "/users/alice",
            "/search",
            "/media/upload",
        ];
        let counter = |(number, path)| Counter {
            path,
            status: [200, 404, 503][number as usize % 3],
            count: number * 7_919,
        };
        Self(
            (0..count)
                .zip(paths.into_iter().cycle())
                .map(counter)
                .collect(),
        )
    }
}

// ANCHOR: append
/// A `String` for each line, copied and thrown away.
pub fn append(metrics: &Metrics) -> String {
    let mut page = String::new();
    for Counter {
        path,
        status,
        count,
    } in &metrics.0
    {
        page += &format!("requests{{path={path:?},status=\"{status}\"}} {count}\n");
    }
    page
}
// ANCHOR_END: append

// ANCHOR: write
/// Each line straight into the page.
pub fn write(metrics: &Metrics) -> String {
    let mut page = String::new();
    for Counter {
        path,
        status,
        count,
    } in &metrics.0
    {
        writeln!(
            page,
            "requests{{path={path:?},status=\"{status}\"}} {count}"
        )
        .expect("a String takes every write");
    }
    page
}
// ANCHOR_END: write

// ANCHOR: write_sized
/// Straight into a page with room for 64 bytes a line, which is more than a line has.
pub fn write_sized(metrics: &Metrics) -> String {
    let mut page = String::with_capacity(64 * metrics.0.len());
    for Counter {
        path,
        status,
        count,
    } in &metrics.0
    {
        writeln!(
            page,
            "requests{{path={path:?},status=\"{status}\"}} {count}"
        )
        .expect("a String takes every write");
    }
    page
}
// ANCHOR_END: write_sized
