//! The binary as its operator meets it: every command, every setting, and every way in which they can fail.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use relay::generate;
use relay::parts::{self, DATA_FOLDER};
use relay::store::{Store, StoreError, StoreOptions};
use tempfile::TempDir;

const RELAY: &str = env!("CARGO_BIN_EXE_relay");

/// A folder of its own, and the command in it, without any setting from outside.
fn relay(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(RELAY);
    command
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name == "RUST_LOG" || name.to_string_lossy().starts_with("RELAY_") {
            command.env_remove(name);
        }
    }
    command
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    relay(folder, arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What it prints, where it succeeds.
fn prints(folder: &TempDir, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// What it complains of: in its own words, without a panic, and with this status.
fn complains(output: &Output, status: i32) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// Signed events in a file.
fn events(folder: &TempDir, count: usize) -> PathBuf {
    let mut lines = Vec::new();
    for event in generate::signed(7, count) {
        event.write_json(&mut lines);
        lines.push(b'\n');
    }
    let path = folder.path().join("events.jsonl");
    fs::write(&path, lines).unwrap();
    path
}

#[test]
fn help_lists_every_setting_with_its_variable_and_every_command() {
    let help = prints(&folder(), &["--help"]);
    for command in [
        "serve", "import", "export", "stats", "compact", "check", "generate",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}");
    }
    let mut settings = 0;
    for arg in relay::config::command().get_arguments() {
        let (Some(name), Some(variable)) = (arg.get_long(), arg.get_env()) else {
            continue;
        };
        assert!(help.contains(&format!("--{name} <")), "{name}");
        assert!(help.contains(&*variable.to_string_lossy()), "{name}");
        settings += 1;
    }
    assert!(settings > 30, "{settings}");
}

#[test]
fn a_flag_counts_more_than_a_variable_that_more_than_the_file_and_that_more_than_the_default() {
    let folder = folder();
    fs::write(
        folder.path().join("relay.toml"),
        "max-limit = 2\nmax-tags = 2\nmax-filters = 2",
    )
    .unwrap();
    let mut command = relay(
        &folder,
        &[
            "--config",
            "relay.toml",
            "--print-config",
            "--max-limit",
            "4",
        ],
    );
    let output = command
        .env("RELAY_MAX_LIMIT", "3")
        .env("RELAY_MAX_TAGS", "3")
        .output()
        .unwrap();
    let file = text(&output.stdout);
    for line in [
        "\nmax-limit = 4\n",
        "\nmax-tags = 3\n",
        "\nmax-filters = 2\n",
        "\nmax-subscriptions = 64\n",
    ] {
        assert!(file.contains(line), "{line}: {file}");
    }
}

#[test]
fn the_printed_file_says_the_same_again() {
    let folder = folder();
    let first = prints(
        &folder,
        &[
            "serve",
            "--print-config",
            "--name",
            "it's \"mine\"",
            "--outbox",
            "3 MiB",
        ],
    );
    fs::write(folder.path().join("relay.toml"), &first).unwrap();
    assert_eq!(
        prints(
            &folder,
            &["serve", "--config", "relay.toml", "--print-config"]
        ),
        first
    );
    assert!(first.contains("\noutbox = \"3 MiB\"\n"));
    // The other commands read the same file, and pass over what isn't theirs.
    let said = complains(&run(&folder, &["stats", "--config", "relay.toml"]), 1);
    assert!(
        said.contains("there is no database in relay-data"),
        "{said}"
    );
}

#[test]
fn wrong_settings_are_refused() {
    let folder = folder();
    fs::write(
        folder.path().join("relay.toml"),
        "name = \"a\"\nmax-limits = 2",
    )
    .unwrap();
    let said = complains(&run(&folder, &["--config", "relay.toml"]), 2);
    assert!(
        said.contains("line 2") && said.contains("`max-limit`"),
        "{said}"
    );
    let said = complains(&run(&folder, &["--config", "none.toml"]), 2);
    assert!(said.contains("none.toml"), "{said}");
    let said = complains(&run(&folder, &["--max-message", "big"]), 2);
    assert!(said.contains("64 KiB"), "{said}");
    let said = complains(&run(&folder, &["--log", "=="]), 2);
    assert!(said.contains("--log"), "{said}");
    complains(&run(&folder, &["sreve"]), 2);
}

#[test]
fn what_is_exported_can_be_imported_and_is_the_same() {
    let folder = folder();
    events(&folder, 300);
    let said = text(&run(&folder, &["import", "events.jsonl"]).stderr);
    assert!(said.contains(" stored, "), "{said}");
    let exported = prints(&folder, &["export"]);
    fs::write(folder.path().join("out.jsonl"), &exported).unwrap();
    assert!(exported.lines().count() > 200, "{said}");

    let mut import = relay(&folder, &["import", "-", "--data", "copy"]);
    let output = import
        .stdin(File::open(folder.path().join("out.jsonl")).unwrap())
        .output()
        .unwrap();
    let said = complains(&output, 0);
    assert!(said.contains(" 0 skipped"), "{said}");
    assert_eq!(
        sorted(&prints(&folder, &["export", "--data", "copy"])),
        sorted(&exported)
    );

    // To a file is the same as to standard output.
    prints(&folder, &["export", "again.jsonl"]);
    assert_eq!(
        fs::read_to_string(folder.path().join("again.jsonl")).unwrap(),
        exported
    );
    complains(&run(&folder, &["check"]), 0);
}

fn sorted(lines: &str) -> Vec<&str> {
    let mut lines: Vec<_> = lines.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn an_export_is_in_order_of_time_and_holds_what_was_asked_for() {
    let folder = folder();
    events(&folder, 300);
    run(&folder, &["import", "events.jsonl"]);
    let field = |line: &str, name: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()[name].clone()
    };
    let all = prints(&folder, &["export"]);
    let times: Vec<_> = all
        .lines()
        .map(|line| field(line, "created_at").as_u64().unwrap())
        .collect();
    assert!(times.is_sorted());

    let (author, middle) = (
        field(all.lines().nth(50).unwrap(), "pubkey"),
        times[times.len() / 2],
    );
    let author = author.as_str().unwrap();
    let middle = middle.to_string();
    for (arguments, kept) in [
        (
            vec!["--kind", "1", "--kind", "7"],
            &(|line: &str| matches!(field(line, "kind").as_u64(), Some(1 | 7)))
                as &dyn Fn(&str) -> bool,
        ),
        (vec!["--author", author], &|line| {
            field(line, "pubkey") == author
        }),
        (vec!["--since", &middle], &|line| {
            field(line, "created_at").as_u64() >= middle.parse().ok()
        }),
        (vec!["--until", &middle, "--kind", "1"], &|line| {
            field(line, "created_at").as_u64() <= middle.parse().ok() && field(line, "kind") == 1
        }),
        (vec!["--since", "9", "--until", "8"], &|_| false),
    ] {
        let expected: Vec<_> = all.lines().filter(|line| kept(line)).collect();
        let exported = prints(&folder, &[&["export"], &arguments[..]].concat());
        assert_eq!(
            exported.lines().collect::<Vec<_>>(),
            expected,
            "{arguments:?}"
        );
    }
    complains(&run(&folder, &["export", "--author", "npub1"]), 2);
}

#[test]
fn an_import_says_what_it_skipped_and_where() {
    let folder = folder();
    let good = fs::read_to_string(events(&folder, 12)).unwrap();
    let good: Vec<_> = good.lines().collect();
    let forged = good[3].replacen("\"created_at\":1", "\"created_at\":2", 1);
    let unsigned = {
        let at = good[4].find("\"sig\":\"").unwrap() + 7;
        let digit = if &good[4][at..=at] == "0" { "1" } else { "0" };
        format!("{}{digit}{}", &good[4][..at], &good[4][at + 1..])
    };
    let mut file = File::create(folder.path().join("mixed.jsonl")).unwrap();
    writeln!(
        file,
        "{}\r\n\n{}\n{}\n{forged}\n{unsigned}\n{{\"id\":1}}\nnonsense",
        good[0], good[1], good[0]
    )
    .unwrap();
    file.write_all(b"\xff\xfe\n").unwrap();
    file.write_all(good[2].as_bytes()).unwrap();
    drop(file);

    let said = complains(&run(&folder, &["import", "mixed.jsonl"]), 0);
    assert!(said.contains("3 stored, 6 skipped"), "{said}");
    for reason in [
        "1 stored already: line 4",
        "2 invalid: line 5 (id is not the hash of the event), 6 (signature does not match)",
        "2 not an event: line 7 (",
        "1 not UTF-8: line 9 (",
    ] {
        assert!(said.contains(reason), "{reason}: {said}");
    }
}

#[test]
fn an_interrupted_import_goes_on_where_it_was() {
    let folder = folder();
    events(&folder, 1_500);
    let import = ["import", "events.jsonl", "--group", "50"];
    let mut first = relay(&folder, &import)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let note = folder.path().join(DATA_FOLDER).join("import.json");
    let began = Instant::now();
    while !note.exists() && first.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(1));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(note.exists(), "it was too quick to be interrupted");

    let said = complains(&run(&folder, &import), 0);
    assert!(said.contains("continuing at byte"), "{said}");
    assert!(!note.exists(), "a complete import leaves no note");

    let whole = prints(&folder, &["export"]);
    complains(
        &run(&folder, &["import", "events.jsonl", "--data", "other"]),
        0,
    );
    assert_eq!(
        sorted(&whole),
        sorted(&prints(&folder, &["export", "--data", "other"]))
    );
    // The note was of this file only as it was.
    let said = complains(&run(&folder, &import), 0);
    assert!(!said.contains("continuing"), "{said}");
}

#[test]
fn what_cannot_be_read_or_written_is_said_plainly() {
    let folder = folder();
    let said = complains(&run(&folder, &["import", "none.jsonl"]), 1);
    assert!(
        said.contains("can't read none.jsonl") && said.contains("check the path"),
        "{said}"
    );
    let said = complains(&run(&folder, &["import", "."]), 1);
    assert!(said.contains("not a folder"), "{said}");
    for command in ["export", "stats", "check", "compact"] {
        let said = complains(&run(&folder, &[command]), 1);
        assert!(
            said.contains("there is no database in relay-data"),
            "{command}: {said}"
        );
    }
    let path = events(&folder, 1);
    let said = complains(
        &run(
            &folder,
            &["import", "events.jsonl", "--data", path.to_str().unwrap()],
        ),
        1,
    );
    assert!(said.contains("events.jsonl"), "{said}");
    run(&folder, &["import", "events.jsonl"]);
    let said = complains(&run(&folder, &["export", "no/such/folder.jsonl"]), 1);
    assert!(said.contains("can't write no/such/folder.jsonl"), "{said}");
    fs::write(
        folder.path().join(DATA_FOLDER).join("events.redb"),
        [7u8; 4096],
    )
    .unwrap();
    let said = complains(&run(&folder, &["stats"]), 1);
    assert!(said.contains("events.redb"), "{said}");
}

#[test]
fn a_database_of_a_relay_made_of_other_parts_is_refused() {
    let (folder, ours) = (folder(), parts::made_of());
    let data = folder.path().join(DATA_FOLDER);
    let others = StoreOptions {
        parts: format!("{ours}, and one of somebody else"),
        ..StoreOptions::default()
    };
    drop(Store::open(&data, others.clone()).unwrap());
    events(&folder, 1);
    for command in [&["import", "events.jsonl"][..], &["export"], &["stats"]] {
        let said = complains(&run(&folder, command), 1);
        let (theirs, ours) = (format!("{:?}", others.parts), format!("{ours:?}"));
        assert!(said.contains("made by another relay"), "{said}");
        assert!(said.contains(&theirs) && said.contains(&ours), "{said}");
    }

    // What this relay makes says which parts it is made of.
    fs::remove_dir_all(&data).unwrap();
    prints(&folder, &["import", "events.jsonl"]);
    assert!(matches!(
        Store::open(&data, others),
        Err(StoreError::Foreign { .. })
    ));
    Store::open(&data, StoreOptions::default()).unwrap();
}

#[test]
fn a_database_in_use_is_refused_by_every_command() {
    let folder = folder();
    events(&folder, 1);
    let _held = Store::open(&folder.path().join(DATA_FOLDER), StoreOptions::default()).unwrap();
    for command in [
        &["import", "events.jsonl"][..],
        &["export"],
        &["stats"],
        &["check"],
        &["compact"],
        &["--listen", "127.0.0.1:0"],
    ] {
        let said = complains(&run(&folder, command), 1);
        assert!(
            said.contains("in use by another process"),
            "{command:?}: {said}"
        );
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_and_a_closed_pipe_are_said_plainly() {
    let folder = folder();
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let output = relay(&folder, &["generate", "--events", "50"])
        .stdout(full())
        .output()
        .unwrap();
    let said = complains(&output, 1);
    assert!(said.contains("the disk is full"), "{said}");
    let output = relay(&folder, &["serve", "--print-config"])
        .stdout(full())
        .output()
        .unwrap();
    complains(&output, 1);

    let mut child = relay(&folder, &["generate", "--events", "100000"]);
    let mut child = child
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let said = complains(&child.wait_with_output().unwrap(), 1);
    assert!(said.contains("closed it before the end"), "{said}");
    // Nobody reads what it complains of, either.
    let output = relay(&folder, &["import", "none.jsonl"])
        .stderr(full())
        .output()
        .unwrap();
    complains(&output, 1);
}

#[test]
fn stats_are_a_table_or_json_and_compare_encodings() {
    let folder = folder();
    events(&folder, 200);
    run(&folder, &["import", "events.jsonl"]);
    let table = prints(&folder, &["stats", "--compare"]);
    for row in [
        "events",
        "by_tag",
        "the file, on disk",
        "the events as JSON",
        "JSON under 32-byte keys",
    ] {
        assert!(table.contains(row), "{row}: {table}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&prints(&folder, &["stats", "--json", "--compare"])).unwrap();
    let (ours, as_json) = (
        json["stats"]["allocated_bytes"].as_u64(),
        json["encodings"]["json_bytes"].as_u64(),
    );
    assert!(ours.is_some() && ours < as_json, "{json}");
    let left: Vec<_> = fs::read_dir(folder.path().join(DATA_FOLDER))
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(left, ["events.redb"], "nothing is left behind");
}

#[test]
fn compact_keeps_every_event() {
    let folder = folder();
    events(&folder, 300);
    run(&folder, &["import", "events.jsonl"]);
    let before = prints(&folder, &["export"]);
    let said = complains(&run(&folder, &["compact"]), 0);
    assert!(said.contains("bytes on disk before"), "{said}");
    assert_eq!(sorted(&prints(&folder, &["export"])), sorted(&before));
    let said = complains(&run(&folder, &["check", "--signatures"]), 0);
    assert!(said.contains("all is well"), "{said}");
}

#[test]
fn a_seed_makes_the_same_events_everywhere() {
    let folder = folder();
    let events = |seed| prints(&folder, &["generate", "--events", "20", "--seed", seed]);
    assert_eq!(events("5"), events("5"));
    assert_ne!(events("5"), events("6"));
    assert_eq!(events("5").lines().count(), 20);
}

/// A relay that is ended when the test ends, however it ends.
struct Running(Child, String);

impl Running {
    fn start(folder: &TempDir, arguments: &[&str]) -> Self {
        let arguments = [&["--listen", "127.0.0.1:0"], arguments].concat();
        let child = relay(folder, &arguments).stderr(Stdio::piped()).spawn();
        // From here on it is ended with the test.
        let mut running = Self(child.unwrap(), String::new());
        let mut said = String::new();
        for line in BufReader::new(running.0.stderr.take().unwrap()).lines() {
            said += &line.unwrap();
            if let Some((_, address)) = said.split_once("ws://") {
                running.1 = address.split_whitespace().next().unwrap().to_owned();
                assert!(said.contains("relay-data"), "it names its folder: {said}");
                return running;
            }
        }
        panic!("it doesn't serve: {said}");
    }

    fn ask(&self, request: &str) -> String {
        let mut socket = TcpStream::connect(&self.1).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        write!(
            socket,
            "{request}\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.1
        )
        .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_running_relay_says_what_it_is_and_what_it_allows() {
    let folder = folder();
    let relay = Running::start(&folder, &["--name", "Mine", "--max-subscriptions", "17"]);
    let answer = relay.ask("GET / HTTP/1.1\r\nAccept: application/nostr+json");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(
        head.to_lowercase()
            .contains("access-control-allow-origin: *"),
        "{head}"
    );
    let document: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (
            &document["name"],
            &document["limitation"]["max_subscriptions"]
        ),
        (&"Mine".into(), &17.into())
    );

    assert!(
        relay
            .ask("GET / HTTP/1.1\r\nAccept: text/html")
            .contains("<!doctype html>")
    );
    assert!(
        relay
            .ask("GET /metrics HTTP/1.1")
            .contains("\nrelay_stored_events 0\n")
    );
    assert!(
        relay
            .ask("GET /other HTTP/1.1")
            .starts_with("HTTP/1.1 404 ")
    );
    assert!(relay.ask("DELETE / HTTP/1.1").starts_with("HTTP/1.1 405 "));

    assert!(!relay.ask("GET /metrics HTTP/1.1").contains("relay_heap_"));
    let counting = Running::start(&self::folder(), &["--count-heap", "true"]);
    let heap = || {
        let metrics = counting.ask("GET /metrics HTTP/1.1");
        ["live_bytes", "allocations_total", "bytes_total"].map(|name| {
            let name = format!("relay_heap_{name} ");
            let mut lines = metrics.lines();
            let value = lines.find_map(|line| line.strip_prefix(&name));
            value.unwrap().parse::<u64>().unwrap()
        })
    };
    let [live, allocations, bytes] = heap();
    assert!(live > 100_000, "the caches alone take more");
    assert!(
        allocations > 100 && bytes > live,
        "{allocations} {bytes} {live}"
    );
    let [_, more_allocations, more_bytes] = heap();
    // The exposition is itself a text of several thousand bytes.
    assert!(
        more_allocations > allocations && more_bytes > bytes + 4_000,
        "an answer costs what it costs"
    );

    // A second one finds the port taken, and says so.
    let other = self::folder();
    let said = complains(&run(&other, &["--listen", &relay.1]), 1);
    assert!(said.contains("another program listens on"), "{said}");
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_it_in_good_order() {
    let folder = folder();
    for signal in ["INT", "TERM"] {
        let mut relay = Running::start(&folder, &[]);
        let kill = Command::new("kill")
            .args([&format!("-{signal}"), &relay.0.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
        assert!(relay.0.wait().unwrap().success(), "{signal}");
    }
    assert!(Path::new(&folder.path().join(DATA_FOLDER).join("events.redb")).exists());
}

#[test]
fn a_check_finds_damage_wherever_it_is() {
    let folder = folder();
    events(&folder, 200);
    run(&folder, &["import", "events.jsonl"]);
    let file = folder.path().join(DATA_FOLDER).join("events.redb");
    let whole = fs::read(&file).unwrap();
    let mut found = 0;
    for page in (1..whole.len() / 4096).step_by(5) {
        let mut damaged = whole.clone();
        let place = &mut damaged[page * 4096 + 100..page * 4096 + 200];
        if place.iter().all(|&byte| byte == 0) {
            continue;
        }
        place.iter_mut().for_each(|byte| *byte ^= 0x55);
        fs::write(&file, &damaged).unwrap();
        let output = run(&folder, &["check"]);
        assert!(
            !text(&output.stderr).contains("panicked"),
            "page {page}: {}",
            text(&output.stderr)
        );
        found += u32::from(output.status.code() == Some(1));
    }
    // Pages that are free may hold anything.
    assert!(found > 3, "{found}");
}
