//! `cargo bench -p benches --bench time_relay`

fn main() {
    benches::time::run(&relay::lesson());
}
