//! Events: what is worth telling, and who is told.
//!
//! Observers are a list that only grows, so that telling takes no lock. Nothing is told of a call that succeeds at once.

use crate::failure::attempt_failure::Failure;
use crate::failure::classify::Verdict;
use crate::failure::stop_reason::StopReason;
use crate::observe::site::Site;
use crate::observe::transition::Transition;
use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

/// Something that happened at a site, or to a circuit breaker.
///
/// | event | when | what the feature `tracing` makes of it |
/// |---|---|---|
/// | [`AttemptFailed`](Self::AttemptFailed) | before each sleep | WARN |
/// | [`GaveUp`](Self::GaveUp) | a call ends without success | ERROR; DEBUG for a first attempt that fails permanently |
/// | [`Recovered`](Self::Recovered) | a call succeeds after a retry | INFO |
/// | [`BreakerTransition`](Self::BreakerTransition) | a circuit breaker opens, half-opens or closes | WARN for opening, INFO for the others |
/// | [`Adjusted`](Self::Adjusted) | once per site | WARN |
/// | [`BlocksRuntime`](Self::BlocksRuntime) | once per site, in debug builds | WARN |
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// An attempt failed, and another one follows after the delay.
    #[non_exhaustive]
    AttemptFailed {
        /// Where.
        site: &'static Site,
        /// The number of the attempt that failed, from 1.
        attempt: u32,
        /// How many attempts there may be in all; `None` where they are unlimited.
        max: Option<NonZeroU32>,
        /// The delay that follows.
        delay: Duration,
        /// The failure in words: the error by its `Display`, else by its `Debug`, else its type's name.
        failure: fmt::Arguments<'a>,
        /// What the classifier said of it.
        verdict: Verdict,
        /// The sum of the delays before this one.
        waited: Duration,
        /// The time since the call began, where the call notes its beginning.
        elapsed: Option<Duration>,
    },
    /// A call ended without success.
    #[non_exhaustive]
    GaveUp {
        /// Where.
        site: &'static Site,
        /// Why there was no further attempt.
        reason: StopReason,
        /// How many attempts there were.
        attempts: u32,
        /// The last failure in words, as in `AttemptFailed`.
        failure: fmt::Arguments<'a>,
        /// The sum of the delays.
        waited: Duration,
        /// The time since the call began, where the call notes its beginning.
        elapsed: Option<Duration>,
    },
    /// A call succeeded that had failed before.
    #[non_exhaustive]
    Recovered {
        /// Where.
        site: &'static Site,
        /// How many attempts there were, the one that succeeded included.
        attempts: u32,
        /// The sum of the delays.
        waited: Duration,
        /// The time since the call began, where the call notes its beginning.
        elapsed: Option<Duration>,
    },
    /// A circuit breaker is something else than before.
    #[non_exhaustive]
    BreakerTransition {
        /// What it was and is, and why.
        transition: Transition,
    },
    /// A key's value was only known at run time, was out of range, and was brought into range by the table in
    /// [`Policy`](crate::Policy)'s documentation. Told once per site.
    #[non_exhaustive]
    Adjusted {
        /// Where.
        site: &'static Site,
        /// The key.
        key: &'static str,
        /// The value found, and in words the value that is used instead.
        change: fmt::Arguments<'a>,
    },
    /// A sync function slept on a thread of a tokio runtime, where it keeps other tasks from running. Told once per site, in debug
    /// builds alone, and also of threads of `spawn_blocking`, where nothing is wrong with it.
    #[non_exhaustive]
    BlocksRuntime {
        /// Where.
        site: &'static Site,
    },
}

/// An attempt that failed, for the key `notify`: before each sleep, with the function's own error.
///
/// # Examples
///
/// ```
/// use retry_runtime::Retrying;
/// use std::io;
///
/// // #[retry(notify = log_it)]
/// fn log_it(retrying: &Retrying<'_, io::Error>) {
///     eprintln!("attempt {} failed: {:?}; next in {:?}", retrying.attempt(), retrying.failure(), retrying.delay());
/// }
/// ```
#[derive(Debug)]
pub struct Retrying<'a, E> {
    pub(crate) site: &'static Site,
    pub(crate) attempt: u32,
    pub(crate) failure: Failure<&'a E>,
    pub(crate) delay: Duration,
}

impl<'a, E> Retrying<'a, E> {
    /// Where.
    pub fn site(&self) -> &'static Site {
        self.site
    }

    /// The number of the attempt that failed, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// How it failed.
    pub fn failure(&self) -> Failure<&'a E> {
        self.failure
    }

    /// The delay that follows.
    pub fn delay(&self) -> Duration {
        self.delay
    }
}
