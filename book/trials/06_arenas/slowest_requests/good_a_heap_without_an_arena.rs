//! A binary heap of ten; a line is decoded once it is known to be listed.

#![forbid(unsafe_code)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A request in clear text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Request {
    micros: u32,
    path: String,
    browser: String,
}

/// How many requests are listed.
const LISTED: usize = 10;

/// The ten slowest requests of a log, the slowest first. Of equals, the earlier comes first.
fn slowest(log: &str) -> Vec<Request> {
    let mut heap = BinaryHeap::new();
    for (number, line) in log.lines().enumerate() {
        let mut words = line.split(' ');
        let (Some(micros), Some(path), Some(browser)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let Ok(micros) = micros.parse::<u32>() else {
            continue;
        };
        let key = (micros, Reverse(number));
        let least: Option<&Reverse<(u32, Reverse<usize>, Request)>> = heap.peek();
        if heap.len() == LISTED && least.is_some_and(|it| key < (it.0.0, it.0.1)) {
            continue;
        }
        let (path, browser) = (path.replace('+', " "), browser.replace('+', " "));
        let request = Request {
            micros,
            path,
            browser,
        };
        heap.push(Reverse((key.0, key.1, request)));
        if heap.len() > LISTED {
            heap.pop();
        }
    }
    let sorted = heap.into_sorted_vec();
    sorted
        .into_iter()
        .map(|Reverse((_, _, request))| request)
        .collect()
}
