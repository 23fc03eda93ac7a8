//! The relay's command line.

fn main() {}
