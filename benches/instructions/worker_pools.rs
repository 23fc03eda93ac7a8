//! `cargo bench -p benches --bench instructions_worker_pools`

benches::count_instructions!(worker_pools::lesson);
