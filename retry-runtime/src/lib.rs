//! The runtime of the crate `reattempt`: what `#[retry]` expands to calls it. Use it through `reattempt`, which documents it.
//!
//! | module | owns |
//! |---|---|
//! | `policy`, `builder`, `delays`, `backoff` | policies of judged settings, made at run time; the trait `Backoff` |
//! | `const_checks`, `overrides` | constants and run-time values in place of settings |
//! | `configuration` | policies in configuration files (feature `serde`) |
//! | [`classify`], `outcome` | verdicts on failures; what may fail |
//! | `causes`, `lookup` | an error's chain of causes; failed name lookups |
//! | `session` | the engine: one call's state machine, without clock, sleep and randomness |
//! | [`run`] | calls of closures: the keys as methods, a driver for sync and one for async calls |
//! | `guards` | budget and breaker joined to the engine |
//! | `call`, `fresh` | what generated code calls: the engine joined with clock, generator and outcomes |
//! | `look` | the step of most sites, which asks little of the compiler |
//! | `budget` | shared tokens that retries are paid from |
//! | `breaker`, `breakers` | circuit breakers; breakers by key |
//! | `sync` | atomics, the standard library's or loom's |
//! | `clock`, `sleep`, `rng` | the only files that touch the outside world |
//! | `error` | what a caller gets on giving up |
//! | [`event`], `site` | what is told, and where it happened |
//! | `integrations` | classifiers for other crates (features `http`, `reqwest-0_13`, ...); observers (`tracing`, `metrics`) |
//! | `testing` | fake time and fixed chance (feature `test-util`) |
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
pub use closures::RetryFuture;
pub use engine::call::Attempt;
pub use engine::session::{Session, Step};
pub use failure::attempt_failure::Failure;
pub use failure::breaker_open::BreakerOpen;
pub use failure::classify::{self, IntoVerdict, Transient, Verdict, any_error};
pub use failure::outcome::{NoneError, Outcome, Plain};
pub use failure::retry_error::{FailedAttempt, RetryError};
pub use failure::stop_reason::StopReason;
pub use failure::timed_out::TimedOut;
#[cfg(feature = "idempotency")]
pub use idempotency::IdempotencyKey;
#[cfg(feature = "http")]
pub use integrations::http;
#[cfg(feature = "redis-1")]
pub use integrations::redis_1;
#[cfg(feature = "reqwest-0_13")]
pub use integrations::reqwest_0_13;
#[cfg(feature = "sqlx-0_9")]
pub use integrations::sqlx_0_9;
#[cfg(feature = "tonic-0_14")]
pub use integrations::tonic_0_14;
#[cfg(feature = "tower")]
pub use integrations::tower;
pub use observe::event::Retrying;
pub use observe::site::{self, Site, SiteCounts, sites};
pub use overload::breaker::CircuitBreaker;
pub use overload::breakers::Breakers;
pub use overload::budget::{Budget, BudgetBuilder, BudgetError};
pub use policy::Policy;
pub use policy::backoff::Backoff;
pub use policy::builder::PolicyBuilder;
pub use policy::delays::Delays;
pub use reattempt_policy::{Jitter, PolicyError, Strategy};
#[cfg(feature = "test-util")]
pub use time::testing;

/// Circuit breakers: the parts of [`CircuitBreaker`].
pub mod breaker {
    pub use crate::failure::breaker_open::Cause;
    pub use crate::observe::transition::{State, Transition};
    pub use crate::overload::breaker::{Builder, Error, Permit, Snapshot};
}

/// Events: what retried functions and circuit breakers report, and who receives it.
pub mod event {
    pub use crate::observe::event::{Event, Retrying};
    pub use crate::observe::observers::{Observer, observe};
}
