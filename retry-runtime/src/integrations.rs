//! Integrations: classifiers for the errors and responses of other crates, and observers that hand events on to them, one feature each.
//!
//! They know verdicts or events and the crates that they are for, nothing of policies and calls; `tower` alone, whose retries are driven
//! from outside, joins the engine. A version in a name is the version that the types are of; a new major gets a module and a feature of
//! its own, and the old one stays.

#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "redis-1")]
pub mod redis_1;
#[cfg(feature = "reqwest-0_13")]
pub mod reqwest_0_13;
#[cfg(feature = "sqlx-0_9")]
pub mod sqlx_0_9;
#[cfg(feature = "tonic-0_14")]
pub mod tonic_0_14;
#[cfg(feature = "tower")]
pub mod tower;
