//! The engine: the state of one call, and what to do after each failed attempt.
//!
//! A state machine without clock, sleep or randomness of its own: the elapsed time and the random bits are arguments, and the delay is
//! returned. It does not know outcomes, only verdicts on failures. A success does not use it.
//!
//! After a failure these questions are asked in this order, and the first "no" ends the call with its reason: Is the failure transient? Is
//! the site switched on? Is an attempt left? Is the server's hint acceptable? Does the delay end before the deadline? Do the guards
//! (breaker and budget) allow a retry after this delay?

use crate::failure::classify::Verdict;
use crate::failure::stop_reason::StopReason;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use crate::time::switch::Switch;
use core::num::NonZeroU32;
use core::time::Duration;
use reattempt_policy::nanos::from_duration;
use reattempt_policy::{Jitter, Memory, Settings, jitter};

/// The decision of the session after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// End the call with this failure.
    Return(StopReason),
    /// Drop the failure, sleep for this long, and attempt again.
    Sleep(Duration),
}

/// A retry that was decided on.
pub(crate) struct Retry {
    /// The number of the attempt that failed.
    pub(crate) after: u32,
    /// The delay before the retry, in nanoseconds.
    pub(crate) nanos: u64,
}

/// The times that a call has apart from its policy.
#[derive(Clone, Copy, Default)]
pub(crate) struct OwnTimes<'a> {
    /// A strategy of the user's, in place of the policy's.
    pub(crate) strategy: Option<&'a dyn Backoff>,
    /// The time limit of each attempt, for a policy with a final attempt.
    pub(crate) timeout: Option<Duration>,
}

impl OwnTimes<'_> {
    /// The policy says all.
    pub(crate) const NONE: Self = Self { strategy: None, timeout: None };
}

/// The state of one call with all its attempts.
///
/// It has 24 bytes. A call makes one before its first attempt, and drops it at its end.
///
/// # Examples
///
/// ```
/// use reattempt::{Policy, Session, Step, StopReason, Strategy, Verdict};
/// use std::time::Duration;
///
/// let policy = Policy::builder().strategy(Strategy::Exponential).max(3).build()?;
/// let mut session = Session::new();
/// let mut random = || 0;
/// assert_eq!(session.attempt(), 1);
/// assert_eq!(session.failed(&policy, Verdict::Retry, None, &mut random), Step::Sleep(Duration::from_millis(100)));
/// assert_eq!(session.failed(&policy, Verdict::Retry, None, &mut random), Step::Sleep(Duration::from_millis(200)));
/// assert_eq!(session.failed(&policy, Verdict::Retry, None, &mut random), Step::Return(StopReason::MaxAttempts));
/// # Ok::<(), reattempt::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Session(Option<State>);

/// The state after a failure. Before the first failure there is none: the start of a call costs one write of four bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct State {
    failed: NonZeroU32,
    /// The reason why the call ended, after it has ended.
    reason: Option<StopReason>,
    memory: Memory,
    /// The sum of the delays in nanoseconds, saturating.
    waited: u64,
}

impl Session {
    /// Starts a call.
    pub const fn new() -> Self {
        Self(None)
    }

    /// Returns the number of the attempt that runs now or comes next, from 1.
    pub const fn attempt(&self) -> u32 {
        self.failures().saturating_add(1)
    }

    /// Returns the number of attempts that have failed.
    pub(crate) const fn failures(&self) -> u32 {
        match self.0 {
            Some(state) => state.failed.get(),
            None => 0,
        }
    }

    /// Returns the sum of the delays so far, at most 584 years.
    pub const fn waited(&self) -> Duration {
        match self.0 {
            Some(state) => Duration::from_nanos(state.waited),
            None => Duration::ZERO,
        }
    }

    /// Returns the reason why the call ended without success, after it has ended.
    pub(crate) const fn reason(&self) -> Option<StopReason> {
        match self.0 {
            Some(state) => state.reason,
            None => None,
        }
    }

    /// Returns the state apart from the number of failed attempts. It is meaningful after a failure.
    #[cfg(feature = "async")]
    #[inline]
    pub(crate) fn stored(self) -> StoredSession {
        self.0.map_or_else(StoredSession::default, |state| StoredSession { memory: state.memory, waited: state.waited })
    }

    /// Restores a call after this number of failed attempts.
    #[cfg(feature = "async")]
    #[inline]
    pub(crate) fn resume(failed: u32, stored: StoredSession) -> Self {
        let StoredSession { memory, waited } = stored;
        Self(NonZeroU32::new(failed).map(|failed| State { failed, reason: None, memory, waited }))
    }

    /// Returns what to do after a failed attempt.
    ///
    /// `elapsed` is the time since the call began. It is used only if the policy has a deadline; if it is `None`, the sum of the delays is used
    /// instead. `random` returns 64 random bits each time. If the call ends, `random` is called only to find out whether the next delay ends
    /// before the deadline.
    pub fn failed(
        &mut self,
        policy: &Policy,
        verdict: Verdict,
        elapsed: Option<Duration>,
        random: &mut dyn FnMut() -> u64,
    ) -> Step {
        self.step(policy, None, verdict, elapsed, random)
    }

    /// Returns what to do after a failed attempt, with a strategy of your own in place of the policy's.
    ///
    /// The policy's jitter is added to its delays. `base`, `cap` and the other settings of the policy's own strategy are ignored.
    pub fn failed_with(
        &mut self,
        policy: &Policy,
        backoff: &dyn Backoff,
        verdict: Verdict,
        elapsed: Option<Duration>,
        random: &mut dyn FnMut() -> u64,
    ) -> Step {
        self.step(policy, Some(backoff), verdict, elapsed, random)
    }

    fn step(
        &mut self,
        policy: &Policy,
        strategy: Option<&dyn Backoff>,
        verdict: Verdict,
        elapsed: Option<Duration>,
        random: &mut dyn FnMut() -> u64,
    ) -> Step {
        let elapsed = |waited| elapsed.map_or(waited, from_duration);
        let own = OwnTimes { strategy, ..OwnTimes::NONE };
        match self.decide(policy, &own, &verdict, 0, elapsed, random, Switch::ON, |delay, _| Ok(delay)) {
            Ok(retry) => Step::Sleep(Duration::from_nanos(retry.nanos)),
            Err(reason) => Step::Return(reason),
        }
    }

    /// Begins a new series with the failure that comes next: the strategy starts again.
    pub(crate) fn restart(&mut self) {
        if let Some(state) = &mut self.0 {
            state.memory = Memory::default();
        }
    }

    /// Counts a failed attempt, and returns the retry that follows, or the reason why the call ends.
    ///
    /// `before` is the number of failures that belong to earlier series.
    /// `elapsed` gets the sum of the delays, for calls whose start was not recorded. `guard` is called last, with the delay of a retry that
    /// everything else allows and the time that is left before the deadline. It returns the delay, which it may prolong.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "all that the engine knows of the world is handed in")]
    #[expect(
        clippy::inline_always,
        reason = "each caller knows most of what is asked here, and the compiler takes a failure for rare"
    )]
    pub(crate) fn decide(
        &mut self,
        policy: &Policy,
        own: &OwnTimes<'_>,
        verdict: &Verdict,
        before: u32,
        elapsed: impl FnOnce(u64) -> u64,
        random: impl FnMut() -> u64,
        switch: Switch,
        guard: impl FnOnce(u64, Option<u64>) -> Result<u64, StopReason>,
    ) -> Result<Retry, StopReason> {
        let state = self.count();
        state
            .decide(policy.settings(), own, verdict, before, elapsed, random, switch, guard)
            .inspect_err(|reason| state.reason = Some(*reason))
    }

    /// Counts a failed attempt, and ends the call because it was cancelled.
    pub(crate) fn cancel(&mut self) {
        self.count().reason = Some(StopReason::Cancelled);
    }

    /// Ends the call because it was cancelled during a delay in nanoseconds. The call did not wait so long.
    pub(crate) fn cancel_delay(&mut self, nanos: u64) {
        if let Some(state) = &mut self.0 {
            state.reason = Some(StopReason::Cancelled);
            state.waited = state.waited.saturating_sub(nanos);
        }
    }

    /// Counts a failed attempt.
    #[inline]
    fn count(&mut self) -> &mut State {
        if let Some(state) = &mut self.0 {
            state.failed = state.failed.saturating_add(1);
        }
        self.0.get_or_insert(State { failed: NonZeroU32::MIN, reason: None, memory: Memory::default(), waited: 0 })
    }
}

impl State {
    /// Asks all the questions in their order.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "all that the engine knows of the world is handed in")]
    #[expect(clippy::inline_always, reason = "as its only caller")]
    fn decide(
        &mut self,
        settings: &Settings<'_>,
        own: &OwnTimes<'_>,
        verdict: &Verdict,
        before: u32,
        elapsed: impl FnOnce(u64) -> u64,
        mut random: impl FnMut() -> u64,
        switch: Switch,
        guard: impl FnOnce(u64, Option<u64>) -> Result<u64, StopReason>,
    ) -> Result<Retry, StopReason> {
        // The limits and the strategy count the failures of the series.
        let attempt = self.failed.get().saturating_sub(before);
        if matches!(verdict, Verdict::Stop) {
            return Err(StopReason::Permanent);
        }
        if !switch.allows_after(attempt) {
            return Err(if switch == Switch::OFF { StopReason::Disabled } else { StopReason::MaxAttempts });
        }
        if settings.max().is_some_and(|max| attempt >= max) {
            return Err(StopReason::MaxAttempts);
        }
        // The number of the next retry is the number of failures so far, in this series. The most frequent verdict is checked first.
        let mut nanos = match verdict {
            Verdict::Retry => self.drawn(settings, own.strategy, attempt, &mut random),
            _ => self.asked(settings, own.strategy, verdict, attempt, &mut random)?,
        };
        let mut left = None;
        if let Some(deadline) = settings.deadline() {
            let elapsed = elapsed(self.waited);
            if elapsed.saturating_add(nanos) >= deadline {
                if !settings.final_attempt() {
                    return Err(StopReason::Deadline);
                }
                nanos = cut(deadline.saturating_sub(own.timeout.map_or(0, from_duration)), elapsed, hint(verdict))?;
            }
            left = Some(deadline.saturating_sub(elapsed));
        }
        nanos = guard(nanos, left)?;
        self.waited = self.waited.saturating_add(nanos);
        Ok(Retry { after: self.failed.get(), nanos })
    }

    /// Draws the delay before a retry, by the strategy of the policy or of the user.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "of no delay nothing is left")]
    fn drawn(
        &mut self,
        settings: &Settings<'_>,
        strategy: Option<&dyn Backoff>,
        retry: u32,
        random: &mut impl FnMut() -> u64,
    ) -> u64 {
        match strategy {
            None => settings.delay(retry, &mut self.memory, random),
            Some(strategy) => custom_delay(strategy, retry, settings.jitter(), &mut self.memory, random),
        }
    }

    /// Returns the delay before a retry after a failure that says when it may come.
    #[cold]
    #[inline(never)]
    fn asked(
        &mut self,
        settings: &Settings<'_>,
        strategy: Option<&dyn Backoff>,
        verdict: &Verdict,
        retry: u32,
        random: &mut impl FnMut() -> u64,
    ) -> Result<u64, StopReason> {
        if let Verdict::RetryIn(delay) = *verdict {
            return Ok(from_duration(delay));
        }
        let hint = hint(verdict);
        if hint > settings.max_hint() {
            return Err(StopReason::HintTooLong);
        }
        let nanos = self.drawn(settings, strategy, retry, random);
        Ok(if hint > nanos { after_hint(hint, nanos, random) } else { nanos })
    }
}

/// Computes a delay by a strategy of the user. The strategy gets the delay that it chose before, not the longer one that a hint caused.
/// Otherwise a decorrelated strategy would triple a server's hint.
#[cold]
#[inline(never)]
fn custom_delay(
    strategy: &dyn Backoff,
    retry: u32,
    jitter: Option<Jitter>,
    memory: &mut Memory,
    random: &mut dyn FnMut() -> u64,
) -> u64 {
    let previous = Duration::from_nanos(memory.previous);
    let nominal = from_duration(strategy.delay(retry, previous, jitter::unit(random())));
    memory.previous = nominal;
    jitter.map_or(nominal, |jitter| jitter::spread(jitter, nominal, u64::MAX, random()))
}

/// The state of a session apart from the number of failed attempts.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StoredSession {
    memory: Memory,
    waited: u64,
}

/// Returns the hint of a failure in nanoseconds. A hint of zero has the effect of no hint.
fn hint(verdict: &Verdict) -> u64 {
    match *verdict {
        Verdict::RetryAfter(hint) => from_duration(hint),
        Verdict::Retry | Verdict::RetryIn(_) | Verdict::Stop => 0,
    }
}

/// Returns the delay before a final attempt that begins so long after the start of the call. A hint is never cut.
#[cold]
#[inline(never)]
fn cut(begins: u64, elapsed: u64, hint: u64) -> Result<u64, StopReason> {
    match begins.saturating_sub(elapsed) {
        left if left > 0 && left >= hint => Ok(left),
        _ => Err(StopReason::Deadline),
    }
}

/// Adds a random part to a hint: up to the computed delay or a tenth of the hint, whichever is longer. No attempt comes before the hint,
/// and not all callers come at the same time after it.
#[cold]
#[inline(never)]
pub(super) fn after_hint(hint: u64, computed: u64, random: &mut dyn FnMut() -> u64) -> u64 {
    let spread = computed.max(hint / 10);
    jitter::between(hint, hint.saturating_add(spread), random())
}
