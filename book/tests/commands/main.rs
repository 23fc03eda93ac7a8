//! The commands as a user meets them, on small clones of their own. No test reads this clone's exercises, which are
//! the learner's.

#![forbid(unsafe_code)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

mod clone;

use clone::{Clone, exercise, solution, trial};

#[test]
fn a_learner_is_led_from_the_first_exercise_to_the_last() {
    let clone = Clone::with("learner", &["count"]);
    let opened = [
        "0 of 1 solved",
        "01 Measuring",
        "0/1",
        "Next: count (budget, easy, about 3 minutes)",
        "Return less",
        "Now over budget",
        "costs: allocations 3 of 1",
        "exercises/01_measuring/count.rs:6",
        "cargo workbook check count",
    ];
    let screen = clone.run(&[]);
    screen.expect(0, &opened);
    let lines = screen.output().lines().count();
    assert!(lines <= 24, "{lines} lines");
    let over = [
        "count: over budget",
        "over   costs",
        "right  returns",
        "allocations       1      3  3.0x",
    ];
    clone.run(&["check", "count"]).expect(1, &over);
    clone
        .run(&["hint", "count"])
        .expect(0, &["Hint 1 of 2", "a nudge", "One more"]);
    clone
        .run(&["hint", "count"])
        .expect(0, &["the way", "That was the last."]);
    clone
        .run(&["hint", "count"])
        .expect(0, &["a nudge", "the way", "These are all."]);
    clone.solve("count");
    clone
        .run(&[])
        .expect(0, &["1 of 1 solved", "1/1", "All exercises are solved."]);
    clone.write(
        &exercise("count"),
        &clone.read(&solution("count")).replace("    1\n", "    4\n"),
    );
    clone.run(&[]).expect(0, &["0 of 1 solved", "over budget"]);
    let reset = clone.run(&["reset", "count"]);
    reset.expect(
        0,
        &["as it was shipped", "Your version is kept", "count.1.rs"],
    );
    assert!(clone.read(".heapwise/kept/count.1.rs").contains("    4\n"));
    assert_eq!(
        clone.read(&exercise("count")),
        clone.read(&trial("count", "starter"))
    );
}

#[test]
fn a_pass_is_known_whatever_command_saw_it() {
    let clone = Clone::with("elsewhere", &["count", "number", "last"]);
    // Solved in an editor, and seen by `cargo test` alone.
    clone.solve("number");
    clone
        .run(&[])
        .expect(0, &["1 of 3 solved", "Next: last", "check last"]);
    clone
        .run(&["start", "count"])
        .expect(0, &["1 of 3 solved", "Next: count"]);
    clone.run(&["start", "01"]).expect(0, &["Next: count"]);
    clone.run(&["hint", "last"]).expect(0, &["a nudge"]);
    clone.run(&[]).expect(0, &["Next: last"]);
}

#[test]
fn a_check_says_what_changed() {
    let clone = Clone::with("change", &["count"]);
    clone.run(&["check", "count"]).expect(1, &["over budget"]);
    let starter = clone.read(&trial("count", "starter"));
    clone.write(&exercise("count"), &starter.replace("    3\n", "    2\n"));
    clone
        .run(&["check", "count"])
        .expect(1, &["Since the last check: allocations 3 → 2"]);
    clone.solve("count");
    clone.run(&["check", "count"]).expect(
        0,
        &["count: solved", "Since the last check: allocations 2 → 1"],
    );
}

#[test]
fn what_is_broken_stops_nothing_else() {
    let clone = Clone::with("broken", &["count", "number", "third"]);
    clone.write(&exercise("count"), "fn main() { let x: u8 = \"\"; }");
    clone.write(&exercise("third"), "fn main() { y }");
    clone.solve("number");
    let said = [
        "count   doesn't compile",
        "number  solved",
        "third   doesn't compile",
        "E0308",
        "E0425",
        "1 of 3 solved",
    ];
    clone.run(&["check"]).expect(1, &said);
    clone
        .run(&["check", "numbr"])
        .expect(2, &["Did you mean `number`?"]);

    clone.write(".heapwise/progress.json", "{");
    clone
        .run(&["hint", "count"])
        .expect(0, &["a nudge", "was broken", "progress.broken.1.json"]);
    let info = clone.read("info.toml");
    clone.write("info.toml", &info.replace("\"budget\"", "\"bugdet\""));
    clone.run(&[]).expect(
        2,
        &["info.toml is broken", "bugdet", "git checkout info.toml"],
    );
}

#[test]
fn a_verdict_is_about_the_text_in_the_file() {
    let clone = Clone::with("old_file", &["count"]);
    let starter = clone.read(&exercise("count"));
    clone.solve("count");
    clone.run(&["check", "count"]).expect(0, &["count: solved"]);
    // An old file is moved in, which cargo takes for older than what it built.
    clone.write("old.rs", &starter);
    clone.date("old.rs", Duration::from_secs(7_200));
    clone.rename("old.rs", &exercise("count"));
    clone
        .run(&["check", "count"])
        .expect(1, &["count: over budget"]);
    clone.solve("count");
    clone.date(&exercise("count"), Duration::from_secs(7_200));
    clone.run(&["check", "count"]).expect(0, &["count: solved"]);
}

#[test]
fn what_isnt_as_it_was_shipped_is_not_solved() {
    let clone = Clone::with("not_shipped", &["count"]);
    let with_more = |from: &str, to: &str| {
        let text = clone.read(&trial("count", "starter"));
        assert!(text.contains(from));
        clone.write(&exercise("count"), &text.replace(from, to));
        clone
            .run(&["check", "count"])
            .expect(1, &["not as it was shipped", "reset count"]);
        clone.run(&["list"]).expect(0, &["·", "count"]);
    };
    with_more("allocations(1)", "allocations(1_000)");
    with_more("fn main() {", "fn mine() {}\n\nfn main() {");
    with_more("assert!(work() > 0", "assert!(work() > 10 || true");
    // The attribute is above the line, and must stay.
    let text = clone.read(&solution("count"));
    clone.write(
        &exercise("count"),
        &text.replace("#![forbid(unsafe_code)]", ""),
    );
    clone
        .run(&["check", "count"])
        .expect(1, &["not as it was shipped", "is missing"]);
}

#[cfg(unix)]
#[test]
fn reset_follows_no_link_and_says_how_to_bring_a_version_back() {
    let clone = Clone::with("reset", &["count", "number"]);
    let reference = clone.read(&solution("count"));
    clone.link(&solution("count"), &exercise("count"));
    clone
        .run(&["reset", "count"])
        .expect(0, &["is as it was shipped", "cp .heapwise/kept/count.1.rs"]);
    assert_eq!(clone.read(&solution("count")), reference);
    assert_eq!(
        clone.read(&exercise("count")),
        clone.read(&trial("count", "starter"))
    );
    clone.solve("number");
    clone
        .run(&["reset", "all"])
        .expect(0, &["number", "Put back: 1. As they were shipped: 1."]);
}

#[test]
fn an_update_loses_nothing() {
    let upstream = Clone::with("upstream", &["count", "number", "last"]);
    upstream.git(&["init", "--quiet", "--initial-branch=main"]);
    upstream.write(".gitignore", "target/\n.heapwise\n");
    upstream.commit("as shipped");
    let clone = upstream.cloned("updated");
    // One is left alone upstream, one gets another task and tests, one is changed in the same line.
    clone.solve("count");
    clone.solve("number");
    clone.solve("last");
    for (name, from, to) in [
        (
            "number",
            "Return less, but something.",
            "Return less than two.",
        ),
        ("number", "returned nothing", "returned no number"),
        ("last", "    3\n", "    4\n"),
    ] {
        for file in [exercise(name), trial(name, "starter")] {
            upstream.write(&file, &upstream.read(&file).replace(from, to));
        }
    }
    upstream.commit("better");
    clone.run(&["update"]).expect(
        0,
        &[
            "number was changed, and your answer is merged with it",
            "last was changed where you changed it, too",
            "Of 3 exercises that you changed, 1 were left alone and 2 merged",
        ],
    );
    let number = clone.read(&exercise("number"));
    assert!(number.contains("Return less than two.") && number.contains("    1\n"));
    assert!(number.contains("returned no number"), "{number}");
    assert!(clone.read(&exercise("last")).contains("    1\n"));
    assert!(clone.read(".heapwise/kept/last.1.rs").contains("    1\n"));
    clone
        .run(&["check"])
        .expect(0, &["count", "solved", "3 of 3 solved"]);
}

#[test]
fn a_test_without_an_end_is_ended() {
    let clone = Clone::with("endless", &["count"]);
    let endless = clone
        .read(&exercise("count"))
        .replace("    3\n", "    loop {}\n");
    clone.write(&exercise("count"), &endless);
    let mut command = clone.command(&["check", "count"]);
    let start = Instant::now();
    let output = command
        .env("HEAPWISE_TIME_LIMIT", "1")
        .output()
        .expect("the workbook can be started");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("didn't finish")
            && said.contains("ended after 1 seconds")
            && said.contains("Not finished: costs, returns"),
        "{said}"
    );
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_takes_all_it_can_is_ended() {
    let clone = Clone::with("greedy", &["count"]);
    let starter = clone.read(&trial("count", "starter"));
    for (body, said) in [
        // libtest keeps in memory what a test prints.
        (
            "loop { println!(\"{}\", \"print \".repeat(10_000)) }",
            "it took more than 2 GB of memory",
        ),
        (
            "let mut all = vec![0u64]; loop { all.extend_from_within(..) }",
            "it took more than 2 GB of memory",
        ),
        (
            "use std::io::Write; let line = [b'x'; 65_536]; loop { std::io::stdout().write_all(&line).unwrap() }",
            "it wrote more than 64 MB",
        ),
    ] {
        clone.write(
            &exercise("count"),
            &starter.replace("    3\n", &format!("    {body}\n")),
        );
        clone
            .run(&["check", "count"])
            .expect(1, &["didn't finish", said, "Not finished: "]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_started_ends_with_the_workbook() {
    let clone = Clone::with("ended", &["count"]);
    let endless = clone
        .read(&exercise("count"))
        .replace("    3\n", "    loop { std::thread::yield_now() }\n");
    clone.write(&exercise("count"), &endless);
    let mut check = clone
        .command(&["check", "count"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the workbook can be started");
    // Programs of this clone's target folder, the workbook's own left out.
    let running = || {
        let programs = std::fs::read_dir("/proc").expect("it can be read");
        programs
            .filter_map(|entry| std::fs::read_link(entry.ok()?.path().join("exe")).ok())
            .filter(|program| program.to_string_lossy().contains("tmp/ended/target"))
            .count()
    };
    let wait_until = |wanted: &dyn Fn(usize) -> bool| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !wanted(running()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        wanted(running())
    };
    let started = wait_until(&|count| count > 0);
    let asked = std::process::Command::new("kill")
        .arg(check.id().to_string())
        .status()
        .expect("it can be asked to end");
    let status = check.wait().expect("it ends");
    let ended = wait_until(&|count| count == 0);
    assert!(started && asked.success() && ended);
    assert_eq!(status.code(), Some(130));
}

#[test]
fn maintainers_find_out_what_was_forgotten() {
    let clone = Clone::with("maintainer", &["count"]);
    if !has_clippy() {
        let remedy = ["clippy is missing: rustup component add clippy"];
        return clone.run(&["verify"]).expect(2, &remedy);
    }
    clone.run(&["verify"]).expect(
        0,
        &["1 exercise and 3 trials (1 wrong, 1 wasteful, 1 good) verified: nothing to repair."],
    );

    clone.write(
        &trial("count", "good_sum"),
        "#![forbid(unsafe_code)]\nfn work() -> u64 { 2 }\n",
    );
    clone.write(
        &trial("count", "wrong_nonsense"),
        "#![forbid(unsafe_code)]\nfn work() -> u64 { \"\" }\n",
    );
    clone.write(
        &trial("count", "wasteful_two"),
        &clone.read(&trial("count", "wrong_nothing")),
    );
    clone.write(
        &trial("count", "wrong_nothing"),
        &clone.read(&trial("count", "starter")),
    );
    clone.solve("count");
    clone.write(&exercise("forgotten"), "fn main() {}\n");
    let solution_with_lint = clone
        .read(&solution("count"))
        .replace("    1\n", "    return 1;\n");
    clone.write(&solution("count"), &solution_with_lint);
    let said = clone.run(&["verify"]);
    said.expect(
        1,
        &["exercises/01_measuring/forgotten.rs belongs to no exercise"],
    );
    for finding in [
        "the trial wasteful_two is rejected by no budget",
        "the trial good_sum is refused by costs",
        "the trial wrong_nonsense doesn't compile",
        "the trial wrong_nothing goes on below the line",
        "exercises/01_measuring/count.rs differs from",
        "needless_return",
    ] {
        assert!(
            said.all().replace("\n  ", " ").contains(finding),
            "{finding}:\n{}",
            said.all()
        );
    }
}

/// A minimal installation of Rust is enough for learners, and for these tests.
fn has_clippy() -> bool {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = Command::new(cargo).args(["clippy", "--version"]).output();
    asked.is_ok_and(|output| output.status.success())
}

#[test]
fn watching_notices_a_save_by_renaming() {
    let clone = Clone::with("watch", &["count", "number"]);
    let mut watch = clone
        .command(&["watch"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the workbook can be started");
    let (send, lines) = mpsc::channel();
    let output = BufReader::new(watch.stdout.take().expect("it is piped"));
    thread::spawn(move || {
        output
            .lines()
            .map_while(Result::ok)
            .try_for_each(|line| send.send(line))
    });
    let wait_for = |text: &str| {
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut said = Vec::new();
        while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now()))
        {
            if line.contains(text) {
                return true;
            }
            said.push(line);
        }
        eprintln!("{text:?} isn't said:\n{}", said.join("\n"));
        false
    };
    let mut went_well = wait_for("Next: count") && wait_for("Watching");
    let solved = clone
        .read(&solution("count"))
        .replace("fn work()", "fn work( )");
    clone.write("saved.rs", &solved);
    clone.rename("saved.rs", &exercise("count"));
    for text in [
        "count: solved",
        "What the reference does differently",
        "- fn work( ) -> u64 {",
        "+ fn work() -> u64 {",
    ] {
        went_well = went_well && wait_for(text);
    }
    went_well = went_well && wait_for("Next: number") && wait_for("Watching");
    clone.solve("number");
    went_well = went_well && wait_for("All exercises are solved.");
    // Whatever was said, it is ended before anything is asserted.
    if !went_well {
        let _ = watch.kill();
    }
    let status = watch.wait().expect("it ends");
    assert!(went_well && status.success(), "{status}");
}

#[test]
fn mdbook_is_answered_even_where_the_catalogue_is_broken() {
    let clone = Clone::with("preprocess", &["count"]);
    clone.write("info.toml", "[[lessons]");
    let supports = ["preprocess", "supports", "html"];
    clone.run(&supports).expect(0, &[]);
    clone.run(&["check"]).expect(2, &["info.toml"]);
}
