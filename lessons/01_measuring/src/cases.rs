//! The lesson's own cases, for every instrument.

use crate::case::{Fact, Lesson, Staircase};
use crate::staircases::{
    batch, churn, dedup, drop_guard, elided, encode, fast_path, inlining, instruments, order,
    setup, short_loop, storage, zero_ns,
};

/// The lesson: its staircases and facts.
pub fn lesson() -> Lesson {
    Lesson {
        name: "measuring",
        staircases: vec![
            Staircase::over(
                "churn",
                "Count the timeouts in a log",
                &[("10000", churn::Log::of_10000)],
            )
            .step("string_per_line", churn::string_per_line)
            .step("room_for_the_longest", churn::room_for_the_longest)
            .step("reused_buffer", churn::reused_buffer)
            .boxed(),
            Staircase::over(
                "elided",
                "Box a thousand prices",
                &[("1000", elided::Prices::of_1000)],
            )
            .step("in_plain_sight", elided::in_plain_sight)
            .step("behind_black_box", elided::behind_black_box)
            .built_otherwise_when_optimised()
            .boxed(),
            Staircase::over(
                "zero_ns",
                "Work out a checksum",
                &[("16", || *zero_ns::TEXT)],
            )
            .step("result_ignored", zero_ns::result_ignored)
            .step("input_known", zero_ns::input_known)
            .step("both_hidden", zero_ns::both_hidden)
            .boxed(),
            Staircase::over("setup", "Add up a bill", &[("1000", setup::Bill::of_1000)])
                .step("inside", setup::inside)
                .step("outside", setup::outside)
                .boxed(),
            Staircase::over(
                "instruments",
                "Keep numbers by the sum of their digits",
                &[("10000", instruments::Numbers::of_10000)],
            )
            .step("push", instruments::push)
            .step("counted_first", instruments::counted_first)
            .step("two_digits_a_time", instruments::two_digits_a_time)
            .step("no_division", instruments::no_division)
            .step("inline_always", instruments::inline_always)
            .boxed(),
            Staircase::over(
                "order",
                "Find the busiest author of a feed",
                &[("10000", order::Feed::of_10000)],
            )
            .step("naive", order::naive)
            .step("micro_first", order::micro_first)
            .step("algorithm", order::algorithm)
            .step("data_structure", order::data_structure)
            .step("allocation", order::allocation)
            .step("locality", order::locality)
            .step("micro", order::micro)
            .boxed(),
            Staircase::over(
                "dedup",
                "Count different numbers",
                &[
                    ("16", dedup::Numbers::of_16),
                    ("256", dedup::Numbers::of_256),
                    ("4096", dedup::Numbers::of_4096),
                ],
            )
            .step("all_pairs", dedup::all_pairs)
            .step("sort_unstable", dedup::sort_unstable)
            .step("hash_set", dedup::hash_set)
            .boxed(),
            Staircase::over(
                "fast_path",
                "Escape a thousand names",
                &[
                    ("plain", fast_path::Names::plain),
                    ("special", fast_path::Names::special),
                ],
            )
            .step("always_built", fast_path::always_built)
            .step("fast_path", fast_path::fast_path)
            .boxed(),
            Staircase::over(
                "short_loop",
                "Read a thousand short ids",
                &[("8_bytes", short_loop::Ids::of_8_bytes)],
            )
            .step("bounded_loop", short_loop::bounded_loop)
            .step("copied_slice", short_loop::copied_slice)
            .step("array", short_loop::array)
            .boxed(),
            Staircase::over(
                "drop_guard",
                "Lock and unlock a thousand times",
                &[("1000", drop_guard::Shared::default)],
            )
            .step("dropped_by_hand", drop_guard::dropped_by_hand)
            .step("end_of_scope", drop_guard::end_of_scope)
            .boxed(),
            Staircase::over(
                "inlining",
                "Brighten pixels",
                &[("10000", inlining::Pixels::of_10000)],
            )
            .step("never", inlining::never)
            .step("unmarked", inlining::unmarked)
            .step("always", inlining::always)
            .boxed(),
            Staircase::over(
                "storage",
                "Store attributes of two types",
                &[("200", storage::Attributes::of_200)],
            )
            .step("boxed_any", storage::boxed_any)
            .step("enum_value", storage::enum_value)
            .step("map_per_type", storage::map_per_type)
            .boxed(),
            Staircase::over(
                "batch",
                "Add up a thousand amounts",
                &[("1000", batch::Amounts::of_1000)],
            )
            .step("boxed_each", batch::boxed_each)
            .step("boxed_batch", batch::boxed_batch)
            .step("lent_batch", batch::lent_batch)
            .step("enum_batch", batch::enum_batch)
            .step("generic", batch::generic)
            .boxed(),
            Staircase::over(
                "encode",
                "Encode a thousand notes",
                &[("1000", encode::Notes::of_1000)],
            )
            .step("fresh_vec", encode::fresh_vec)
            .step("sized_vec", encode::sized_vec)
            .step("callers_buffer", encode::callers_buffer)
            .boxed(),
        ],
        facts: facts(),
    }
}

fn facts() -> Vec<Fact> {
    vec![
        Fact {
            name: "size_of_meter",
            value: || size_of::<crate::Meter>().to_string(),
        },
        Fact {
            name: "size_of_storage_value",
            value: || size_of::<storage::Value>().to_string(),
        },
        Fact {
            name: "size_of_boxed_any",
            value: || size_of::<Box<dyn std::any::Any>>().to_string(),
        },
    ]
}
