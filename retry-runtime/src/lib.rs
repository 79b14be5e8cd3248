//! The runtime of the crate `reattempt`. The expansion of `#[retry]` calls it. Use it through `reattempt`, which documents it.
//!
//! | folder | contents |
//! |---|---|
//! | `time` | clock, generator and sleepers, the only code that reads the clock, draws random numbers or sleeps; their fakes for tests; atomics and locks |
//! | `policy` | policies of checked settings, made at run time or read from configuration files; the trait `Backoff` |
//! | `failure` | outcomes, classifiers and verdicts, [`RetryError`] |
//! | `observe` | events, observers (also `tracing` and `metrics`), sites |
//! | `overload` | retry budgets and circuit breakers |
//! | `engine` | the session, without clock, sleep and randomness; the step, which joins it with everything above |
//! | [`closures`] | calls of closures: the keys as methods |
//! | `macro_support` | functions and types for generated code only |
//! | `integrations` | classifiers for other crates, and `tower` |
//!
//! A folder imports only from folders above it.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod closures;
mod engine;
mod failure;
#[cfg(feature = "idempotency")]
mod idempotency;
mod integrations;
#[doc(hidden)]
pub mod macro_support;
mod observe;
mod overload;
mod policy;
mod time;

pub use closures::Retry;
#[cfg(feature = "async")]
pub use closures::future::RetryFuture;
pub use engine::call::Attempt;
pub use engine::progress::Progress;
pub use engine::session::{Session, Step};
pub use failure::attempt_failure::Failure;
pub use failure::breaker_open::BreakerOpen;
pub use failure::classify::{self, IntoVerdict, Transient, Verdict, any_error, no_error};
pub use failure::none_error::NoneError;
pub use failure::outcome::{Outcome, Plain};
pub use failure::retry_error::{FailedAttempt, RetryError};
pub use failure::stop_reason::StopReason;
pub use failure::timed_out::TimedOut;
#[cfg(feature = "idempotency")]
pub use idempotency::IdempotencyKey;
#[cfg(feature = "anyhow-1")]
pub use integrations::anyhow_1;
#[cfg(feature = "diesel-2")]
pub use integrations::diesel_2;
#[cfg(feature = "eyre-0_6")]
pub use integrations::eyre_0_6;
#[cfg(feature = "http")]
pub use integrations::http;
#[cfg(feature = "redis-1")]
pub use integrations::redis_1;
#[cfg(feature = "reqwest-0_13")]
pub use integrations::reqwest_0_13;
#[cfg(feature = "sqlx-0_9")]
pub use integrations::sqlx_0_9;
#[cfg(feature = "tokio-postgres-0_7")]
pub use integrations::tokio_postgres_0_7;
#[cfg(feature = "tonic-0_14")]
pub use integrations::tonic_0_14;
#[cfg(feature = "tower")]
pub use integrations::tower;
#[cfg(feature = "ureq-3")]
pub use integrations::ureq_3;
pub use observe::event::Retrying;
pub use observe::site::{self, Site, SiteCounts, sites};
#[cfg(feature = "tracing")]
pub use observe::tracing;
pub use overload::breaker::CircuitBreaker;
pub use overload::breakers::Breakers;
pub use overload::budget::{Budget, BudgetBuilder, BudgetError};
pub use policy::Policy;
pub use policy::backoff::Backoff;
pub use policy::builder::PolicyBuilder;
pub use policy::delays::Delays;
pub use reattempt_policy::{Jitter, PolicyError, Strategy};
pub use time::cancellation::Cancellation;
#[cfg(feature = "test-util")]
pub use time::testing;

/// Circuit breakers: the parts of [`CircuitBreaker`].
pub mod breaker {
    pub use crate::failure::breaker_open::Cause;
    pub use crate::observe::transition::{State, Transition};
    pub use crate::overload::breaker::{Builder, Error, Permit, Snapshot};
}

/// Events of retried functions and circuit breakers, and their observers.
pub mod event {
    pub use crate::observe::event::{Event, Retrying};
    pub use crate::observe::observers::{Observer, observe};
}
