//! Keeps eleven requests, and decodes each line over the one that is not listed.

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
    let mut slowest: Vec<Request> = Vec::new();
    for line in log.lines() {
        let mut words = line.split(' ');
        let (Some(micros), Some(path), Some(browser)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let Ok(micros) = micros.parse() else {
            continue;
        };
        let place = slowest.partition_point(|other| other.micros >= micros);
        if place == LISTED {
            continue;
        }
        let (mut old_path, mut old_browser) = (String::new(), String::new());
        if slowest.len() == LISTED {
            let last = slowest.pop().unwrap();
            (old_path, old_browser) = (last.path, last.browser);
        }
        for (text, field) in [(&mut old_path, path), (&mut old_browser, browser)] {
            text.clear();
            text.extend(field.chars().map(|it| if it == '+' { ' ' } else { it }));
        }
        let (path, browser) = (old_path, old_browser);
        slowest.insert(
            place,
            Request {
                micros,
                path,
                browser,
            },
        );
    }
    slowest
}
