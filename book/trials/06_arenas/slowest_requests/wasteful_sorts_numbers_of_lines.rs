//! Sorts the numbers of all lines, and decodes the ten that come first.

#![forbid(unsafe_code)]

/// A request in clear text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Request {
    micros: u32,
    path: String,
    browser: String,
}

/// How many requests are listed.
const LISTED: usize = 10;

/// The ten slowest requests of a log, the slowest first. Of equals, the earlier comes first.
fn slowest(log: &str) -> Vec<Request> {
    let mut micros: Vec<(u32, usize)> = Vec::new();
    let decode = |line: &str| {
        let mut words = line.split(' ');
        let (micros, path, browser) = (words.next()?, words.next()?, words.next()?);
        let (micros, decode) = (micros.parse().ok()?, |it: &str| it.replace('+', " "));
        Some(Request {
            micros,
            path: decode(path),
            browser: decode(browser),
        })
    };
    for (number, line) in log.lines().enumerate() {
        let mut words = line.split(' ');
        let time = words.next().and_then(|it| it.parse::<u32>().ok());
        if let (Some(time), Some(_), Some(_)) = (time, words.next(), words.next()) {
            micros.push((u32::MAX - time, number));
        }
    }
    micros.sort_unstable();
    micros.truncate(LISTED);
    let line = |(_, number): &(u32, usize)| log.lines().nth(*number).and_then(decode);
    micros.iter().filter_map(line).collect()
}
