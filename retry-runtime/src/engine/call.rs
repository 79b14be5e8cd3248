//! One call of an annotated function or of a closure: the session, the time since the call began, and the error that it may end with.
//!
//! It decides nothing. The module `step` does that.

use crate::engine::pause::Pause;
use crate::engine::progress::Progress;
use crate::engine::series::Timer;
#[cfg(feature = "async")]
use crate::engine::series::{PolicyTimer, Series};
use crate::engine::session::Session;
#[cfg(feature = "async")]
use crate::engine::session::StoredSession;
use crate::failure::attempt_failure::Failure;
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::error_display::ClassifiedError;
use crate::failure::history::FailureLog;
use crate::failure::outcome::CheckedOutcome;
use crate::failure::rejected_value::Retention;
use crate::failure::retry_error::{KeptFailure, RetryError};
use crate::failure::stop_reason::StopReason;
use crate::policy::Policy;
use crate::time::clock::Started;
use core::num::NonZeroU32;
use core::time::Duration;

/// The state of a call: the session, and the start of the call if something needs it.
#[derive(Debug)]
pub struct Call<C> {
    pub(crate) session: Session,
    pub(crate) timer: C,
}

/// Begins a call.
#[inline]
pub fn call<C: Timer>(timer: C) -> Call<C> {
    Call { session: Session::new(), timer }
}

impl<C: Timer> Call<C> {
    /// Returns the time limit of the attempt that begins now: the time-out, or the time left before the deadline if that is shorter.
    pub fn limit(&self, policy: &Policy, timeout: Duration) -> Duration {
        match policy.deadline() {
            Some(deadline) => timeout.min(deadline.saturating_sub(self.elapsed_in_series())),
            None => timeout,
        }
    }

    /// Returns the time since the failure with which the series began, or since the call began.
    pub(crate) fn elapsed_in_series(&self) -> Duration {
        let mut timer = self.timer;
        timer.series(None).map_or_else(|| self.elapsed(), |series| series.began.elapsed())
    }

    /// Records the start of an attempt after the first one, if the call can have several series.
    #[inline]
    pub fn begin_attempt(&mut self) {
        if let Some(series) = self.timer.series(None) {
            series.attempt = Started::now();
        }
    }

    /// Records the start of an attempt that has waited for the breaker, if the call can have several series. The wait is not the attempt's
    /// time. It may be the first attempt, before the timer has asked the policy.
    #[cold]
    pub fn begin_after_wait(&mut self, policy: &Policy) {
        if let Some(series) = self.timer.series(Some(policy)) {
            series.attempt = Started::now();
        }
    }

    /// Returns the description of the attempt that begins now.
    pub fn attempt(&self, policy: &Policy) -> Attempt {
        let (mut timer, number) = (self.timer, self.session.attempt());
        let started = timer.started().unwrap_or_else(Started::now);
        let (began, before) = timer.series(None).map_or((started, 0), |series| (series.began, series.before));
        let last_begins = policy.deadline().map(|deadline| began.after(deadline));
        Attempt { number, number_in_series: number.saturating_sub(before), max: policy.max(), last_begins, started }
    }

    /// Returns the time since the call began, or the sum of the delays if the start was not recorded.
    pub fn elapsed(&self) -> Duration {
        self.timer.started().map_or(self.session.waited(), Started::elapsed)
    }

    /// Keeps the failure of an attempt that another attempt follows. `R` says whether a rejected value is kept.
    #[cold]
    pub fn keep<O: CheckedOutcome, R: Retention<O::Rejected>>(
        &self,
        ledger: &mut impl FailureLog<O::Error, R::Kept>,
        pause: Pause,
        outcome: O,
    ) {
        if let Err(failed) = outcome.into_result() {
            ledger.keep(self.session.failures(), pause.delay(), failed.map_rejected(R::retain));
        }
    }

    /// Ends the call with its value, or with the error that has its failures. `R` says whether a rejected value is kept, `show` how an error
    /// is formatted.
    ///
    /// # Errors
    ///
    /// Returns the `RetryError` of a call that gave up.
    #[inline]
    pub fn ended<O: CheckedOutcome, R: Retention<O::Rejected>>(
        &self,
        ledger: &mut impl FailureLog<O::Error, R::Kept>,
        outcome: O,
        show: impl FnOnce(&O::Error) -> ClassifiedError<O::Error>,
    ) -> Result<O::Value, RetryError<O::Error, R::Kept>> {
        outcome.into_result().map_err(|failed| self.error(ledger, failed.map_rejected(R::retain), show))
    }

    #[cold]
    fn error<E, T>(
        &self,
        ledger: &mut impl FailureLog<E, T>,
        failed: KeptFailure<E, T>,
        show: impl FnOnce(&E) -> ClassifiedError<E>,
    ) -> RetryError<E, T> {
        let reason = self.session.reason().unwrap_or(StopReason::Permanent);
        let show = failed.as_ref().into_error().map(|error| show(error).show);
        ledger.close(self.session.failures(), self.elapsed(), reason, failed, show)
    }

    /// Ends a call whose attempt was refused, with the error that has its failures.
    ///
    /// # Errors
    ///
    /// Always.
    #[cold]
    pub fn refused<T, E, W>(
        &self,
        ledger: &mut impl FailureLog<E, W>,
        open: BreakerOpen,
    ) -> Result<T, RetryError<E, W>> {
        let (attempts, failure) = (self.session.failures(), Failure::Refused(open));
        Err(ledger.close(attempts, self.elapsed(), StopReason::BreakerOpen, failure, None))
    }
}

impl<C: Timer> Call<C> {
    /// Looks at the progress of an attempt that has ended. If the attempt failed, its failure is the first of a new series.
    pub fn count_progress(&mut self, progress: &Progress) {
        if progress.take() {
            self.timer.restart(&mut self.session);
        }
    }
}

#[cfg(feature = "async")]
impl Call<PolicyTimer> {
    /// Splits the call into the number of its failures and the rest of its state, to be stored while an attempt runs. Its series goes into
    /// a box: most calls have one series, and need no room for it.
    #[inline]
    pub(crate) fn store(self, series: &mut Option<Box<Series>>) -> (u32, StoredCall) {
        let started = match self.timer {
            PolicyTimer::Plain(started) => started,
            PolicyTimer::Series(now) => keep_series(series, now),
        };
        (self.session.failures(), StoredCall { session: self.session.stored(), started })
    }
}

/// Keeps the series that runs, and returns the start of the call.
#[cfg(feature = "async")]
#[cold]
#[inline(never)]
fn keep_series(series: &mut Option<Box<Series>>, now: Series) -> Option<Started> {
    match series {
        Some(series) => **series = now,
        None => *series = Some(Box::new(now)),
    }
    now.started()
}

/// The stored state of a call, without its series and the number of its failures. A future keeps that number beside the tag of its state, in
/// bytes that would be padding.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoredCall {
    session: StoredSession,
    started: Option<Started>,
}

#[cfg(feature = "async")]
impl StoredCall {
    /// Restores the call.
    #[inline]
    pub(crate) fn resume(&self, failures: u32, series: Option<&Series>) -> Call<PolicyTimer> {
        match (failures, series) {
            (0, None) => call(PolicyTimer::Plain(self.started)),
            _ => self.resume_retried(failures, series),
        }
    }

    /// Restores the call after a failure. It is a separate function, so that a first attempt loads none of the state.
    #[cold]
    #[inline(never)]
    fn resume_retried(&self, failures: u32, series: Option<&Series>) -> Call<PolicyTimer> {
        let timer = series.map_or(PolicyTimer::Plain(self.started), |series| PolicyTimer::Series(*series));
        Call { session: Session::resume(failures, self.session), timer }
    }
}

/// The description of an attempt, which the key `attempt = name` passes to the body.
///
/// # Examples
///
/// ```
/// fn log(attempt: reattempt_attempt::Attempt) {
///     eprintln!("attempt {} of {:?}", attempt.number(), attempt.max());
/// }
/// # mod reattempt_attempt { pub use reattempt::Attempt; }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    number: u32,
    number_in_series: u32,
    max: Option<NonZeroU32>,
    /// The deadline as a moment.
    last_begins: Option<Started>,
    started: Started,
}

impl Attempt {
    /// Returns the number of this attempt among all attempts of the call, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns the number of this attempt in its series, from 1.
    ///
    /// It is the [`number`](Self::number), unless an earlier attempt made [`Progress`] or ran for `reset_after`, and then failed: the last
    /// such attempt has the number 1 of the series.
    pub fn number_in_series(&self) -> u32 {
        self.number_in_series
    }

    /// Returns the number of attempts that the policy allows in a series, or `None` if they are unlimited.
    pub fn max(&self) -> Option<NonZeroU32> {
        self.max
    }

    /// Returns `true` if this is the first attempt.
    pub fn is_first(&self) -> bool {
        self.number == 1
    }

    /// Returns `true` if this is the last attempt of its series that `max` allows. An attempt can also be the last for other reasons, such
    /// as the deadline. Another one follows if this one makes progress or runs for `reset_after`, and then fails.
    pub fn is_last(&self) -> bool {
        self.max.is_some_and(|max| self.number_in_series >= max.get())
    }

    /// Reads the clock, and returns the time since the call began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Reads the clock, and returns the time left until the deadline: zero after it has passed, `None` without a deadline.
    pub fn remaining(&self) -> Option<Duration> {
        self.last_begins.map(Started::left)
    }
}
