//! `cargo bench -p benches --bench heap_relay`

#[global_allocator]
static ALLOCATOR: benches::heap::Allocator = benches::heap::allocator();

fn main() {
    benches::heap::run(&relay::lesson());
}
