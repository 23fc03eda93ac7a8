//! Claims about answers, counters, connections, the way of an event.

mod answers;
mod budget;
mod connections;
mod database;
mod delivery;
mod lookups;
mod ratio;
mod refusals;
mod routing;

use std::sync::atomic::AtomicU64;

use measuring::case::{Fact, Staircase, fact};
use measuring::{grouped, heap};

use crate::cases::Staircases;
use crate::observe::Stats;

/// The ways to do each piece of work.
pub(super) fn staircases() -> Staircases {
    vec![
        Staircase::over("answers", "Answer what was asked before", answers::INPUTS)
            .step("decoded", answers::decoded)
            .step("compressed", answers::compressed)
            .step("kept", answers::kept)
            .boxed(),
        Staircase::over("delivery", "Tell subscribers", delivery::INPUTS)
            .step("encoded_each", delivery::encoded_each)
            .step("copied_each", delivery::copied_each)
            .step("shared", delivery::shared)
            .boxed(),
        Staircase::over("refusals", "Refuse events", refusals::INPUTS)
            .step("all_checks", refusals::all_checks)
            .step("cheapest_first", refusals::cheapest_first)
            .boxed(),
        Staircase::over("routing", "Sort events by kind", routing::KINDS)
            .step("registry", routing::registry)
            .step("matched", routing::matched)
            .boxed(),
        Staircase::over("layers", "Pass events through four layers", routing::EVENTS)
            .step("boxed", routing::boxed)
            .step("generic", routing::generic)
            .boxed(),
    ]
}

/// What a subscription takes, in bytes.
pub(super) fn subscription() -> usize {
    budget::subscription()
}

/// Sizes and shares.
pub(super) const FACTS: &[Fact] = &[
    fact("lookups_without_cache", || lookups::BUSY.uncached()),
    fact("lookups_serials_busy", || lookups::BUSY.serials_alone()),
    fact("lookups_answers_busy", || lookups::BUSY.answers_alone()),
    fact("lookups_both_busy", || lookups::BUSY.together()),
    fact("lookups_serials_quiet", || lookups::QUIET.serials_alone()),
    fact("lookups_answers_quiet", || lookups::QUIET.answers_alone()),
    fact("lookups_both_quiet", || lookups::QUIET.together()),
    fact("answer_hits_busy", || lookups::BUSY.answer_hits()),
    fact("answer_hits_quiet", || lookups::QUIET.answer_hits()),
    fact("answer_json_bytes", || {
        grouped(answers::Feed::sample().json_bytes())
    }),
    fact("answer_compressed_bytes", || {
        grouped(answers::Feed::sample().compressed_bytes())
    }),
    fact("answers_payload", || {
        grouped(answers::Filled::sample().payload)
    }),
    fact("answers_accounted", || {
        grouped(answers::Filled::sample().accounted)
    }),
    fact("answers_live", || grouped(answers::Filled::sample().live)),
    fact("ratio_exact", || ratio::SHORT_LAST.exact()),
    fact("ratio_averaged_short_last", || ratio::SHORT_LAST.averaged()),
    fact("ratio_averaged_long_last", || ratio::LONG_LAST.averaged()),
    fact("size_of_counter", || size_of::<AtomicU64>().to_string()),
    fact("size_of_counters", || size_of::<Stats>().to_string()),
    fact("size_of_decision", || {
        size_of::<Result<(), &'static str>>().to_string()
    }),
    fact("websocket_bytes_by_default", || {
        with_unit(connections::websocket(None))
    }),
    fact("websocket_bytes_2_kib", || {
        with_unit(connections::websocket(Some(2 << 10)))
    }),
    fact("websocket_bytes_16_kib", || {
        with_unit(connections::websocket(Some(16 << 10)))
    }),
    fact("connection_bytes", || with_unit(connections::idle())),
    fact("million_connections", || {
        format!("{:.1} GB", connections::idle() as f64 / 1e3)
    }),
    fact("database_file_bytes", database::file_bytes),
    fact("database_live_cache_1_mib", database::medium),
    fact("database_live_cache_64_mib", database::large),
    fact("budget_recent_ids", || budget::recent_ids().budget()),
    fact("measured_recent_ids", || budget::recent_ids().measured()),
    fact("off_recent_ids", || budget::recent_ids().off()),
    fact("budget_event_cache", || budget::event_cache().budget()),
    fact("measured_event_cache", || budget::event_cache().measured()),
    fact("off_event_cache", || budget::event_cache().off()),
    fact("budget_query_cache", || budget::query_cache().budget()),
    fact("measured_query_cache", || budget::query_cache().measured()),
    fact("off_query_cache", || budget::query_cache().off()),
    fact("budget_value_cache", || budget::value_cache().budget()),
    fact("measured_value_cache", || budget::value_cache().measured()),
    fact("off_value_cache", || budget::value_cache().off()),
    fact("budget_subscriptions", || budget::subscriptions().budget()),
    fact("off_subscriptions", || budget::subscriptions().off()),
    fact("budget_outbox", || budget::outbox().budget()),
    fact("measured_outbox", || budget::outbox().measured()),
    fact("off_outbox", || budget::outbox().off()),
    fact("budget_in_flight", || budget::in_flight().budget()),
    fact("measured_in_flight", || budget::in_flight().measured()),
    fact("off_in_flight", || budget::in_flight().off()),
    fact("budget_database_cache", || {
        budget::setting(database::budget())
    }),
    fact("measured_database_cache", database::cache),
    fact("measured_subscription", || with_unit(subscription())),
    fact(
        "subscriptions_within_budget",
        budget::subscriptions_within_budget,
    ),
];

/// `1,234 bytes`
fn with_unit(bytes: usize) -> String {
    format!("{} bytes", grouped(bytes))
}

/// A value, and what it takes on the heap in bytes.
fn live<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let (value, cost) = heap(make);
    (value, cost.live.max(0) as usize)
}
