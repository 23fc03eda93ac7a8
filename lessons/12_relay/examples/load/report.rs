//! What came of a run, for people and for programs.

use std::collections::BTreeMap;

use super::Run;
use super::client::Remarks;

/// A line of JSON.
pub fn json(run: &Run) {
    match serde_json::to_string(run) {
        Ok(line) => println!("{line}"),
        Err(error) => eprintln!("the figures can't be written: {error}"),
    }
}

/// A run in lines.
pub fn lines(run: &Run) {
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
    if let (Some(reason), None) = (&run.failed, &run.ingest) {
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

/// What a relay said besides, in all its runs, and why it refused events.
pub fn remarks(runs: &[Run]) {
    let Some(Run { name, .. }) = runs.first() else {
        return;
    };
    let broken_off = runs
        .iter()
        .find(|run| run.ingest.is_some() && run.failed.is_some());
    if let Some(reason) = broken_off.and_then(|run| run.failed.as_ref()) {
        println!("{name}: {reason}");
    }
    let mut refusals = runs.iter().filter_map(|run| run.ingest.as_ref());
    if let Some(reason) = refusals.find_map(|ingest| ingest.refusal.as_ref()) {
        println!("{name}: a refusal: {reason}");
    }
    let mut remarks = Remarks::default();
    runs.iter().for_each(|run| remarks.add(&run.remarks));
    for (what, texts) in [("NOTICE", remarks.notices), ("CLOSED", remarks.closed)] {
        for (text, count) in texts {
            println!("{name}: {what} {text:?}, {count} times");
        }
    }
}
