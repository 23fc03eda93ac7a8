//! `cargo bench -p benches --bench time_measuring`

fn main() {
    benches::time::run(&measuring::lesson());
}
