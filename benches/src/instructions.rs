//! Instructions, by callgrind under iai-callgrind.
//!
//! The benchmark is the bench binary itself: iai-callgrind starts it again under callgrind with `--case ID`, and
//! callgrind collects only while [`measuring::instructions_are_counted_here`] runs.

use std::env;
use std::process::{Command, Stdio};

use iai_callgrind::{
    Bench, BinaryBenchmark, BinaryBenchmarkConfig, BinaryBenchmarkGroup, Callgrind, EntryPoint,
};
use measuring::case::Lesson;

/// Makes a bench target of a lesson: `benches::count_instructions!(pooling::lesson);`
#[macro_export]
macro_rules! count_instructions {
    ($lesson:path) => {
        mod callgrind {
            iai_callgrind::binary_benchmark_group!(
                name = cases;
                benchmarks = |group: &mut BinaryBenchmarkGroup| {
                    $crate::instructions::add_cases(group, &$lesson())
                }
            );
            iai_callgrind::main!(
                config = $crate::instructions::config();
                binary_benchmark_groups = cases
            );
            pub fn start() {
                main();
            }
        }

        fn main() {
            $crate::instructions::run(&$lesson(), callgrind::start);
        }
    };
}

/// Runs one case where callgrind asked for it, and otherwise starts the benchmark.
///
/// # Panics
///
/// Where no case has the id.
pub fn run(lesson: &Lesson, start: fn()) {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, id] = &arguments[..]
        && flag == "--case"
    {
        let case = lesson
            .case(id)
            .unwrap_or_else(|| panic!("no case is called {id:?}"));
        let mut work = case.prepare();
        // Once to warm up: the loader resolves a symbol when it is first called, and malloc sets itself up.
        work.run();
        work.finish();
        return measuring::instructions_are_counted_here(&mut || {
            work.run();
            work.finish();
        });
    }
    match missing_tool() {
        Some(remedy) => println!("No instructions are counted. {remedy}"),
        None => start(),
    }
}

/// Says which tool is missing and what to do about it.
fn missing_tool() -> Option<String> {
    if cfg!(all(target_os = "macos", target_arch = "aarch64")) {
        return Some("There is no valgrind for macOS on Apple Silicon.".into());
    }
    if !starts("valgrind") {
        return Some(
            "valgrind is not installed. On Debian or Ubuntu: apt install valgrind; on Fedora: dnf install valgrind."
                .into(),
        );
    }
    let runner = env::var("IAI_CALLGRIND_RUNNER").unwrap_or("iai-callgrind-runner".into());
    (!starts(&runner)).then(|| {
        format!("{runner} is not installed: cargo install iai-callgrind-runner --version 0.16.1")
    })
}

fn starts(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok()
}

/// One binary benchmark per staircase, one bench per case. Threaded cases are left out: how long a thread spins before
/// it sleeps depends on the scheduler, and its instructions with it.
///
/// # Panics
///
/// Where the binary can't find itself.
pub fn add_cases(group: &mut BinaryBenchmarkGroup, lesson: &Lesson) {
    let itself = env::current_exe().expect("a running bench knows where it is");
    for staircase in &lesson.staircases {
        let mut cases = staircase.cases();
        cases.retain(|case| !case.threaded);
        if cases.is_empty() {
            continue;
        }
        let mut benchmark = BinaryBenchmark::new(staircase.name());
        for case in cases {
            let command = iai_callgrind::Command::new(&itself)
                .args(["--case", &case.id()])
                .build();
            benchmark.bench(Bench::new(format!("{}_{}", case.step, case.input)).command(command));
        }
        group.binary_benchmark(benchmark);
    }
}

/// Callgrind watches one function and simulates no caches: instructions are what repeats.
pub fn config() -> BinaryBenchmarkConfig {
    let mut callgrind = Callgrind::with_args(["--cache-sim=no"]);
    callgrind.entry_point(EntryPoint::Custom("*instructions_are_counted_here*".into()));
    let mut config = BinaryBenchmarkConfig::default();
    config.tool(callgrind);
    config
}
