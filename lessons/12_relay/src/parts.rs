//! The parts that a learner writes: files of `exercises/12_relay`, each in place of the relay's own under a feature of
//! its name.
//!
//! What such a file takes and gives are types of the standard library, so that it needs to know nothing of the relay:
//! the place that uses a part adapts it. Unit tests look at the relay's own parts always; those in `tests/` and
//! `clients/` drive whatever the relay is made of. The feature `references` takes the files from `solutions/12_relay`
//! instead, which is how the maintainers know that the seams fit.

/// Declares the parts, and lists their names.
macro_rules! parts {
    ($($name:ident $feature:literal $yours:literal $reference:literal)*) => {
        $(
            #[cfg(all(feature = $feature, not(test)))]
            #[cfg_attr(feature = "references", path = $reference)]
            #[cfg_attr(not(feature = "references"), path = $yours)]
            // Each file is a program of its own as well, with a `main` and a budget.
            #[allow(dead_code)]
            pub(crate) mod $name;
        )*

        /// The names of the parts that are not the relay's own, in their order.
        const SWAPPED: &[&str] = &[$(#[cfg(feature = $feature)] $feature),*];
    };
}

parts! {
    hex_ids "hex_ids" "../../../exercises/12_relay/hex_ids.rs" "../../../solutions/12_relay/hex_ids.rs"
    varints "varints" "../../../exercises/12_relay/varints.rs" "../../../solutions/12_relay/varints.rs"
    record_fields "record_fields" "../../../exercises/12_relay/record_fields.rs" "../../../solutions/12_relay/record_fields.rs"
    value_table "value_table" "../../../exercises/12_relay/value_table.rs" "../../../solutions/12_relay/value_table.rs"
    serial_cache "serial_cache" "../../../exercises/12_relay/serial_cache.rs" "../../../solutions/12_relay/serial_cache.rs"
    tag_filter "tag_filter" "../../../exercises/12_relay/tag_filter.rs" "../../../solutions/12_relay/tag_filter.rs"
    subscription_index "subscription_index" "../../../exercises/12_relay/subscription_index.rs" "../../../solutions/12_relay/subscription_index.rs"
    one_frame "one_frame" "../../../exercises/12_relay/one_frame.rs" "../../../solutions/12_relay/one_frame.rs"
    slow_reader "slow_reader" "../../../exercises/12_relay/slow_reader.rs" "../../../solutions/12_relay/slow_reader.rs"
    relay_shutdown "relay_shutdown" "../../../exercises/12_relay/relay_shutdown.rs" "../../../solutions/12_relay/relay_shutdown.rs"
}

/// What this relay is made of: `reference`, or the names of the parts that a learner wrote. A database says so too, and
/// is refused by a relay that is made of others.
pub fn made_of() -> String {
    if SWAPPED.is_empty() {
        return "reference".to_owned();
    }
    let whose = if cfg!(feature = "references") {
        "solutions of "
    } else {
        ""
    };
    format!("{whose}{}", SWAPPED.join(", "))
}

/// The folder of the database where nobody names another: a relay made of other parts has one of its own.
pub const DATA_FOLDER: &str = if cfg!(feature = "parts") {
    "relay-data-of-parts"
} else {
    "relay-data"
};
