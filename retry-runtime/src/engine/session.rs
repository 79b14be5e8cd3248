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
use reattempt_policy::{Memory, jitter};

/// What the session answers after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// End the call with the failure at hand.
    Return(StopReason),
    /// Drop the failure, sleep so long, attempt again.
    Sleep(Duration),
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
        self.decide(policy, None, verdict, &mut || elapsed, random, Switch::On, &mut |_| None)
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
        self.decide(policy, Some(backoff), verdict, &mut || elapsed, random, Switch::On, &mut |_| None)
    }

    /// Answers the same; `refusal` is asked last, of a retry that everything else allows, and gives the reason why it does not happen.
    #[expect(clippy::too_many_arguments, reason = "all that the engine knows of the world is handed in")]
    pub(crate) fn decide(
        &mut self,
        policy: &Policy,
        backoff: Option<&dyn Backoff>,
        verdict: Verdict,
        elapsed: &mut dyn FnMut() -> Option<Duration>,
        random: &mut dyn FnMut() -> u64,
        switch: Switch,
        refusal: &mut dyn FnMut(Duration) -> Option<StopReason>,
    ) -> Step {
        let state = self.count();
        let step = state.decide(policy, backoff, verdict, elapsed, random, switch, refusal);
        if let Step::Return(reason) = step {
            state.reason = Some(reason);
        }
        step
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
    #[expect(clippy::too_many_arguments, reason = "all that the engine knows of the world is handed in")]
    #[inline(never)]
    fn decide(
        &mut self,
        policy: &Policy,
        backoff: Option<&dyn Backoff>,
        verdict: Verdict,
        elapsed: &mut dyn FnMut() -> Option<Duration>,
        random: &mut dyn FnMut() -> u64,
        switch: Switch,
        refusal: &mut dyn FnMut(Duration) -> Option<StopReason>,
    ) -> Step {
        let attempt = self.failed.get();
        let hint = match verdict {
            Verdict::Stop => return Step::Return(StopReason::Permanent),
            Verdict::Retry => None,
            Verdict::RetryAfter(hint) => Some(hint),
        };
        match switch {
            Switch::On => {}
            Switch::Off => return Step::Return(StopReason::Disabled),
            Switch::Limit(attempts) if attempt < attempts => {}
            Switch::Limit(_) => return Step::Return(StopReason::MaxAttempts),
        }
        let settings = policy.settings();
        if settings.max().is_some_and(|max| attempt >= max) {
            return Step::Return(StopReason::MaxAttempts);
        }
        if hint.is_some_and(|hint| from_duration(hint) > settings.max_hint()) {
            return Step::Return(StopReason::HintTooLong);
        }
        // The number of the retry to come is the number of failures so far.
        let computed = self.delay(policy, backoff, attempt, random);
        let delay = match hint {
            Some(hint) if from_duration(hint) > computed => after_hint(from_duration(hint), computed, random()),
            _ => computed,
        };
        if let Some(deadline) = settings.deadline() {
            let elapsed = elapsed().map_or(self.waited, from_duration);
            if elapsed.saturating_add(delay) >= deadline {
                return Step::Return(StopReason::Deadline);
            }
        }
        if let Some(reason) = refusal(Duration::from_nanos(delay)) {
            return Step::Return(reason);
        }
        self.waited = self.waited.saturating_add(delay);
        Step::Sleep(Duration::from_nanos(delay))
    }

    /// Draws the strategy's own delay. The strategy remembers what it chose, not what a hint made of it: a server that asks
    /// for a minute does not make a decorrelated strategy triple that.
    fn delay(
        &mut self,
        policy: &Policy,
        backoff: Option<&dyn Backoff>,
        retry: u32,
        random: &mut dyn FnMut() -> u64,
    ) -> u64 {
        let Some(backoff) = backoff else { return policy.settings().delay(retry, &mut self.memory, random) };
        let previous = Duration::from_nanos(self.memory.previous());
        let nominal = from_duration(backoff.delay(retry, previous, jitter::unit(random())));
        self.memory.set_previous(nominal);
        match policy.settings().jitter() {
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

/// Spreads a hint upwards, by the computed delay or a tenth of the hint, whichever is longer: never before the hint, and not all
/// callers at once after it.
fn after_hint(hint: u64, computed: u64, random: u64) -> u64 {
    let spread = computed.max(hint / 10);
    jitter::between(hint, hint.saturating_add(spread), random)
}
