//! The step: the one way from an attempt's outcome to "return" or "sleep", for annotated functions, closures and integrations.
//!
//! It asks the session, and passes the decision to `notify` and to the report. Code that runs on success is inline and generic. Code that runs after a failure is cold, and as little of it as possible is generic.

use crate::engine::call::Call;
use crate::engine::guards::{self, Guards, Withdrawn, admission, awaited_admission, payment};
use crate::engine::notify::{Notified, Notify};
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::engine::report::{Report, end, max_in_force, record, recovered, tell_retry, tell_unused};
use crate::engine::series::{Series, Timer};
use crate::engine::session::{OwnTimes, Session};
use crate::failure::attempt_failure::{Failure, Words};
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::classify::Verdict;
use crate::failure::error_display::ClassifiedError;
use crate::failure::outcome::CheckedOutcome;
use crate::failure::stop_reason::StopReason;
use crate::observe::event::Retrying;
use crate::observe::observers;
use crate::observe::site::Site;
use crate::overload::breaker::{CircuitBreaker, Permit};
use crate::overload::budget::Budget;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use crate::time::clock::Started;
use crate::time::rng;
use crate::time::switch::Switch;
use core::fmt;
use core::time::Duration;
use reattempt_policy::nanos::from_duration;

/// Decides what follows an attempt: returns the pause before the next attempt, or `None` if the call ends with this outcome.
///
/// The outcome is not moved: it may already be in memory that the caller provided. The classifier is called for errors only.
#[inline]
pub fn step<C: Timer, O: CheckedOutcome, R: Context<O::Error, O::Rejected>>(
    call: &mut Call<C>,
    mut context: R,
    outcome: &O,
    classify: impl FnOnce(&O::Error) -> ClassifiedError<O::Error>,
) -> Option<Pause> {
    match outcome.view() {
        Ok(_) => {
            context.succeeded();
            if call.session.failures() > 0 {
                recovered(&call.session, call.timer.started(), context.site());
            }
            None
        }
        Err(_) => failed(call, context.moved(), outcome, classify),
    }
}

/// Handles a failure. It views the outcome again, so that the code for a success stays small.
#[cold]
#[inline(never)]
fn failed<C: Timer, O: CheckedOutcome, R: Context<O::Error, O::Rejected>>(
    call: &mut Call<C>,
    context: R,
    outcome: &O,
    classify: impl FnOnce(&O::Error) -> ClassifiedError<O::Error>,
) -> Option<Pause> {
    let failure = outcome.view().err()?;
    let (verdict, words) = match failure {
        Failure::Error(error) => {
            let ClassifiedError { verdict, show } = classify(error);
            (verdict, Failure::Error(show(error)))
        }
        Failure::Rejected(_) => {
            let (verdict, shown) = outcome.rejection();
            (verdict, Failure::Rejected(shown))
        }
        Failure::TimedOut => (Verdict::Retry, Failure::TimedOut),
        Failure::Refused(open) => (Verdict::Stop, Failure::Refused(open)),
    };
    let report = Report { verdict, words: Words(words), started: call.timer.started() };
    context.decide(call, failure, &report)
}

/// The context of a call: its site and its own settings and guards.
pub trait Context<E, V>: Sized {
    /// Returns the site.
    fn site(&self) -> &'static Site;

    /// Reports that the attempt succeeded.
    fn succeeded(&mut self);

    /// Moves the context field by field. A value whose address is taken must be in memory, and a success must not pay for that write.
    #[must_use]
    fn moved(self) -> Self;

    /// Decides on a failure.
    fn decide<C: Timer>(self, call: &mut Call<C>, failure: Failure<&E, &V>, report: &Report<'_>) -> Option<Pause>;
}

/// The context of most functions: the site's own policy, without guards and without `notify`.
impl<E, V> Context<E, V> for &'static Site {
    #[inline]
    fn site(&self) -> &'static Site {
        self
    }

    #[inline]
    fn succeeded(&mut self) {}

    #[inline]
    fn moved(self) -> Self {
        self
    }

    #[inline]
    fn decide<C: Timer>(self, call: &mut Call<C>, failure: Failure<&E, &V>, report: &Report<'_>) -> Option<Pause> {
        match call.timer.series(None) {
            None => decide_at_site(&mut call.session, self, report),
            Some(_) => CallContext::new(self).decide(call, failure, report),
        }
    }
}

/// A site with the settings and guards of one call. `S` is the site, or finds it when it is needed. `A` asks whether the call is cancelled.
#[derive(Debug)]
pub struct CallContext<'a, N = (), S = &'static Site, A = (), W = ()> {
    pub(crate) site: S,
    pub(crate) settings: CallSettings<'a>,
    pub(crate) notify: N,
    pub(crate) cancel: A,
    pub(crate) refusals: W,
}

/// The settings and guards of one call, without the types of its function.
pub struct CallSettings<'a> {
    /// The policy of this call. If it is `None`, the site's own policy is used.
    pub(crate) policy: Option<&'a Policy>,
    pub(crate) own: OwnTimes<'a>,
    pub(crate) guards: Guards<'a>,
    /// Gets the end of the call, if `recover` answers before the event is sent.
    pub(crate) end: Option<&'a mut PendingEnd>,
}

impl fmt::Debug for CallSettings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallSettings").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl<'a> CallContext<'a> {
    /// Makes a context with the site only.
    #[inline]
    #[must_use]
    pub fn new(site: &'static Site) -> Self {
        let guards = Guards { budget: None, permit: None };
        Self {
            site,
            settings: CallSettings { policy: None, own: OwnTimes::NONE, guards, end: None },
            notify: (),
            cancel: (),
            refusals: (),
        }
    }

    /// Sets a policy for this call.
    #[inline]
    #[must_use]
    pub fn policy(mut self, policy: &'a Policy) -> Self {
        self.settings.policy = Some(policy);
        self
    }

    /// Sets a strategy of the user, which computes the delays.
    #[inline]
    #[must_use]
    pub fn strategy(mut self, strategy: &'a dyn Backoff) -> Self {
        self.settings.own.strategy = Some(strategy);
        self
    }

    /// Sets the time limit of each attempt, for a policy that may have a final attempt.
    #[inline]
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.own.timeout = timeout;
        self
    }

    /// Sets the budget that pays for retries.
    #[inline]
    #[must_use]
    pub fn budget(mut self, budget: &'a Budget) -> Self {
        self.settings.guards.budget = Some(budget);
        self
    }

    /// Sets the permit, by which the attempt is reported to its breaker.
    #[inline]
    #[must_use]
    pub fn permit(mut self, permit: Option<Permit<'a>>) -> Self {
        self.settings.guards.permit = permit;
        self
    }

    /// Sets where the end of the call is kept until `recover` has answered.
    #[inline]
    #[must_use]
    pub fn recover(mut self, end: &'a mut PendingEnd) -> Self {
        self.settings.end = Some(end);
        self
    }

    /// Sets a function that is called before the sleep of each retry. The type of the outcome determines the function's argument.
    #[inline]
    #[must_use]
    pub fn notify<O: CheckedOutcome, N: FnOnce(&Retrying<'_, O::Error, O::Rejected>)>(
        self,
        _outcome: &O,
        notify: N,
    ) -> CallContext<'a, Notify<N, O::Error, O::Rejected>> {
        let notify = Notify { notify, call: |notify, retrying| notify(retrying) };
        CallContext { site: self.site, settings: self.settings, notify, cancel: (), refusals: () }
    }
}

impl<'a, N> CallContext<'a, N> {
    /// Sets a function that returns whether the call is cancelled. It is called after a transient failure.
    #[inline]
    #[must_use]
    pub fn cancel<A: FnOnce() -> bool>(self, is_cancelled: A) -> CallContext<'a, N, &'static Site, A> {
        let Self { site, settings, notify, .. } = self;
        CallContext { site, settings, notify, cancel: is_cancelled, refusals: () }
    }
}

impl<'a, N, S, A> CallContext<'a, N, S, A> {
    /// Lets the call wait for its breaker.
    #[inline]
    #[must_use]
    pub fn wait_for_breaker(self) -> CallContext<'a, N, S, A, WaitsForBreaker> {
        let Self { site, settings, notify, cancel, .. } = self;
        CallContext { site, settings, notify, cancel, refusals: WaitsForBreaker }
    }
}

/// What a call does where its breaker refuses a retry: `()` ends the call.
pub trait Refusals {
    /// Decides after a failure.
    fn decide(
        session: &mut Session,
        series: Option<&mut Series>,
        site: &'static Site,
        call: CallSettings<'_>,
        report: &Report<'_>,
    ) -> Option<Pause>;
}

impl Refusals for () {
    #[inline]
    fn decide(
        session: &mut Session,
        series: Option<&mut Series>,
        site: &'static Site,
        call: CallSettings<'_>,
        report: &Report<'_>,
    ) -> Option<Pause> {
        match series {
            None => decide_with(session, site, call, report),
            Some(series) => decide_in_series(session, series, site, call, report),
        }
    }
}

/// The key `wait_for_breaker`: the call waits until the breaker admits it.
#[derive(Clone, Copy, Debug, Default)]
pub struct WaitsForBreaker;

impl Refusals for WaitsForBreaker {
    #[inline(never)]
    fn decide(
        session: &mut Session,
        series: Option<&mut Series>,
        site: &'static Site,
        call: CallSettings<'_>,
        report: &Report<'_>,
    ) -> Option<Pause> {
        let budget = call.guards.budget;
        let breaker = report_to_guards(site, call.policy, call.guards, report);
        let base = call.policy.unwrap_or_else(|| record(site).policy).settings().base();
        let guard = |delay, left| {
            let delay = awaited_admission(breaker, delay, base, left, &mut rng::draw)?;
            payment(budget).map(|()| delay)
        };
        let decided = decide(session, series, site, call.policy, &call.own, report, guard);
        decided.inspect_err(|reason| end(session, report.started, site, *reason, &report.words, None, call.end)).ok()
    }
}

/// Says whether a call is cancelled. `()` is a call that cannot be.
pub trait AsksForCancel {
    /// Returns `true` if the call is cancelled.
    fn ask(self) -> bool;
}

impl AsksForCancel for () {
    #[inline]
    fn ask(self) -> bool {
        false
    }
}

impl<A: FnOnce() -> bool> AsksForCancel for A {
    #[inline]
    fn ask(self) -> bool {
        self()
    }
}

impl<E, V, N, S, A, W> Context<E, V> for CallContext<'_, N, S, A, W>
where
    N: Notified<E, V>,
    S: Into<&'static Site> + Copy,
    A: AsksForCancel,
    W: Refusals,
{
    #[inline]
    fn site(&self) -> &'static Site {
        self.site.into()
    }

    #[inline]
    fn succeeded(&mut self) {
        self.settings.guards.succeeded();
    }

    #[inline]
    fn moved(self) -> Self {
        let Self { site, settings, notify, cancel, refusals } = self;
        let CallSettings { policy, own: OwnTimes { strategy, timeout }, guards: Guards { budget, permit }, end } =
            settings;
        let (own, guards) = (OwnTimes { strategy, timeout }, Guards { budget, permit });
        Self { site, settings: CallSettings { policy, own, guards, end }, notify, cancel, refusals }
    }

    #[inline]
    fn decide<C: Timer>(self, call: &mut Call<C>, failure: Failure<&E, &V>, report: &Report<'_>) -> Option<Pause> {
        let site = self.site.into();
        let Call { session, timer } = call;
        if report.verdict != Verdict::Stop && self.cancel.ask() {
            cancelled_before_sleep(session, site, self.settings, report);
            return None;
        }
        let (policy, budget) = (self.settings.policy, self.settings.guards.budget);
        let pause = W::decide(session, timer.series(policy), site, self.settings, report)?;
        let withdrawn = Withdrawn::from(budget);
        self.notify.notify(|| {
            let max = max_in_force(site, policy);
            Retrying { site, attempt: session.failures(), max, failure, delay: pause.delay() }
        });
        if observers::is_observed() {
            tell_retry(session, policy, report, pause);
            if timer.series(None).is_none() {
                tell_unused(site, policy);
            }
        }
        withdrawn.spend();
        Some(pause)
    }
}

/// Decides after a failure of a call without settings of its own, and reports to the observers.
///
/// It is not marked cold, because it is most of the cost of a failure.
#[inline(never)]
fn decide_at_site(session: &mut Session, site: &'static Site, report: &Report<'_>) -> Option<Pause> {
    let decided = decide(session, None, site, None, &OwnTimes::NONE, report, |delay, _| Ok(delay));
    let pause =
        decided.inspect_err(|reason| end(session, report.started, site, *reason, &report.words, None, None)).ok()?;
    if observers::is_observed() {
        tell_retry(session, None, report, pause);
    }
    Some(pause)
}

/// Reports a failure to the guards, and returns the breaker that may refuse the next attempt.
#[inline]
fn report_to_guards<'a>(
    site: &'static Site,
    policy: Option<&Policy>,
    guards: Guards<'a>,
    report: &Report<'_>,
) -> Option<&'a CircuitBreaker> {
    let max_hint = || policy.unwrap_or_else(|| record(site).policy).max_hint();
    guards.failed(&report.words.0, report.verdict, max_hint)
}

/// Decides after a failure of a call with settings or guards of its own. `notify` is called before the observers receive the event.
#[inline(never)]
fn decide_with(
    session: &mut Session,
    site: &'static Site,
    call: CallSettings<'_>,
    report: &Report<'_>,
) -> Option<Pause> {
    decide_guarded(session, None, site, call, report)
}

/// Decides as [`decide_with`] does, by the limits of a series. It is a separate function, so that a call without series pays nothing for it.
#[cold]
#[inline(never)]
fn decide_in_series(
    session: &mut Session,
    series: &mut Series,
    site: &'static Site,
    call: CallSettings<'_>,
    report: &Report<'_>,
) -> Option<Pause> {
    decide_guarded(session, Some(series), site, call, report)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "each caller knows whether there is a series")]
fn decide_guarded(
    session: &mut Session,
    series: Option<&mut Series>,
    site: &'static Site,
    call: CallSettings<'_>,
    report: &Report<'_>,
) -> Option<Pause> {
    let budget = call.guards.budget;
    let breaker = report_to_guards(site, call.policy, call.guards, report);
    let guard = |delay, left| {
        let delay = admission(breaker, delay, left)?;
        payment(budget).map(|()| delay)
    };
    let decided = decide(session, series, site, call.policy, &call.own, report, guard);
    decided.inspect_err(|reason| end(session, report.started, site, *reason, &report.words, None, call.end)).ok()
}

/// Ends a call that is cancelled when an attempt fails. The attempt is reported as any other.
#[cold]
#[inline(never)]
fn cancelled_before_sleep(session: &mut Session, site: &'static Site, call: CallSettings<'_>, report: &Report<'_>) {
    report_to_guards(site, call.policy, call.guards, report);
    session.cancel();
    end(session, report.started, site, StopReason::Cancelled, &report.words, None, call.end);
}

/// Ends a call that was cancelled during a sleep. The token of the retry is refunded.
#[cold]
pub fn cancelled_in_sleep<C: Timer, O: CheckedOutcome>(
    call: &mut Call<C>,
    pause: Pause,
    outcome: &O,
    show: impl FnOnce(&O::Error) -> ClassifiedError<O::Error>,
    budget: Option<&Budget>,
    pending: Option<&mut PendingEnd>,
) {
    if let Some(budget) = budget {
        budget.refund();
    }
    call.session.cancel_delay(pause.nanos());
    if let Err(failure) = outcome.view() {
        let words = failure.map(|error| (show(error).show)(error)).map_rejected(|_| outcome.rejection().1);
        end(&call.session, call.timer.started(), pause.site(), StopReason::Cancelled, &Words(words), None, pending);
    }
}

/// Decides after a failure, and counts a retry.
#[inline(always)]
#[expect(clippy::inline_always, reason = "each caller knows most of what is asked here")]
fn decide(
    session: &mut Session,
    series: Option<&mut Series>,
    site: &'static Site,
    policy: Option<&Policy>,
    own: &OwnTimes<'_>,
    report: &Report<'_>,
    guard: impl FnOnce(u64, Option<u64>) -> Result<u64, StopReason>,
) -> Result<Pause, StopReason> {
    let record = record(site);
    let policy = policy.unwrap_or(record.policy);
    let series = series.map(|series| {
        if series.was_healthy(policy) {
            series.restart(session);
        }
        *series
    });
    let before = series.map_or(0, |series| series.before);
    let elapsed = |waited| {
        let began = series.map_or(report.started, |series| Some(series.began));
        began.map_or(waited, Started::elapsed_nanos)
    };
    let retry = session.decide(policy, own, report.verdict, before, elapsed, rng::draw, record.switch(), guard)?;
    record.count_retry(retry.after == 1);
    Ok(Pause::new(site, retry.nanos))
}

/// Returns the pause after which a call with `wait_for_breaker` asks its breaker again, which has refused an attempt. Returns `None` if the call
/// ends: no probe may run before the deadline, or retries are switched off at the site. It counts as no attempt.
#[cold]
#[inline(never)]
pub fn wait_for_breaker<C: Timer>(
    call: &Call<C>,
    site: &'static Site,
    policy: &Policy,
    open: BreakerOpen,
) -> Option<Pause> {
    if record(site).switch() == Switch::OFF {
        return None;
    }
    let left = policy.deadline().map(|deadline| from_duration(deadline.saturating_sub(call.elapsed_in_series())));
    let base = policy.settings().base();
    let nanos = guards::wait(open, base, base, left, &mut rng::draw)?;
    Some(Pause::new(site, nanos))
}

/// Ends a call whose attempt the circuit breaker refused: counts it at the site and at the breaker, and sends the event, or leaves that to
/// `recover`. If the attempt was a retry, its token is refunded.
#[cold]
#[inline(never)]
pub fn refuse<C: Timer>(
    call: &Call<C>,
    site: &'static Site,
    breaker: &CircuitBreaker,
    open: BreakerOpen,
    budget: Option<&Budget>,
    pending: Option<&mut PendingEnd>,
) {
    if let (Some(budget), 1..) = (budget, call.session.failures()) {
        budget.refund();
    }
    let (refused_calls, failure) = (Some(breaker.count_refused_call()), Words(Failure::Refused(open)));
    end(&call.session, call.timer.started(), site, StopReason::BreakerOpen, &failure, refused_calls, pending);
}
