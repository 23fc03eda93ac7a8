//! `cargo bench -p benches --bench instructions_preallocation`

benches::count_instructions!(preallocation::lesson);
