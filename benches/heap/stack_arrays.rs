//! `cargo bench -p benches --bench heap_stack_arrays`

#[global_allocator]
static ALLOCATOR: benches::heap::Allocator = benches::heap::allocator();

fn main() {
    benches::heap::run(&stack_arrays::lesson());
}
