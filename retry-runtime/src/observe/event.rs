//! Events: data about a site or a circuit breaker. They know no observer. A call that succeeds at once makes no event.

use crate::failure::attempt_failure::Failure;
use crate::failure::classify::Verdict;
use crate::failure::stop_reason::StopReason;
use crate::observe::site::Site;
use crate::observe::transition::Transition;
use core::convert::Infallible;
use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

/// An event at a site or of a circuit breaker.
///
/// | event | when |
/// |---|---|
/// | [`AttemptFailed`](Self::AttemptFailed) | before each sleep |
/// | [`GaveUp`](Self::GaveUp) | a call ends without success |
/// | [`Recovered`](Self::Recovered) | a call succeeds after a retry |
/// | [`BreakerTransition`](Self::BreakerTransition) | a circuit breaker opens, half-opens or closes |
/// | [`Adjusted`](Self::Adjusted) | once per site |
/// | [`BlocksRuntime`](Self::BlocksRuntime) | once per site, in debug builds |
///
/// With the feature `tracing` each has a level, which `tracing::set_levels` chooses.
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
        /// The largest number of attempts that is in force, as by [`Retrying::max`], or `None` if it is unlimited.
        max: Option<NonZeroU32>,
        /// The delay that follows.
        delay: Duration,
        /// The failure as text. An error uses its `Display` with those of its sources (`error sending request: connection refused`), its
        /// `Display`, its `Debug`, or its type's name, whichever is available first. A rejected value is part of it if it has a `Debug`.
        failure: fmt::Arguments<'a>,
        /// Whether the attempt returned a value that `on_value` rejected: it is not good enough yet.
        rejected: bool,
        /// The verdict of the classifier.
        verdict: Verdict,
        /// The sum of the delays before this one.
        waited: Duration,
        /// The time since the call began, or `None` if the call did not need to record its start.
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
        /// The last failure as text, as in `AttemptFailed`.
        failure: fmt::Arguments<'a>,
        /// Whether the last attempt returned a value that `on_value` rejected.
        rejected: bool,
        /// Where the circuit breaker refused the attempt: the number of calls that it has refused since it opened, this one included.
        refused_calls: Option<u64>,
        /// Whether the function of the key `recover` answered with a value.
        answered: bool,
        /// The sum of the delays.
        waited: Duration,
        /// The time since the call began, or `None` if the call did not need to record its start.
        elapsed: Option<Duration>,
    },
    /// A call succeeded after at least one failed attempt.
    #[non_exhaustive]
    Recovered {
        /// The site.
        site: &'static Site,
        /// The number of attempts, the one that succeeded included.
        attempts: u32,
        /// The sum of the delays.
        waited: Duration,
        /// The time since the call began, or `None` if the call did not need to record its start.
        elapsed: Option<Duration>,
    },
    /// The state of a circuit breaker changed.
    #[non_exhaustive]
    BreakerTransition {
        /// The states before and after, and the cause.
        transition: Transition,
    },
    /// The run-time value of a key was out of range, and was replaced as the table in the documentation of [`Policy`](crate::Policy) says. Sent
    /// once per site.
    #[non_exhaustive]
    Adjusted {
        /// The site.
        site: &'static Site,
        /// The key.
        key: &'static str,
        /// The value found and the value that is used instead, as text.
        change: fmt::Arguments<'a>,
    },
    /// A sync function slept on a thread of a tokio runtime, where it keeps other tasks from running. Sent once per site, in debug builds only.
    /// It is also sent on threads of `spawn_blocking`, where sleeping is fine.
    #[non_exhaustive]
    BlocksRuntime {
        /// The site.
        site: &'static Site,
    },
}

/// A retry that follows a failed attempt. The function of the key `notify` gets it before each sleep.
///
/// Beside `on_value` it is a `Retrying<'_, E, T>`, where `T` is the type of the value, and its failure may be a [`Failure::Rejected`] with that
/// value.
///
/// # Examples
///
/// ```
/// use reattempt::Retrying;
/// use std::io;
///
/// // #[retry(notify = log_it)]
/// fn log_it(retrying: &Retrying<'_, io::Error>) {
///     eprintln!("attempt {} failed: {:?}; next in {:?}", retrying.attempt(), retrying.failure(), retrying.delay());
/// }
/// ```
#[derive(Debug)]
pub struct Retrying<'a, E, T = Infallible> {
    pub(crate) site: &'static Site,
    pub(crate) attempt: u32,
    pub(crate) max: Option<NonZeroU32>,
    pub(crate) failure: Failure<&'a E, &'a T>,
    pub(crate) delay: Duration,
}

impl<'a, E, T> Retrying<'a, E, T> {
    /// Returns the site.
    pub fn site(&self) -> &'static Site {
        self.site
    }

    /// Returns the number of the attempt that failed, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the largest number of attempts that is in force, or `None` if it is unlimited: the policy's, also where it is a run-time value,
    /// or the site's [`limit`](Site::limit) if that is lower.
    pub fn max(&self) -> Option<NonZeroU32> {
        self.max
    }

    /// Returns the failure of the attempt.
    pub fn failure(&self) -> Failure<&'a E, &'a T> {
        self.failure
    }

    /// Returns the delay that follows.
    pub fn delay(&self) -> Duration {
        self.delay
    }
}
