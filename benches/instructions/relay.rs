//! `cargo bench -p benches --bench instructions_relay`

benches::count_instructions!(relay::lesson);
