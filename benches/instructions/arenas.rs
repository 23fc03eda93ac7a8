//! `cargo bench -p benches --bench instructions_arenas`

benches::count_instructions!(arenas::lesson);
