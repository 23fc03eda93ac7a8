//! Walks the lesson's staircases: `cargo run --release -p relay --example walk_relay [staircase]`.

measuring::install!();

fn main() {
    measuring::walk(&relay::lesson());
}
