//! `cargo bench -p benches --bench time_leak_avoidance`

fn main() {
    benches::time::run(&leak_avoidance::lesson());
}
