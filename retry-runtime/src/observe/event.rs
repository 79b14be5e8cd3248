//! Events: what happened at a site or to a circuit breaker. They are data, and know no observer. A call that succeeds at once makes none.

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
        /// The site.
        site: &'static Site,
        /// The number of the attempt that failed, from 1.
        attempt: u32,
        /// The largest number of attempts; `None` where it is unlimited.
        max: Option<NonZeroU32>,
        /// The delay that follows.
        delay: Duration,
        /// The failure in words: the error by its `Display`, else by its `Debug`, else its type's name.
        failure: fmt::Arguments<'a>,
        /// The verdict of the classifier.
        verdict: Verdict,
        /// The sum of the delays before this one.
        waited: Duration,
        /// The time since the call began, where the call notes its beginning.
        elapsed: Option<Duration>,
    },
    /// A call ended without success.
    #[non_exhaustive]
    GaveUp {
        /// The site.
        site: &'static Site,
        /// The reason why there was no further attempt.
        reason: StopReason,
        /// The number of attempts.
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
        /// The site.
        site: &'static Site,
        /// The number of attempts, the one that succeeded included.
        attempts: u32,
        /// The sum of the delays.
        waited: Duration,
        /// The time since the call began, where the call notes its beginning.
        elapsed: Option<Duration>,
    },
    /// The state of a circuit breaker changed.
    #[non_exhaustive]
    BreakerTransition {
        /// The states before and after, and the cause.
        transition: Transition,
    },
    /// The value of a key was known at run time only, was out of range, and was brought into range by the table in the documentation of
    /// [`Policy`](crate::Policy). Sent once per site.
    #[non_exhaustive]
    Adjusted {
        /// The site.
        site: &'static Site,
        /// The key.
        key: &'static str,
        /// The value found and the value that is used instead, in words.
        change: fmt::Arguments<'a>,
    },
    /// A sync function slept on a thread of a tokio runtime, where it keeps other tasks from running. Sent once per site, only in debug
    /// builds, and also on threads of `spawn_blocking`, where sleeping is fine.
    #[non_exhaustive]
    BlocksRuntime {
        /// The site.
        site: &'static Site,
    },
}

/// A retry that follows a failed attempt, for the key `notify`, which gets it before each sleep.
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
    /// Returns the site.
    pub fn site(&self) -> &'static Site {
        self.site
    }

    /// Returns the number of the attempt that failed, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns how the attempt failed.
    pub fn failure(&self) -> Failure<&'a E> {
        self.failure
    }

    /// Returns the delay that follows.
    pub fn delay(&self) -> Duration {
        self.delay
    }
}
