//! `cargo bench -p benches --bench instructions_interning`

benches::count_instructions!(interning::lesson);
