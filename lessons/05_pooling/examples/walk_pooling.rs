//! Walks the lesson's staircases: `cargo run --release -p pooling --example walk_pooling [staircase]`.

measuring::install!();

fn main() {
    measuring::walk(&pooling::lesson());
}
