//! info.toml: the lessons and exercises, in the order in which they are taken.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// All lessons and exercises.
#[derive(Debug, Deserialize)]
pub struct Catalogue {
    /// In teaching order.
    pub lessons: Vec<Lesson>,
    /// In the order in which they are taken.
    #[serde(default)]
    pub exercises: Vec<Exercise>,
}

/// A lesson.
#[derive(Debug, Deserialize)]
pub struct Lesson {
    /// Its number and name, `02_preallocation`: the folder of its exercises and the name of its chapter.
    pub dir: String,
    /// As people say it.
    pub title: String,
}

/// An exercise.
#[derive(Clone, Debug, Deserialize)]
pub struct Exercise {
    /// Also the name of its binary and, with `.rs`, of its file.
    pub name: String,
    /// Its lesson's folder.
    pub dir: String,
    /// The way in which it is unsolved.
    pub kind: Kind,
    /// What it drills, in a sentence.
    pub drills: String,
    /// How hard it is for somebody who has read the chapter's section.
    pub difficulty: Option<Difficulty>,
    /// How many minutes it takes such a reader.
    pub minutes: Option<u32>,
    hint: String,
}

/// How hard an exercise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Difficulty {
    /// One change at the spot that the TODO marks.
    Easy,
    /// Several changes, or a choice to make.
    Medium,
    /// A design of one's own.
    Hard,
}

impl fmt::Display for Difficulty {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
        })
    }
}

/// The four ways to be unsolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Correct, and wasteful.
    Budget,
    /// A technique misused.
    Bug,
    /// Numbers to write down before measuring.
    Predict,
    /// Code to write.
    Build,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Budget => "budget",
            Self::Bug => "bug",
            Self::Predict => "predict",
            Self::Build => "build",
        })
    }
}

/// What is wrong with info.toml, or with a name that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// There is no such file.
    #[error(
        "{} can't be read: {source}. Run this inside the clone of the workbook; `git checkout info.toml` brings the \
         file back",
        path.display()
    )]
    Unreadable {
        /// Where info.toml was looked for.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It isn't TOML, or a field is missing or strange.
    #[error(
        "info.toml is broken:\n{0}\nMend the line, or bring the file back with `git checkout info.toml`."
    )]
    Broken(#[from] toml::de::Error),
    /// It is well-formed, and contradicts itself.
    #[error(
        "info.toml is broken: {0}. Mend it, or bring the file back with `git checkout info.toml`."
    )]
    Contradictory(String),
    /// Nothing has that name.
    #[error("no {wanted} is called `{name}`. {}", suggestion(nearest.as_deref()))]
    Unknown {
        /// What was looked for: `exercise`, `lesson`, `exercise or lesson`.
        wanted: &'static str,
        /// As it was asked for.
        name: String,
        /// The closest name there is.
        nearest: Option<String>,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => format!("Did you mean `{name}`?"),
        None => "`cargo workbook` lists all there are.".to_owned(),
    }
}

impl Catalogue {
    /// Reads info.toml in the workbook's root folder.
    ///
    /// # Errors
    ///
    /// Where the file can't be read, isn't well-formed or contradicts itself.
    pub fn read(root: &Path) -> Result<Self, CatalogueError> {
        let path = root.join("info.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text),
            Err(source) => Err(CatalogueError::Unreadable { path, source }),
        }
    }

    fn parse(text: &str) -> Result<Self, CatalogueError> {
        let catalogue: Self = toml::from_str(text)?;
        let mut names = HashSet::new();
        for exercise in &catalogue.exercises {
            let name = &exercise.name;
            let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
            if name.is_empty() || !name.chars().all(plain) {
                let reason = format!("the name {name:?} has more than a-z, 0-9 and _ in it");
                return Err(CatalogueError::Contradictory(reason));
            }
            if !names.insert(name) {
                let reason = format!("two exercises are called `{name}`");
                return Err(CatalogueError::Contradictory(reason));
            }
            if catalogue.lesson_in(&exercise.dir).is_none() {
                let reason = format!(
                    "the exercise `{name}` belongs to `{}`, which is no lesson's dir",
                    exercise.dir
                );
                return Err(CatalogueError::Contradictory(reason));
            }
        }
        Ok(catalogue)
    }

    /// The lesson with that folder.
    pub fn lesson_in(&self, dir: &str) -> Option<&Lesson> {
        self.lessons.iter().find(|lesson| lesson.dir == dir)
    }

    /// The exercises of a lesson.
    pub fn of_lesson<'a>(&'a self, lesson: &'a Lesson) -> impl Iterator<Item = &'a Exercise> {
        self.exercises
            .iter()
            .filter(|exercise| exercise.dir == lesson.dir)
    }

    /// The exercise of that name. A path to its file is a name too.
    ///
    /// # Errors
    ///
    /// Where there is none; the nearest name is suggested.
    pub fn exercise(&self, name: &str) -> Result<&Exercise, CatalogueError> {
        self.find_exercise(name)
            .ok_or_else(|| self.unknown("exercise", name))
    }

    /// The lesson of that name or number.
    ///
    /// # Errors
    ///
    /// Where there is none; the nearest name is suggested.
    pub fn lesson(&self, name: &str) -> Result<&Lesson, CatalogueError> {
        self.lessons
            .iter()
            .find(|lesson| lesson.answers_to(name))
            .ok_or_else(|| self.unknown("lesson", name))
    }

    /// One exercise, a lesson's exercises, or all of them where nothing is named.
    ///
    /// # Errors
    ///
    /// Where neither an exercise nor a lesson has the name; the nearest is suggested.
    pub fn chosen(&self, name: Option<&str>) -> Result<Vec<&Exercise>, CatalogueError> {
        let Some(name) = name else {
            return Ok(self.exercises.iter().collect());
        };
        if let Some(exercise) = self.find_exercise(name) {
            return Ok(vec![exercise]);
        }
        match self.lesson(name) {
            Ok(lesson) => Ok(self.of_lesson(lesson).collect()),
            Err(_) => Err(self.unknown("exercise or lesson", name)),
        }
    }

    fn find_exercise(&self, name: &str) -> Option<&Exercise> {
        let name = Path::new(name).file_stem()?.to_str()?;
        self.exercises.iter().find(|exercise| exercise.name == name)
    }

    fn unknown(&self, wanted: &'static str, name: &str) -> CatalogueError {
        let exercises = self.exercises.iter().map(|it| it.name.as_str());
        let exercises = exercises.filter(|_| wanted != "lesson");
        let lessons = self.lessons.iter().map(|it| it.name());
        let lessons = lessons.filter(|_| wanted != "exercise");
        CatalogueError::Unknown {
            wanted,
            name: name.to_owned(),
            nearest: nearest(name, exercises.chain(lessons)).map(str::to_owned),
        }
    }
}

impl Lesson {
    /// Its name without the number.
    pub fn name(&self) -> &str {
        self.dir.split_once('_').map_or(&self.dir, |(_, name)| name)
    }

    /// Its number, as written.
    pub fn number(&self) -> &str {
        self.dir.split_once('_').map_or("", |(number, _)| number)
    }

    /// Its chapter of the book, from the root folder.
    pub fn chapter(&self) -> PathBuf {
        Path::new("book/chapters")
            .join(&self.dir)
            .with_extension("md")
    }

    fn answers_to(&self, name: &str) -> bool {
        let folder = Path::new(name).file_stem().and_then(|stem| stem.to_str());
        let number = self.number().trim_start_matches('0');
        folder == Some(&self.dir)
            || name == self.name()
            || (!number.is_empty() && name.trim_start_matches('0') == number)
    }
}

impl Exercise {
    /// The learner's file, from the root folder.
    pub fn file(&self) -> PathBuf {
        self.in_folder("exercises")
    }

    /// The reference, from the root folder.
    pub fn solution(&self) -> PathBuf {
        self.in_folder("solutions")
    }

    /// The folder of its pristine starter and its trials, from the root folder.
    pub fn trials(&self) -> PathBuf {
        Path::new("book/trials").join(&self.dir).join(&self.name)
    }

    /// The starter as shipped, from the root folder.
    pub fn starter(&self) -> PathBuf {
        self.trials().join("starter.rs")
    }

    fn in_folder(&self, folder: &str) -> PathBuf {
        Path::new(folder)
            .join(&self.dir)
            .join(format!("{}.rs", self.name))
    }

    /// Its hints, from a nudge to the way.
    pub fn hints(&self) -> Vec<String> {
        let mut hints = vec![String::new()];
        for line in self.hint.lines() {
            match (line.trim(), hints.last_mut()) {
                ("---", _) => hints.push(String::new()),
                (_, Some(hint)) => {
                    hint.push_str(line);
                    hint.push('\n');
                }
                (_, None) => {}
            }
        }
        let trimmed = hints.iter().map(|hint| hint.trim().to_owned());
        trimmed.filter(|hint| !hint.is_empty()).collect()
    }
}

/// The name that is most like the one that was asked for, if any is like it at all.
fn nearest<'a>(asked: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let asked = asked.to_lowercase();
    names
        .map(|name| (strsim::jaro_winkler(&asked, name), name))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: &str = r#"
        format_version = 1
        [[lessons]]
        dir = "02_preallocation"
        title = "Preallocation"
        [[exercises]]
        name = "event_log"
        dir = "02_preallocation"
        kind = "budget"
        drills = "Writing into one String."
        hint = """
        a nudge
        on two lines

        ---

        the way
        """
    "#;

    fn broken(from: &str, to: &str) -> String {
        assert!(INFO.contains(from));
        Catalogue::parse(&INFO.replace(from, to))
            .expect_err("it is broken")
            .to_string()
    }

    #[test]
    fn paths_follow_from_the_name() {
        let catalogue = Catalogue::parse(INFO).expect("it is well-formed");
        let exercise = catalogue.exercise("event_log").expect("it is listed");
        assert_eq!(
            exercise.file(),
            Path::new("exercises/02_preallocation/event_log.rs")
        );
        assert_eq!(
            exercise.starter(),
            Path::new("book/trials/02_preallocation/event_log/starter.rs")
        );
        assert_eq!(
            catalogue.lessons[0].chapter(),
            Path::new("book/chapters/02_preallocation.md")
        );
    }

    #[test]
    fn hints_are_split_at_the_rule() {
        let catalogue = Catalogue::parse(INFO).expect("it is well-formed");
        let hints = catalogue.exercises[0].hints();
        assert_eq!(hints.len(), 2);
        assert_eq!(hints[1], "the way");
    }

    #[test]
    fn an_exercise_answers_to_its_file_and_a_lesson_to_its_number() {
        let catalogue = Catalogue::parse(INFO).expect("it is well-formed");
        for name in [
            "event_log",
            "exercises/02_preallocation/event_log.rs",
            "preallocation",
            "02_preallocation",
            "exercises/02_preallocation/",
            "2",
            "02",
        ] {
            assert_eq!(
                catalogue.chosen(Some(name)).map(|it| it.len()).ok(),
                Some(1),
                "{name}"
            );
        }
    }

    #[test]
    fn an_unknown_name_suggests_the_nearest() {
        let catalogue = Catalogue::parse(INFO).expect("it is well-formed");
        let said = |name| {
            catalogue
                .chosen(Some(name))
                .map(|_| ())
                .unwrap_err()
                .to_string()
        };
        assert!(said("evnt_log").ends_with("Did you mean `event_log`?"));
        assert!(said("prealocation").ends_with("Did you mean `preallocation`?"));
        assert!(said("xyz").ends_with("lists all there are."));
        assert!(said("").ends_with("lists all there are."));
        let exercise = catalogue.exercise("preallocatio").map(|_| ()).unwrap_err();
        assert!(
            !exercise.to_string().contains("Did you mean"),
            "a lesson is no exercise"
        );
    }

    #[test]
    fn what_is_broken_is_named() {
        assert!(broken("\"budget\"", "\"budgets\"").contains("budgets"));
        assert!(broken("drills =", "dril =").contains("drills"));
        assert!(broken("name = \"event_log\"", "name = \"../etc\"").contains("../etc"));
        assert!(
            broken(
                "dir = \"02_preallocation\"\n        kind",
                "dir = \"03_x\"\n        kind"
            )
            .contains("03_x")
        );
        assert!(broken("[[lessons]]", "[[lessons").contains("line"));
    }
}
