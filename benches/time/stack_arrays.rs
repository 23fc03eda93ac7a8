//! `cargo bench -p benches --bench time_stack_arrays`

fn main() {
    benches::time::run(&stack_arrays::lesson());
}
