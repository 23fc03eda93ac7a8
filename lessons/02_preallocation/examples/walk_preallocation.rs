//! Walks the lesson's staircases: `cargo run --release -p preallocation --example walk_preallocation [staircase]`.

measuring::install!();

fn main() {
    measuring::walk(&preallocation::lesson());
}
