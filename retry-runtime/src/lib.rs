//! The runtime of the crate `reattempt`: what `#[retry]` expands to calls it. Use it through `reattempt`, which documents it.
//!
//! | module | owns |
//! |---|---|
//! | `backoff`, `jitter` | pure delay arithmetic; the trait `Backoff` |
//! | `strategy`, `policy`, `builder`, `check`, `tuning` | names, settings, their checks, constants, run-time values |
//! | `quick` | the delays of most policies in 64 bits |
//! | `configuration` | policies in configuration files (feature `serde`) |
//! | `forecast` | what follows from a policy before any call |
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

mod backoff;
mod breaker;
mod breakers;
mod budget;
mod builder;
mod call;
mod causes;
#[doc(hidden)]
pub mod check;
pub mod classify;
mod clock;
#[cfg(feature = "serde")]
mod configuration;
mod derived;
mod error;
pub mod event;
mod forecast;
mod fresh;
mod guards;
#[cfg(feature = "idempotency")]
mod idempotency;
mod integrations;
mod jitter;
mod keys;
mod look;
mod lookup;
mod matched;
mod outcome;
mod policy;
mod quick;
mod rng;
pub mod run;
mod session;
mod shown;
pub mod site;
mod sleep;
mod strategy;
mod sync;
#[cfg(feature = "test-util")]
pub mod testing;
mod tuning;
mod words;

pub use backoff::Backoff;
pub use breaker::{
    BreakerBuilder, BreakerError, BreakerOpen, BreakerSnapshot, BreakerState, Cause, CircuitBreaker, Permit, Transition,
};
pub use breakers::Breakers;
pub use budget::{Budget, BudgetBuilder, BudgetError};
pub use builder::{PolicyBuilder, PolicyError};
pub use call::Attempt;
pub use classify::{IntoVerdict, Transient, Verdict, any_error};
pub use error::{Failure, PastFailure, RetryError, StopReason, TimedOut};
pub use event::Retrying;
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
pub use outcome::{Absent, Outcome, Plain};
pub use policy::{Delays, Policy};
pub use run::Retry;
#[cfg(feature = "async")]
pub use run::RetryFuture;
pub use session::{Session, Step};
pub use site::{Site, SiteCounts, sites};
pub use strategy::{Jitter, Strategy};

/// What generated code calls. No part of it is public: it changes without notice.
#[doc(hidden)]
pub mod private {
    pub use crate::call::{Call, Rules, good_enough, into_verdict, never, quiet, returned};
    pub use crate::check;
    pub use crate::classify::transient;
    #[cfg(feature = "async")]
    pub use crate::clock::Mark;
    pub use crate::clock::{Begin, Started, Timer};
    pub use crate::derived::{Ask, Forwarded, GivenTo, Hint, Value, ask_1, ask_2, ask_3, forward, hint, hinted};
    pub use crate::error::{Failed, FromRetryError, History, LastOnly, Ledger, recovered};
    pub use crate::fresh::Fresh;
    pub use crate::guards::{FailureKind, Guard, Guarded, Guards};
    pub use crate::keys::{KeySource, OsRandomness, idempotency_key};
    pub use crate::look::{Judged, asked, call, look};
    pub use crate::matched::{IsValue, Matched, MatchedValue, NamedNothing, NamedValue, leads_to};
    pub use crate::outcome::{
        FromBreakerOpen, FromTimedOut, OnRefusal, OnTimeOut, Plain, Probe, ProbePlain, Recoverable, refused, unreached,
    };
    pub use crate::shown::{ByDebug, ByDisplay, ByName, Show, Shown, show};
    pub use crate::site::{LateSite, Named, Place, Site};
    pub use crate::sleep::{
        AsyncSleeper, AttemptClock, DefaultSleeper, Pause, Sleep, SleepWith, SleeperFuture, Timed, ask_sleeper, sleep,
        sleep_async, sleep_with, timed, timer_async,
    };
    pub use crate::tuning::{IsJitter, JitterValue, NoJitter, Tuning, history};
}
