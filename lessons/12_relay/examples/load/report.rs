//! What came of a run, for people and for programs.

use std::collections::BTreeMap;

use super::Run;
use super::corpus::SHAPES;

/// A line of JSON.
pub fn json(run: &Run) {
    match serde_json::to_string(run) {
        Ok(line) => println!("{line}"),
        Err(error) => eprintln!("the figures can't be written: {error}"),
    }
}

/// In lines, or in a table of all.
pub fn show(runs: &[Run], events: usize, in_a_table: bool) {
    match in_a_table {
        false => runs.iter().for_each(lines),
        true => {
            println!("{events} events sent to each, in turn\n");
            table(runs);
        }
    }
    for run in runs {
        remarks(run);
    }
}

fn lines(run: &Run) {
    println!("{}", run.url);
    if let Some(it) = &run.ingest {
        println!(
            "ingest       {} events in {:.2} s: {:.0} a second; {} accepted, {} there already, {} refused{}",
            it.sent,
            it.seconds,
            it.per_second,
            it.accepted,
            it.duplicates,
            it.refused.values().sum::<u64>(),
            reasons(&it.refused),
        );
    }
    for it in &run.queries {
        println!(
            "{:<12} {} queries in {:.2} s: {:.0} a second; {} events came",
            it.shape, it.queries, it.seconds, it.per_second, it.events
        );
    }
    if let Some(it) = &run.fanout {
        println!(
            "fan-out      {} events to {} subscribers in {:.2} s: {:.0} deliveries a second",
            it.published, it.subscribers, it.seconds, it.per_second
        );
    }
    if let Some(it) = &run.memory {
        let mib = |bytes| bytes as f64 / f64::from(1 << 20);
        println!(
            "memory       {:.1} MiB anonymous, {:.1} MiB of files",
            mib(it.rss_anon),
            mib(it.rss_file)
        );
    }
    if let Some(it) = &run.disk {
        let each =
            per_event(run).map_or(String::new(), |each| format!(", {each:.0} for each event"));
        println!("disk         {} bytes{each}", it.allocated);
    }
    if let Some(reason) = &run.failed {
        println!("failed       {reason}");
    }
}

fn reasons(refused: &BTreeMap<String, u64>) -> String {
    let each: Vec<_> = refused
        .iter()
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    match each.is_empty() {
        true => String::new(),
        false => format!(" ({})", each.join(", ")),
    }
}

/// What the folder has grown by, in bytes, for each event that was taken.
fn per_event(run: &Run) -> Option<f64> {
    let (disk, ingest) = (run.disk.as_ref()?, run.ingest.as_ref()?);
    (ingest.accepted > 0).then(|| disk.grown as f64 / ingest.accepted as f64)
}

const MISSING: &str = "-";

fn table(runs: &[Run]) {
    let mut header = vec!["relay", "events/s", "refused"];
    header.extend(SHAPES);
    header.extend(["deliveries/s", "RssAnon MiB", "disk B/event"]);
    let mut rows = vec![header.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    rows.extend(runs.iter().map(row));
    let columns = rows[0].len();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<_> = (0..columns).map(|it| width(it).unwrap_or(0)).collect();
    for (row, run) in rows
        .iter()
        .zip([None].into_iter().chain(runs.iter().map(Some)))
    {
        let mut line = format!("{:<1$}", row[0], widths[0]);
        match run.and_then(|run| run.failed.as_ref().filter(|_| run.ingest.is_none())) {
            Some(reason) => line += &format!("  {reason}"),
            None => {
                for (cell, width) in row.iter().zip(&widths).skip(1) {
                    line += &format!("  {cell:>width$}");
                }
            }
        }
        println!("{line}");
    }
    println!(
        "\nThe five in the middle are queries a second; more is better. {MISSING}: not measured."
    );
    for run in runs.iter().filter(|run| run.ingest.is_some()) {
        if let Some(reason) = &run.failed {
            println!("{}: {reason}", run.name);
        }
    }
}

fn row(run: &Run) -> Vec<String> {
    let whole = |figure: Option<f64>| figure.map_or(MISSING.to_owned(), |it| format!("{it:.0}"));
    let ingest = run.ingest.as_ref();
    let refused = ingest.map(|it| it.refused.values().sum::<u64>() as f64);
    let mut row = vec![
        run.name.clone(),
        whole(ingest.map(|it| it.per_second)),
        whole(refused),
    ];
    for shape in SHAPES {
        let found = run.queries.iter().find(|it| it.shape == shape);
        row.push(whole(found.map(|it| it.per_second)));
    }
    row.push(whole(run.fanout.as_ref().map(|it| it.per_second)));
    let memory = run.memory.as_ref();
    let memory = memory.map(|it| it.rss_anon as f64 / f64::from(1 << 20));
    row.push(memory.map_or(MISSING.to_owned(), |it| format!("{it:.1}")));
    row.push(whole(per_event(run)));
    row
}

fn remarks(run: &Run) {
    if let Some(reason) = run.ingest.as_ref().and_then(|it| it.refusal.as_ref()) {
        println!("{}: a refusal: {reason}", run.name);
    }
    let said = [
        ("NOTICE", &run.remarks.notices),
        ("CLOSED", &run.remarks.closed),
    ];
    for (what, texts) in said {
        for (text, count) in texts {
            println!("{}: {what} {text:?}, {count} times", run.name);
        }
    }
}
