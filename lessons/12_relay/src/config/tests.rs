//! Every setting can be read from where it may be written, and from nowhere else.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;

use super::*;

/// The settings and the matches that arguments give, on top of a file, without the environment.
fn given(file: Option<&str>, arguments: &[&str]) -> Result<(Settings, clap::ArgMatches), String> {
    let mut command = command().mut_args(|arg| arg.env(None::<&str>));
    if let Some(text) = file {
        command = read(text)?.into_defaults(command);
    }
    let arguments = [&["relay"], arguments].concat();
    let matches = command
        .try_get_matches_from(arguments)
        .map_err(|error| error.to_string())?;
    let settings = Alone::from_arg_matches(&matches).map_err(|error| error.to_string())?;
    Ok((settings.settings, matches))
}

fn read(text: &str) -> Result<File, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = folder.path().join("relay.toml");
    fs::write(&path, text).map_err(|error| error.to_string())?;
    File::read(&path, &command()).map_err(|error| error.to_string())
}

#[test]
fn defaults_can_be_read_and_are_what_the_printed_file_says() {
    let (settings, matches) = given(None, &[]).unwrap();
    assert_eq!(settings, Settings::default());
    let file = commented(&command(), &matches);
    assert_eq!(given(Some(&file), &[]).unwrap().0, Settings::default());
}

#[test]
fn a_printed_file_parses_back_to_the_same_settings() {
    let unlike_the_default = [
        "--data=/a b/\"c\"",
        "--database-cache=1.5 MiB",
        "--value-cache=7",
        "--quick-repair=true",
        "--dictionary=false",
        "--count-heap=true",
        "--listen=[::1]:0",
        "--ping-interval=90 s",
        "--grace-period=1500ms",
        "--handshake=1 min",
        "--name=7",
        "--description=true\nor \\ not — \"é\" # no comment",
        "--contact=mailto:a@b.c",
        "--pubkey=00000000000000000000000000000000000000000000000000000000000000ff",
        "--url=wss://relay.example",
        "--challenge=when-needed",
        "--private-kinds=4, 1059",
        "--future-limit=0 s",
        "--log=relay=debug,warn",
        "--log-format=json",
    ];
    let (mut arguments, numbers): (Vec<_>, Vec<_>) = (
        unlike_the_default.map(str::to_owned).to_vec(),
        command()
            .get_arguments()
            .filter_map(|arg| arg.get_long().map(str::to_owned))
            .collect(),
    );
    let is_given = |name: &String| {
        unlike_the_default
            .iter()
            .any(|given| given.starts_with(&format!("--{name}=")))
    };
    // All that are left are counts and sizes.
    arguments.extend(
        numbers
            .iter()
            .filter(|name| !is_given(name) && *name != "help")
            .map(|name| format!("--{name}=123456")),
    );
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();

    let (settings, matches) = given(None, &arguments).unwrap();
    let file = commented(&command(), &matches);
    assert_eq!(given(Some(&file), &[]).unwrap().0, settings, "{file}");
    let defaults = format!("{:?}", Settings::default());
    for (text, default) in format!("{settings:?}")
        .split(", ")
        .zip(defaults.split(", "))
    {
        assert_ne!(
            text, default,
            "this one was not changed, so the test says nothing about it"
        );
    }
}

#[test]
fn a_flag_counts_more_than_the_file_and_that_more_than_the_default() {
    let (settings, _) = given(Some("max-limit = 7\nmax-tags = 8"), &["--max-tags=9"]).unwrap();
    assert_eq!(settings.limits.max_limit, 7);
    assert_eq!(settings.limits.max_tags, 9);
    assert_eq!(
        settings.limits.max_filters,
        Settings::default().limits.max_filters
    );
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_line() {
    for (text, line, said) in [
        (
            "\nlistn = \"127.0.0.1:1\"",
            "line 2",
            "there is no setting `listn`; the nearest is `listen`",
        ),
        ("max_limit = 1", "line 1", "the nearest is `max-limit`"),
        (
            "name = \"a\"\n\nmax-limit = \"many\"",
            "line 3",
            "invalid value 'many' for '--max-limit",
        ),
        ("max-limit = -1", "line 1", "--max-limit"),
        ("database-cache = \"4 MiX\"", "line 1", "64 KiB"),
        ("ping-interval = 60", "line 1", "500 ms"),
        ("auth = [1]", "line 1", "there is no setting `auth`"),
        ("private-kinds = [4]", "line 1", "takes one value"),
        (
            "[limits]\nmax-limit = 1",
            "line 1",
            "there is no setting `limits`",
        ),
        ("a = 1\nb = = 2", "line 2", ""),
        ("pubkey = \"npub1\"", "line 1", "64 digits"),
        ("url = \"https://relay.example\"", "line 1", "ws://"),
    ] {
        let error = read(text).unwrap_err();
        assert!(
            error.contains(line) && error.contains(said),
            "{text:?}: {error}"
        );
    }
    let missing = File::read(&PathBuf::from("no/such.toml"), &command())
        .unwrap_err()
        .to_string();
    assert!(missing.contains("no/such.toml"), "{missing}");
}

#[test]
fn every_setting_has_a_meaning_a_default_and_a_variable() {
    for arg in command()
        .get_arguments()
        .filter(|arg| arg.get_id() != "help")
    {
        let name = arg.get_long().unwrap();
        assert!(arg.get_help().is_some(), "{name} has no meaning");
        assert!(
            !arg.get_default_values().is_empty(),
            "{name} has no default"
        );
        let variable = arg.get_env().unwrap().to_string_lossy().into_owned();
        assert!(
            variable == "RUST_LOG"
                || variable == format!("RELAY_{}", name.replace('-', "_").to_uppercase()),
            "{variable}"
        );
    }
}

#[test]
fn sizes_and_times_are_read_as_people_write_them() {
    for (text, bytes) in [
        ("0", 0),
        ("4096", 4096),
        ("4 KiB", 4096),
        ("1.5kb", 1500),
        ("2 GiB", 2 << 30),
        (" 1 MB ", 1_000_000),
    ] {
        assert_eq!(size(text), Ok(bytes), "{text:?}");
    }
    for text in [
        "",
        "MiB",
        "4 MiX",
        "-1",
        "1e3",
        "1.2.3",
        "99999999999999999999",
        "18446744073709551615 KiB",
        "NaN",
        "inf",
    ] {
        assert!(size(text).is_err(), "{text:?}");
    }
    for (text, millis) in [
        ("10 s", 10_000),
        ("500ms", 500),
        ("1.5 h", 5_400_000),
        ("0 s", 0),
        ("2 d", 172_800_000),
    ] {
        assert_eq!(
            duration(text),
            Ok(Duration::from_millis(millis)),
            "{text:?}"
        );
    }
    for text in ["", "10", "s", "10 m", "-1 s"] {
        assert!(duration(text).is_err(), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_survives_a_printed_file(text in "\\PC*|[\\x00-\\x7f]*") {
        prop_assume!(!text.contains('\0'));
        let (settings, matches) = given(None, &["--name", &format!("x{text}")]).unwrap();
        let file = commented(&command(), &matches);
        prop_assert_eq!(given(Some(&file), &[]).unwrap().0, settings);
    }

    #[test]
    fn no_file_makes_it_panic(text in "[a-z=\\[\\]\"'\n# 0-9.-]{0,60}") {
        let _ = read(&text);
    }
}
