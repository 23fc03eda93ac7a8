//! Requests with a few parameters and a body, taken apart and answered.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::hint::black_box;

use crate::{Limits, Recycle, Shelf, Stack};

/// Hashes the same in every run.
pub type FixedSeed = BuildHasherDefault<DefaultHasher>;

/// Requests as they came in: `user=7&lang=en&page=3`, a line break, the body.
#[derive(Debug)]
pub struct Inbox(Vec<String>);

impl Inbox {
    /// A thousand requests with bodies of up to 900 bytes.
    pub fn of_1000() -> Self {
        let request = |number: usize| {
            let body = "b".repeat(300 + number * 37 % 601);
            format!("user={number}&lang=en&page={}\n{body}", number % 9)
        };
        Self((0..1_000).map(request).collect())
    }
}

fn parts(request: &str) -> (impl Iterator<Item = (&str, &str)>, &str) {
    let (head, body) = request.split_once('\n').unwrap_or((request, ""));
    (head.split('&').filter_map(|it| it.split_once('=')), body)
}

// ANCHOR: fresh
/// A request taken apart, with everything its own.
#[derive(Default)]
pub struct Request {
    params: HashMap<String, String, FixedSeed>,
    body: Vec<u8>,
}

impl Request {
    fn fill(&mut self, request: &str) {
        let (params, body) = parts(request);
        for (name, value) in params {
            self.params.insert(name.to_owned(), value.to_owned());
        }
        self.body.extend_from_slice(body.as_bytes());
    }

    fn answer(&self) -> usize {
        let page = self.params.get("page").map_or(0, String::len);
        page + black_box(&self.body).len()
    }
}

/// Makes one for every request.
pub fn fresh(inbox: &Inbox) -> usize {
    let answered = |text: &String| {
        let mut request = Request::default();
        request.fill(text);
        request.answer()
    };
    inbox.0.iter().map(answered).sum()
}
// ANCHOR_END: fresh

// ANCHOR: pooled
impl Request {
    /// With room for what most requests need.
    fn roomy() -> Self {
        Self {
            params: HashMap::with_capacity_and_hasher(4, FixedSeed::default()),
            body: Vec::with_capacity(1_024),
        }
    }
}

impl Recycle for Request {
    fn clear(&mut self) {
        let Self { params, body } = self;
        params.clear();
        body.clear();
        // A map that a strange request blew up would keep its table for good.
        params.shrink_to(14);
    }

    fn room(&self) -> usize {
        self.params.room() + self.body.room()
    }
}

/// Takes one from a pool. The map and the buffer are there; the strings in the map are not.
pub fn pooled(inbox: &Inbox) -> usize {
    let shelf = Stack::new(Limits::of(4).each(0, 16_384));
    let answered = |text: &String| {
        let mut request = shelf.lend(Request::roomy);
        request.fill(text);
        request.answer()
    };
    inbox.0.iter().map(answered).sum()
}
// ANCHOR_END: pooled

// ANCHOR: borrowed
/// A request taken apart that owns nothing: it points into the text that came in. Eight parameters are enough here; a
/// server would refuse a ninth.
struct View<'a> {
    params: [(&'a str, &'a str); 8],
    body: &'a str,
}

impl<'a> View<'a> {
    fn of(request: &'a str) -> Self {
        let (given, body) = parts(request);
        let mut params = [("", ""); 8];
        for (param, given) in params.iter_mut().zip(given) {
            *param = given;
        }
        Self { params, body }
    }

    fn answer(&self) -> usize {
        let page = self.params.iter().find(|(name, _)| *name == "page");
        page.map_or(0, |(_, value)| value.len()) + black_box(self.body).len()
    }
}

/// Copies nothing.
pub fn borrowed(inbox: &Inbox) -> usize {
    inbox.0.iter().map(|text| View::of(text).answer()).sum()
}
// ANCHOR_END: borrowed
