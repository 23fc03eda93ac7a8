//! Figures that are no cases: bytes of events by what they are for, of caches, of compressed texts; hit rates.
//!
//! Those about live bytes are counted by the meter, so they need a binary that has it installed.

use std::sync::LazyLock;

use interning::eviction::{ClearHalf, Clock, Lru, QuickCache, Sieve, best_hits};
use measuring::case::{Fact, fact};
use measuring::grouped;

use super::caches::Footprint;
use super::compression::{self, Sizes};
use super::corpus::{EVENTS, events};
use super::engine;
use super::eviction::{self, Generations, Ring, Trace};
use super::records::{self, Repeats, SHARES, Shares, Varints};
use super::way::Arrived;

pub(in crate::evidence) const FACTS: &[Fact] = &[
    fact("event_bytes_json", || per_event(SHARES.json)),
    fact("event_bytes_plain", || per_event(SHARES.plain)),
    fact("event_bytes_record", || per_event(SHARES.record)),
    fact("event_bytes_signature", || per_event(Shares::SIGNATURES)),
    fact("event_bytes_strings", || per_event(SHARES.strings)),
    fact("event_bytes_text", || per_event(SHARES.text)),
    fact("event_bytes_references", || per_event(SHARES.references)),
    fact("event_bytes_values", || per_event(SHARES.values)),
    fact("event_bytes_rest", || per_event(SHARES.rest())),
    fact("event_references", || per_event(SHARES.referred)),
    fact("event_bytes_references_plain", || {
        per_event(32 * SHARES.referred)
    }),
    fact("saving_of_references", || {
        let shares = &*SHARES;
        saving(shares.references + shares.values, 32 * shares.referred)
    }),
    fact("saving_of_records", || {
        let shares = &*SHARES;
        saving(shares.record + shares.values, shares.plain)
    }),
    fact("saving_against_json", || {
        let shares = &*SHARES;
        saving(shares.record + shares.values, shares.json)
    }),
    fact("four_references_record", || {
        records::four_references().to_string()
    }),
    fact("bytes_per_number", || decimal(SHARES.bytes_per_number())),
    fact("references_kept", || {
        percent(SHARES.kept as f64 / SHARES.referred as f64)
    }),
    fact("references_per_value", || {
        let repeats = repeats();
        decimal(repeats.references as f64 / repeats.values as f64)
    }),
    fact("values_referred_to_once", || {
        let repeats = repeats();
        percent(repeats.once as f64 / repeats.values as f64)
    }),
    fact("break_even_of_rows", || times(records::break_even()[0])),
    fact("break_even_of_tables", || times(records::break_even()[1])),
    fact("bytes_per_value", || decimal(engine::bytes_per_value())),
    fact("bytes_per_id", || decimal(engine::bytes_per_id())),
    fact("bytes_per_id_key", || decimal(engine::bytes_per_id_key())),
    fact("varint_bytes_time", || decimal(Varints::measure().time)),
    fact("varint_bytes_step", || decimal(Varints::measure().step)),
    fact("varint_bytes_kind", || decimal(Varints::measure().kind)),
    fact("varint_bytes_tags", || decimal(Varints::measure().tags)),
    fact("flag_bytes", || per_event(records::flags_and_shapes()[0])),
    fact("shape_bytes", || per_event(records::flags_and_shapes()[1])),
    fact("engine_pages_json_by_id", || {
        grouped(engine::JSON_BY_ID.pages)
    }),
    fact("engine_written_json_by_id", || {
        grouped(engine::JSON_BY_ID.written)
    }),
    fact("engine_read_json_by_id", || {
        grouped(engine::JSON_BY_ID.read)
    }),
    fact("engine_pages_json", || grouped(engine::JSON.pages)),
    fact("engine_written_json", || grouped(engine::JSON.written)),
    fact("engine_read_json", || grouped(engine::JSON.read)),
    fact("engine_pages_binary", || grouped(engine::BINARY.pages)),
    fact("engine_written_binary", || grouped(engine::BINARY.written)),
    fact("engine_read_binary", || grouped(engine::BINARY.read)),
    fact("engine_pages_records", || grouped(engine::RECORDS.pages)),
    fact("engine_written_records", || {
        grouped(engine::RECORDS.written)
    }),
    fact("engine_read_records", || grouped(engine::RECORDS.read)),
    fact("cache_100000_two_maps", || {
        grouped(Footprint::of_100_000().two_maps)
    }),
    fact("cache_100000_boxed", || {
        grouped(Footprint::of_100_000().boxed)
    }),
    fact("cache_100000_budgeted", || {
        grouped(Footprint::of_100_000().budgeted)
    }),
    fact("cache_100000_dense", || {
        grouped(Footprint::of_100_000().dense)
    }),
    fact("cache_500000_two_maps", || {
        grouped(Footprint::of_500_000().two_maps)
    }),
    fact("cache_500000_boxed", || {
        grouped(Footprint::of_500_000().boxed)
    }),
    fact("cache_500000_budgeted", || {
        grouped(Footprint::of_500_000().budgeted)
    }),
    fact("cache_500000_dense", || {
        grouped(Footprint::of_500_000().dense)
    }),
    fact("cache_both_two_maps", || both(|size| size.two_maps)),
    fact("cache_both_boxed", || both(|size| size.boxed)),
    fact("cache_both_budgeted", || both(|size| size.budgeted)),
    fact("cache_both_dense", || both(|size| size.dense)),
    fact("limit_100_short_events", || {
        grouped(by_length().iter().take(100).sum::<usize>())
    }),
    fact("limit_100_long_events", || {
        grouped(by_length().iter().rev().take(100).sum::<usize>())
    }),
    fact("forgetting_hits_best", || {
        let Trace(work) = trace();
        let best = best_hits(work.room, work);
        percent(best as f64 / work.requests.len() as f64)
    }),
    fact("forgetting_hits_clear_half", || {
        percent(eviction::share::<ClearHalf>(trace()))
    }),
    fact("forgetting_hits_ring", || {
        percent(eviction::share::<Ring>(trace()))
    }),
    fact("forgetting_hits_generations", || {
        percent(eviction::share::<Generations>(trace()))
    }),
    fact("forgetting_hits_lru", || {
        percent(eviction::share::<Lru>(trace()))
    }),
    fact("forgetting_hits_clock", || {
        percent(eviction::share::<Clock>(trace()))
    }),
    fact("forgetting_hits_sieve", || {
        percent(eviction::share::<Sieve>(trace()))
    }),
    fact("forgetting_hits_quick_cache", || {
        percent(eviction::share::<QuickCache>(trace()))
    }),
    fact("forgetting_room", || grouped(trace().0.room)),
    fact("forgetting_requests", || grouped(trace().0.requests.len())),
    fact("forgetting_live_clear_half", || {
        grouped(eviction::live::<ClearHalf>(1_000))
    }),
    fact("forgetting_live_ring", || {
        grouped(eviction::live::<Ring>(1_000))
    }),
    fact("forgetting_live_generations", || {
        grouped(eviction::live::<Generations>(1_000))
    }),
    fact("forgetting_live_clock", || {
        grouped(eviction::live::<Clock>(1_000))
    }),
    fact("forgetting_live_quick_cache", || {
        grouped(eviction::live::<QuickCache>(1_000))
    }),
    fact("cleared_half_before", || {
        grouped(eviction::cleared(1_000)[0])
    }),
    fact("cleared_half_after", || {
        grouped(eviction::cleared(1_000)[1])
    }),
    fact("zstd_single_plain", || grouped(Sizes::single().plain())),
    fact("zstd_single_1", || grouped(Sizes::single().at(1))),
    fact("zstd_single_3", || grouped(Sizes::single().at(3))),
    fact("zstd_single_9", || grouped(Sizes::single().at(9))),
    fact("zstd_single_19", || grouped(Sizes::single().at(19))),
    fact("zstd_answer_plain", || grouped(Sizes::answer().plain())),
    fact("zstd_answer_1", || grouped(Sizes::answer().at(1))),
    fact("zstd_answer_3", || grouped(Sizes::answer().at(3))),
    fact("zstd_answer_9", || grouped(Sizes::answer().at(9))),
    fact("zstd_answer_19", || grouped(Sizes::answer().at(19))),
    fact("zstd_texts", || grouped(compression::MEASURED)),
    fact("zstd_strings_plain", || grouped(Sizes::strings().plain())),
    fact("zstd_strings_1", || grouped(Sizes::strings().at(1))),
    fact("zstd_strings_3", || grouped(Sizes::strings().at(3))),
    fact("zstd_strings_9", || grouped(Sizes::strings().at(9))),
    fact("zstd_strings_19", || grouped(Sizes::strings().at(19))),
    fact("zstd_seed_1", || grouped(Sizes::seed().at(1))),
    fact("zstd_seed_3", || grouped(Sizes::seed().at(3))),
    fact("zstd_seed_9", || grouped(Sizes::seed().at(9))),
    fact("zstd_seed_19", || grouped(Sizes::seed().at(19))),
    fact("zstd_dictionary_plain", || {
        grouped(Sizes::trained().plain())
    }),
    fact("zstd_dictionary_1", || grouped(Sizes::trained().at(1))),
    fact("zstd_dictionary_3", || grouped(Sizes::trained().at(3))),
    fact("zstd_dictionary_9", || grouped(Sizes::trained().at(9))),
    fact("zstd_dictionary_19", || grouped(Sizes::trained().at(19))),
    fact("zstd_dictionary_size", || {
        grouped(Sizes::trained().dictionary())
    }),
    fact("zstd_context_1", || grouped(compression::context_bytes(1))),
    fact("zstd_context_3", || grouped(compression::context_bytes(3))),
    fact("zstd_context_9", || grouped(compression::context_bytes(9))),
    fact("zstd_context_19", || {
        grouped(compression::context_bytes(19))
    }),
    fact("zstd_decoder", || grouped(compression::decoder_bytes())),
    fact("way_bytes", || grouped(Arrived::of(100).bytes())),
];

fn repeats() -> Repeats {
    Repeats::measure()
}

fn trace() -> &'static Trace {
    static MADE: LazyLock<Trace> = LazyLock::new(|| Trace::of(EVENTS));
    &MADE
}

/// How long generated events are as JSON, the shortest first.
fn by_length() -> Vec<usize> {
    let length = |event: &crate::event::Event| {
        let mut json = Vec::new();
        event.write_json(&mut json);
        json.len()
    };
    let mut lengths: Vec<usize> = events(EVENTS).iter().map(length).collect();
    lengths.sort_unstable();
    lengths
}

/// Both of the caches of the claim, in one layout.
fn both(layout: fn(Footprint) -> i64) -> String {
    grouped(layout(Footprint::of_100_000()) + layout(Footprint::of_500_000()))
}

fn decimal(number: f64) -> String {
    format!("{number:.1}")
}

fn per_event(bytes: usize) -> String {
    decimal(bytes as f64 / EVENTS as f64)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// What is saved where `less` stands for `more`.
fn saving(less: usize, more: usize) -> String {
    percent(1.0 - less as f64 / more as f64)
}

fn times(count: Option<usize>) -> String {
    count.map_or("never".into(), |count| count.to_string())
}
