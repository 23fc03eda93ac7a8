//! From dhat's file to a page: its program points, added up by function of the starter.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use meter::grouped;
use serde::Deserialize;

/// Frames of the profiled program have this in them; it stands in the exercise's folder under its own name.
const STARTER: &str = "find_culprit/starter.rs:";

/// What is read of dhat's file. Its format is version 2 of
/// [dhat's](https://valgrind.org/docs/manual/dh-manual.html): `t` is total, `g` at t-gmax; `b` bytes, `bk` blocks.
#[derive(Deserialize)]
struct Profile {
    #[serde(rename = "pps")]
    points: Vec<Point>,
    #[serde(rename = "ftbl")]
    frames: Vec<String>,
}

#[derive(Deserialize)]
struct Point {
    #[serde(rename = "tb")]
    bytes: i64,
    #[serde(rename = "tbk")]
    blocks: i64,
    #[serde(rename = "gb")]
    peak_bytes: i64,
    #[serde(rename = "gbk")]
    peak_blocks: i64,
    #[serde(rename = "fs")]
    stack: Vec<usize>,
}

/// A call site, and its bytes and blocks: in total, and at the peak.
#[derive(Default)]
struct Site {
    place: String,
    numbers: [i64; 4],
}

/// A line per function of the starter that allocates, the most bytes first.
pub fn listing(file: &Path) -> Result<String, Box<dyn Error>> {
    let profile: Profile = serde_json::from_slice(&fs::read(file)?)?;
    let mut sites: HashMap<&str, Site> = HashMap::new();
    for point in &profile.points {
        let frames = point.stack.iter().map(|&frame| &profile.frames[frame][..]);
        let (name, place) = frames
            .filter_map(name_and_place)
            .next()
            .ok_or("a stack without the starter in it: is this a debug build?")?;
        let site = sites.entry(name).or_default();
        site.place = place;
        let numbers = [
            point.bytes,
            point.blocks,
            point.peak_bytes,
            point.peak_blocks,
        ];
        for (sum, number) in site.numbers.iter_mut().zip(numbers) {
            *sum += number;
        }
    }
    let mut sites: Vec<_> = sites.into_iter().collect();
    sites.sort_by_key(|(name, site)| (-site.numbers[0], *name));

    let mut lines = vec![
        "          in total         at t-gmax".to_owned(),
        row(
            ["bytes", "blocks", "bytes", "blocks"].map(str::to_owned),
            "call site",
            "place",
        ),
    ];
    for (name, site) in sites {
        lines.push(row(site.numbers.map(grouped), name, &site.place));
    }
    Ok(lines.join("\n"))
}

fn row([bytes, blocks, peak_bytes, peak_blocks]: [String; 4], name: &str, place: &str) -> String {
    format!("{bytes:>11} {blocks:>7} {peak_bytes:>9} {peak_blocks:>7}  {name:<9}  {place}")
}

/// From `0x559b: profile_report::find_culprit::fields (01_measuring/find_culprit/starter.rs:62:44)`: `fields`, and
/// `find_culprit.rs:62`.
fn name_and_place(frame: &str) -> Option<(&str, String)> {
    let (function, place) = frame.split_once(" (")?;
    let (_, line_and_column) = place.split_once(STARTER)?;
    let (line, _) = line_and_column.split_once(':')?;
    let name = function.rsplit([':', ' ']).next()?;
    Some((name, format!("find_culprit.rs:{line}")))
}
