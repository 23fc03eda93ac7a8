//! Walks the lesson's staircases: `cargo run --release -p measuring --example walk_measuring [staircase]`.

measuring::install!();

fn main() {
    measuring::walk(&measuring::lesson());
}
