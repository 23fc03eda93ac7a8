//! A horizontal bar chart as SVG, for the book and for a file of its own.
//!
//! Widths are in per cent and text is in pixels, so a chart fills the column that it stands in, and its text is as
//! large on a phone as on a desk. Inline in a chapter it takes its colours from mdBook's theme; alone in a file,
//! where the `svg` is the document's root, it brings its own, light and dark.

use svg::Document;
use svg::node::element::{Circle, Description, Group, Line, Rectangle, Style, Text, Title};

use crate::units;

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// Its length; in nanoseconds where the unit is `ns`.
    pub value: f64,
    /// The lower end of an interval around the value.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// One of several charts under each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Over its bars.
    pub title: String,
    /// Under the title.
    pub caption: String,
    /// As [`bars`] takes it.
    pub unit: String,
    /// From top to bottom.
    pub bars: Vec<Bar>,
}

/// Where the longest bar ends, in per cent of the width. The rest is for its figure.
const LONGEST: f64 = 70.0;
/// Where a bar ends at least, so that a little is seen to be more than nothing.
const SHORTEST: f64 = 0.6;
/// Pixels from the top to the first row, from row to row, and from a row's top to its bar.
const HEADER: f64 = 52.0;
const ROW: f64 = 46.0;
/// Pixels that the title of several charts takes, and between two of them.
const TITLE: f64 = 40.0;
const GAP: f64 = 18.0;
const LABEL: f64 = 19.0;
const THICKNESS: f64 = 16.0;

/// The accent is the theme's colour for links. `currentColor` is that of its text.
const STYLE: &str = "\
.heapwise-bars { display: block; max-width: 640px; font-family: system-ui, sans-serif; font-size: 13px; }
.heapwise-bars:root { --links: #20609f; color: #24292f; background: #ffffff; padding: 16px; box-sizing: border-box; \
height: auto; }
@media (prefers-color-scheme: dark) { .heapwise-bars:root { --links: #4aa3df; color: #d5d9de; background: #16191d; } }
.heapwise-bars text { fill: currentColor; }
.heapwise-bars .name { font-size: 15px; font-weight: 600; }
.heapwise-bars .title { font-size: 18px; font-weight: 600; }
.heapwise-bars .unit { opacity: 0.75; }
.heapwise-bars .label { font-family: ui-monospace, 'Source Code Pro', Consolas, monospace; }
.heapwise-bars .figure { font-variant-numeric: tabular-nums; }
.heapwise-bars .best text { font-weight: 700; }
.heapwise-bars .bar { fill: var(--links); fill-opacity: 0.5; }
.heapwise-bars .best .bar { fill-opacity: 1; }
.heapwise-bars .first .bar { fill: currentColor; fill-opacity: 0.35; }
.heapwise-bars .axis { stroke: currentColor; stroke-opacity: 0.5; }
.heapwise-bars .whisker { stroke: currentColor; stroke-width: 1.5; }
.heapwise-bars .zero { fill: none; stroke: currentColor; stroke-width: 1.5; }";

/// Draws the bars under each other, the first one (the naive step) in grey and the shortest one in full colour; so are those
/// whose interval overlaps the shortest one's, because nobody can tell them apart.
///
/// The unit is said once, under the title; `ns` picks a unit for each figure instead. A value of nothing is a ring on
/// the axis. What isn't a number, or is below zero, has no bar.
///
/// ```
/// use workbook::chart::{Bar, bars};
///
/// let bar = |label: &str, value| Bar { label: label.into(), value, low: None, high: None };
/// let svg = bars("Filling a vector", "blocks", &[bar("push", 9.0), bar("collect", 1.0)]);
/// assert!(svg.starts_with("<svg"));
/// assert!(svg.contains("push: 9; collect: 1, the least"));
/// ```
pub fn bars(title: &str, unit: &str, bars: &[Bar]) -> String {
    let caption = unit_line(unit, bars);
    let chart = drawn(title, &caption, unit, bars);
    chart.add(Style::new(STYLE)).to_string()
}

/// A chart that has its style from what it stands in.
fn drawn(title: &str, caption: &str, unit: &str, bars: &[Bar]) -> Document {
    let longest = bars
        .iter()
        .flat_map(|bar| [bar.value, bar.high.unwrap_or(0.0)])
        .filter(|end| end.is_finite())
        .fold(0.0, f64::max);
    let scale = |value: f64| match longest > 0.0 && value.is_finite() {
        true => value.max(0.0) / longest * LONGEST,
        false => 0.0,
    };
    let best = best(bars);
    let height = HEADER + ROW * bars.len() as f64;
    let mut chart = Document::new()
        .set("class", "heapwise-bars")
        .set("role", "img")
        .set("aria-label", format!("{title}, {caption}"))
        .set("width", "100%")
        .set("height", height)
        .add(Title::new(title))
        .add(Description::new().add(svg::node::Text::new(description(unit, bars, best))))
        .add(text(title, "name", 16.0))
        .add(text(caption, "unit", 36.0));
    for (index, bar) in bars.iter().enumerate() {
        let top = HEADER + ROW * index as f64;
        let class = match (index, is_best(bar, best)) {
            (0, true) => "first best",
            (0, false) => "first",
            (_, true) => "best",
            (_, false) => "other",
        };
        chart = chart.add(row(bar, unit, top, scale).set("class", class));
    }
    chart
}

/// Draws charts under each other, each to its own scale, under one title.
///
/// ```
/// use workbook::chart::{Bar, Panel, panels};
///
/// let bar = |label: &str, value| Bar { label: label.into(), value, low: None, high: None };
/// let blocks = Panel {
///     title: "Blocks per event".into(),
///     caption: "at rest".into(),
///     unit: "blocks".into(),
///     bars: vec![bar("theirs", 9.0), bar("ours", 1.0)],
/// };
/// let svg = panels("Under load", &[blocks.clone(), blocks]);
/// assert_eq!(svg.matches("theirs: 9; ours: 1, the least").count(), 2);
/// ```
pub fn panels(title: &str, panels: &[Panel]) -> String {
    let mut chart = Document::new()
        .set("class", "heapwise-bars")
        .set("role", "img")
        .set("aria-label", title)
        .set("width", "100%")
        .add(Title::new(title))
        .add(Style::new(STYLE))
        .add(text(title, "title", 20.0));
    let mut top = TITLE;
    for panel in panels {
        let inner = drawn(&panel.title, &panel.caption, &panel.unit, &panel.bars);
        chart = chart.add(inner.set("y", top));
        top += HEADER + ROW * panel.bars.len() as f64 + GAP;
    }
    chart.set("height", top).to_string()
}

/// The most that a bar may begin at to count as the best: the upper end of the shortest one. Nothing where that makes
/// every bar the best.
fn best(bars: &[Bar]) -> Option<f64> {
    let numbers = bars.iter().filter(|bar| bar.value.is_finite());
    let shortest = numbers.min_by(|a, b| a.value.total_cmp(&b.value))?;
    let reach = shortest.high.unwrap_or(shortest.value);
    bars.iter()
        .any(|bar| !is_best(bar, Some(reach)))
        .then_some(reach)
}

/// Whether no other bar is shorter by more than noise.
fn is_best(bar: &Bar, reach: Option<f64>) -> bool {
    reach.is_some_and(|reach| bar.low.unwrap_or(bar.value) <= reach)
}

fn unit_line(unit: &str, bars: &[Bar]) -> String {
    let intervals = bars.iter().any(|bar| bar.low.is_some());
    match (unit, intervals) {
        ("ns", true) => "time per call, median with its interval".to_owned(),
        ("ns", false) => "time per call".to_owned(),
        (unit, _) => unit.to_owned(),
    }
}

/// For those who hear the chart instead of seeing it.
fn description(unit: &str, bars: &[Bar], best: Option<f64>) -> String {
    let sentence = |bar: &Bar| {
        let mut sentence = format!("{}: {}", bar.label, figure(bar.value, unit));
        if let (Some(low), Some(high)) = (bar.low, bar.high) {
            sentence += &format!(" ({} to {})", figure(low, unit), figure(high, unit));
        }
        if is_best(bar, best) {
            sentence += ", the least";
        }
        sentence
    };
    bars.iter().map(sentence).collect::<Vec<_>>().join("; ")
}

fn figure(value: f64, unit: &str) -> String {
    match value {
        value if !value.is_finite() => "-".to_owned(),
        value if unit == "ns" => units::time(value),
        value if value.fract() != 0.0 => units::measured(value),
        value => units::grouped(value.round() as i64),
    }
}

/// The label, and under it the bar with its whisker and its figure.
fn row(bar: &Bar, unit: &str, top: f64, scale: impl Fn(f64) -> f64) -> Group {
    let middle = top + LABEL + THICKNESS / 2.0;
    let (above, below) = (top + LABEL - 2.0, top + LABEL + THICKNESS + 2.0);
    let mut row = Group::new()
        .add(text(bar.label.as_str(), "label", top + 13.0))
        .add(line("axis", ("0.5", above), ("0.5", below)));
    let length = match bar.value > 0.0 {
        true => scale(bar.value).max(SHORTEST),
        false => 0.0,
    };
    if bar.value > 0.0 {
        row = row.add(
            Rectangle::new()
                .set("class", "bar")
                .set("y", top + LABEL)
                .set("width", percent(length))
                .set("height", THICKNESS)
                .set("rx", 2),
        );
    } else if bar.value == 0.0 {
        row = row.add(
            Circle::new()
                .set("class", "zero")
                .set("cx", 7)
                .set("cy", middle)
                .set("r", 4),
        );
    }
    let mut end = length;
    if let (Some(low), Some(high)) = (bar.low, bar.high) {
        end = end.max(scale(high));
        let (low, high) = (percent(scale(low)), percent(scale(high)));
        row = row.add(line("whisker", (&low, middle), (&high, middle)));
        for at in [&low, &high] {
            row = row.add(line("whisker", (at, middle - 4.0), (at, middle + 4.0)));
        }
    }
    let label = text(figure(bar.value, unit), "figure", middle + 4.5);
    row.add(
        label
            .set("x", percent(end))
            .set("dx", if bar.value == 0.0 { 18 } else { 8 }),
    )
}

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

fn text(content: impl Into<String>, class: &str, baseline: f64) -> Text {
    Text::new(content).set("class", class).set("y", baseline)
}

fn line(class: &str, from: (&str, f64), to: (&str, f64)) -> Line {
    Line::new()
        .set("class", class)
        .set("x1", from.0)
        .set("y1", from.1)
        .set("x2", to.0)
        .set("y2", to.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, value: f64) -> Bar {
        Bar {
            label: label.into(),
            value,
            low: None,
            high: None,
        }
    }

    fn timed(label: &str, low: f64, value: f64, high: f64) -> Bar {
        Bar {
            low: Some(low),
            high: Some(high),
            ..bar(label, value)
        }
    }

    #[test]
    fn nothing_ends_the_html_block() {
        let svg = bars("t", "blocks", &[bar("push", 9.0), bar("collect", 0.0)]);
        assert!(svg.lines().all(|line| !line.trim().is_empty()), "{svg}");
    }

    #[test]
    fn labels_are_escaped() {
        let svg = bars("<script>", "\"&", &[bar("a<b", 1.0)]);
        assert!(!svg.contains("<script>") && svg.contains("a&lt;b"), "{svg}");
        assert!(
            svg.contains("aria-label=\"&lt;script&gt;, &quot;&amp;\""),
            "{svg}"
        );
    }

    #[test]
    fn figures_are_grouped_and_zero_is_drawn() {
        let svg = bars("t", "bytes", &[bar("push", 16_352.0), bar("none", 0.0)]);
        assert!(svg.contains("16,352"));
        assert_eq!(svg.matches("class=\"zero\"").count(), 1);
        assert_eq!(svg.matches("class=\"bar\"").count(), 1);
    }

    #[test]
    fn one_of_ten_thousand_is_still_seen() {
        let svg = bars("t", "blocks", &[bar("push", 10_000.0), bar("collect", 1.0)]);
        assert!(
            svg.contains("width=\"70.00%\"") && svg.contains("width=\"0.60%\""),
            "{svg}"
        );
    }

    #[test]
    fn only_times_have_whiskers_and_units() {
        let svg = bars("t", "ns", &[timed("a", 900.0, 1_620.0, 2_000.0)]);
        assert_eq!(svg.matches("class=\"whisker\"").count(), 3);
        assert!(svg.contains("a: 1.62 µs (900 ns to 2.00 µs)"), "{svg}");
        assert!(!bars("t", "blocks", &[bar("a", 1.0)]).contains("class=\"whisker\""));
    }

    #[test]
    fn the_best_are_those_that_nobody_can_tell_apart() {
        let classes = |all: &[Bar]| {
            let svg = bars("t", "ns", all);
            let groups = svg
                .lines()
                .filter_map(|line| line.strip_prefix("<g class=\""));
            groups
                .map(|rest| rest.trim_end_matches("\">").to_owned())
                .collect::<Vec<_>>()
        };
        let near = timed("near", 95.0, 110.0, 120.0);
        let least = timed("least", 90.0, 100.0, 105.0);
        assert_eq!(
            classes(&[
                timed("naive", 290.0, 300.0, 310.0),
                near.clone(),
                least.clone()
            ]),
            ["first", "best", "best"]
        );
        assert_eq!(
            classes(&[near.clone(), least]),
            ["first", "other"],
            "no winner"
        );
        assert_eq!(
            classes(&[bar("a", 1.0), bar("b", 2.0)]),
            ["first best", "other"]
        );
        assert_eq!(classes(&[near]), ["first"]);
        assert_eq!(classes(&[]), [""; 0]);
    }

    #[test]
    fn what_is_no_length_has_no_bar() {
        let svg = bars("t", "bytes", &[bar("nan", f64::NAN), bar("freed", -800.0)]);
        assert!(
            !svg.contains("class=\"bar\"") && svg.contains("-800"),
            "{svg}"
        );
    }
}
