//! The lesson's cases, for every instrument.

use measuring::case::{Climb, Lesson, Staircase};

use crate::decoding::{self, Record};
use crate::difference::{self, Muted};
use crate::encoding::{self, Outbox};
use crate::facts::FACTS;
use crate::filtering;
use crate::formatting::{self, Metrics};
use crate::gathering::{self, Body};
use crate::intersection::{self, Hits};
use crate::joining::{self, Tags};
use crate::map_filling;
use crate::reading_bytes::{self, File};
use crate::reading_lines;
use crate::union::{self, Feeds};
use crate::vec_growth;

/// The lesson: its staircases and facts.
pub fn lesson() -> Lesson {
    let staircases = [known_length(), unknown_length(), text(), reuse(), sets()];
    Lesson {
        name: "preallocation",
        staircases: staircases.into_iter().flatten().collect(),
        facts: FACTS.to_vec(),
    }
}

type Staircases = Vec<Box<dyn Climb>>;

fn known_length() -> Staircases {
    vec![
        Staircase::over(
            "vec_growth",
            "Fill a vector with numbers",
            &[("10", || 10), ("1024", || 1_024), ("100000", || 100_000)],
        )
        .step("push", vec_growth::push)
        .step("with_capacity", vec_growth::with_capacity)
        .step("indexed", vec_growth::indexed)
        .step("collect", vec_growth::collect)
        .boxed(),
        Staircase::over(
            "map_filling",
            "Fill a hash map",
            &[("1000", || 1_000), ("100000", || 100_000)],
        )
        .step("insert", map_filling::insert)
        .step("with_capacity", map_filling::with_capacity)
        .step("tenfold", map_filling::tenfold)
        .boxed(),
    ]
}

fn unknown_length() -> Staircases {
    vec![
        Staircase::over(
            "filtering",
            "Keep the failed requests of ten thousand",
            &[
                ("one_in_two", || filtering::Log::sample(2)),
                ("one_in_hundred", || filtering::Log::sample(100)),
            ],
        )
        .step("filter_collect", filtering::filter_collect)
        .step("upper_bound", filtering::upper_bound)
        .step("shrunk", filtering::shrunk)
        .step("counted", filtering::counted)
        .boxed(),
        Staircase::over(
            "gathering",
            "Gather a body from chunks of a kilobyte",
            &[("250", || Body::sample(250))],
        )
        .step("extend", gathering::extend)
        .step("reserve_exact", gathering::reserve_exact)
        .step("total", gathering::total)
        .step("concat", gathering::concat)
        .boxed(),
        Staircase::over(
            "decoding",
            "Decode a record that announces its tags",
            &[
                ("honest", || Record::honest(1_000)),
                ("hostile", Record::hostile),
            ],
        )
        .step("push", decoding::push)
        .step("trusted", decoding::trusted)
        .step("capped", decoding::capped)
        .boxed(),
    ]
}

fn text() -> Staircases {
    vec![
        Staircase::over(
            "joining",
            "Join a thousand hashtags",
            &[("1000", || Tags::sample(1_000))],
        )
        .step("format", joining::format)
        .step("plus", joining::plus)
        .step("push_str", joining::push_str)
        .step("sized", joining::sized)
        .step("join", joining::join)
        .boxed(),
        Staircase::over(
            "formatting",
            "Format a page of a thousand counters",
            &[("1000", || Metrics::sample(1_000))],
        )
        .step("append", formatting::append)
        .step("write", formatting::write)
        .step("write_sized", formatting::write_sized)
        .boxed(),
    ]
}

fn reuse() -> Staircases {
    vec![
        Staircase::over(
            "encoding",
            "Encode a thousand notes for a socket",
            &[("1000", || Outbox::sample(1_000))],
        )
        .step("fresh", encoding::fresh)
        .step("reused", encoding::reused)
        .step("copied", encoding::copied)
        .boxed(),
        Staircase::over(
            "reading_lines",
            "Add up a log of a thousand lines",
            &[("1000", || reading_lines::Log::sample(1_000))],
        )
        .step("lines", reading_lines::lines)
        .step("read_line", reading_lines::read_line)
        .step("whole", reading_lines::whole)
        .boxed(),
        Staircase::over(
            "reading_bytes",
            "Read a hundred kilobytes, one at a time",
            &[("100", || File::sample(100 * 1_024))],
        )
        .step("in_the_loop", reading_bytes::in_the_loop)
        .step("hoisted", reading_bytes::hoisted)
        .step("on_the_stack", reading_bytes::on_the_stack)
        .boxed(),
    ]
}

fn sets() -> Staircases {
    vec![
        Staircase::over(
            "union",
            "Merge the feeds of twenty authors",
            &[("20", || Feeds::sample(20))],
        )
        .step("fresh", union::fresh)
        .step("with_capacity", union::with_capacity)
        .step("reused", union::reused)
        .boxed(),
        Staircase::over(
            "intersection",
            "Intersect three lists of ten thousand serials",
            &[("dense", Hits::dense), ("sparse", Hits::sparse)],
        )
        .step("fresh", intersection::fresh)
        .step("with_capacity", intersection::with_capacity)
        .step("retain", intersection::retain)
        .boxed(),
        Staircase::over(
            "difference",
            "Leave the muted notes out of ten thousand",
            &[("one_in_twenty", Muted::sample)],
        )
        .step("fresh", difference::fresh)
        .step("with_capacity", difference::with_capacity)
        .step("retain", difference::retain)
        .boxed(),
    ]
}
