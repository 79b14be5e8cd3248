//! One call of an annotated function, for generated code: joins the engine with outcomes, classifiers, the clock and the
//! generator.
//!
//! What runs on success is inline and generic; what runs after a failure is cold, and as little of it as possible is generic.

use crate::engine::guards::{FailureKind, Guard, Guarded, Guards};
#[cfg(feature = "async")]
use crate::engine::session::Memories;
use crate::engine::session::{Session, Step};
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::classify::{IntoVerdict, Verdict};
use crate::failure::error_display::Shown;
use crate::failure::outcome::{OnTimeOut, Outcome};
use crate::failure::retry_error::{Failed, Failure, Ledger, RetryError, StopReason, TimedOut};
use crate::observe::event::{Event, Retrying, Words};
use crate::observe::observers;
use crate::observe::site::{Place, Site};
use crate::overload::budget::Budget;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use crate::time::clock::{Started, Timer};
use crate::time::rng;
use crate::time::sleep::Pause;
use core::num::NonZeroU32;
use core::ops::ControlFlow;
use core::time::Duration;

/// What holds for an attempt: its site, settings that are the same for all of a call, and its guards.
pub struct Rules<'a, G = (), P = &'static Site> {
    place: P,
    policy: &'a Policy,
    backoff: Option<&'a dyn Backoff>,
    guards: G,
}

impl<G, P: core::fmt::Debug> core::fmt::Debug for Rules<'_, G, P> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Rules").field("place", &self.place).field("policy", self.policy).finish_non_exhaustive()
    }
}

impl Rules<'static> {
    /// The site's own policy.
    #[inline]
    pub fn of(site: &'static Site) -> Self {
        Self::new(site, site.policy())
    }
}

impl<'a> Rules<'a> {
    /// A policy of this call.
    #[inline]
    pub fn new(site: &'static Site, policy: &'a Policy) -> Self {
        Self { place: site, policy, backoff: None, guards: () }
    }

    /// A strategy of the user's in place of the policy's.
    #[inline]
    #[must_use]
    pub fn backoff(self, backoff: &'a dyn Backoff) -> Self {
        Self { backoff: Some(backoff), ..self }
    }

    /// With a budget, a breaker, or both.
    #[inline]
    pub fn guarded<'g>(self, guard: Guard<'g>) -> Rules<'a, Guard<'g>> {
        Rules { place: self.place, policy: self.policy, backoff: self.backoff, guards: guard }
    }
}

impl<'a, G, P> Rules<'a, G, P> {
    /// All at once, for a place that may have no site yet.
    #[inline]
    pub(crate) fn at(place: P, policy: &'a Policy, backoff: Option<&'a dyn Backoff>, guards: G) -> Self {
        Self { place, policy, backoff, guards }
    }
}

/// The state of a call: the session, and when it began, where that matters.
#[derive(Debug)]
pub struct Call<C> {
    session: Session,
    timer: C,
}

impl<C: Timer> Call<C> {
    /// Begins a call.
    #[inline]
    pub fn new(timer: C) -> Self {
        Self { session: Session::new(), timer }
    }

    /// Looks at the outcome of an attempt: answers the delay before the next one, or nothing where the outcome is what the function returns.
    ///
    /// The outcome stays where it is: whoever called the function may have made the place for it.
    #[inline]
    pub fn look<O, V, W, G, P>(
        &mut self,
        rules: Rules<'_, G, P>,
        outcome: &O,
        on: impl FnOnce(&O::Error) -> V,
        on_value: impl FnOnce(&O::Value) -> W,
        show: impl FnOnce(&O::Error) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, O::Error>),
    ) -> Option<Duration>
    where
        O: Outcome,
        V: IntoVerdict,
        W: IntoVerdict,
        G: Guards,
        P: Place,
    {
        let rejected = match outcome.view() {
            Err(_) => Verdict::Stop,
            Ok(value) => match on_value(value).into_verdict() {
                Verdict::Stop => {
                    self.succeeded(rules);
                    return None;
                }
                rejected => rejected,
            },
        };
        let Rules { place, policy, backoff, guards } = rules;
        self.failed(place, policy, backoff, guards, outcome, on, rejected, show, notify)
    }

    /// The rules are handed over piece by piece: what has an address would be written to memory before it is known whether the attempt
    /// failed. `rejected` is the verdict on a value; an error is classified here, out of the way of a success.
    #[cold]
    #[inline(never)]
    #[expect(clippy::too_many_arguments, reason = "pieces that a success must not put together")]
    fn failed<O, V, G, P>(
        &mut self,
        place: P,
        policy: &Policy,
        backoff: Option<&dyn Backoff>,
        guards: G,
        outcome: &O,
        on: impl FnOnce(&O::Error) -> V,
        rejected: Verdict,
        show: impl FnOnce(&O::Error) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, O::Error>),
    ) -> Option<Duration>
    where
        O: Outcome,
        V: IntoVerdict,
        G: Guards,
        P: Place,
    {
        let rules = Rules { place, policy, backoff, guards };
        let (verdict, kind, failure) = match outcome.view() {
            Ok(_) => (rejected, FailureKind::Rejected, Failure::Rejected),
            Err(error) => {
                let verdict = on(error).into_verdict();
                (verdict, FailureKind::of_error(verdict), Failure::Error(error))
            }
        };
        match self.after_failure(rules, verdict, kind, failure, show, notify) {
            Step::Return(_) => None,
            Step::Sleep(delay) => Some(delay),
        }
    }

    /// Takes the outcome of an attempt: breaks with what the function returns, or continues with a delay.
    #[inline]
    pub fn step<O, V, W, G, P>(
        &mut self,
        rules: Rules<'_, G, P>,
        outcome: O,
        on: impl FnOnce(&O::Error) -> V,
        on_value: impl FnOnce(&O::Value) -> W,
        show: impl FnOnce(&O::Error) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, O::Error>),
    ) -> ControlFlow<O::Returned, Duration>
    where
        O: Outcome,
        V: IntoVerdict,
        W: IntoVerdict,
        G: Guards,
        P: Place,
    {
        match self.look(rules, &outcome, on, on_value, show, notify) {
            None => ControlFlow::Break(outcome.into_returned()),
            Some(delay) => ControlFlow::Continue(delay),
        }
    }

    /// The same for an attempt that may have timed out, which is a transient failure.
    #[inline]
    pub fn step_timed<O, V, W, G, P>(
        &mut self,
        rules: Rules<'_, G, P>,
        outcome: Result<O, TimedOut>,
        on: impl FnOnce(&O::Error) -> V,
        on_value: impl FnOnce(&O::Value) -> W,
        show: impl FnOnce(&O::Error) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, O::Error>),
    ) -> ControlFlow<O::Returned, Duration>
    where
        O: OnTimeOut,
        V: IntoVerdict,
        W: IntoVerdict,
        G: Guards,
        P: Place,
    {
        match outcome {
            Ok(outcome) => self.step(rules, outcome, on, on_value, show, notify),
            Err(timed_out) => {
                let failure = Failure::TimedOut;
                match self.after_failure(rules, Verdict::Retry, FailureKind::Transient, failure, show, notify) {
                    Step::Return(_) => ControlFlow::Break(O::timed_out(timed_out)),
                    Step::Sleep(delay) => ControlFlow::Continue(delay),
                }
            }
        }
    }

    /// The same for a function that returns a [`RetryError`].
    #[inline]
    #[expect(clippy::too_many_arguments, reason = "all that an attempt of any kind brings")]
    pub fn step_or_error<T, E, V, W, G, P>(
        &mut self,
        rules: Rules<'_, G, P>,
        ledger: &mut impl Ledger<E>,
        outcome: Result<T, E>,
        on: impl FnOnce(&E) -> V,
        on_value: impl FnOnce(&T) -> W,
        show: impl FnOnce(&E) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, E>),
    ) -> ControlFlow<Result<T, RetryError<E>>, Duration>
    where
        V: IntoVerdict,
        W: IntoVerdict,
        G: Guards,
        P: Place,
    {
        let judged = judge(&outcome, on, on_value);
        let (verdict, kind, failed) = match (judged, outcome) {
            (None, Ok(value)) => {
                self.succeeded(rules);
                return ControlFlow::Break(Ok(value));
            }
            // An error always has a verdict.
            (None, Err(error)) => (Verdict::Stop, FailureKind::Permanent, Failed::Error(error)),
            (Some((verdict, kind)), Ok(_)) => (verdict, kind, Failed::Rejected),
            (Some((verdict, kind)), Err(error)) => (verdict, kind, Failed::Error(error)),
        };
        self.close_or_keep(rules, ledger, verdict, kind, failed, show, notify)
    }

    /// The same for an attempt that may have timed out.
    #[inline]
    #[expect(clippy::too_many_arguments, reason = "all that an attempt of any kind brings")]
    pub fn step_timed_or_error<T, E, V, W, G, P>(
        &mut self,
        rules: Rules<'_, G, P>,
        ledger: &mut impl Ledger<E>,
        outcome: Result<Result<T, E>, TimedOut>,
        on: impl FnOnce(&E) -> V,
        on_value: impl FnOnce(&T) -> W,
        show: impl FnOnce(&E) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, E>),
    ) -> ControlFlow<Result<T, RetryError<E>>, Duration>
    where
        V: IntoVerdict,
        W: IntoVerdict,
        G: Guards,
        P: Place,
    {
        match outcome {
            Ok(outcome) => self.step_or_error(rules, ledger, outcome, on, on_value, show, notify),
            Err(_) => {
                let kind = FailureKind::Transient;
                self.close_or_keep(rules, ledger, Verdict::Retry, kind, Failed::TimedOut, show, notify)
            }
        }
    }

    /// Ends a call whose attempt the circuit breaker refused. If it would have been a retry, that gets its token back.
    #[cold]
    #[inline(never)]
    pub fn refuse(&self, site: &'static Site, open: &BreakerOpen, budget: Option<&Budget>) {
        if let (Some(budget), 1..) = (budget, self.session.failures()) {
            budget.refund();
        }
        self.tell_end(site, StopReason::BreakerOpen, open);
    }

    /// The `RetryError` of a call whose attempt was refused.
    ///
    /// # Errors
    ///
    /// Always.
    #[cold]
    pub fn refused<T, E>(&self, ledger: &mut impl Ledger<E>, open: BreakerOpen) -> Result<T, RetryError<E>> {
        let attempts = self.session.failures();
        Err(ledger.close(attempts, self.elapsed(), StopReason::BreakerOpen, Failed::Refused(open)))
    }

    #[cold]
    #[expect(clippy::too_many_arguments, reason = "all that a failed attempt of any kind brings")]
    fn close_or_keep<T, E, G: Guards, P: Place>(
        &mut self,
        rules: Rules<'_, G, P>,
        ledger: &mut impl Ledger<E>,
        verdict: Verdict,
        kind: FailureKind,
        failed: Failed<E>,
        show: impl FnOnce(&E) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, E>),
    ) -> ControlFlow<Result<T, RetryError<E>>, Duration> {
        let attempt = self.session.attempt();
        match self.after_failure(rules, verdict, kind, failed.as_ref(), show, notify) {
            Step::Return(reason) => ControlFlow::Break(Err(ledger.close(attempt, self.elapsed(), reason, failed))),
            Step::Sleep(delay) => {
                ledger.keep(attempt, delay, failed);
                ControlFlow::Continue(delay)
            }
        }
    }

    /// The time that the attempt which begins now has: the time-out, or what is left before the deadline if that is shorter.
    pub fn limit(&self, policy: &Policy, timeout: Duration) -> Duration {
        match policy.deadline() {
            Some(deadline) => timeout.min(deadline.saturating_sub(self.elapsed())),
            None => timeout,
        }
    }

    /// The time since the call began; the sum of the delays where its beginning was not noted.
    pub fn elapsed(&self) -> Duration {
        self.timer.elapsed().unwrap_or(self.session.waited())
    }

    #[inline]
    fn succeeded<G: Guards, P: Place>(&self, rules: Rules<'_, G, P>) {
        rules.guards.succeeded();
        self.note_success(rules.place);
    }

    #[cold]
    #[inline(never)]
    fn recovered(&self, place: impl Place) {
        let site = place.site();
        site.note_recovery();
        if observers::is_observed() {
            observers::tell(&Event::Recovered {
                site,
                attempts: self.session.attempt(),
                waited: self.session.waited(),
                elapsed: self.timer.elapsed(),
            });
        }
    }

    /// The attempt at a place without guards succeeded.
    #[inline]
    pub(crate) fn note_success(&self, place: impl Place) {
        if self.session.failures() > 0 {
            self.recovered(place);
        }
    }

    /// Asks the engine after an error at a site whose own policy counts, and tells of what it answers. It knows no type of the site's.
    pub(crate) fn after_error(&mut self, place: impl Place, verdict: Verdict, shown: Shown<'_>) -> Option<Pause> {
        let site = place.site();
        let step = self.decide(site, site.policy(), verdict);
        if observers::is_observed() {
            self.tell_step(site, site.policy(), step, verdict, &shown);
        }
        match step {
            Step::Sleep(delay) => Some(Pause::new(site, delay)),
            Step::Return(_) => None,
        }
    }

    /// Asks the engine after a failure, and tells of what it answers.
    #[inline]
    fn after_failure<E, G: Guards, P: Place>(
        &mut self,
        mut rules: Rules<'_, G, P>,
        verdict: Verdict,
        kind: FailureKind,
        failure: Failure<'_, E>,
        show: impl FnOnce(&E) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, E>),
    ) -> Step {
        let Rules { place, policy, .. } = rules;
        let site = place.site();
        let step = match (rules.backoff, rules.guards.guarded()) {
            (None, None) => self.decide(site, policy, verdict),
            (backoff, guards) => self.decide_with(site, policy, verdict, kind, backoff, guards),
        };
        if let Step::Sleep(delay) = step {
            notify(&Retrying { site, attempt: self.session.failures(), failure, delay });
        }
        if observers::is_observed() {
            self.tell_step(site, policy, step, verdict, &failure.words(show));
        }
        step
    }

    /// Not cold: of all that comes after a failure this is what costs. What most failures ask is asked here, the rest elsewhere.
    #[inline(never)]
    fn decide(&mut self, site: &'static Site, policy: &Policy, verdict: Verdict) -> Step {
        if verdict == Verdict::Retry && site.is_plain() {
            if let Some(delay) = self.session.decide_quickly(policy, rng::draw) {
                site.note_retry(self.session.failures() == 1);
                return Step::Sleep(delay);
            }
        }
        self.decide_with(site, policy, verdict, FailureKind::Transient, None, None)
    }

    #[cold]
    #[inline(never)]
    fn decide_with(
        &mut self,
        site: &'static Site,
        policy: &Policy,
        verdict: Verdict,
        kind: FailureKind,
        backoff: Option<&dyn Backoff>,
        mut guards: Option<&mut dyn Guarded>,
    ) -> Step {
        let Self { session, timer } = self;
        if let Some(guards) = &mut guards {
            guards.failed(kind);
        }
        let elapsed = &mut || timer.elapsed();
        let refusal = &mut |delay| guards.as_mut().and_then(|guards| guards.refusal(delay));
        let step = session.decide(policy, backoff, verdict, elapsed, &mut rng::draw, site.switched(), refusal);
        self.note(site, step);
        step
    }

    #[inline]
    fn note(&self, site: &'static Site, step: Step) {
        match step {
            Step::Sleep(_) => site.note_retry(self.session.failures() == 1),
            Step::Return(reason) => site.note_end(reason),
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_step(&self, site: &'static Site, policy: &Policy, step: Step, verdict: Verdict, failure: &dyn Words) {
        match step {
            Step::Sleep(delay) => observers::tell(&Event::AttemptFailed {
                site,
                attempt: self.session.failures(),
                max: policy.max(),
                delay,
                failure,
                verdict,
                waited: self.session.waited().saturating_sub(delay),
                elapsed: self.timer.elapsed(),
            }),
            Step::Return(reason) => self.tell_event_of_end(site, reason, failure),
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_event_of_end(&self, site: &'static Site, reason: StopReason, failure: &dyn Words) {
        observers::tell(&Event::GaveUp {
            site,
            reason,
            attempts: self.session.failures(),
            failure,
            waited: self.session.waited(),
            elapsed: self.timer.elapsed(),
        });
    }

    fn tell_end(&self, site: &'static Site, reason: StopReason, failure: &dyn Words) {
        site.join();
        site.note_end(reason);
        if observers::is_observed() {
            self.tell_event_of_end(site, reason, failure);
        }
    }
}

#[cfg(feature = "async")]
impl<C: Timer> Call<C> {
    /// Puts the call aside: the number of its failures, and what else it remembers.
    #[inline]
    pub(crate) fn aside(self) -> (u32, Aside<C>) {
        (self.session.failures(), Aside { memories: self.session.memories(), timer: self.timer })
    }
}

/// A call that is put aside, apart from the number of its failures. A future keeps that number beside the tag of its state, in bytes
/// that would be padding.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aside<C> {
    memories: Memories,
    timer: C,
}

#[cfg(feature = "async")]
impl<C: Timer> Aside<C> {
    /// Takes the call up again.
    #[inline]
    pub(crate) fn resume(&self, failures: u32) -> Call<C> {
        match failures {
            0 => Call::new(self.timer),
            _ => self.resume_retried(failures),
        }
    }

    /// Apart, so that a first attempt loads none of it.
    #[cold]
    #[inline(never)]
    fn resume_retried(&self, failures: u32) -> Call<C> {
        Call { session: Session::resume(failures, self.memories), timer: self.timer }
    }
}

impl Call<Started> {
    /// The attempt that begins now.
    pub fn attempt(&self, policy: &Policy) -> Attempt {
        Attempt { number: self.session.attempt(), max: policy.max(), deadline: policy.deadline(), started: self.timer }
    }
}

/// Answers the verdict on a failure and what it says of the other side, and nothing for a success. Exactly one classifier is asked, once.
#[inline]
fn judge<O, V, W>(
    outcome: &O,
    on: impl FnOnce(&O::Error) -> V,
    on_value: impl FnOnce(&O::Value) -> W,
) -> Option<(Verdict, FailureKind)>
where
    O: Outcome,
    V: IntoVerdict,
    W: IntoVerdict,
{
    match outcome.view() {
        Err(error) => {
            let verdict = on(error).into_verdict();
            Some((verdict, FailureKind::of_error(verdict)))
        }
        Ok(value) => match on_value(value).into_verdict() {
            Verdict::Stop => None,
            verdict => Some((verdict, FailureKind::Rejected)),
        },
    }
}

/// Hands an outcome back as what the function returns.
#[inline]
pub fn returned<O: Outcome>(outcome: O) -> O::Returned {
    outcome.into_returned()
}

/// Makes a verdict of what a classifier answers.
#[inline]
pub fn into_verdict<V: IntoVerdict>(answer: V) -> Verdict {
    answer.into_verdict()
}

/// Who is told of retries where nobody wants to know.
#[inline]
pub fn quiet<E>(_retrying: &Retrying<'_, E>) {}

/// The classifier of errors where only values are classified: no error is transient.
#[inline]
pub fn never<E: ?Sized>(_error: &E) -> bool {
    false
}

/// The classifier of values where only errors are classified: every value is good enough.
#[inline]
pub fn good_enough<T: ?Sized>(_value: &T) -> bool {
    false
}

/// What the body may know of the attempt that it is, by the key `attempt = name`.
///
/// # Examples
///
/// ```
/// fn log(attempt: reattempt_attempt::Attempt) {
///     eprintln!("attempt {} of {:?}", attempt.number(), attempt.max());
/// }
/// # mod reattempt_attempt { pub use retry_runtime::Attempt; }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    number: u32,
    max: Option<NonZeroU32>,
    deadline: Option<Duration>,
    started: Started,
}

impl Attempt {
    /// The number of this attempt, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How many attempts the policy allows in all; `None` where they are unlimited.
    pub fn max(&self) -> Option<NonZeroU32> {
        self.max
    }

    /// Whether this is the first attempt.
    pub fn is_first(&self) -> bool {
        self.number == 1
    }

    /// Whether no attempt can follow this one. An attempt may turn out to be the last for other reasons, such as the deadline.
    pub fn is_last(&self) -> bool {
        self.max.is_some_and(|max| self.number >= max.get())
    }

    /// The time since the call began, read from the clock now.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The time left until the deadline, read from the clock now: zero once it has passed, `None` without a deadline.
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_sub(self.elapsed()))
    }
}
