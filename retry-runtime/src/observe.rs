//! What can be seen of retries: events, those who receive them, and the sites where retries happen.
//!
//! It knows no engine.

pub(crate) mod append_list;
pub(crate) mod event;
#[cfg(feature = "metrics")]
pub(crate) mod metrics;
pub(crate) mod observers;
pub mod site;
#[cfg(feature = "tracing")]
pub(crate) mod tracing;
pub(crate) mod transition;
