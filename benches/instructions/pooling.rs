//! `cargo bench -p benches --bench instructions_pooling`

benches::count_instructions!(pooling::lesson);
