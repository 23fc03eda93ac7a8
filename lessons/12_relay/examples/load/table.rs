//! Several relays in one table: of each figure the median of all rounds, and from where to where they lie.

use super::Run;
use super::corpus::SHAPES;

const MISSING: &str = "-";

/// What the rounds have of a figure.
type Figure = Box<dyn Fn(&[Run]) -> Vec<f64>>;

fn each_round(figure: impl Fn(&Run) -> Option<f64> + 'static) -> Figure {
    Box::new(move |runs| runs.iter().filter_map(&figure).collect())
}

/// Databases grow by leaps: only all rounds together say what an event takes.
fn disk(runs: &[Run]) -> Vec<f64> {
    let rounds = runs.iter().filter_map(|run| {
        let (disk, ingest) = (run.disk.as_ref()?, run.ingest.as_ref()?);
        Some((disk.grown as f64, ingest.accepted as f64))
    });
    let (bytes, events) = rounds.fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    (events > 0.0).then(|| bytes / events).into_iter().collect()
}

/// A column's name, its figure, and the digits behind the point.
fn columns() -> Vec<(&'static str, Figure, usize)> {
    let ingest = |run: &Run| Some(run.ingest.as_ref()?.per_second);
    let refused = |run: &Run| Some(run.ingest.as_ref()?.refused.values().sum::<u64>() as f64);
    let mut columns: Vec<(&str, Figure, usize)> = vec![
        ("events/s", each_round(ingest), 0),
        ("refused", each_round(refused), 0),
    ];
    for shape in SHAPES {
        let rate = move |run: &Run| {
            let found = run.queries.iter().find(|it| it.shape == shape)?;
            Some(found.per_second)
        };
        columns.push((shape, each_round(rate), 0));
    }
    let fanout = |run: &Run| Some(run.fanout.as_ref()?.per_second);
    let memory = |run: &Run| Some(run.memory.as_ref()?.rss_anon as f64 / f64::from(1 << 20));
    columns.push(("deliveries/s", each_round(fanout), 0));
    columns.push(("RssAnon MiB", each_round(memory), 1));
    columns.push(("disk B/event", Box::new(disk), 0));
    columns
}

/// A line: its name, and cells; or one sentence in their place.
enum Line {
    Cells(String, Vec<String>),
    Said(String, String),
}

/// Prints the table; `relays` has the runs of each.
pub fn show(relays: &[Vec<Run>]) {
    let columns = columns();
    let header = columns.iter().map(|(name, ..)| (*name).to_owned());
    let mut lines = vec![Line::Cells("relay".to_owned(), header.collect())];
    for runs in relays {
        lines.extend(of_relay(runs, &columns));
    }
    print(&lines, columns.len());
    println!(
        "\nThe five in the middle are queries a second. More is better, but for what is refused, memory and disk. \
         {MISSING}: not measured."
    );
}

fn of_relay(runs: &[Run], columns: &[(&str, Figure, usize)]) -> Vec<Line> {
    let Some(first) = runs.first() else {
        return Vec::new();
    };
    let name = first.name.clone();
    if let (true, Some(reason)) = (runs.iter().all(|it| it.ingest.is_none()), &first.failed) {
        return vec![Line::Said(name, reason.clone())];
    }
    let sorted: Vec<Vec<f64>> = columns
        .iter()
        .map(|(_, figure, _)| {
            let mut values = figure(runs);
            values.sort_unstable_by(f64::total_cmp);
            values
        })
        .collect();
    let cells = |pick: fn(&[f64]) -> Option<f64>| {
        let digits = columns.iter().map(|(_, _, digits)| *digits);
        let picked = sorted.iter().map(|values| pick(values));
        picked
            .zip(digits)
            .map(|(value, digits)| match value {
                Some(value) => format!("{value:.digits$}"),
                None => MISSING.to_owned(),
            })
            .collect()
    };
    let mut lines = vec![Line::Cells(name, cells(median))];
    if runs.len() > 1 {
        lines.push(Line::Cells(
            "  from".to_owned(),
            cells(|it| it.first().copied()),
        ));
        lines.push(Line::Cells(
            "  to".to_owned(),
            cells(|it| it.last().copied()),
        ));
    }
    lines
}

fn median(sorted: &[f64]) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    Some((sorted[last / 2] + sorted[last.div_ceil(2)]) / 2.0)
}

fn print(lines: &[Line], columns: usize) {
    let width = |text: &String| text.chars().count();
    let mut widths = vec![0; columns];
    let mut names = 0;
    for line in lines {
        match line {
            Line::Cells(name, cells) => {
                names = names.max(width(name));
                for (widest, cell) in widths.iter_mut().zip(cells) {
                    *widest = width(cell).max(*widest);
                }
            }
            Line::Said(name, _) => names = names.max(width(name)),
        }
    }
    for line in lines {
        match line {
            Line::Said(name, said) => println!("{name:names$}  {said}"),
            Line::Cells(name, cells) => {
                let cells = cells.iter().zip(&widths);
                let cells = cells.map(|(cell, &width)| format!("  {cell:>width$}"));
                println!("{name:names$}{}", cells.collect::<String>());
            }
        }
    }
}
