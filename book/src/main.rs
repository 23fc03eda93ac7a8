//! The program behind `cargo workbook`.
fn main() {}
