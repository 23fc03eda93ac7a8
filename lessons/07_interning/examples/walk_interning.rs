//! Walks the lesson's staircases: `cargo run --release -p interning --example walk_interning [staircase]`.

measuring::install!();

fn main() {
    measuring::walk(&interning::lesson());
}
