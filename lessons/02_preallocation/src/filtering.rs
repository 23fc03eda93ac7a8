//! Keeping some items of many: how many, nobody knows before.

/// One request of an access log.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// The HTTP status that was answered.
    pub status: u16,
    /// How long the answer took, in microseconds.
    pub micros: u32,
}

/// An access log.
#[derive(Debug)]
pub struct Log(pub Vec<Request>);

impl Log {
    /// Ten thousand requests, of which one in `failed_in` failed.
    pub fn sample(failed_in: u32) -> Self {
        let request = |number: u32| Request {
            status: if number.is_multiple_of(failed_in) {
                503
            } else {
                200
            },
            micros: 300 + number * 37 % 4_001,
        };
        Self((0..10_000).map(request).collect())
    }

    fn failures(&self) -> impl Iterator<Item = u32> {
        self.0
            .iter()
            .filter(|request| request.status >= 500)
            .map(|request| request.micros)
    }
}

// ANCHOR: filter_collect
/// A filter's size hint says "at least none", so the vector starts small and grows.
pub fn filter_collect(log: &Log) -> Vec<u32> {
    log.failures().collect()
}
// ANCHOR_END: filter_collect

// ANCHOR: upper_bound
/// No more can fail than there are: room for all of them.
pub fn upper_bound(log: &Log) -> Vec<u32> {
    let mut failed = Vec::with_capacity(log.0.len());
    failed.extend(log.failures());
    failed
}
// ANCHOR_END: upper_bound

// ANCHOR: shrunk
/// Room for all of them, and the rest given back.
pub fn shrunk(log: &Log) -> Vec<u32> {
    let mut failed = upper_bound(log);
    failed.shrink_to_fit();
    failed
}
// ANCHOR_END: shrunk

// ANCHOR: counted
/// Counts first: the exact room, for a second pass.
pub fn counted(log: &Log) -> Vec<u32> {
    let mut failed = Vec::with_capacity(log.failures().count());
    failed.extend(log.failures());
    failed
}
// ANCHOR_END: counted
