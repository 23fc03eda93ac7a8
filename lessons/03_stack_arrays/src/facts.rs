//! Figures that are no cases: sizes, and the allocations of single expressions.
//!
//! Those about allocations are counted by the meter, so they need a binary that has it installed.

use std::any::Any;
use std::collections::HashMap;
use std::hint::black_box;
use std::io::Write;
use std::num::NonZeroU64;
use std::sync::mpsc;

use measuring::case::{Fact, fact};
use measuring::heap;
use smallvec::SmallVec;

use crate::fixed::{EventId, Signature};
use crate::inline_map::InlineMap;
use crate::large::{LARGE, on_the_heap};
use crate::params::{MOST, Requests, share_within};
use crate::records::Record;
use crate::scratch::ROOM;
use crate::serials::Serial;

type Pair = (&'static str, &'static str);

pub(crate) const FACTS: &[Fact] = &[
    fact("size_of_event_id", size::<EventId>),
    fact("size_of_signature", size::<Signature>),
    fact("size_of_optional_event_id", size::<Option<EventId>>),
    fact("size_of_vec", size::<Vec<u8>>),
    fact("size_of_record", size::<Record>),
    fact("size_of_serial", size::<Serial>),
    fact("size_of_serial_bytes", size::<[u8; 5]>),
    fact("size_of_optional_serial", size::<Option<Serial>>),
    fact("size_of_optional_nonzero", size::<Option<NonZeroU64>>),
    fact("size_of_hash_map", size::<HashMap<&str, &str>>),
    fact("size_of_inline_map", size::<InlineMap<&str, &str, 4>>),
    fact("size_of_sixteen_pairs", size::<[Pair; MOST]>),
    fact("size_of_small_vec_of_4", size::<SmallVec<[u64; 4]>>),
    fact("size_of_small_vec_of_64", size::<SmallVec<[u64; 64]>>),
    fact("share_within_2", || {
        share_within(&Requests::mostly_few(), 2).to_string()
    }),
    fact("share_within_4", || {
        share_within(&Requests::mostly_few(), 4).to_string()
    }),
    fact("allocations_of_a_hundred_boxes", || {
        allocations(|| points().map(Box::new).collect::<Vec<_>>())
    }),
    fact("allocations_of_a_hundred_values", || {
        allocations(|| points().collect::<Vec<_>>())
    }),
    fact("allocations_of_a_hundred_boxed_dyn", || {
        allocations(|| {
            let boxed = |number| Box::new(number) as Box<dyn Any>;
            (0..100u64).map(boxed).collect::<Vec<_>>()
        })
    }),
    fact("allocations_of_a_hundred_borrowed_dyn", || {
        let numbers: Vec<u64> = (0..100).collect();
        let (_, cost) = heap(|| {
            let lent = |number| number as &dyn Any;
            numbers.iter().map(lent).collect::<Vec<&dyn Any>>()
        });
        cost.allocations.to_string()
    }),
    fact("allocations_of_a_boxed_u64", || {
        allocations(|| Box::new(black_box(7u64)))
    }),
    fact("allocations_of_a_boxed_nothing", || {
        allocations(|| Box::new(()) as Box<dyn Any>)
    }),
    fact("size_of_a_capturing_closure", || {
        size_of_val(&adder(7)).to_string()
    }),
    fact("allocations_of_a_returned_closure", || {
        allocations(|| adder(black_box(7)))
    }),
    fact("allocations_of_a_boxed_closure", || {
        allocations(|| Box::new(adder(black_box(7))) as Box<dyn Fn(u64) -> u64>)
    }),
    fact("allocations_of_a_boxed_function", || {
        allocations(|| Box::new(|number: u64| number + 1) as Box<dyn Fn(u64) -> u64>)
    }),
    fact("allocations_of_a_hundred_sends", || {
        allocations(|| sent(|number| number))
    }),
    fact("allocations_of_a_hundred_boxed_sends", || {
        allocations(|| sent(Box::new))
    }),
    fact("allocations_of_printing", || {
        let id = black_box(EventId::ZERO);
        allocations(|| write!(std::io::sink(), "{id} {id:?}").is_ok())
    }),
    fact("allocations_of_to_string", || {
        let id = black_box(EventId::ZERO);
        allocations(|| id.to_string())
    }),
    fact("allocations_of_a_constant_capacity", || {
        allocations(|| Vec::<u8>::with_capacity(ROOM))
    }),
    fact("allocations_of_as_much_inline", || {
        allocations(SmallVec::<[u8; ROOM]>::new)
    }),
    fact("size_of_a_future_with_scratch", || {
        size_of_val(&idle_with_scratch()).to_string()
    }),
    fact("large_array", || format!("{} MiB", LARGE >> 20)),
    fact("allocations_of_a_large_box", || allocations(on_the_heap)),
];

fn size<T>() -> String {
    size_of::<T>().to_string()
}

fn allocations<T>(work: impl FnOnce() -> T) -> String {
    let (_result, cost) = heap(work);
    cost.allocations.to_string()
}

/// Values that are too small to point to.
fn points() -> impl Iterator<Item = [f64; 2]> {
    (0..100).map(|number| [f64::from(number), 0.0])
}

/// A closure that outlives this function, and takes what it captured along.
fn adder(summand: u64) -> impl Fn(u64) -> u64 {
    move |number| number + summand
}

/// Sends a hundred values into a channel without bounds, and keeps both of its ends.
fn sent<T>(value: impl Fn(u64) -> T) -> (mpsc::Sender<T>, mpsc::Receiver<T>) {
    let (sender, receiver) = mpsc::channel();
    for number in 0..100 {
        // It can't fail: the receiver is here.
        let _ = sender.send(value(number));
    }
    (sender, receiver)
}

/// The array is needed after the wait, so the future has to keep it.
async fn idle_with_scratch() -> u8 {
    let scratch = black_box([0u8; ROOM / 2]);
    let index: usize = std::future::ready(1).await;
    scratch[index]
}
