//! The server. (Only the pages yet.)

pub mod http;
pub mod metrics;
