//! The whole relay in ten steps, from what a hurried programmer writes to what this crate is.
//!
//! The work is the same in each: events come in as frames, in batches; they are stored in the relay's engine, passed on
//! to two dozen subscribers, and asked for at last. Each step changes one thing of the step before, takes the rest from
//! it, and gives the same answers to the byte.
//!
//! What no step does: verify signatures, which costs the same everywhere and more than all the last step does; wait for
//! the disk; and read from a socket. The engine is the same one in each, and its own allocations are counted with the others.

mod s0_naive;
mod s1_fixed_ids;
mod s2_buffers;
mod s3_borrowed;
mod s4_binary;
mod s5_serials;
mod s6_recomputed;
mod s7_time_key;
mod s8_dictionary;
mod s9_bounded;
mod stream;
mod tasks;

use std::error::Error;

use measuring::case::{Fact, Staircase, fact};
use measuring::{grouped, heap};

use self::s0_naive::Naive;
use self::s1_fixed_ids::FixedIds;
use self::s2_buffers::Buffers;
use self::s3_borrowed::{Borrowed, ById, Json, Rows};
use self::s4_binary::Plain;
use self::s5_serials::{Numbered, Whole};
use self::s6_recomputed::Hashed;
use self::s7_time_key::{Timed, Timeless};
use self::s8_dictionary::Packed;
use self::stream::{Outcome, Stream};
use self::tasks::run;
use crate::cases::Staircases;

/// What goes wrong here ends the step.
type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The secret of short hashes, which a relay draws: here figures are to be the same every time.
const SECRET: [u8; 16] = *b"the same, always";

/// So many events are measured, and so many stored to see what they take on disk.
const EVENTS: usize = 300;
const ON_DISK: usize = stream::MOST;

type Step = fn(&Stream) -> Fallible<Outcome>;

/// Declares the steps: the cases, and what each takes for an event.
macro_rules! steps {
    ($($step:ident: $run:expr;)*) => {
        /// The steps, over their input.
        pub(crate) fn staircases() -> Staircases {
            let title = "Take events in, store them, pass them on, find them again";
            let staircase = Staircase::over("relay", title, &[("300", || Stream::of(EVENTS))]);
            // The engine makes an allocation of nine bytes when it is opened that the optimiser takes out.
            let staircase = staircase.built_otherwise_when_optimised();
            vec![staircase$(.step(stringify!($step), |stream| climb($run, stream)))*.boxed()]
        }

        /// What a further event takes in each step: allocations and bytes of heap. Then what each takes on disk, with all that
        /// leads to it.
        pub(crate) const FACTS: &[Fact] = &[
            $(fact(concat!("allocations_", stringify!($step)), || {
                whole(measured::$step.get_or_init(|| further($run)).allocations, EVENTS)
            }),)*
            $(fact(concat!("heap_", stringify!($step)), || {
                whole(measured::$step.get_or_init(|| further($run)).bytes, EVENTS)
            }),)*
            $(fact(concat!("disk_", stringify!($step)), || whole(disk($run), ON_DISK)),)*
            fact("relay_frames", || Stream::of(EVENTS).frames.len().to_string()),
            fact("relay_subscribers", || Stream::of(EVENTS).subscriptions.len().to_string()),
            fact("relay_questions", || Stream::of(EVENTS).questions.len().to_string()),
            fact("relay_deliveries", || grouped(outcome().deliveries())),
            fact("relay_answers", || grouped(outcome().answered.frames)),
            fact("relay_json", || whole(Stream::of(EVENTS).json_bytes(), EVENTS)),
            fact("stored_events", || grouped(ON_DISK as u64)),
            fact("stored_json", || whole(Stream::unheard(ON_DISK).json_bytes(), ON_DISK)),
        ];

        /// Counted once, quoted twice.
        #[allow(non_upper_case_globals)]
        mod measured {
            $(pub(super) static $step: std::sync::OnceLock<super::Further> = std::sync::OnceLock::new();)*
        }
    };
}

steps! {
    naive: run::<Naive>;
    fixed_ids: run::<FixedIds>;
    buffers: run::<Buffers>;
    borrowed: run::<Borrowed<Rows<ById<Json>, 32>>>;
    binary: run::<Borrowed<Rows<ById<Plain>, 32>>>;
    serials: run::<Borrowed<Rows<Numbered<Whole>, 4>>>;
    recomputed: run::<Borrowed<Rows<Numbered<Hashed>, 4>>>;
    time_key: run::<Borrowed<Timed<Timeless>>>;
    dictionary: run::<Borrowed<Timed<Packed>>>;
    bounded: s9_bounded::run;
}

fn climb(step: Step, stream: &Stream) -> Outcome {
    step(stream).unwrap_or_else(|error| panic!("a step can't do its work: {error}"))
}

fn outcome() -> Outcome {
    climb(s9_bounded::run, &Stream::of(EVENTS))
}

/// What events take once the tables are made and the buffers have their room.
struct Further {
    allocations: u64,
    bytes: u64,
}

/// What as many events more take: of twice as many, the second half.
fn further(step: Step) -> Further {
    let [once, twice] = [EVENTS, 2 * EVENTS].map(|count| {
        let stream = Stream::of(count);
        heap(|| climb(step, &stream)).1
    });
    Further {
        allocations: twice.allocations - once.allocations,
        bytes: twice.bytes - once.bytes,
    }
}

/// What a step has on disk when it has stored events that nobody waits for.
fn disk(step: Step) -> u64 {
    let stream = Stream::unheard(ON_DISK);
    climb(step, &stream);
    stream
        .bytes_on_disk()
        .unwrap_or_else(|error| panic!("the database can't be read: {error}"))
}

fn whole(of_all: u64, events: usize) -> String {
    let events = events as u64;
    grouped((of_all + events / 2) / events)
}
