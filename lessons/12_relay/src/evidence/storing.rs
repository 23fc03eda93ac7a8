//! Claims about records, serials and their caches, compression, the way of an event.
//!
//! All of it is measured on generated events ([`corpus`]), and with the relay's own code wherever the relay does what
//! is claimed.

mod caches;
mod compression;
mod corpus;
mod engine;
mod eviction;
mod facts;
mod ids;
mod locks;
mod records;
mod tag_items;
mod way;

use measuring::case::Staircase;

use crate::cases::Staircases;

use caches::Known;
use compression::Texts;
use eviction::Trace;
use ids::Stored;
use locks::Crowd;
use tag_items::Tags;
use way::Arrived;

pub(super) use facts::FACTS;

/// The ways to do each piece of work.
pub(super) fn staircases() -> Staircases {
    let mut staircases = stored();
    staircases.extend(remembered());
    staircases.extend(worked_on());
    staircases
}

fn stored() -> Staircases {
    vec![
        Staircase::over(
            "tag_items",
            "Tell ids and keys from text in the tags of two hundred events",
            &[("200", || Tags::of(200))],
        )
        .step("by_form", tag_items::by_form)
        .step("by_flag", tag_items::by_flag)
        .boxed(),
        Staircase::over(
            "ids",
            "Find the ids of two hundred stored events",
            &[("200", || Stored::of(200))],
        )
        .step("looked_up", ids::looked_up)
        .step("computed", ids::computed)
        .boxed(),
    ]
}

fn remembered() -> Staircases {
    vec![
        Staircase::over(
            "cache_reads",
            "Take a thousand ids out of a cache",
            &[("1000", || Known::of(1_000))],
        )
        .step("cloned", caches::cloned)
        .step("copied", caches::copied)
        .boxed(),
        Staircase::over(
            "directions",
            "Look both ways on three threads while a fourth inserts",
            &[("4", Crowd::new)],
        )
        .step("lock_each", locks::lock_each)
        .step("lock_both", locks::lock_both)
        .threaded()
        .boxed(),
        Staircase::over(
            "forgetting",
            "Find the values that a thousand events refer to, with room for a tenth of them",
            &[("1000", || Trace::of(1_000))],
        )
        .step("clear_half", eviction::clear_half)
        .step("generations", eviction::generations)
        .boxed(),
    ]
}

fn worked_on() -> Staircases {
    vec![
        Staircase::over(
            "levels",
            "Compress the answer to a query",
            &[("answer", Texts::answer)],
        )
        .step("level_3", compression::level_3)
        .step("level_9", compression::level_9)
        .step("level_19", compression::level_19)
        .boxed(),
        Staircase::over(
            "contexts",
            "Compress a hundred events one by one",
            &[("100", || Texts::events(100))],
        )
        .step("made_anew", compression::made_anew)
        .step("kept", compression::kept)
        .boxed(),
        Staircase::over(
            "way",
            "What an event meets on its way in and out: each of it for a hundred events",
            &[("100", || Arrived::of(100))],
        )
        .step("parse", way::parse)
        .step("hash", way::hash)
        .step("verify", way::verify)
        .step("record", way::record)
        .step("json", way::json)
        .boxed(),
    ]
}
