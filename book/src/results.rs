//! `benches/results/LESSON.json`: what the instruments found, and where.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::files::{FileError, entries, name_of};
use crate::units;

/// Everything that was measured for one lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The lesson's name, which is also the file's.
    pub lesson: String,
    /// Where and when.
    pub environment: Environment,
    /// The figures, in the order of the lesson's cases.
    pub cases: Vec<Case>,
    /// Figures that belong to no case.
    pub facts: Vec<Fact>,
}

/// What the figures depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The target triple.
    pub target: String,
    /// The processor and how many of its cores there were.
    pub machine: String,
    /// The compiler's release, `1.95.0`.
    pub rustc: String,
    /// The C library, whose allocator `malloc` is.
    pub libc: String,
    /// Valgrind's version, where it counted instructions.
    pub valgrind: Option<String>,
    /// The short hash of the commit; it ends in `-dirty` where the sources differed from it.
    pub commit: String,
    /// The day in UTC, `yyyy-mm-dd`.
    pub date: String,
}

/// One case: a step with an input, and its cost by each instrument.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The staircase's name.
    pub staircase: String,
    /// The step's name.
    pub step: String,
    /// The input's label.
    pub input: String,
    /// The heap, by dhat.
    pub heap: Heap,
    /// Instructions, by callgrind.
    pub instructions: Option<u64>,
    /// Time, by criterion.
    pub time: Option<Time>,
}

/// A heap cost in dhat's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heap {
    /// Allocations and reallocations.
    pub allocations: u64,
    /// Their sizes added up.
    pub bytes: u64,
    /// The most bytes live at one moment.
    pub peak: u64,
    /// Bytes live at the end.
    pub live: i64,
}

/// Nanoseconds per call.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Time {
    /// The median.
    pub median_ns: f64,
    /// The lower end of its 95 % interval.
    pub low_ns: f64,
    /// The upper end.
    pub high_ns: f64,
}

/// A named figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// How the book quotes it.
    pub name: String,
    /// What it is.
    pub value: String,
}

/// A results file that can't be used.
#[derive(Debug, Error)]
pub enum ResultsError {
    /// There is no folder of results.
    #[error(transparent)]
    Folder(#[from] FileError),
    /// The file isn't there, or may not be read.
    #[error("{path} can't be read ({source}); to make it: cargo workbook measure {lesson}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Which lesson it is for.
        lesson: String,
        /// Why not.
        source: io::Error,
    },
    /// The file has another shape.
    #[error("{path} is broken ({source}); to make it anew: cargo workbook measure {lesson}")]
    Broken {
        /// Which file.
        path: PathBuf,
        /// Which lesson it is for.
        lesson: String,
        /// Where it is broken.
        source: serde_json::Error,
    },
    /// The file is another lesson's.
    #[error(
        "{path} holds the results of {found:?}; to make it anew: cargo workbook measure {lesson}"
    )]
    OtherLesson {
        /// Which file.
        path: PathBuf,
        /// Which lesson it is for.
        lesson: String,
        /// Which lesson it says it is for.
        found: String,
    },
    /// The file can't be written.
    #[error("{path} can't be written ({source}); is the folder there, and yours to write in?")]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl Results {
    /// Where a lesson's results are, below the repository's root.
    pub fn path(root: &Path, lesson: &str) -> PathBuf {
        root.join("benches/results").join(format!("{lesson}.json"))
    }

    /// Reads a lesson's results.
    ///
    /// # Errors
    ///
    /// Where the file is missing, is no JSON of this shape, or belongs to another lesson.
    pub fn read(root: &Path, lesson: &str) -> Result<Self, ResultsError> {
        let path = Self::path(root, lesson);
        let lesson = lesson.to_owned();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => {
                return Err(ResultsError::Read {
                    path,
                    lesson,
                    source,
                });
            }
        };
        match serde_json::from_str::<Self>(&text) {
            Ok(results) if results.lesson == lesson => Ok(results),
            Ok(results) => Err(ResultsError::OtherLesson {
                path,
                lesson,
                found: results.lesson,
            }),
            Err(source) => Err(ResultsError::Broken {
                path,
                lesson,
                source,
            }),
        }
    }

    /// Reads all results that there are, by lesson.
    ///
    /// # Errors
    ///
    /// Where one of them can't be used.
    pub fn read_all(root: &Path) -> Result<BTreeMap<String, Self>, ResultsError> {
        let mut all = BTreeMap::new();
        for path in entries(&root.join("benches/results"))? {
            if let Some(lesson) = name_of(&path).and_then(|name| name.strip_suffix(".json")) {
                all.insert(lesson.to_owned(), Self::read(root, lesson)?);
            }
        }
        Ok(all)
    }

    /// Writes them, whole or not at all.
    ///
    /// # Errors
    ///
    /// Where the folder can't be written.
    pub fn write(&self, root: &Path) -> Result<(), ResultsError> {
        let path = Self::path(root, &self.lesson);
        let draft = path.with_extension("json.new");
        let write = || {
            let text = serde_json::to_string_pretty(self)? + "\n";
            fs::write(&draft, text)?;
            fs::rename(&draft, &path)
        };
        write().map_err(|source| ResultsError::Write {
            path: path.clone(),
            source,
        })
    }

    /// The case `staircase/step/input`.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id() == id)
    }

    /// A staircase's cases, input by input.
    pub fn staircase(&self, name: &str) -> Vec<&Case> {
        self.cases
            .iter()
            .filter(|case| case.staircase == name)
            .collect()
    }
}

impl Case {
    /// `staircase/step/input`.
    pub fn id(&self) -> String {
        format!("{}/{}/{}", self.staircase, self.step, self.input)
    }

    /// One of its figures, where it was measured; times are medians in nanoseconds.
    pub fn figure(&self, measure: Measure) -> Option<f64> {
        match measure {
            Measure::Blocks => Some(self.heap.allocations as f64),
            Measure::Bytes => Some(self.heap.bytes as f64),
            Measure::Peak => Some(self.heap.peak as f64),
            Measure::Live => Some(self.heap.live as f64),
            Measure::Instructions => self.instructions.map(|count| count as f64),
            Measure::Time => self.time.map(|time| time.median_ns),
        }
    }

    /// The same, as the book writes it.
    pub fn written(&self, measure: Measure) -> Option<String> {
        self.figure(measure).map(|figure| measure.write(figure))
    }
}

/// What can be quoted of a case, and drawn as a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Measure {
    /// Allocations and reallocations
    Blocks,
    /// Their sizes added up
    Bytes,
    /// The most bytes live at one moment
    Peak,
    /// Bytes live at the end
    Live,
    /// Instructions, where valgrind is there
    Instructions,
    /// Time, by its median
    Time,
}

impl Measure {
    /// All of them, in the order of every table.
    pub const ALL: [Self; 6] = [
        Self::Blocks,
        Self::Bytes,
        Self::Peak,
        Self::Live,
        Self::Instructions,
        Self::Time,
    ];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blocks => "allocations",
            Self::Bytes => "bytes",
            Self::Peak => "peak",
            Self::Live => "live",
            Self::Instructions => "instructions",
            Self::Time => "time",
        }
    }

    /// The measure that the word names.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    /// The unit that a chart counts in.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Blocks => "allocations",
            Self::Bytes => "bytes",
            Self::Peak => "bytes at the peak",
            Self::Live => "bytes at the end",
            Self::Instructions => "instructions",
            Self::Time => "ns",
        }
    }

    /// Writes one of its figures: times with a unit, everything else as a whole number.
    pub fn write(self, figure: f64) -> String {
        match self {
            Self::Time => units::time(figure),
            _ => units::grouped(figure.round() as i64),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
