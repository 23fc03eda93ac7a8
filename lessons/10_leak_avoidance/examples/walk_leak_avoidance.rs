//! Walks the lesson's staircases: `cargo run --release -p leak_avoidance --example walk_leak_avoidance [staircase]`.

measuring::install!();

fn main() {
    measuring::walk(&leak_avoidance::lesson());
}
