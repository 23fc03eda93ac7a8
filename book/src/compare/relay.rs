//! `cargo workbook compare relay`: the relay made of a learner's parts beside the reference, under the same load.
//!
//! Each round starts each relay twice, with a new data folder: once to count its heap, once to time it with the meter
//! off. The relays take turns, and nobody is always the first.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;
use workbook::chart::{self, Bar, Panel};
use workbook::units::{grouped, measured};

use super::statistics::Interval;
use crate::CompareArguments;
use crate::cargo::{Job, Product};
use crate::error::Error;
use crate::process::RunFolder;
use crate::terminal::{Align, BAD, GOOD, QUIET, STRONG, Table, Terminal, styled};
use crate::workspace::Workbook;

mod figures;
mod load;
mod parts;
mod running;
mod stored;

use figures::{Figure, Nature, Ratio, Samples, Verdict};
use load::Load;
use running::{Running, Start};
use stored::Stored;

/// What is compared, in place of an exercise.
pub const NAME: &str = "relay";

const EVENTS: u32 = 5_000;
const ROUNDS: u32 = 6;

/// A relay, and what was measured of it.
struct Relay {
    name: &'static str,
    program: PathBuf,
    log: PathBuf,
    /// What it says that it is made of.
    parts: String,
    samples: Samples,
    /// Queries a second, by shape.
    shapes: BTreeMap<String, Vec<f64>>,
}

/// For `--json`.
#[derive(Serialize)]
struct Shown<'a> {
    events: u32,
    rounds: u32,
    relays: Vec<ShownRelay<'a>>,
    ratios: Vec<Ratio>,
}

#[derive(Serialize)]
struct ShownRelay<'a> {
    name: &'a str,
    parts: &'a str,
    figures: BTreeMap<Figure, Interval>,
    queries_per_second: BTreeMap<&'a str, Interval>,
}

/// Compares the relay made of the chosen parts with the reference.
///
/// # Errors
///
/// Where one of them can't be built or fails under load, or the chart can't be written.
pub fn run(
    workbook: &Workbook,
    terminal: &mut Terminal,
    arguments: &CompareArguments,
) -> Result<ExitCode, Error> {
    if arguments.measure.is_some() {
        let said = "the chart of the relay shows all that was measured: leave --measure out";
        return Err(Error::Said(said.to_owned()));
    }
    let asked = &arguments.relay;
    let choice = parts::chosen(workbook, &asked.parts)?;
    let (events, rounds) = (
        asked.events.unwrap_or(EVENTS),
        asked.rounds.unwrap_or(ROUNDS),
    );
    let target = workbook.cargo.target();
    let folder = RunFolder::under(target).map_err(Error::writing(target))?;
    let load = build(workbook, terminal, Product::Example, "load", &[])?;
    let mut relays = Vec::new();
    for (name, features) in [("reference", &[][..]), ("yours", &choice.features)] {
        let built = build(workbook, terminal, Product::Program, NAME, features)?;
        // The next build writes to the same place.
        let program = folder.file(&format!("relay-{name}{}", std::env::consts::EXE_SUFFIX));
        fs::copy(&built, &program).map_err(Error::writing(&program))?;
        relays.push(Relay {
            name,
            program,
            log: target.join("workbook").join(format!("relay-{name}.log")),
            parts: String::new(),
            samples: Samples::default(),
            shapes: BTreeMap::new(),
        });
    }
    let load = Load::of(load, events);
    race(terminal, &mut relays, &load, rounds, &folder)?;
    terminal.clear_progress();
    if arguments.json {
        let json = serde_json::to_string_pretty(&shown(&relays, events, rounds));
        terminal.line(json.map_err(io::Error::from)?)?;
    } else {
        show(terminal, &relays, events, rounds)?;
        tell_shipped(workbook, terminal, &choice.parts)?;
    }
    if let Some(file) = &arguments.svg {
        let title = format!("The relay under load: {} events", grouped(events.into()));
        let drawn = chart::panels(&title, &panels(&relays, rounds));
        fs::write(file, drawn).map_err(Error::writing(file))?;
        terminal.tell(&format!("The chart is in {}.", file.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds a program of the relay's package.
fn build(
    workbook: &Workbook,
    terminal: &mut Terminal,
    product: Product,
    name: &str,
    features: &[String],
) -> Result<PathBuf, Error> {
    let with = match features.is_empty() {
        true => String::new(),
        false => format!(" of {}", features.join(", ")),
    };
    let what = format!("building {name}{with} for release");
    let job = Job {
        manifest: &workbook.root().join(parts::MANIFEST),
        bins: vec![name.to_owned()],
        product,
        release: true,
        features,
    };
    let mut built = workbook.cargo.build(&job, terminal, &what)?;
    terminal.clear_progress();
    match (built.executables.remove(name), built.errors(name)) {
        (Some(program), _) => Ok(program),
        (None, errors) => {
            let errors = errors.unwrap_or_default();
            let culprit = culprit(&errors).unwrap_or(name);
            Err(Error::Said(format!(
                "{errors}\n\nThe relay{with} doesn't compile: see {culprit}."
            )))
        }
    }
}

/// The first exercise that the compiler's errors point at.
fn culprit(errors: &str) -> Option<&str> {
    let start = errors.find("exercises/12_relay/")?;
    let path = &errors[start..];
    let end = path.find(".rs")? + ".rs".len();
    Some(&path[..end])
}

fn race(
    terminal: &mut Terminal,
    relays: &mut [Relay],
    load: &Load,
    rounds: u32,
    folder: &RunFolder,
) -> Result<(), Error> {
    for round in 0..rounds as usize {
        let count = relays.len();
        for (what, count_heap) in [("counting", true), ("timing", false)] {
            for turn in 0..count {
                let relay = &mut relays[(turn + round) % count];
                let name = relay.name;
                terminal.tick(&format!("round {}/{rounds}: {what} {name}…", round + 1));
                relay.put_under(load, count_heap, folder)?;
            }
        }
    }
    Ok(())
}

impl Relay {
    fn put_under(
        &mut self,
        load: &Load,
        count_heap: bool,
        folder: &RunFolder,
    ) -> Result<(), Error> {
        let data = folder.file("data");
        let running = Running::start(&Start {
            name: &format!("the relay `{}`", self.name),
            program: &self.program,
            data: &data,
            log: &self.log,
            count_heap,
        })?;
        if count_heap {
            self.parts = running.metrics()?.parts;
            self.samples.counted(&load.count(&running, folder)?);
            running.end()?;
        } else {
            let shown = load.time(&running, folder)?;
            running.end()?;
            let stored = Stored::of(&self.program, &data, folder)?;
            self.samples.timed(&shown, &stored);
            for shape in shown.queries {
                let rates = self.shapes.entry(shape.shape).or_default();
                rates.push(shape.per_second);
            }
        }
        fs::remove_dir_all(&data).map_err(Error::writing(&data))
    }
}

fn ratios(relays: &[Relay]) -> Vec<Ratio> {
    let [reference, yours] = relays else {
        return Vec::new();
    };
    let ratio = |figure| yours.samples.against(&reference.samples, figure);
    Figure::ALL.into_iter().filter_map(ratio).collect()
}

fn shown(relays: &[Relay], events: u32, rounds: u32) -> Shown<'_> {
    let each = relays.iter().map(|relay| ShownRelay {
        name: relay.name,
        parts: &relay.parts,
        figures: Figure::ALL
            .into_iter()
            .filter_map(|figure| Some((figure, relay.samples.interval(figure)?)))
            .collect(),
        queries_per_second: relay
            .shapes
            .iter()
            .filter_map(|(shape, rates)| Some((shape.as_str(), Interval::of(rates.clone())?)))
            .collect(),
    });
    Shown {
        events,
        rounds,
        relays: each.collect(),
        ratios: ratios(relays),
    }
}

fn show(terminal: &mut Terminal, relays: &[Relay], events: u32, rounds: u32) -> Result<(), Error> {
    let head = format!(
        "The relay under load: {} events, {rounds} {} each, in turns",
        grouped(events.into()),
        if rounds == 1 { "round" } else { "rounds" },
    );
    terminal.line(styled(STRONG, head))?;
    terminal.line("")?;
    for relay in relays {
        terminal.paragraph(2, &format!("{}: made of {}", relay.name, relay.parts))?;
    }
    terminal.line("")?;
    terminal.table(&table(relays))?;
    terminal.line("")?;
    if rounds < figures::ENOUGH {
        let said = format!(
            "Too few rounds to tell a difference from noise: {} or more can.",
            figures::ENOUGH
        );
        terminal.paragraph(0, &said)?;
    }
    if relays.iter().all(|relay| relay.parts == relays[0].parts) {
        terminal.paragraph(0, "Both are made of the same: what differs is noise.")?;
    }
    Ok(())
}

fn table(relays: &[Relay]) -> Table {
    let mut table = Table::new(&[
        ("", Align::Left),
        ("reference", Align::Right),
        ("yours", Align::Right),
        ("yours / reference", Align::Right),
        ("", Align::Left),
    ]);
    let ratios = ratios(relays);
    for figure in Figure::ALL {
        let interval = |relay: &Relay| relay.samples.interval(figure);
        let cells = relays
            .iter()
            .map(|relay| interval(relay).map_or("-".to_owned(), |it| measured(it.median)));
        let ratio = ratios.iter().find(|ratio| ratio.figure == figure);
        let against = ratio.map_or(String::new(), |ratio| {
            let Interval { median, low, high } = ratio.interval;
            format!("{median:.2} ({low:.2} to {high:.2})")
        });
        let verdict = ratio.map_or(String::new(), in_words);
        let name = [figure.name().to_owned()].into_iter();
        table.row(name.chain(cells).chain([against, verdict]));
        if figure.nature() != Nature::Count {
            type End = fn(&Interval) -> f64;
            let ends: [(&str, End); 2] = [("  from", |it| it.low), ("  to", |it| it.high)];
            for (name, end) in ends {
                let cells = relays.iter().map(|relay| {
                    interval(relay).map_or("-".to_owned(), |it| styled(QUIET, measured(end(&it))))
                });
                table.row([name.to_owned()].into_iter().chain(cells));
            }
        }
    }
    table
}

fn in_words(ratio: &Ratio) -> String {
    let rate = ratio.figure.nature() == Nature::Rate;
    match (ratio.verdict, rate) {
        (Verdict::Noise, _) => styled(QUIET, "within noise"),
        (Verdict::TooFewRounds, _) => styled(QUIET, "too few rounds"),
        (Verdict::Better, true) => styled(GOOD, "faster"),
        (Verdict::Better, false) => styled(GOOD, "less"),
        (Verdict::Worse, true) => styled(BAD, "slower"),
        (Verdict::Worse, false) => styled(BAD, "more"),
    }
}

/// Says which parts are still as they were shipped: correct, and wasteful.
fn tell_shipped(
    workbook: &Workbook,
    terminal: &mut Terminal,
    parts: &[String],
) -> Result<(), Error> {
    let shipped = |name: &&String| {
        workbook.catalogue.exercise(name).is_ok_and(|exercise| {
            let yours = workbook.read_exercise(exercise).ok();
            yours.is_some() && yours == workbook.read(&exercise.starter()).ok()
        })
    };
    let names: Vec<&str> = parts.iter().filter(shipped).map(String::as_str).collect();
    if !names.is_empty() {
        terminal.paragraph(0, &format!("As they were shipped: {}.", names.join(", ")))?;
    }
    Ok(())
}

/// A panel for each figure, in which the shorter bar is the better one.
fn panels(relays: &[Relay], rounds: u32) -> Vec<Panel> {
    let mut panels = Vec::new();
    for figure in Figure::ALL {
        let (title, unit) = figure.in_chart();
        let bars: Vec<Bar> = relays
            .iter()
            .filter_map(|relay| {
                let interval = relay.samples.interval(figure)?;
                Some(bar(relay.name, figure, interval))
            })
            .collect();
        if !bars.is_empty() {
            panels.push(Panel {
                title: title.to_owned(),
                caption: match rounds {
                    1 => "one round".to_owned(),
                    _ => format!("median of {rounds} rounds, with its interval"),
                },
                unit: unit.to_owned(),
                bars,
            });
        }
    }
    panels
}

fn bar(name: &str, figure: Figure, interval: Interval) -> Bar {
    let Interval { median, low, high } = interval;
    let (value, low, high) = match figure.nature() {
        Nature::Rate => (1e9 / median, 1e9 / high, 1e9 / low),
        _ => (median, low, high),
    };
    Bar {
        label: name.to_owned(),
        value,
        low: Some(low),
        high: Some(high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(name: &'static str, scale: f64) -> Relay {
        let mut samples = Samples::default();
        for _ in 0..figures::ENOUGH {
            samples.counted(&load::Heap {
                event: (12.0 * scale, 4_000.0 * scale),
                query: (3.0, 500.0),
                delivery: (0.02, 3.0),
            });
            let line = load::LINE.replace("10000.0", &format!("{}.0", 10_000.0 / scale));
            samples.timed(&serde_json::from_str(&line).unwrap(), &stored::sample());
        }
        Relay {
            name,
            program: PathBuf::new(),
            log: PathBuf::new(),
            parts: name.to_owned(),
            samples,
            shapes: BTreeMap::from([("ids".to_owned(), vec![1.0, 2.0, 3.0])]),
        }
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn the_table_says_what_is_more_and_what_is_slower() {
        let relays = [relay("reference", 1.0), relay("yours", 2.0)];
        let text = plain(&table(&relays).render(80));
        assert!(
            text.starts_with("                      reference"),
            "{text}"
        );
        let line = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            line("allocations/event"),
            "allocations/event 12.0 24.0 2.00 (2.00 to 2.00) more"
        );
        assert_eq!(
            line("events/s"),
            "events/s 10,000 5,000 0.50 (0.50 to 0.50) slower"
        );
        assert_eq!(
            line("stored bytes/event"),
            "stored bytes/event 110 110 1.00 (1.00 to 1.00) within noise"
        );
        assert!(line("allocations/delivery").contains("0.02 0.02"));
    }

    #[test]
    fn the_table_fits_forty_columns() {
        let relays = [relay("reference", 1.0), relay("yours", 2.0)];
        let text = plain(&table(&relays).render(40));
        assert!(
            text.lines().all(|line| line.chars().count() <= 40),
            "{text}"
        );
    }

    #[test]
    fn in_the_chart_less_is_better_everywhere() {
        let relays = [relay("reference", 1.0), relay("yours", 2.0)];
        let panels = panels(&relays, 6);
        assert_eq!(panels.len(), Figure::ALL.len());
        let time = panels.iter().find(|panel| panel.title == "Time per event");
        let values: Vec<_> = time.unwrap().bars.iter().map(|bar| bar.value).collect();
        assert_eq!(values, [100_000.0, 200_000.0]);
    }

    #[test]
    fn the_json_has_every_figure_and_every_shape() {
        let relays = [relay("reference", 1.0), relay("yours", 2.0)];
        let json = serde_json::to_value(shown(&relays, 800, 6)).unwrap();
        assert_eq!(
            json["relays"][1]["figures"]["allocations_per_event"]["median"],
            24.0
        );
        assert_eq!(
            json["relays"][0]["queries_per_second"]["ids"]["median"],
            2.0
        );
        let ratios = json["ratios"].as_array().unwrap();
        assert_eq!(ratios.len(), Figure::ALL.len());
        assert_eq!(
            (&ratios[0]["figure"], &ratios[0]["verdict"]),
            (&"allocations_per_event".into(), &"worse".into())
        );
    }

    #[test]
    fn the_file_that_doesnt_compile_is_found_in_the_errors() {
        let errors = "error[E0308]: mismatched types\n --> lessons/12_relay/src/../../../exercises/12_relay/varints.rs:3:5\n";
        assert_eq!(culprit(errors), Some("exercises/12_relay/varints.rs"));
        assert_eq!(culprit("error: linking failed"), None);
    }
}
