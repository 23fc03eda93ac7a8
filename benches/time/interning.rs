//! `cargo bench -p benches --bench time_interning`

fn main() {
    benches::time::run(&interning::lesson());
}
