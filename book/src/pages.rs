//! The mdBook preprocessor: puts measured figures, tables, charts and claims where a chapter asks for them.
//!
//! | placeholder | becomes |
//! |---|---|
//! | `{{figure STAIRCASE/STEP/INPUT MEASURE}}` | `16,352`, `3.24 µs` |
//! | `{{ratio CASE_A CASE_B MEASURE}}` | A over B: `2.0` |
//! | `{{fact NAME}}` | the fact |
//! | `{{table STAIRCASE}}` | a table per input |
//! | `{{chart STAIRCASE/INPUT MEASURE}}` | a bar per step |
//! | `{{bars PREFIX UNIT}}` | a bar per fact whose name begins so, in their order; its label is the rest of the name |
//! | `{{environment [LESSON]}}` | where and when a lesson's figures were measured |
//! | `{{exercises}}` | the lesson's exercises |
//! | `{{verdicts TOPIC}}` | a topic's claims with verdicts and findings |
//! | `{{claims}}` | every claim, with the commands that settle it |
//!
//! Measures are allocations, bytes, peak, live, instructions and time. The lesson is the chapter's own, or named:
//! `{{fact measuring:NAME}}`. Code fences are left alone; elsewhere, a backslash before the braces keeps them.

mod tables;
mod verdicts;

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::catalogue::{Catalogue, CatalogueError, Exercise};
use crate::chapters::{chapters, lesson_of, prose_lines};
use crate::chart::{Bar, bars};
use crate::claims::{ClaimsError, Ledger};
use crate::files::FileError;
use crate::results::{Case, Measure, Results, ResultsError};
use crate::units;

use tables::markdown_table;
pub use tables::tables;

/// A book that can't be put together.
#[derive(Debug, Error)]
pub enum PagesError {
    /// mdBook didn't send what it should, or doesn't listen.
    #[error(
        "mdbook and its preprocessor don't understand each other ({0}); mdbook 0.5 runs it, from book.toml"
    )]
    Protocol(#[from] serde_json::Error),
    /// The pipe to mdBook broke.
    #[error("mdbook can't be talked to: {0}")]
    Pipe(#[from] io::Error),
    /// A results file can't be used.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// The ledger can't be used.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    /// A file can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// info.toml can't be used.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// Some placeholders mean nothing.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Unresolved(Vec<Unresolved>),
}

/// A placeholder that means nothing.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{place}: {{{{{placeholder}}}}}: {reason}")]
pub struct Unresolved {
    /// The chapter and the line, or the claim.
    pub place: String,
    /// What stands between the braces.
    pub placeholder: String,
    /// Why it means nothing, and what would.
    pub reason: String,
}

/// Answers mdBook: reads `[context, book]`, puts the figures in, and writes the book.
///
/// # Errors
///
/// Where the input isn't mdBook's, a file of the repository can't be used, or a placeholder means nothing.
pub fn preprocess(mut input: impl Read, output: impl Write) -> Result<(), PagesError> {
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    let (context, mut book): (Context, Value) = serde_json::from_str(&text)?;
    let root = context.root.parent().unwrap_or(&context.root);
    let sources = Sources::read(root)?;
    let mut unresolved = Vec::new();
    visit_chapters(
        &mut book,
        &mut |name, content| match sources.fill(name, content) {
            Ok(filled) => *content = filled,
            Err(more) => unresolved.extend(more),
        },
    );
    if !unresolved.is_empty() {
        return Err(PagesError::Unresolved(unresolved));
    }
    Ok(serde_json::to_writer(output, &book)?)
}

/// What is needed of mdBook's context.
#[derive(Deserialize)]
struct Context {
    /// The folder of book.toml, which is one in the repository's root.
    root: PathBuf,
}

/// Finds the chapters wherever this version of mdBook keeps them.
fn visit_chapters(value: &mut Value, visit: &mut impl FnMut(&str, &mut String)) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|it| visit_chapters(it, visit)),
        Value::Object(fields) => {
            let path = fields
                .get("path")
                .and_then(Value::as_str)
                .map(str::to_owned);
            if let (Some(path), Some(Value::String(content))) = (path, fields.get_mut("content")) {
                visit(&path, content);
            }
            fields.values_mut().for_each(|it| visit_chapters(it, visit));
        }
        _ => {}
    }
}

/// Everything that a placeholder can ask for.
#[derive(Clone, Debug)]
pub struct Sources {
    results: BTreeMap<String, Results>,
    exercises: Vec<Exercise>,
    ledger: Ledger,
    chapters: BTreeMap<String, String>,
}

impl Sources {
    /// Reads results, ledger, chapters and info.toml below the repository's root.
    ///
    /// # Errors
    ///
    /// Where one of them can't be read or has another shape.
    pub fn read(root: &Path) -> Result<Self, PagesError> {
        Ok(Self {
            results: Results::read_all(root)?,
            exercises: Catalogue::read(root)?.exercises,
            ledger: Ledger::read(root)?,
            chapters: chapters(root)?,
        })
    }

    /// Puts figures into a chapter; `name` is its file's.
    ///
    /// # Errors
    ///
    /// Where placeholders mean nothing: all of them.
    pub fn fill(&self, name: &str, content: &str) -> Result<String, Vec<Unresolved>> {
        let lesson = name.strip_suffix(".md").and_then(lesson_of);
        let page = Page {
            sources: self,
            lesson,
        };
        let prose: Vec<usize> = prose_lines(content).map(|(_, number)| number).collect();
        let mut filled = String::with_capacity(content.len());
        let mut unresolved = Vec::new();
        for (line, number) in content.split_inclusive('\n').zip(1..) {
            if prose.binary_search(&number).is_err() {
                filled += line;
                continue;
            }
            match page.fill_text(line, &format!("{name}, line {number}")) {
                Ok(text) => filled += &text,
                Err(more) => unresolved.extend(more),
            }
        }
        if unresolved.is_empty() {
            Ok(filled)
        } else {
            Err(unresolved)
        }
    }
}

/// Why a placeholder means nothing.
type Reason = String;

/// A page and what can be put into it.
#[derive(Clone, Copy)]
struct Page<'a> {
    sources: &'a Sources,
    /// The lesson whose results are meant where none is named.
    lesson: Option<&'a str>,
}

const PLACEHOLDERS: [&str; 10] = [
    "figure STAIRCASE/STEP/INPUT MEASURE",
    "ratio CASE_A CASE_B MEASURE",
    "fact NAME",
    "table STAIRCASE",
    "chart STAIRCASE/INPUT MEASURE",
    "bars PREFIX UNIT",
    "environment [LESSON]",
    "exercises",
    "verdicts TOPIC",
    "claims",
];

impl<'a> Page<'a> {
    /// Puts figures into text without code fences.
    fn fill_text(self, text: &str, place: &str) -> Result<String, Vec<Unresolved>> {
        let mut filled = String::new();
        let mut unresolved = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let (before, braces) = rest.split_at(start);
            // `{{#include}}` and its kin are mdBook's.
            let is_ours = braces[2..].starts_with(|it: char| it.is_ascii_alphabetic());
            let escaped = before.strip_suffix('\\');
            if !is_ours || escaped.is_some() {
                // And so is a backslash before theirs.
                filled += escaped.filter(|_| is_ours).unwrap_or(before);
                filled += "{{";
                rest = &braces[2..];
                continue;
            }
            let Some(end) = braces.find("}}") else {
                unresolved.push(Unresolved {
                    place: place.to_owned(),
                    placeholder: braces[2..].trim_end().to_owned(),
                    reason: "has no end on its line; a backslash before the braces keeps them"
                        .into(),
                });
                break;
            };
            let placeholder = &braces[2..end];
            rest = &braces[end + 2..];
            filled += before;
            match self.resolve(placeholder) {
                Ok(figure) => filled += &figure,
                Err(reason) => unresolved.push(Unresolved {
                    place: place.to_owned(),
                    placeholder: placeholder.to_owned(),
                    reason,
                }),
            }
        }
        if unresolved.is_empty() {
            Ok(filled + rest)
        } else {
            Err(unresolved)
        }
    }

    fn resolve(self, placeholder: &str) -> Result<String, Reason> {
        let words: Vec<&str> = placeholder.split_whitespace().collect();
        match words[..] {
            ["figure", case, measure] => self.figure(case, measure),
            ["ratio", one, other, measure] => self.ratio(one, other, measure),
            ["fact", name] => self.fact(name),
            ["table", staircase] => self.table(staircase),
            ["chart", staircase, measure] => self.chart(staircase, measure),
            ["bars", prefix, ref unit @ ..] => self.bars(prefix, &unit.join(" ")),
            ["environment"] => self.environment(""),
            ["environment", lesson] => self.environment(&format!("{lesson}:")),
            ["exercises"] => self.exercises(),
            ["verdicts", topic] => self.verdicts(topic),
            ["claims"] => self.claims(),
            _ => Err(format!(
                "no such placeholder; there are {}",
                PLACEHOLDERS.join(", ")
            )),
        }
    }

    /// The results that an argument means, and the argument without its lesson.
    fn results<'b>(self, argument: &'b str) -> Result<(&'a Results, &'b str), Reason> {
        let (lesson, rest) = match argument.split_once(':') {
            Some((lesson, rest)) => (lesson, rest),
            None => (
                self.lesson
                    .ok_or("this page belongs to no lesson: write LESSON: before the name")?,
                argument,
            ),
        };
        match self.sources.results.get(lesson) {
            Some(results) => Ok((results, rest)),
            None => Err(format!(
                "there are no results of {lesson:?} ({}); to make them: cargo workbook measure {lesson}",
                near(lesson, self.sources.results.keys().map(String::as_str))
            )),
        }
    }

    fn case(self, argument: &str) -> Result<&'a Case, Reason> {
        let (results, id) = self.results(argument)?;
        results.case(id).ok_or_else(|| {
            let ids: Vec<String> = results.cases.iter().map(Case::id).collect();
            let near = near(id, ids.iter().map(String::as_str));
            format!("no case of {} has this name; {near}", results.lesson)
        })
    }

    fn figure(self, case: &str, measure: &str) -> Result<String, Reason> {
        let (case, measure) = (self.case(case)?, named(measure)?);
        case.written(measure)
            .ok_or_else(|| not_measured(case, measure))
    }

    fn ratio(self, one: &str, other: &str, measure: &str) -> Result<String, Reason> {
        let measure = named(measure)?;
        let figure = |argument: &str| {
            let case = self.case(argument)?;
            let figure = case.figure(measure);
            figure.ok_or_else(|| not_measured(case, measure))
        };
        let (one, other) = (figure(one)?, figure(other)?);
        if other == 0.0 {
            return Err("the second case's figure is 0, and nothing is a multiple of that".into());
        }
        Ok(units::ratio(one / other))
    }

    fn fact(self, argument: &str) -> Result<String, Reason> {
        let (results, name) = self.results(argument)?;
        let fact = results.facts.iter().find(|fact| fact.name == name);
        fact.map(|fact| fact.value.clone()).ok_or_else(|| {
            let near = near(name, results.facts.iter().map(|fact| fact.name.as_str()));
            format!("no fact of {} has this name; {near}", results.lesson)
        })
    }

    fn staircase(self, argument: &str) -> Result<(&'a str, Vec<&'a Case>), Reason> {
        let (results, name) = self.results(argument)?;
        let cases = results.staircase(name);
        match cases.first() {
            Some(first) => Ok((&first.staircase, cases)),
            None => {
                let near = near(name, results.cases.iter().map(|it| it.staircase.as_str()));
                Err(format!(
                    "no staircase of {} has this name; {near}",
                    results.lesson
                ))
            }
        }
    }

    fn table(self, staircase: &str) -> Result<String, Reason> {
        let tables = tables(&self.staircase(staircase)?.1);
        Ok(format!("<div class=\"figures\">\n\n{tables}\n</div>\n"))
    }

    fn chart(self, argument: &str, measure: &str) -> Result<String, Reason> {
        let measure = named(measure)?;
        let (staircase, input) = argument
            .split_once('/')
            .ok_or("name the input as well: STAIRCASE/INPUT")?;
        let (staircase, all) = self.staircase(staircase)?;
        let cases = || all.iter().filter(|case| case.input == input);
        if cases().next().is_none() {
            let near = near(input, all.iter().map(|case| case.input.as_str()));
            return Err(format!("{staircase} has no such input; {near}"));
        }
        if let Some(case) = cases().find(|case| case.figure(measure).is_none()) {
            return Err(not_measured(case, measure));
        }
        let bar = |case: &&Case| {
            let time = case.time.filter(|_| measure == Measure::Time);
            Bar {
                label: case.step.clone(),
                value: case.figure(measure).unwrap_or(f64::NAN),
                low: time.map(|time| time.low_ns),
                high: time.map(|time| time.high_ns),
            }
        };
        let chart = bars(
            &format!("{staircase}, {input}"),
            measure.unit(),
            &cases().map(bar).collect::<Vec<_>>(),
        );
        Ok(block(&chart))
    }

    fn bars(self, argument: &str, unit: &str) -> Result<String, Reason> {
        let (results, prefix) = self.results(argument)?;
        if unit.is_empty() {
            return Err("say as well what the figures count: bars PREFIX UNIT".into());
        }
        let mut drawn = Vec::new();
        for fact in &results.facts {
            let Some(label) = fact.name.strip_prefix(prefix) else {
                continue;
            };
            let Ok(value) = fact.value.replace(',', "").parse() else {
                return Err(format!(
                    "the fact {} is no number: {}",
                    fact.name, fact.value
                ));
            };
            drawn.push(Bar {
                label: label.to_owned(),
                value,
                low: None,
                high: None,
            });
        }
        if drawn.is_empty() {
            let near = near(prefix, results.facts.iter().map(|fact| fact.name.as_str()));
            return Err(format!("no fact of {} begins so; {near}", results.lesson));
        }
        Ok(block(&bars(prefix.trim_end_matches('_'), unit, &drawn)))
    }

    fn environment(self, lesson: &str) -> Result<String, Reason> {
        let environment = &self.results(lesson)?.0.environment;
        let valgrind = match &environment.valgrind {
            Some(version) => format!(", valgrind {version}"),
            None => String::new(),
        };
        Ok(format!(
            "rustc {} for {}, {}{valgrind}, on {}; commit {}, {}",
            environment.rustc,
            environment.target,
            environment.libc,
            environment.machine,
            environment.commit,
            environment.date
        ))
    }

    fn exercises(self) -> Result<String, Reason> {
        let lesson = self.lesson.ok_or("this page belongs to no lesson")?;
        let rows: Vec<Vec<String>> = self
            .sources
            .exercises
            .iter()
            .filter(|exercise| lesson_of(&exercise.dir) == Some(lesson))
            .map(|it| {
                vec![
                    format!("`{}`", it.name),
                    it.kind.to_string(),
                    it.drills.clone(),
                ]
            })
            .collect();
        if rows.is_empty() {
            return Err(format!("info.toml lists no exercise of {lesson}"));
        }
        let header = ["exercise", "kind", "what it drills"].map(str::to_owned);
        Ok(markdown_table(&header, &rows, 3))
    }
}

/// A chart as a paragraph of its own.
fn block(chart: &str) -> String {
    format!("<figure class=\"chart\">\n{chart}\n</figure>\n")
}

fn named(measure: &str) -> Result<Measure, Reason> {
    Measure::named(measure).ok_or_else(|| {
        let names = Measure::ALL.map(Measure::name);
        format!("{measure:?} is no measure; there are {}", names.join(", "))
    })
}

fn not_measured(case: &Case, measure: Measure) -> Reason {
    let id = case.id();
    let remedy = "measure where every instrument runs, or restore the results with git";
    format!("{id} has no {measure} in the results; {remedy}")
}

/// Says what was probably meant.
fn near<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    names.sort_by(|a, b| {
        let likeness = |name| strsim::jaro_winkler(wanted, name);
        likeness(b).total_cmp(&likeness(a))
    });
    names.truncate(3);
    match names[..] {
        [] => "there are none".to_owned(),
        _ => format!("near it: {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESULTS: &str = r#"{"lesson":"two","environment":{"target":"t","machine":"m","rustc":"1.95.0","libc":"l",
        "valgrind":null,"commit":"c","date":"d"},"cases":[
        {"staircase":"growth","step":"push","input":"1024","heap":{"allocations":9,"bytes":16352,"peak":8192,"live":0},
         "instructions":11497,"time":{"median_ns":3240,"low_ns":3100,"high_ns":3300}},
        {"staircase":"growth","step":"collect","input":"1024","heap":{"allocations":1,"bytes":8192,"peak":8192,"live":0},
         "instructions":null,"time":null}],
        "facts":[{"name":"capacities","value":"4, 8, 16"},{"name":"disk_naive","value":"1,240"},
        {"name":"disk_packed","value":"310"}]}"#;

    fn sources() -> Sources {
        let ledger = r##"
            [[claim]]
            id = "growth"
            topic = "two"
            says = "Lists double | or so."
            figure = "x2"
            verdict = "holds weaker"
            settled = ["test:two/claims/growth", "bench:two/growth", "page:02_two.md#when-it-loses"]
            finding = "{{figure growth/push/1024 allocations}} allocations."
        "##;
        let exercise = r#"
            name = "event_log"
            dir = "02_two"
            kind = "budget"
            drills = "Writing."
            hint = "Write."
        "#;
        Sources {
            results: [(
                "two".to_owned(),
                serde_json::from_str(RESULTS).expect("results"),
            )]
            .into(),
            exercises: vec![toml::from_str(exercise).expect("an exercise")],
            ledger: toml::from_str(ledger).expect("a ledger"),
            chapters: [(
                "02_two.md".to_owned(),
                "# Two\n## When it loses\n".to_owned(),
            )]
            .into(),
        }
    }

    fn filled(text: &str) -> String {
        sources().fill("02_two.md", text).expect("all resolve")
    }

    fn refused(name: &str, text: &str) -> String {
        let unresolved = sources().fill(name, text).expect_err("nothing resolves");
        assert_eq!(unresolved.len(), 1, "{unresolved:?}");
        unresolved[0].to_string()
    }

    #[test]
    fn figures_ratios_and_facts_are_put_into_sentences() {
        let text = "{{figure growth/push/1024 bytes}} bytes in {{figure two:growth/push/1024 time}}, \
                    {{ratio growth/push/1024 growth/collect/1024 allocations}}x, {{fact capacities}}.";
        assert_eq!(filled(text), "16,352 bytes in 3.24 µs, 9.0x, 4, 8, 16.");
    }

    #[test]
    fn fences_mdbooks_own_and_escaped_braces_are_left_alone() {
        for text in [
            "```rust,ignore\n{{figure x}}\n```\n",
            "\\{{#include ../a.rs:push}} and { { } } {{ }} {{",
        ] {
            assert_eq!(filled(text), text);
        }
        assert_eq!(filled(r"`\{{fact capacities}}`"), "`{{fact capacities}}`");
        assert_eq!(filled("`{{fact capacities}}`"), "`4, 8, 16`");
    }

    #[test]
    fn tables_show_a_dash_for_what_was_not_measured() {
        let expected = "\
<div class=\"figures\">

| growth 1024 | allocations |  bytes |  peak | live | instructions |    time |
|:------------|------------:|-------:|------:|-----:|-------------:|--------:|
| `push`      |           9 | 16,352 | 8,192 |    0 |       11,497 | 3.24 µs |
| `collect`   |           1 |  8,192 | 8,192 |    0 |            – |       – |

</div>
";
        assert_eq!(filled("{{table growth}}"), expected);
    }

    #[test]
    fn staircases_with_an_input_of_the_same_name_have_tables_of_their_own() {
        let results: Results = serde_json::from_str(RESULTS).expect("results");
        let mut other = results.cases[1].clone();
        other.staircase = "shrink".into();
        let tables = tables(&[&results.cases[0], &other]);
        assert!(tables.contains("\n\n| shrink 1024"), "{tables}");
    }

    #[test]
    fn a_chart_is_one_block_of_html() {
        let chart = filled("{{chart growth/1024 allocations}}");
        assert!(
            chart.starts_with("<figure class=\"chart\">\n<svg"),
            "{chart}"
        );
        assert!(!chart.contains("\n\n"), "{chart}");
    }

    #[test]
    fn facts_of_one_beginning_are_bars_under_the_rest_of_their_names() {
        let chart = filled("{{bars disk_ bytes an event}}");
        assert!(
            chart.starts_with("<figure class=\"chart\">\n<svg"),
            "{chart}"
        );
        assert!(chart.contains("disk, bytes an event"), "{chart}");
        assert!(
            chart.contains("naive: 1,240; packed: 310, the least"),
            "{chart}"
        );
        assert_eq!(chart, filled("{{bars two:disk_ bytes an event}}"));
    }

    #[test]
    fn exercises_come_from_info_toml() {
        let table = filled("{{exercises}}");
        assert!(
            table.contains("| `event_log` | budget | Writing. "),
            "{table}"
        );
    }

    #[test]
    fn claims_carry_verdicts_findings_and_what_settles_them() {
        let verdicts = filled("{{verdicts two}}");
        let row = r#"| Lists double \| or so. | [<span class="verdict holds-weaker">holds weaker</span>](claims.md#growth) | 9 allocations. "#;
        assert!(verdicts.contains(row), "{verdicts}");
        let claims = sources()
            .fill("claims.md", "{{claims}}")
            .expect("all resolve");
        for part in [
            "| topic | claims | holds weaker |\n",
            "| two   |      1 |            1 |\n",
            "## Claims on two",
            "<div class=\"claim\" id=\"growth\">",
            "Given: x2.",
            "9 allocations.",
            "`cargo test -p two --test claims growth`",
            "`cargo workbook measure two`, staircase `growth`",
            "[When it loses](02_two.md#when-it-loses)",
        ] {
            assert!(claims.contains(part), "{part} is missing in {claims}");
        }
    }

    #[test]
    fn what_means_nothing_is_refused_with_what_would() {
        let reason = refused("02_two.md", "a\n{{figure growth/psh/1024 allocations}}");
        assert!(reason.starts_with(
            "02_two.md, line 2: {{figure growth/psh/1024 allocations}}: no case of two"
        ));
        assert!(reason.contains("near it: growth/push/1024"), "{reason}");
        for (placeholder, part) in [
            ("figur a b", "figure STAIRCASE/STEP/INPUT MEASURE"),
            (
                "figure growth/push/1024 allocation",
                "no measure; there are allocations, bytes",
            ),
            (
                "figure growth/collect/1024 time",
                "has no time in the results",
            ),
            (
                "chart growth/1024 instructions",
                "has no instructions in the results",
            ),
            ("chart growth/1000 allocations", "near it: 1024"),
            ("chart growth allocations", "name the input"),
            (
                "ratio growth/push/1024 growth/push/1024 live",
                "a multiple of that",
            ),
            ("table grwth", "near it: growth"),
            ("fact capacity", "near it: capacities"),
            ("bars disc_ bytes", "near it: disk_"),
            ("bars disk_", "say as well what the figures count"),
            ("bars capac bytes", "capacities is no number: 4, 8, 16"),
            ("fact tw:capacities", "cargo workbook measure tw"),
            ("verdicts tow", "near it: two"),
        ] {
            let reason = refused("02_two.md", &format!("{{{{{placeholder}}}}}"));
            assert!(reason.contains(part), "{placeholder}: {reason}");
        }
        assert!(refused("02_two.md", "{{fact\ncapacities}}").contains("no end on its line"));
        assert!(refused("working.md", "{{fact capacities}}").contains("belongs to no lesson"));
        assert!(refused("03_three.md", "{{exercises}}").contains("no exercise of three"));
    }

    #[test]
    fn chapters_are_found_wherever_mdbook_keeps_them() {
        let mut book = serde_json::json!({"items": [{"Chapter": {"path": "a.md", "content": "1", "sub_items": [
            {"Chapter": {"path": "b.md", "content": "2", "sub_items": []}},
            {"Chapter": {"path": null, "content": "draft", "sub_items": []}}]}}]});
        let mut seen = Vec::new();
        visit_chapters(&mut book, &mut |name, content| {
            seen.push(name.to_owned());
            content.push('!');
        });
        assert_eq!(seen, ["a.md", "b.md"]);
        assert!(book.to_string().contains("\"content\":\"2!\""), "{book}");
    }
}
