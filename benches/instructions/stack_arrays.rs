//! `cargo bench -p benches --bench instructions_stack_arrays`

benches::count_instructions!(stack_arrays::lesson);
