//! The lesson's cases, for every instrument.

use measuring::case::{Climb, Lesson, Staircase};

use crate::facts::FACTS;
use crate::staircases::acquire::{self, Desk};
use crate::staircases::burst::{self, Burst};
use crate::staircases::compress::{self, Archive};
use crate::staircases::contended::{self, Crew};
use crate::staircases::fixed::{self, Payloads};
use crate::staircases::json::{self, Outbox};
use crate::staircases::requests::{self, Inbox};
use crate::staircases::zeroed::{self, Frames};
use crate::staircases::{handoff, oversized};

/// The lesson: its staircases and facts.
pub fn lesson() -> Lesson {
    let staircases = [buffers(), encoders(), memory(), structures(), threads()];
    Lesson {
        name: "pooling",
        staircases: staircases.into_iter().flatten().collect(),
        facts: FACTS.to_vec(),
    }
}

type Staircases = Vec<Box<dyn Climb>>;

fn buffers() -> Staircases {
    vec![
        Staircase::over(
            "acquire",
            "Take a buffer and give it back, a thousand times",
            &[
                ("16", || Desk::of(16)),
                ("4096", || Desk::of(4_096)),
                ("65536", || Desk::of(65_536)),
            ],
        )
        .step("malloc", acquire::malloc)
        .step("locked", acquire::locked)
        .step("lock_free", acquire::lock_free)
        .step("per_thread", acquire::per_thread)
        .step("kept", acquire::kept)
        .boxed(),
        Staircase::over(
            "zeroed",
            "Take a buffer full of zeros, a thousand times",
            &[("4096", || Frames::of(4_096))],
        )
        .step("calloc", zeroed::calloc)
        .step("pooled", zeroed::pooled)
        .step("unfilled", zeroed::unfilled)
        .boxed(),
    ]
}

fn encoders() -> Staircases {
    vec![
        Staircase::over(
            "json",
            "Encode a hundred notes as JSON",
            &[
                ("short", || Outbox::with_texts_of(20)),
                ("long", || Outbox::with_texts_of(4_000)),
            ],
        )
        .step("fresh", json::fresh)
        .step("pooled", json::pooled)
        .step("copied", json::copied)
        .step("kept", json::kept)
        .boxed(),
        Staircase::over(
            "compress",
            "Compress ten texts with zstd",
            &[
                ("540", || Archive::of(540)),
                ("27000", || Archive::of(27_000)),
            ],
        )
        .step("fresh", compress::fresh)
        .step("pooled", compress::pooled)
        .boxed(),
    ]
}

fn memory() -> Staircases {
    vec![
        Staircase::over(
            "burst",
            "Serve a thousand requests at once",
            &[("1000", Burst::of_1000)],
        )
        .step("exact", burst::exact)
        .step("one_size", burst::one_size)
        .step("three_classes", burst::three_classes)
        .step("bounded", burst::bounded)
        .boxed(),
        Staircase::over(
            "oversized",
            "Receive a hundred messages, one of ten megabytes",
            &[("100", oversized::Messages::with_one_of_10_mb)],
        )
        .step("kept", oversized::kept)
        .step("dropped", oversized::dropped)
        .step("shrunk", oversized::shrunk)
        .boxed(),
    ]
}

fn structures() -> Staircases {
    vec![
        Staircase::over(
            "requests",
            "Take a thousand requests apart",
            &[("1000", Inbox::of_1000)],
        )
        .step("fresh", requests::fresh)
        .step("pooled", requests::pooled)
        .step("borrowed", requests::borrowed)
        .boxed(),
        Staircase::over(
            "fixed",
            "Pass a thousand frames, a hundred in flight",
            &[("1000", Payloads::of_100)],
        )
        .step("boxed", fixed::boxed)
        .step("pooled", fixed::pooled)
        .step("blocks", fixed::blocks)
        .boxed(),
    ]
}

fn threads() -> Staircases {
    vec![
        Staircase::over(
            "contended",
            "Take ten thousand buffers per thread",
            &[
                ("2_threads", || Crew::of(2, 4_096)),
                ("4_threads", || Crew::of(4, 4_096)),
            ],
        )
        .step("malloc", contended::malloc)
        .step("locked", contended::locked)
        .step("lock_free", contended::lock_free)
        .step("per_thread", contended::per_thread)
        .threaded()
        .boxed(),
        Staircase::over(
            "handoff",
            "Pass a thousand buffers from one thread to another",
            &[("1000", || handoff::Messages(1_000))],
        )
        .step("malloc", handoff::malloc)
        .step("locked", handoff::locked)
        .step("per_thread", handoff::per_thread)
        .threaded()
        .boxed(),
    ]
}
