//! The engine: the state of one call, and what to do after each failed attempt.
//!
//! A state machine without clock, sleep or randomness of its own: the elapsed time and the random bits are handed in, and the
//! delay is handed out. It knows no outcome either, only verdicts on failures. A success has nothing to ask here.
//!
//! After a failure the questions are asked in one fixed order, and the first "no" ends the call with its reason: is it
//! transient? is the site switched on? is an attempt left? is the server's hint acceptable? does the delay end before the deadline? and whatever whoever guards
//! the retry asks of the delay.

use crate::failure::classify::Verdict;
use crate::failure::stop_reason::StopReason;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use crate::time::switch::Switch;
use core::num::NonZeroU32;
use core::time::Duration;
use reattempt_policy::nanos::from_duration;
use reattempt_policy::{Memory, Settings, jitter};

/// What the session answers after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// End the call with the failure at hand.
    Return(StopReason),
    /// Drop the failure, sleep so long, attempt again.
    Sleep(Duration),
}

/// A retry that was decided on.
pub(crate) struct Retry {
    /// The number of the attempt that failed.
    pub(crate) after: u32,
    /// The delay before it.
    pub(crate) nanos: u64,
}

/// The state of one call: all its attempts.
///
/// 24 bytes; it begins with the first attempt and dies with the call.
///
/// # Examples
///
/// ```
/// use retry_runtime::{Policy, Session, Step, StopReason, Strategy, Verdict};
/// use std::time::Duration;
///
/// let policy = Policy::builder().strategy(Strategy::Exponential).max(3).build()?;
/// let mut session = Session::new();
/// let mut random = || 0;
/// assert_eq!(session.attempt(), 1);
/// assert_eq!(session.failed(&policy, Verdict::Retry, None, &mut random), Step::Sleep(Duration::from_millis(100)));
/// assert_eq!(session.failed(&policy, Verdict::Retry, None, &mut random), Step::Sleep(Duration::from_millis(200)));
/// assert_eq!(session.failed(&policy, Verdict::Retry, None, &mut random), Step::Return(StopReason::MaxAttempts));
/// # Ok::<(), retry_runtime::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Session(Option<State>);

/// What there is to remember after a failure. Before the first there is nothing: to begin a call costs one write of four bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct State {
    failed: NonZeroU32,
    /// Why the call ended, once it has.
    reason: Option<StopReason>,
    memory: Memory,
    /// Nanoseconds, saturating.
    waited: u64,
}

impl Session {
    /// Begins a call.
    pub const fn new() -> Self {
        Self(None)
    }

    /// The number of the attempt that runs now or comes next, from 1.
    pub const fn attempt(&self) -> u32 {
        self.failures().saturating_add(1)
    }

    /// The number of attempts that have failed.
    pub(crate) const fn failures(&self) -> u32 {
        match self.0 {
            Some(state) => state.failed.get(),
            None => 0,
        }
    }

    /// The sum of the delays so far; at most 584 years.
    pub const fn waited(&self) -> Duration {
        match self.0 {
            Some(state) => Duration::from_nanos(state.waited),
            None => Duration::ZERO,
        }
    }

    /// Returns why the call ended without success, once it has.
    pub(crate) const fn reason(&self) -> Option<StopReason> {
        match self.0 {
            Some(state) => state.reason,
            None => None,
        }
    }

    /// What it remembers beside the number of failed attempts, where there is any.
    #[cfg(feature = "async")]
    #[inline]
    pub(crate) fn memories(self) -> Memories {
        self.0.map_or_else(Memories::default, |state| Memories { memory: state.memory, waited: state.waited })
    }

    /// Takes a call up again after so many failed attempts.
    #[cfg(feature = "async")]
    #[inline]
    pub(crate) fn resume(failed: u32, memories: Memories) -> Self {
        let Memories { memory, waited } = memories;
        Self(NonZeroU32::new(failed).map(|failed| State { failed, reason: None, memory, waited }))
    }

    /// Answers what to do after an attempt failed.
    ///
    /// `elapsed` is the time since the call began; only a policy with a deadline looks at it, and takes the sum of the delays
    /// where it is `None`. `random` gives 64 random bits each time; it is not called where the call ends, except to learn
    /// whether the next delay fits before the deadline.
    pub fn failed(
        &mut self,
        policy: &Policy,
        verdict: Verdict,
        elapsed: Option<Duration>,
        random: &mut dyn FnMut() -> u64,
    ) -> Step {
        self.step(policy, None, verdict, elapsed, random)
    }

    /// Answers the same with a strategy of the caller's own in place of the policy's.
    ///
    /// The policy's jitter joins it; `base`, `cap` and what else belongs to the policy's own strategy plays no part.
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
        match self.decide(policy, strategy, verdict, || elapsed.map(from_duration), random, Switch::ON, |_| None) {
            Ok(retry) => Step::Sleep(Duration::from_nanos(retry.nanos)),
            Err(reason) => Step::Return(reason),
        }
    }

    /// Counts a failed attempt, and returns the retry that follows, or why the call ends.
    ///
    /// `refusal` is asked last, of a retry that everything else allows.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "all that the engine knows of the world is handed in")]
    #[expect(
        clippy::inline_always,
        reason = "each caller knows most of what is asked here, and the compiler takes a failure for rare"
    )]
    pub(crate) fn decide(
        &mut self,
        policy: &Policy,
        strategy: Option<&dyn Backoff>,
        verdict: Verdict,
        elapsed: impl FnOnce() -> Option<u64>,
        random: impl FnMut() -> u64,
        switch: Switch,
        refusal: impl FnOnce(Duration) -> Option<StopReason>,
    ) -> Result<Retry, StopReason> {
        let state = self.count();
        let decided = state.decide(policy.settings(), strategy, verdict, elapsed, random, switch, refusal);
        match decided {
            Ok(nanos) => {
                state.waited = state.waited.saturating_add(nanos);
                Ok(Retry { after: state.failed.get(), nanos })
            }
            Err(reason) => {
                state.reason = Some(reason);
                Err(reason)
            }
        }
    }

    /// Counts a failed attempt.
    #[inline]
    fn count(&mut self) -> &mut State {
        if let Some(state) = &mut self.0 {
            state.failed = state.failed.saturating_add(1);
        }
        self.0.get_or_insert(State { failed: NonZeroU32::MIN, reason: None, memory: Memory::new(), waited: 0 })
    }
}

impl State {
    /// All the questions, in their order.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "all that the engine knows of the world is handed in")]
    #[expect(clippy::inline_always, reason = "as its only caller")]
    fn decide(
        &mut self,
        settings: &Settings<'_>,
        strategy: Option<&dyn Backoff>,
        verdict: Verdict,
        elapsed: impl FnOnce() -> Option<u64>,
        mut random: impl FnMut() -> u64,
        switch: Switch,
        refusal: impl FnOnce(Duration) -> Option<StopReason>,
    ) -> Result<u64, StopReason> {
        let attempt = self.failed.get();
        // A hint of zero is longer than no delay, as no hint is. The commonest verdict is asked for first.
        let hint = match verdict {
            Verdict::Retry => 0,
            _ => hint(verdict)?,
        };
        if !switch.allows_after(attempt) {
            return Err(if switch == Switch::OFF { StopReason::Disabled } else { StopReason::MaxAttempts });
        }
        if settings.max().is_some_and(|max| attempt >= max) {
            return Err(StopReason::MaxAttempts);
        }
        if hint > 0 && hint > settings.max_hint() {
            return Err(StopReason::HintTooLong);
        }
        // The number of the retry to come is the number of failures so far.
        let mut delay = match strategy {
            None => settings.delay(attempt, &mut self.memory, &mut random),
            Some(strategy) => self.custom_delay(settings, strategy, &mut random),
        };
        if hint > delay {
            delay = after_hint(hint, delay, &mut random);
        }
        if let Some(deadline) = settings.deadline() {
            let elapsed = elapsed().unwrap_or(self.waited);
            if elapsed.saturating_add(delay) >= deadline {
                return Err(StopReason::Deadline);
            }
        }
        refusal(Duration::from_nanos(delay)).map_or(Ok(delay), Err)
    }

    /// Asks a strategy of the user's. It is shown what it chose before, not what a hint made of it: a server that asks for a minute does not
    /// make a decorrelated strategy triple that.
    fn custom_delay(
        &mut self,
        settings: &Settings<'_>,
        strategy: &dyn Backoff,
        random: &mut dyn FnMut() -> u64,
    ) -> u64 {
        let previous = Duration::from_nanos(self.memory.previous());
        let nominal = from_duration(strategy.delay(self.failed.get(), previous, jitter::unit(random())));
        self.memory.set_previous(nominal);
        match settings.jitter() {
            Some(jitter) => jitter::spread(jitter, nominal, u64::MAX, random()),
            None => nominal,
        }
    }
}

/// What a session remembers beside the number of failed attempts.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memories {
    memory: Memory,
    waited: u64,
}

/// Returns the hint of a failure that may be retried.
#[cold]
#[inline(never)]
fn hint(verdict: Verdict) -> Result<u64, StopReason> {
    match verdict {
        Verdict::Stop => Err(StopReason::Permanent),
        Verdict::Retry => Ok(0),
        Verdict::RetryAfter(hint) => Ok(from_duration(hint)),
    }
}

/// Spreads a hint upwards, by the computed delay or a tenth of the hint, whichever is longer: never before the hint, and not all
/// callers at once after it.
#[cold]
#[inline(never)]
fn after_hint(hint: u64, computed: u64, random: &mut dyn FnMut() -> u64) -> u64 {
    let spread = computed.max(hint / 10);
    jitter::between(hint, hint.saturating_add(spread), random())
}
