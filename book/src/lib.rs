//! How a number travels from the benches into the book: [`measure`] runs the instruments and writes [`results`];
//! [`pages`] puts them into the chapters, with [`chart`]s, and [`claims`] holds what they settle. The [`catalogue`] says what
//! lessons and exercises there are; the commands start from it too.

#![forbid(unsafe_code)]

pub mod catalogue;
pub mod chapters;
pub mod chart;
pub mod claims;
pub mod files;
pub mod measure;
pub mod pages;
pub mod results;
pub mod units;
