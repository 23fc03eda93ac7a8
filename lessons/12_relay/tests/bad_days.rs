//! The relay on bad days: killed, full, damaged, lied to. It answers plainly, and nothing that it acknowledged is lost.
//!
//! Short by default. `RELAY_BAD_DAYS=10` takes ten times as many rounds, with other moments.

#![cfg(unix)]

mod client;

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use client::{Author, Client, json_of, now};
use relay::generate;
use relay::parts::DATA_FOLDER;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::Message;

const RELAY: &str = env!("CARGO_BIN_EXE_relay");

/// A relay made of a learner's parts may take so many times the memory of the reference.
const WASTE: u64 = if cfg!(all(feature = "parts", not(feature = "references"))) {
    4
} else {
    1
};

/// Longer than anything takes, on any machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn rounds(short: usize) -> usize {
    let times = std::env::var("RELAY_BAD_DAYS").ok();
    short
        * times.map_or(1, |times| {
            times.parse().expect("RELAY_BAD_DAYS is a number")
        })
}

/// A relay's command in a folder, without settings from outside.
fn command(folder: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name == "RUST_LOG" || (name_text.starts_with("RELAY_") && name != "RELAY_BAD_DAYS") {
            command.env_remove(&name);
        }
    }
    command.env("RUST_BACKTRACE", "0");
    command
}

/// A relay that runs, or has tried to.
struct Running {
    process: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Running {
    fn start(folder: &Path, flags: &[&str]) -> Self {
        Self::try_start(command(folder, RELAY, &["serve", "--listen", "127.0.0.1:0"]).args(flags))
            .unwrap_or_else(|(status, log)| panic!("{status}: {log}"))
    }

    /// Starts it and waits until it serves; or until it ends, and gives what it said.
    fn try_start(command: &mut Command) -> Result<Self, (ExitStatus, String)> {
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let start = said.len();
            if lines.read_line(&mut said).unwrap_or(0) == 0 {
                return Err((wait(&mut process), said));
            }
            if let Some((_, rest)) = said[start..].split_once("ws://") {
                break rest.split_whitespace().next().unwrap().parse().unwrap();
            }
        };
        let log = Arc::new(Mutex::new(said));
        let shared = log.clone();
        let reader = std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let mut log = shared.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        Ok(Self {
            process,
            address,
            log,
            reader: Some(reader),
        })
    }

    fn client(&self) -> Client {
        Client::connect(self.address)
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits until it has ended: how, and what it said.
    fn end(mut self) -> (ExitStatus, String) {
        let status = wait(&mut self.process);
        self.reader.take().unwrap().join().unwrap();
        let log = self.log.lock().unwrap().clone();
        assert!(!log.contains("panicked at"), "{log}");
        (status, log)
    }

    /// Asks it to end, which it does well and in time.
    fn stop(self) -> String {
        let asked = Instant::now();
        self.signal("-TERM");
        let (status, log) = self.end();
        assert!(status.success(), "{status}: {log}");
        assert!(
            asked.elapsed() < Duration::from_secs(15),
            "grace is five seconds: {:?}",
            asked.elapsed()
        );
        log
    }

    /// One line of /metrics.
    fn metric(&self, name: &str) -> u64 {
        let mut socket = TcpStream::connect(self.address).unwrap();
        write!(
            socket,
            "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let line = answer.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| value.trim().parse().ok())
            .unwrap_or_else(|| panic!("{name}: {answer}"))
    }

    /// Anonymous resident memory in bytes, where the system tells.
    fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"))?;
        let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kib << 10)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn wait(process: &mut Child) -> ExitStatus {
    let started = Instant::now();
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return status;
        }
        if started.elapsed() > PATIENCE {
            let _ = process.kill();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs a command to its end, which comes in time and without a panic.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = command(folder, RELAY, arguments);
    let mut process = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let reading = (drain(process.stdout.take()), drain(process.stderr.take()));
    let status = wait(&mut process);
    let (stdout, stderr) = (reading.0.join().unwrap(), reading.1.join().unwrap());
    let said = String::from_utf8_lossy(&stderr);
    assert!(!said.contains("panicked at"), "{arguments:?}: {said}");
    Output {
        status,
        stdout,
        stderr,
    }
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut all = Vec::new();
        pipe.unwrap().read_to_end(&mut all).unwrap();
        all
    })
}

fn check(folder: &Path) {
    let output = run(folder, &["check"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("all is well"),
        "{said}"
    );
}

/// Ids that the relay said yes to.
type Acknowledged = Arc<Mutex<Vec<String>>>;

/// Publishes on a connection of its own, many at a time, until that breaks.
fn publisher(
    to: SocketAddr,
    author: u8,
    round: usize,
    acknowledged: &Acknowledged,
) -> JoinHandle<()> {
    let acknowledged = acknowledged.clone();
    std::thread::spawn(move || {
        let author = Author::new(author);
        // It may end before anybody is welcome.
        let Some(mut client) = Client::try_silent(to) else {
            return;
        };
        let (mut sent, mut answered) = (0, 0);
        loop {
            while sent < answered + 48 {
                let tag = format!("{:064x}", sent % 100);
                let text = format!("{round} {sent} {}", "text ".repeat(sent % 50));
                let event = author.sign(
                    now() - 1_000 + sent as u64,
                    1,
                    &[&["e", &tag], &["t", "x"]],
                    &text,
                );
                let message = json!(["EVENT", json_of(&event)]).to_string();
                if client.socket.send(Message::text(message)).is_err() {
                    break;
                }
                sent += 1;
            }
            let Ok(Message::Text(text)) = client.socket.read() else {
                return;
            };
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer[0] == "OK" {
                answered += 1;
                if answer[2] == true {
                    acknowledged
                        .lock()
                        .unwrap()
                        .push(answer[1].as_str().unwrap().to_owned());
                }
            }
        }
    })
}

/// Every acknowledged event is there by its id.
fn holds(relay: &Running, acknowledged: &[String]) {
    let mut client = relay.client();
    for ids in acknowledged.chunks(500) {
        let found = client.request("all", &json!({ "ids": ids }));
        let found: HashSet<_> = found
            .iter()
            .map(|event| event["id"].as_str().unwrap())
            .collect();
        let lost: Vec<_> = ids
            .iter()
            .filter(|id| !found.contains(id.as_str()))
            .collect();
        assert!(
            lost.is_empty(),
            "{} of {} are lost, such as {}",
            lost.len(),
            ids.len(),
            lost[0]
        );
    }
}

/// Starts, publishes from several connections, and ends it in some way at some moment; then all must be there.
fn interrupted(folder: &TempDir, round: usize, end: impl FnOnce(Running)) -> Vec<String> {
    let relay = Running::start(folder.path(), &[]);
    let acknowledged = Acknowledged::default();
    let publishers: Vec<_> = (1..=3)
        .map(|author| publisher(relay.address, author, round, &acknowledged))
        .collect();
    // Every fourth ends while it begins.
    let started = Instant::now();
    while round % 4 != 3 && acknowledged.lock().unwrap().is_empty() && started.elapsed() < PATIENCE
    {
        std::thread::sleep(Duration::from_millis(1));
    }
    // Moments all over a commit and between two.
    std::thread::sleep(Duration::from_micros(round as u64 * 71_993 % 150_000));
    end(relay);
    publishers
        .into_iter()
        .for_each(|publisher| publisher.join().unwrap());
    std::mem::take(&mut *acknowledged.lock().unwrap())
}

#[test]
fn killed_at_any_moment_it_has_everything_that_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for round in 0..rounds(12) {
        let acknowledged = interrupted(&folder, round, |mut relay| {
            relay.process.kill().unwrap();
            relay.process.wait().unwrap();
        });
        let relay = Running::start(folder.path(), &[]);
        holds(&relay, &acknowledged);
        all.extend(acknowledged);
        relay.stop();
    }
    holds(&Running::start(folder.path(), &[]), &all);
    check(folder.path());
    assert!(all.len() > 50, "{}", all.len());
    println!("{} events were acknowledged", all.len());
}

#[test]
fn asked_to_end_under_load_it_ends_in_time_and_has_everything() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for round in 0..rounds(3) {
        all.extend(interrupted(&folder, round + 5, |relay| drop(relay.stop())));
    }
    holds(&Running::start(folder.path(), &[]), &all);
    check(folder.path());
}

#[test]
fn a_full_disk_refuses_events_and_serves_the_others() {
    let folder = tempfile::tempdir().unwrap();
    Running::start(folder.path(), &[]).stop();
    let file = folder.path().join(DATA_FOLDER).join("events.redb");
    // Files can't grow beyond this, and the signal that would say so is ignored: writing fails as on a full disk.
    let allocations = fs::metadata(&file).unwrap().len() / 512 + 600;
    let script = format!(
        r#"trap '' XFSZ; ulimit -f {allocations} || exit 77; exec "$0" serve --listen 127.0.0.1:0"#
    );
    let mut command = command(folder.path(), "sh", &["-c", &script, RELAY]);
    let relay = match Running::try_start(&mut command) {
        Ok(relay) => relay,
        Err((status, said)) if status.code() == Some(77) => {
            println!("skipped: this system doesn't limit the size of files ({said})");
            return;
        }
        Err((status, said)) => panic!("{status}: {said}"),
    };
    let author = Author::new(1);
    let mut client = relay.client();
    let mut acknowledged = Vec::new();
    // Nothing that could be compressed.
    let mut random = 1_u64;
    let text: String = (0..200_000)
        .map(|_| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b'#' + (random >> 33) as u8 % 50)
        })
        .collect();
    let refused = loop {
        assert!(acknowledged.len() < 500, "the disk is never full");
        let text = format!(
            "{} {}",
            acknowledged.len(),
            &text[acknowledged.len() % 1_000..]
        );
        let event = author.sign(now(), 1, &[&["nonce", &text[..20]]], &text);
        match client.publish(&event) {
            (true, _) => acknowledged.push(event.id.to_string()),
            (false, reason) => break (event, reason),
        }
    };
    assert!(refused.1.starts_with("error: "), "{}", refused.1);
    println!("{} events were acknowledged", acknowledged.len());
    assert!(!acknowledged.is_empty());
    // It goes on: with what is there, with what isn't stored, and with the next that it can't store.
    holds(&relay, &acknowledged);
    let mut listener = relay.client();
    listener.request("live", &json!({"kinds": [20_000]}));
    let passing = author.sign(now(), 20_000, &[], "");
    assert!(client.publish(&passing).0);
    assert_eq!(listener.read()[2], json_of(&passing));
    for number in 0..5 {
        let (accepted, reason) =
            client.publish(&author.sign(now(), 1, &[], &format!("{number} {text}")));
        assert!(!accepted && reason.starts_with("error: "), "{reason}");
    }
    holds(&relay, &acknowledged);
    let log = relay.stop();
    assert!(
        log.contains("can't be written") && log.contains("make room"),
        "{log}"
    );

    let relay = Running::start(folder.path(), &[]);
    holds(&relay, &acknowledged);
    assert_eq!(relay.client().publish(&refused.0), (true, String::new()));
    relay.stop();
    check(folder.path());
}

/// A database with some events.
fn library(folder: &TempDir) -> Vec<u8> {
    let mut lines = Vec::new();
    for event in generate::signed(3, 400) {
        event.write_json(&mut lines);
        lines.push(b'\n');
    }
    fs::write(folder.path().join("events.jsonl"), lines).unwrap();
    assert!(
        run(folder.path(), &["import", "events.jsonl"])
            .status
            .success()
    );
    fs::read(folder.path().join(DATA_FOLDER).join("events.redb")).unwrap()
}

#[test]
fn a_damaged_file_is_named_and_never_served_for_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let sound = library(&folder);
    let signed = fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let signed: Vec<_> = signed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let length = sound.len();
    let flipped = |from: usize, count: usize| {
        let mut bytes = sound.clone();
        bytes[from..from + count]
            .iter_mut()
            .for_each(|byte| *byte ^= 0x5a);
        bytes
    };
    let mut damages = vec![
        (
            "text".to_owned(),
            b"this is no database".repeat(1_000),
            true,
        ),
        ("zeros".to_owned(), vec![0; 100_000], true),
        (
            "its first bytes alone".to_owned(),
            sound[..100].to_vec(),
            true,
        ),
        ("half of it".to_owned(), sound[..length / 2].to_vec(), true),
        (
            "without its last page".to_owned(),
            sound[..length - 4_096].to_vec(),
            false,
        ),
        ("with another head".to_owned(), flipped(0, 64), true),
        ("with a damaged head".to_owned(), flipped(64, 256), true),
    ];
    for part in 1..rounds(8) {
        // Somewhere in it, where perhaps nothing is.
        let from = (length / rounds(8) * part) & !0xfff;
        damages.push((
            format!("flipped at {from}"),
            flipped(from + 200, 600),
            false,
        ));
    }
    let (mut noticed, mut served) = (0, 0);
    for (what, bytes, hopeless) in damages {
        let file = folder.path().join(DATA_FOLDER).join("events.redb");
        fs::write(&file, &bytes).unwrap();
        let output = run(folder.path(), &["check"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code().is_some(),
            "{what}: {}: {said}",
            output.status
        );
        let found = !output.status.success();
        assert!(found || !hopeless, "{what}: {said}");
        noticed += usize::from(found && !hopeless);
        if found {
            assert!(
                said.contains("events.redb") || said.contains("findings"),
                "{what}: {said}"
            );
        }
        fs::write(&file, &bytes).unwrap();
        let mut command = command(folder.path(), RELAY, &["serve", "--listen", "127.0.0.1:0"]);
        match Running::try_start(&mut command) {
            Err((status, said)) => {
                assert_eq!(status.code(), Some(1), "{what}: {said}");
                assert!(
                    said.contains("events.redb") && !said.contains("panicked at"),
                    "{what}: {said}"
                );
            }
            Ok(relay) => {
                assert!(!hopeless, "{what} is served");
                served += 1;
                served_with_damage(&relay, &signed, &what);
                let (_, log) = {
                    relay.signal("-TERM");
                    relay.end()
                };
                assert!(!log.contains("panicked at"), "{what}: {log}");
            }
        }
    }
    assert!(noticed > 0 && served > 0, "{noticed} {served}");
    println!("check noticed {noticed} of the smaller damages, {served} files were served");
}

/// Every question has an answer, and what is returned is what was signed.
fn served_with_damage(relay: &Running, signed: &[Value], what: &str) {
    let mut client = relay.client();
    for filter in [
        json!({"limit": 1000}),
        json!({"kinds": [1]}),
        json!({"kinds": [0, 3, 7]}),
    ] {
        client.send(&json!(["REQ", "all", filter]));
        loop {
            let message = client.read();
            match message[0].as_str() {
                Some("EVENT") => assert!(signed.contains(&message[2]), "{what}: {message}"),
                Some("EOSE" | "CLOSED") => break,
                _ => panic!("{what}: {message}"),
            }
        }
    }
    client.send(&json!(["COUNT", "count", {}]));
    assert_eq!(client.read()[1], "count", "{what}");
    let (accepted, reason) = client.publish(&Author::new(1).note("still there?"));
    assert!(
        accepted || reason.starts_with("error: "),
        "{what}: {reason}"
    );
}

#[test]
fn an_empty_file_is_a_new_database() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(DATA_FOLDER)).unwrap();
    fs::write(folder.path().join(DATA_FOLDER).join("events.redb"), []).unwrap();
    let relay = Running::start(folder.path(), &[]);
    assert!(relay.client().publish(&Author::new(1).note("first")).0);
    relay.stop();
    check(folder.path());
}

#[test]
fn a_folder_and_a_port_are_for_one_relay() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let relay = Running::start(folder.path(), &[]);
    let output = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("in use by another process"), "{said}");
    let output = run(
        other.path(),
        &["serve", "--listen", &relay.address.to_string()],
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("another program listens on"), "{said}");
    // The first one is none the worse.
    assert!(
        relay
            .client()
            .publish(&Author::new(1).note("still there"))
            .0
    );
    relay.stop();
}

/// A text frame of a client, whose mask changes nothing.
fn frame(head: &[u8], payload: &[u8]) -> Vec<u8> {
    [head, &[0; 4], payload].concat()
}

#[test]
fn broken_frames_end_their_connection_with_a_reason_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Running::start(folder.path(), &["--ping-interval", "1s"]);
    let mut bystander = relay.client();
    let huge = |length: u64| [&[0x81, 0xff], &length.to_be_bytes()[..]].concat();
    for (what, bytes, codes) in [
        ("2^63 bytes", frame(&huge(1 << 63), b""), &[1002, 1009][..]),
        ("2^63 - 1 bytes", frame(&huge((1 << 63) - 1), b""), &[1009]),
        (
            "beyond the limit",
            frame(&huge((512 << 10) + 1), b"x"),
            &[1009],
        ),
        ("binary", frame(&[0x82, 0x81], b"x"), &[1003]),
        ("not UTF-8", frame(&[0x81, 0x82], b"\xc3\x28"), &[1007]),
        (
            "a lone surrogate",
            frame(&[0x81, 0x83], b"\xed\xa0\x80"),
            &[1007],
        ),
        ("unmasked", vec![0x81, 0x01, b'x'], &[1002]),
        (
            "of a kind that there isn't",
            frame(&[0x83, 0x81], b"x"),
            &[1002],
        ),
        ("the rest of nothing", frame(&[0x80, 0x81], b"x"), &[1002]),
    ] {
        let mut client = relay.client();
        client.socket.get_mut().write_all(&bytes).unwrap();
        let (code, reason) = client.read_close();
        assert!(
            codes.contains(&code) && !reason.is_empty(),
            "{what}: {code} {reason}"
        );
        bystander.send(&json!(["COUNT", "c", {}]));
        assert_eq!(bystander.read()[0], "COUNT", "{what}");
    }
    relay.stop();
}

#[test]
fn half_a_message_and_then_silence_is_ended_like_any_silence() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Running::start(
        folder.path(),
        &["--ping-interval", "500ms", "--handshake", "500ms"],
    );
    let mut in_a_frame = relay.client();
    let socket = in_a_frame.socket.get_mut();
    socket
        .write_all(&[0x81, 0xfe, 0x10, 0x00, 0, 0, 0, 0, b'['])
        .unwrap();
    // Read as it comes: the library would answer pings, in the middle of the frame.
    let mut last = Vec::new();
    socket.read_to_end(&mut last).unwrap();
    assert!(
        String::from_utf8_lossy(&last).contains("silent"),
        "{last:?}"
    );
    let mut in_a_request = TcpStream::connect(relay.address).unwrap();
    in_a_request.set_read_timeout(Some(PATIENCE)).unwrap();
    in_a_request.write_all(b"GET / HTTP/1.1\r\nUpgr").unwrap();
    in_a_request.read_to_end(&mut Vec::new()).unwrap();
    relay.stop();
}

#[test]
fn messages_that_are_too_much_are_refused_and_the_connection_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Running::start(folder.path(), &[]);
    let mut client = relay.client();
    let authors: Vec<_> = (0..100_000).map(|at| format!("{at:x}")).collect();
    let short: Vec<_> = (0..7_000).map(|at| format!("{at:064x}")).collect();
    for (what, text, answer) in [
        ("deep", "[".repeat(100_000), "NOTICE"),
        (
            "deep in a filter",
            format!(r#"["REQ","x",{{"a":{}"#, "[".repeat(100_000)),
            "CLOSED",
        ),
        (
            "deep in an event",
            format!(r#"["EVENT",{{"x":{}"#, "[".repeat(100_000)),
            "NOTICE",
        ),
        (
            "deep in tags",
            format!(r#"["EVENT",{{"tags":{}"#, "[".repeat(100_000)),
            "NOTICE",
        ),
        (
            "many short authors",
            json!(["REQ", "x", {"authors": &authors[..40_000]}]).to_string(),
            "CLOSED",
        ),
        (
            "many authors",
            json!(["REQ", "x", {"authors": short}]).to_string(),
            "CLOSED",
        ),
        (
            "many kinds",
            json!(["REQ", "x", {"kinds": vec![1; 100_000]}]).to_string(),
            "CLOSED",
        ),
        (
            "many filters",
            format!(r#"["REQ","x"{}]"#, ",{}".repeat(100_000)),
            "CLOSED",
        ),
        (
            "many letters",
            format!(
                r##"["COUNT","x",{{{}"#a":[]}}]"##,
                r##""#a":[],"##.repeat(10_000)
            ),
            "CLOSED",
        ),
        (
            "a long name",
            json!(["REQ", "x".repeat(100_000), {}]).to_string(),
            "NOTICE",
        ),
        (
            "a long number",
            format!(r#"["REQ","x",{{"limit":{}}}]"#, "9".repeat(100_000)),
            "CLOSED",
        ),
    ] {
        client.socket.send(Message::text(text)).unwrap();
        let said = client.read();
        // A number beyond all numbers may as well be a very large one.
        let fits = said[0] == answer || (what == "a long number" && said[0] == "EOSE");
        assert!(fits, "{what}: {said}");
    }
    // A hundred thousand whole authors are more than a message may hold.
    let authors: Vec<_> = (0..100_000).map(|at| format!("{at:064x}")).collect();
    let _ = client.socket.send(Message::text(
        json!(["REQ", "x", {"authors": authors}]).to_string(),
    ));
    let (code, reason) = client.read_close();
    assert!(
        code == 1009 && reason.contains("at most"),
        "{code} {reason}"
    );
    relay.stop();
}

#[test]
fn who_asks_and_never_reads_costs_little_and_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    library(&folder);
    let relay = Running::start(folder.path(), &[]);
    let mut bystander = relay.client();
    bystander.request("warm", &json!({}));
    let before = relay.memory();
    // Ten thousand questions on each of several connections, whose answers nobody reads.
    let mut deaf: Vec<_> = (0..4).map(|_| relay.client()).collect();
    for client in &mut deaf {
        let socket = client.socket.get_mut();
        socket
            .set_write_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        let mut sent = Vec::new();
        for number in 0..10_000 {
            let text = json!(["REQ", format!("s{}", number % 60), {"limit": 500}]).to_string();
            sent.extend(frame(&[0x81, 0x80 | text.len() as u8], text.as_bytes()));
        }
        // What its buffers don't take stays here: it stops reading when it has enough to do.
        if let Err(stopped) = socket.write_all(&sent) {
            let full = [ErrorKind::WouldBlock, ErrorKind::TimedOut];
            assert!(full.contains(&stopped.kind()), "{stopped}");
        }
    }
    if let (Some(before), Some(now)) = (before, relay.memory()) {
        let each = now.saturating_sub(before) / 4;
        let most = WASTE * (3 << 20);
        assert!(each < most, "{each} bytes for each that doesn't read");
    }
    bystander.send(&json!(["COUNT", "c", {"limit": 1}]));
    assert_eq!(bystander.read()[0], "COUNT");
    drop(deaf);
    relay.stop();
}

#[test]
fn who_doesnt_read_what_is_new_is_dropped_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Running::start(folder.path(), &[]);
    let (mut writer, mut deaf) = (relay.client(), relay.client());
    deaf.request("all", &json!({"kinds": [20_000]}));
    let author = Author::new(1);
    let text = "x".repeat(300_000);
    let before = relay.memory();
    let started = Instant::now();
    // Looked at after each event: from the drop on the client has a few seconds to read why.
    while relay.metric("relay_connections_dropped_total{reason=\"slow\"}") == 0 {
        assert!(started.elapsed() < 3 * PATIENCE, "it is never dropped");
        assert!(writer.publish(&author.sign(now(), 20_000, &[], &text)).0);
    }
    let (_, reason) = deaf.read_close();
    assert!(reason.contains("slow"), "{reason}");
    if let (Some(before), Some(now)) = (before, relay.memory()) {
        let most = WASTE * (24 << 20);
        assert!(now.saturating_sub(before) < most, "{before} {now}");
    }
    relay.stop();
}

#[test]
fn clients_that_come_and_go_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Running::start(folder.path(), &[]);
    let visit = |number: usize| match number % 4 {
        // Gone before it has said anything, in the middle of HTTP, in the middle of a frame, and while it listens.
        0 => drop(TcpStream::connect(relay.address).unwrap()),
        1 => {
            let mut socket = TcpStream::connect(relay.address).unwrap();
            socket.write_all(b"GET / HTTP/1.1\r\nUpgrade: web").unwrap();
        }
        2 => {
            let mut client = relay.client();
            client
                .socket
                .get_mut()
                .write_all(&[0x81, 0xfe, 0x10, 0x00, 1, 2])
                .unwrap();
        }
        _ => {
            let mut client = relay.client();
            client.request("x", &json!({"kinds": [1]}));
        }
    };
    let settled = || {
        let started = Instant::now();
        // The one that asks is one.
        while relay.metric("relay_connections ") > 1 || relay.metric("relay_subscriptions ") > 0 {
            assert!(started.elapsed() < PATIENCE, "connections stay");
            std::thread::sleep(Duration::from_millis(10));
        }
        relay.memory()
    };
    (0..200).for_each(visit);
    let before = settled();
    (0..rounds(1_000)).for_each(visit);
    let after = settled();
    if let (Some(before), Some(after)) = (before, after) {
        assert!(after < before + (1 << 20), "{before} {after}");
    }
    relay.stop();
}

#[test]
fn ten_thousand_subscriptions_on_one_connection_are_as_many_as_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Running::start(folder.path(), &[]);
    let mut client = relay.client();
    let mut writing = client.socket.get_ref().try_clone().unwrap();
    let sender = std::thread::spawn(move || {
        let mut all = Vec::new();
        for number in 0..10_000 {
            let text = json!(["REQ", format!("s{number}"), {"kinds": [number]}]).to_string();
            all.extend(frame(&[0x81, 0x80 | text.len() as u8], text.as_bytes()));
        }
        writing.write_all(&all).unwrap();
    });
    let (mut open, mut refused) = (0, 0);
    while open + refused < 10_000 {
        match client.read()[0].as_str() {
            Some("EOSE") => open += 1,
            Some("CLOSED") => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    sender.join().unwrap();
    assert_eq!((open, refused), (64, 9_936));
    assert_eq!(relay.metric("relay_subscriptions "), 64);
    relay.stop();
}

#[test]
fn times_from_the_first_second_to_the_last_are_kept_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Running::start(folder.path(), &["--future-limit", "0s"]);
    let author = Author::new(1);
    let times = [
        0,
        1,
        now(),
        u64::from(u32::MAX),
        u64::from(u32::MAX) + 1,
        1 << 47,
        1 << 48,
        i64::MAX as u64,
        u64::MAX,
    ];
    let mut client = relay.client();
    for at in times {
        assert_eq!(
            client.publish(&author.sign(at, 1, &[], "")),
            (true, String::new()),
            "{at}"
        );
        assert_eq!(
            client.publish(&author.sign(at, 0, &[], "")),
            (true, String::new()),
            "{at}"
        );
    }
    relay.stop();
    // A relay with a clock of its own refuses what is ahead of it, and still returns what is there.
    let relay = Running::start(folder.path(), &[]);
    let mut client = relay.client();
    let found = client.request("x", &json!({"kinds": [1]}));
    let found: Vec<_> = found
        .iter()
        .map(|event| event["created_at"].as_u64().unwrap())
        .collect();
    assert!(found.iter().eq(times.iter().rev()), "{found:?}");
    let found = client.request("x", &json!({"kinds": [0]}));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["created_at"], json!(u64::MAX));
    let found = client.request("x", &json!({"since": u64::MAX, "kinds": [1]}));
    assert_eq!(found.len(), 1);
    let (accepted, reason) = client.publish(&author.sign(now() + 90_000, 1, &[], ""));
    assert!(
        !accepted && reason.starts_with("invalid: created_at"),
        "{reason}"
    );
    relay.stop();
    check(folder.path());
}

#[test]
fn a_reader_that_leaves_stops_what_was_read_for_it() {
    let folder = tempfile::tempdir().unwrap();
    library(&folder);
    let relay = Running::start(folder.path(), &[]);
    let gone = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !gone.load(Ordering::Relaxed) {
                    let mut client = relay.client();
                    client.send(&json!(["REQ", "all", {"limit": 500}]));
                    client.read();
                }
            });
        }
        let mut client = relay.client();
        for number in 0..50 {
            assert!(client.publish(&Author::new(2).note(&number.to_string())).0);
        }
        gone.store(true, Ordering::Relaxed);
    });
    relay.stop();
    check(folder.path());
}

#[test]
fn who_asks_much_at_once_and_reads_late_is_answered_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Running::start(folder.path(), &[]);
    let mut client = relay.client();
    let author = Author::new(1);
    for at in 0..10 {
        let text = "x".repeat(300_000);
        assert!(client.publish(&author.sign(at, 1, &[], &text)).0);
    }
    for round in 0..5 {
        // More than the buffers of sockets hold, and the next question before it is read.
        client.send(&json!(["REQ", "all", {}]));
        std::thread::sleep(Duration::from_millis(100));
        client.send(&json!(["REQ", "one", {"limit": 1}]));
        let mut ended = 0;
        while ended < 2 {
            ended += usize::from(client.read()[0] == "EOSE");
        }
        // Thousands of questions that are taken back before they are answered.
        let mut all = Vec::new();
        for number in 0..2_000 {
            for text in [
                json!(["REQ", "gone", {"limit": 1, "since": number}]),
                json!(["CLOSE", "gone"]),
            ] {
                let text = text.to_string();
                all.extend(frame(&[0x81, 0x80 | text.len() as u8], text.as_bytes()));
            }
        }
        let mut writing = client.socket.get_ref().try_clone().unwrap();
        let writing = std::thread::spawn(move || writing.write_all(&all).unwrap());
        // Only some are answered; what comes last is.
        writing_done(&mut client, writing, round);
    }
    relay.stop();
}

fn writing_done(client: &mut Client, writing: JoinHandle<()>, round: usize) {
    let mut asking = client.socket.get_ref().try_clone().unwrap();
    let name = format!("last {round}");
    let last = json!(["COUNT", name, {"limit": 1}]).to_string();
    let asker = std::thread::spawn(move || {
        writing.join().unwrap();
        asking
            .write_all(&frame(&[0x81, 0x80 | last.len() as u8], last.as_bytes()))
            .unwrap();
    });
    while client.read()[1] != name {}
    asker.join().unwrap();
}
