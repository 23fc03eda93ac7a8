//! How well answers compress, said by two sums, and by an average that moves.

use crate::event::Event;
use crate::generate::Generator;

/// Short and long answers, in either order.
pub(super) struct Answers {
    short_last: bool,
}

pub(super) const SHORT_LAST: Answers = Answers { short_last: true };
pub(super) const LONG_LAST: Answers = Answers { short_last: false };

/// How much of it a new answer makes up in the average that moves.
const NEW: f64 = 0.1;

impl Answers {
    /// Bytes before and after, in their order: thirty answers of one event, ten of fifty.
    fn sizes(&self) -> Vec<(usize, usize)> {
        let events: Vec<Event> = Generator::new(5).take(530).collect();
        let (one, fifty) = events.split_at(30);
        let mut sizes: Vec<_> = fifty
            .chunks(50)
            .chain(one.chunks(1))
            .map(compress)
            .collect();
        if !self.short_last {
            sizes.reverse();
        }
        sizes
    }

    /// The sum of the bytes before over the sum of those after.
    pub fn exact(&self) -> String {
        let sizes = self.sizes();
        let before: usize = sizes.iter().map(|(before, _)| before).sum();
        let after: usize = sizes.iter().map(|(_, after)| after).sum();
        format!("{:.1}", before as f64 / after as f64)
    }

    /// Each answer's ratio, a tenth of it into the average.
    pub fn averaged(&self) -> String {
        let ratios = self.sizes().into_iter();
        let ratios = ratios.map(|(before, after)| before as f64 / after as f64);
        let average = ratios.reduce(|average, ratio| average + NEW * (ratio - average));
        format!("{:.1}", average.unwrap_or_default())
    }
}

fn compress(events: &[Event]) -> (usize, usize) {
    let mut json = Vec::new();
    events.iter().for_each(|event| event.write_json(&mut json));
    let frame = zstd::bulk::compress(&json, 1);
    (json.len(), frame.map_or(json.len(), |frame| frame.len()))
}
