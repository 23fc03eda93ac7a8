//! Time, by criterion. No allocator is installed: what is timed is what ships.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion};
use measuring::case::Lesson;

/// Times every case: the work, and freeing its result.
///
/// Criterion takes the arguments: a filter on `staircase/step/input`, `--quick`, `--save-baseline`, and so on.
pub fn run(lesson: &Lesson) {
    // There are four hundred cases. Criterion's options take more of each: `--sample-size`, `--measurement-time`.
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .sample_size(50)
        .configure_from_args();
    for staircase in &lesson.staircases {
        let mut group = criterion.benchmark_group(staircase.name());
        for case in staircase.cases() {
            group.bench_function(BenchmarkId::new(case.step, case.input), |bencher| {
                let mut work = case.prepare();
                bencher.iter(|| {
                    work.run();
                    work.finish();
                });
            });
        }
        group.finish();
    }
    criterion.final_summary();
}
