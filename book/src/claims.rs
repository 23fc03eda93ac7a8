//! The claims ledger, `book/claims.toml`: what is said about memory, what became of it here, and what settles it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::Deserialize;
use thiserror::Error;

use crate::chapters::{chapters, headings, lesson_of};
use crate::files::{FileError, entries, name_of, read};
use crate::results::{Results, ResultsError};

/// All claims, in the order of the file.
#[derive(Clone, Debug, Deserialize)]
pub struct Ledger {
    /// One row each.
    #[serde(rename = "claim")]
    pub claims: Vec<Claim>,
}

/// A row of the ledger.
#[derive(Clone, Debug, Deserialize)]
pub struct Claim {
    /// A name that stays.
    pub id: String,
    /// What it is about, which decides the chapter that quotes it.
    pub topic: String,
    /// What is said, in our words.
    pub says: String,
    /// The figure that is given with it, if any.
    pub figure: String,
    /// What became of it.
    pub verdict: Verdict,
    /// What settles it.
    pub settled: Vec<Settlement>,
    /// What is true, in a sentence or two; may hold placeholders.
    pub finding: String,
}

/// What measuring made of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Verdict {
    /// Nobody has looked yet.
    #[serde(rename = "")]
    Open,
    /// It is so.
    #[serde(rename = "holds")]
    Holds,
    /// It is so, with less to gain, or only here and there.
    #[serde(rename = "holds weaker")]
    HoldsWeaker,
    /// It isn't so.
    #[serde(rename = "does not hold")]
    DoesNotHold,
    /// The opposite is so.
    #[serde(rename = "inverted")]
    Inverted,
    /// Rust has no such thing.
    #[serde(rename = "no counterpart")]
    NoCounterpart,
    /// No measurement can settle it.
    #[serde(rename = "editorial")]
    Editorial,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Holds,
        Self::HoldsWeaker,
        Self::DoesNotHold,
        Self::Inverted,
        Self::NoCounterpart,
        Self::Editorial,
        Self::Open,
    ];
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Open => "open",
            Self::Holds => "holds",
            Self::HoldsWeaker => "holds weaker",
            Self::DoesNotHold => "does not hold",
            Self::Inverted => "inverted",
            Self::NoCounterpart => "no counterpart",
            Self::Editorial => "editorial",
        })
    }
}

/// What settles a claim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Settlement {
    /// `test:PACKAGE/TARGET/NAME`
    Test {
        /// A lesson's package.
        package: String,
        /// The stem of a file in its `tests`.
        target: String,
        /// The function.
        name: String,
    },
    /// `bench:LESSON/STAIRCASE`
    Bench {
        /// A lesson.
        lesson: String,
        /// One of its staircases.
        staircase: String,
    },
    /// `page:CHAPTER.md#heading`
    Page {
        /// A file in `book/chapters`.
        chapter: String,
        /// The id of a heading in it.
        heading: String,
    },
}

/// A settlement that is none of the three.
#[derive(Debug, Error)]
#[error(
    "{0:?} settles nothing: write test:PACKAGE/TARGET/NAME, bench:LESSON/STAIRCASE or page:CHAPTER.md#heading"
)]
pub struct UnknownSettlement(String);

impl TryFrom<String> for Settlement {
    type Error = UnknownSettlement;

    fn try_from(text: String) -> Result<Self, UnknownSettlement> {
        let (kind, rest) = text.split_once(':').unwrap_or_default();
        let parts: Vec<&str> = rest.split(['/', '#']).collect();
        let owned = |part: &str| part.to_owned();
        match (kind, &parts[..]) {
            _ if parts.contains(&"") => Err(UnknownSettlement(text)),
            ("test", [package, target, name]) => Ok(Self::Test {
                package: owned(package),
                target: owned(target),
                name: owned(name),
            }),
            ("bench", [lesson, staircase]) => Ok(Self::Bench {
                lesson: owned(lesson),
                staircase: owned(staircase),
            }),
            ("page", [chapter, heading]) if rest.contains('#') => Ok(Self::Page {
                chapter: owned(chapter),
                heading: owned(heading),
            }),
            _ => Err(UnknownSettlement(text)),
        }
    }
}

impl fmt::Display for Settlement {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Test {
                package,
                target,
                name,
            } => write!(formatter, "test:{package}/{target}/{name}"),
            Self::Bench { lesson, staircase } => write!(formatter, "bench:{lesson}/{staircase}"),
            Self::Page { chapter, heading } => write!(formatter, "page:{chapter}#{heading}"),
        }
    }
}

/// A ledger that can't be checked or quoted.
#[derive(Debug, Error)]
pub enum ClaimsError {
    /// A file or folder can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The ledger has another shape.
    #[error("book/claims.toml is broken: {0}")]
    Broken(#[from] toml::de::Error),
    /// A results file can't be used.
    #[error(transparent)]
    Results(#[from] ResultsError),
}

impl Ledger {
    /// Reads `book/claims.toml` below the repository's root.
    ///
    /// # Errors
    ///
    /// Where it can't be read, or a row has another shape, an unknown verdict or an unknown settlement.
    pub fn read(root: &Path) -> Result<Self, ClaimsError> {
        Ok(toml::from_str(&read(&root.join("book/claims.toml"))?)?)
    }

    /// A topic's rows.
    pub fn of_topic(&self, topic: &str) -> Vec<&Claim> {
        self.claims.iter().filter(|it| it.topic == topic).collect()
    }

    /// The topics, each where it first appears.
    pub fn topics(&self) -> Vec<&str> {
        let mut topics: Vec<&str> = Vec::new();
        for claim in &self.claims {
            if !topics.contains(&claim.topic.as_str()) {
                topics.push(&claim.topic);
            }
        }
        topics
    }

    /// What is wrong with the rows, in sentences that begin with the row's id.
    pub fn problems(&self, evidence: &Evidence) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut problems = Vec::new();
        for claim in &self.claims {
            let mut complain = |problem: String| problems.push(format!("{}: {problem}", claim.id));
            if !seen.insert(&claim.id) {
                complain("two rows have this id".into());
            }
            if claim.verdict == Verdict::Open {
                complain("has no verdict".into());
            }
            if claim.finding.trim().is_empty() {
                complain("has no finding".into());
            }
            if let Err(problem) = claim.is_settled_in_kind() {
                complain(problem.into());
            }
            for settlement in &claim.settled {
                if !evidence.has(settlement) {
                    complain(format!("{settlement} doesn't exist"));
                }
            }
        }
        problems
    }
}

impl Claim {
    /// The lesson whose results its finding quotes.
    pub fn lesson(&self) -> String {
        match self.topic.as_str() {
            "cpu" => "measuring".to_owned(),
            topic => topic.replace('-', "_"),
        }
    }

    /// Measurements settle a claim; only where none can, a page does.
    fn is_settled_in_kind(&self) -> Result<(), &'static str> {
        let pages = self
            .settled
            .iter()
            .filter(|it| matches!(it, Settlement::Page { .. }))
            .count();
        match (self.verdict, pages, self.settled.len()) {
            (_, _, 0) => Err("nothing settles it"),
            (Verdict::Editorial, pages, all) if pages < all => {
                Err("is editorial, but a test or bench settles it: give it a verdict")
            }
            (Verdict::Editorial, ..) => Ok(()),
            (_, pages, all) if pages == all => {
                Err("only pages settle it: name a test or a bench, or call it editorial")
            }
            _ => Ok(()),
        }
    }
}

/// Everything that a row may point to.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Every test and staircase.
    measured: BTreeSet<Settlement>,
    /// Every chapter's text.
    chapters: BTreeMap<String, String>,
}

impl Evidence {
    /// Looks it up: the tests of the lessons, the staircases in the results, the headings in the chapters.
    ///
    /// # Errors
    ///
    /// Where one of these files can't be read.
    pub fn gather(root: &Path) -> Result<Self, ClaimsError> {
        let mut evidence = Self::default();
        for lesson in entries(&root.join("lessons"))? {
            let Some(package) = name_of(&lesson).and_then(lesson_of) else {
                continue;
            };
            for file in entries(&lesson.join("tests")).unwrap_or_default() {
                if let Some(target) = name_of(&file).and_then(|name| name.strip_suffix(".rs")) {
                    evidence.add_tests(package, target, &read(&file)?);
                }
            }
        }
        for results in Results::read_all(root)?.values() {
            evidence.add_benches(results);
        }
        evidence.chapters = chapters(root)?;
        Ok(evidence)
    }

    /// Adds the `#[test]` functions of a test target. Ignored ones settle nothing.
    fn add_tests(&mut self, package: &str, target: &str, source: &str) {
        let mut attributes = String::new();
        for line in source.lines().map(str::trim) {
            if line.starts_with("#[") {
                attributes += line;
            } else if let Some(rest) = line.strip_prefix("fn ") {
                let runs = attributes.contains("#[test]") && !attributes.contains("#[ignore");
                if let (true, Some((name, _))) = (runs, rest.split_once('(')) {
                    self.measured.insert(Settlement::Test {
                        package: package.to_owned(),
                        target: target.to_owned(),
                        name: name.to_owned(),
                    });
                }
                attributes.clear();
            }
        }
    }

    fn add_benches(&mut self, results: &Results) {
        for case in &results.cases {
            self.measured.insert(Settlement::Bench {
                lesson: results.lesson.clone(),
                staircase: case.staircase.clone(),
            });
        }
    }

    fn has(&self, settlement: &Settlement) -> bool {
        match settlement {
            Settlement::Page { chapter, heading } => self
                .chapters
                .get(chapter)
                .is_some_and(|text| headings(text).iter().any(|it| it.id == *heading)),
            measured => self.measured.contains(measured),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTS: &str = "
#[test]
fn doubling() {}
/// Not a test.
fn sample() {}
#[test]
#[should_panic]
fn panics() {}
#[test]
#[ignore = \"slow\"]
fn skipped() {}
";

    fn evidence() -> Evidence {
        let mut evidence = Evidence::default();
        evidence.add_tests("preallocation", "claims", TESTS);
        evidence.measured.insert(Settlement::Bench {
            lesson: "preallocation".into(),
            staircase: "vec_growth".into(),
        });
        let chapter = "# Two\n\n## When it loses\n\n```text\n## Not this\n```\n";
        evidence.chapters.insert("02_two.md".into(), chapter.into());
        evidence
    }

    fn row(verdict: &str, settled: &str, finding: &str) -> String {
        format!(
            "[[claim]]\nid = \"growth\"\ntopic = \"t\"\nsays = \"s\"\nfigure = \"\"\nverdict = \"{verdict}\"\n\
             settled = [{settled}]\nfinding = \"{finding}\"\n"
        )
    }

    fn problems(ledger: &str) -> Vec<String> {
        let ledger: Ledger = toml::from_str(ledger).expect("a ledger");
        ledger.problems(&evidence())
    }

    #[test]
    fn a_settled_row_is_fine() {
        for settled in [
            r#""test:preallocation/claims/doubling""#,
            r#""test:preallocation/claims/panics""#,
            r#""bench:preallocation/vec_growth""#,
            r##""page:02_two.md#when-it-loses", "bench:preallocation/vec_growth""##,
        ] {
            assert_eq!(problems(&row("holds", settled, "f")), [""; 0]);
        }
        let page = r##""page:02_two.md#when-it-loses""##;
        assert_eq!(problems(&row("editorial", page, "f")), [""; 0]);
    }

    #[test]
    fn an_empty_row_has_three_problems() {
        assert_eq!(
            problems(&row("", "", " ")),
            [
                "growth: has no verdict",
                "growth: has no finding",
                "growth: nothing settles it"
            ]
        );
    }

    #[test]
    fn ids_are_unique() {
        let row = row("holds", r#""bench:preallocation/vec_growth""#, "f");
        assert_eq!(
            problems(&format!("{row}{row}")),
            ["growth: two rows have this id"]
        );
    }

    #[test]
    fn what_settles_a_row_exists() {
        for absent in [
            "test:preallocation/claims/skipped",
            "test:preallocation/claims/sample",
            "test:preallocation/figures/doubling",
            "test:measuring/claims/doubling",
            "bench:preallocation/map_growth",
            "bench:measuring/vec_growth",
        ] {
            let found = problems(&row("holds", &format!("{absent:?}"), "f"));
            assert_eq!(found, [format!("growth: {absent} doesn't exist")]);
        }
        for absent in ["page:02_two.md#not-this", "page:03_three.md#when-it-loses"] {
            let found = problems(&row("editorial", &format!("{absent:?}"), "f"));
            assert_eq!(found, [format!("growth: {absent} doesn't exist")]);
        }
    }

    #[test]
    fn editorial_rows_have_pages_and_the_others_more_than_pages() {
        let found = problems(&row(
            "editorial",
            r#""bench:preallocation/vec_growth""#,
            "f",
        ));
        assert!(found[0].contains("is editorial, but"), "{found:?}");
        let found = problems(&row("holds", r##""page:02_two.md#when-it-loses""##, "f"));
        assert!(found[0].contains("only pages settle it"), "{found:?}");
    }

    #[test]
    fn unknown_verdicts_and_settlements_are_refused() {
        let parse = |text: &str| toml::from_str::<Ledger>(text).map_err(|error| error.to_string());
        let error = parse(&row("probably", "", "f")).expect_err("no such verdict");
        assert!(error.contains("does not hold"), "{error}");
        for settled in [
            "vec_growth",
            "bench:preallocation",
            "page:02_two.md",
            "test:a//b",
        ] {
            let error = parse(&row("holds", &format!("{settled:?}"), "f")).expect_err("no such");
            assert!(error.contains("settles nothing"), "{error}");
        }
    }
}
