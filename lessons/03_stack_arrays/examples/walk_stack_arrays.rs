//! Walks the lesson's staircases: `cargo run --release -p stack_arrays --example walk_stack_arrays [staircase]`.

measuring::install!();

fn main() {
    measuring::walk(&stack_arrays::lesson());
}
