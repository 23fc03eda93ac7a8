//! `cargo bench -p benches --bench time_preallocation`

fn main() {
    benches::time::run(&preallocation::lesson());
}
