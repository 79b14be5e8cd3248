//! Integrations: classifiers for the errors and responses of other crates, and other values of theirs, each with a feature of its own.
//!
//! They know verdicts and the types of one other crate, but no policies and calls. Only `tower`, which drives retries itself, uses the
//! engine. A version in a name is the version of the other crate. A new major version gets its own module and feature, and the old ones stay.

#[cfg(feature = "anyhow-1")]
pub mod anyhow_1;
#[cfg(any(feature = "diesel-2", feature = "sqlx-0_9", feature = "tokio-postgres-0_7"))]
mod database_codes;
#[cfg(feature = "diesel-2")]
pub mod diesel_2;
#[cfg(feature = "eyre-0_6")]
pub mod eyre_0_6;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "redis-1")]
pub mod redis_1;
#[cfg(any(feature = "anyhow-1", feature = "eyre-0_6"))]
mod reports;
#[cfg(feature = "reqwest-0_13")]
pub mod reqwest_0_13;
#[cfg(feature = "sqlx-0_9")]
pub mod sqlx_0_9;
#[cfg(feature = "tokio-postgres-0_7")]
pub mod tokio_postgres_0_7;
#[cfg(feature = "tokio-util-0_7")]
mod tokio_util_0_7;
#[cfg(feature = "tonic-0_14")]
pub mod tonic_0_14;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "ureq-3")]
pub mod ureq_3;
