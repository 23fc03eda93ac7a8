//! `cargo bench -p benches --bench time_arenas`

fn main() {
    benches::time::run(&arenas::lesson());
}
