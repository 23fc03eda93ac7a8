//! Walks the lesson's staircases: `cargo run --release -p arenas --example walk_arenas [staircase]`.

measuring::install!();

fn main() {
    measuring::walk(&arenas::lesson());
}
