//! Walks the lesson's staircases: `cargo run --release -p worker_pools --example walk_worker_pools [staircase]`.

measuring::install!();

fn main() {
    measuring::walk(&worker_pools::lesson());
}
