//! How the relay is seen at work: what it counts, its page, the NIP-11 document, and Prometheus's metrics.
//!
//! Sessions and threads only count; everything else here is asked for by HTTP.

mod metrics;
mod pages;
mod stats;

pub use pages::{Pages, SUPPORTED_NIPS, document};
pub use stats::{Number, Stats};
