//! Which parts of the relay a learner can write: the features of its package that are named after exercises.

use std::path::Path;

use serde::Deserialize;

use crate::error::Error;
use crate::workspace::Workbook;

/// The feature that has all of them.
const ALL: &str = "yours";
/// Features that are no parts.
const OTHERS: [&str; 4] = ["default", ALL, "parts", "references"];

/// The relay's manifest, from the root folder.
pub const MANIFEST: &str = "lessons/12_relay/Cargo.toml";

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    features: toml::Table,
}

/// The features to build a learner's relay with, and the parts that are in it.
#[derive(Debug, PartialEq)]
pub struct Choice {
    /// For cargo.
    pub features: Vec<String>,
    /// By name.
    pub parts: Vec<String>,
}

/// The parts that were asked for; all of them where none was.
///
/// # Errors
///
/// Where one of them doesn't exist, or the manifest can't be read.
pub fn chosen(workbook: &Workbook, asked: &[String]) -> Result<Choice, Error> {
    choose(&workbook.read(Path::new(MANIFEST))?, asked)
}

fn choose(manifest: &str, asked: &[String]) -> Result<Choice, Error> {
    let broken = |error| Error::Said(format!("{MANIFEST} is broken:\n{error}"));
    let manifest: Manifest = toml::from_str(manifest).map_err(broken)?;
    let features = manifest.features.into_iter().map(|(name, _)| name);
    let parts: Vec<String> = features
        .filter(|name| !OTHERS.contains(&name.as_str()))
        .collect();
    if let Some(unknown) = asked.iter().find(|name| !parts.contains(name)) {
        let list = match parts.is_empty() {
            true => "It has none yet".to_owned(),
            false => format!("There are {}", parts.join(", ")),
        };
        let said = format!("no part of the relay is called `{unknown}`. {list}.");
        return Err(Error::Said(said));
    }
    Ok(match asked.is_empty() {
        true => Choice {
            features: vec![ALL.to_owned()],
            parts,
        },
        false => Choice {
            features: asked.to_vec(),
            parts: asked.to_vec(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
        [package]
        name = "relay"
        [features]
        yours = ["hex_ids", "varints"]
        parts = []
        references = []
        hex_ids = ["parts"]
        varints = ["parts"]
    "#;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn all_parts_are_taken_where_none_is_named() {
        let all = choose(MANIFEST, &[]).unwrap();
        assert_eq!(all.features, ["yours"]);
        assert_eq!(all.parts, ["hex_ids", "varints"]);
        let one = choose(MANIFEST, &names(&["varints"])).unwrap();
        assert_eq!(
            (&one.features, &one.parts),
            (&one.parts, &names(&["varints"]))
        );
    }

    #[test]
    fn a_part_that_doesnt_exist_is_named_with_those_that_do() {
        let said = |asked: &str| choose(MANIFEST, &names(&[asked])).unwrap_err().to_string();
        assert_eq!(
            said("varint"),
            "no part of the relay is called `varint`. There are hex_ids, varints."
        );
        assert!(
            said("yours").contains("no part"),
            "the feature for all is none"
        );
        let none = choose("[features]\nyours = []", &names(&["a"])).unwrap_err();
        assert!(none.to_string().ends_with("It has none yet."));
    }
}
