//! `cargo bench -p benches --bench instructions_measuring`

benches::count_instructions!(measuring::lesson);
