//! `cargo bench -p benches --bench instructions_leak_avoidance`

benches::count_instructions!(leak_avoidance::lesson);
