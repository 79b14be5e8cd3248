//! Observing retries: events, observers, and the sites where retries happen.
//!
//! It knows no engine.

pub(crate) mod append_list;
pub(crate) mod event;
#[cfg(feature = "metrics")]
pub(crate) mod metric_keys;
#[cfg(feature = "metrics")]
pub(crate) mod metrics;
pub(crate) mod observers;
pub mod site;
#[cfg(feature = "tracing")]
pub mod tracing;
pub(crate) mod transition;
