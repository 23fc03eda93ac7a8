//! The heap, by dhat; and once more by the meter, which must agree.

use std::path::PathBuf;

use measuring::Heap;
use measuring::case::{Case, Lesson};

/// The allocator of a heap benchmark: the meter over dhat.
pub type Allocator = measuring::Meter<dhat::Alloc>;

/// Makes the [`Allocator`].
pub const fn allocator() -> Allocator {
    measuring::Meter::over(dhat::Alloc)
}

/// Counts every case and prints a table; with `--json`, one line of JSON per case and per fact.
///
/// `--profile ID` runs one case and writes its heap profile for dhat's viewer instead.
///
/// # Panics
///
/// Where dhat and the meter disagree (on a threaded case: by more than scheduling can account for), and where no
/// case has the id.
pub fn run(lesson: &Lesson) {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| it != "--bench")
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--profile", id] => profile(
            &lesson
                .case(id)
                .unwrap_or_else(|| panic!("no case is called {id:?}")),
        ),
        ["--json"] => {
            for case in lesson.cases() {
                let id = case.id();
                println!(
                    "{}",
                    serde_json::json!({ "case": id, "heap": count(&case) })
                );
            }
            for fact in &lesson.facts {
                println!(
                    "{}",
                    serde_json::json!({ "fact": fact.name, "value": (fact.value)() })
                );
            }
        }
        [] => {
            println!(
                "{:<44} {:>9} {:>12} {:>12} {:>12}",
                "case", "allocations", "bytes", "peak", "live"
            );
            for case in lesson.cases() {
                let Heap {
                    allocations,
                    bytes,
                    peak,
                    live,
                } = count(&case);
                println!(
                    "{:<44} {allocations:>9} {bytes:>12} {peak:>12} {live:>12}",
                    case.id()
                );
            }
        }
        _ => panic!("unknown arguments {arguments:?}: use --json, --profile ID or none"),
    }
}

/// What one run costs according to dhat, the result still live at the end.
fn count(case: &Case) -> Heap {
    let metered = case.heap();
    let mut work = case.prepare();
    if case.threaded {
        // As the meter does it: what is set up once per process is left out.
        work.run();
        work.finish();
        case.settle();
    }
    let profiler = dhat::Profiler::builder().testing().build();
    work.run();
    case.settle();
    let stats = dhat::HeapStats::get();
    drop(profiler);
    let counted = Heap {
        allocations: stats.total_blocks,
        bytes: stats.total_bytes,
        peak: stats.max_bytes as u64,
        live: stats.curr_bytes as i64,
    };
    if case.threaded {
        assert!(
            counted.is_about_within(&metered),
            "{}: dhat counted {counted:?}, the meter at most {metered:?}",
            case.id()
        );
        return counted.highest(metered);
    }
    assert_eq!(
        counted,
        metered,
        "{}: dhat counted the left, the meter the right",
        case.id()
    );
    counted
}

/// Writes `target/STAIRCASE-STEP-INPUT.dhat.json`; dhat says so on standard error.
fn profile(case: &Case) {
    let file = target_folder().join(format!("{}.dhat.json", case.id().replace('/', "-")));
    let mut work = case.prepare();
    let _profiler = dhat::Profiler::builder().file_name(&file).build();
    work.run();
    work.finish();
}

/// Cargo starts a benchmark in its package's folder, which is not where `target` is. The binary itself lies in
/// `target/release/deps`.
fn target_folder() -> PathBuf {
    let itself = std::env::current_exe().expect("a running bench knows where it is");
    itself
        .ancestors()
        .nth(3)
        .map_or(PathBuf::from("."), PathBuf::from)
}
