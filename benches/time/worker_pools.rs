//! `cargo bench -p benches --bench time_worker_pools`

fn main() {
    benches::time::run(&worker_pools::lesson());
}
