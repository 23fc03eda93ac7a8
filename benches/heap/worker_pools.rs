//! `cargo bench -p benches --bench heap_worker_pools`

#[global_allocator]
static ALLOCATOR: benches::heap::Allocator = benches::heap::allocator();

fn main() {
    benches::heap::run(&worker_pools::lesson());
}
