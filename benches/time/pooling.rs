//! `cargo bench -p benches --bench time_pooling`

fn main() {
    benches::time::run(&pooling::lesson());
}
