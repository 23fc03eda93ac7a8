//! `cargo bench -p benches --bench heap_leak_avoidance`

#[global_allocator]
static ALLOCATOR: benches::heap::Allocator = benches::heap::allocator();

fn main() {
    benches::heap::run(&leak_avoidance::lesson());
}
