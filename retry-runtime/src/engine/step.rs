//! The step: the one way from an attempt's outcome to "return" or "sleep", for annotated functions, closures and integrations.
//!
//! It asks the session, counts at the site, and tells `notify` and events what was decided. What runs on success is inline and generic; what runs
//! after a failure is cold, and as little of it as possible is generic.

use crate::engine::call::Call;
use crate::engine::guards::{FailureKind, Guards, refusal};
use crate::engine::pause::Pause;
use crate::engine::session::{Session, Step};
use crate::failure::attempt_failure::Failure;
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::classify::Verdict;
use crate::failure::error_display::{ClassifiedError, Shown};
use crate::failure::outcome::{Outcome, OutcomeView};
use crate::failure::stop_reason::StopReason;
use crate::observe::event::{Event, Retrying};
use crate::observe::observers;
use crate::observe::site::{Record, Site};
use crate::overload::breaker::Permit;
use crate::overload::budget::Budget;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use crate::time::clock::Timer;
use crate::time::rng;
use core::fmt;
use core::time::Duration;

/// Decides what follows an attempt: returns the pause before the next one, or `None` where the outcome is what the call ends with.
///
/// The outcome stays where it is: whoever called the function may have made the place for it. The classifier is asked of an error alone.
#[inline]
pub fn step<C: Timer, O: Outcome, R: Context<O::Error>>(
    call: &mut Call<C>,
    mut context: R,
    outcome: &O,
    classify: impl FnOnce(&O::Error) -> ClassifiedError<O::Error>,
) -> Option<Pause> {
    match outcome.view() {
        OutcomeView::Success(_) => {
            context.succeeded();
            if call.session.failures() > 0 {
                recovered(&call.session, &mut || call.timer.elapsed(), context.site());
            }
            None
        }
        _ => failed(call, context.moved(), outcome, classify),
    }
}

/// The outcome is looked at once more here, out of the way of a success.
#[cold]
#[inline(never)]
fn failed<C: Timer, O: Outcome, R: Context<O::Error>>(
    call: &mut Call<C>,
    context: R,
    outcome: &O,
    classify: impl FnOnce(&O::Error) -> ClassifiedError<O::Error>,
) -> Option<Pause> {
    let (failure, report) = match outcome.view() {
        OutcomeView::Success(_) => return None,
        OutcomeView::Error(error) => {
            let ClassifiedError { verdict, show } = classify(error);
            (Failure::Error(error), Report { verdict, words: Failure::Error(show(error)) })
        }
        OutcomeView::Rejected(verdict) => (Failure::Rejected, Report { verdict, words: Failure::Rejected }),
        OutcomeView::TimedOut => (Failure::TimedOut, Report { verdict: Verdict::Retry, words: Failure::TimedOut }),
    };
    let Call { session, timer } = call;
    context.decide(session, &mut || timer.elapsed(), failure, &report)
}

/// Where a call is and what holds for it: its site, and whatever else it has of its own.
pub trait Context<E>: Sized {
    /// Returns the site.
    fn site(&self) -> &'static Site;

    /// Reports that the attempt succeeded.
    fn succeeded(&mut self);

    /// Moves the context, field by field: what has an address is written to memory, and a success must not wait for that.
    #[must_use]
    fn moved(self) -> Self;

    /// Decides on a failure.
    fn decide(
        self,
        session: &mut Session,
        elapsed: Elapsed<'_>,
        failure: Failure<&E>,
        report: &Report<'_>,
    ) -> Option<Pause>;
}

/// The time since the call began, where it is known.
pub(crate) type Elapsed<'a> = &'a mut dyn FnMut() -> Option<Duration>;

/// A failure without its type.
#[derive(Debug)]
pub struct Report<'a> {
    verdict: Verdict,
    words: Failure<Shown<'a>>,
}

impl Report<'_> {
    fn kind(&self) -> FailureKind {
        match (&self.words, self.verdict) {
            (Failure::Rejected, _) => FailureKind::Rejected,
            (_, Verdict::Stop) => FailureKind::Permanent,
            (_, Verdict::Retry | Verdict::RetryAfter(_)) => FailureKind::Transient,
        }
    }
}

/// The site's own policy, and nobody who guards the attempts or is told of retries: the context of most functions.
impl<E> Context<E> for &'static Site {
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
    fn decide(self, session: &mut Session, elapsed: Elapsed<'_>, _: Failure<&E>, report: &Report<'_>) -> Option<Pause> {
        decide(session, elapsed, self, report, None)
    }
}

/// A site with what a call has of its own.
pub struct CallContext<'a, N = ()> {
    pub(crate) site: &'static Site,
    /// The site's own where there is none.
    pub(crate) policy: Option<&'a Policy>,
    pub(crate) strategy: Option<&'a dyn Backoff>,
    pub(crate) guards: Guards<'a>,
    pub(crate) notify: N,
}

impl<N> fmt::Debug for CallContext<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallContext").field("site", &self.site).field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl<'a> CallContext<'a> {
    /// Starts with the site alone.
    #[inline]
    #[must_use]
    pub fn new(site: &'static Site) -> Self {
        Self { site, policy: None, strategy: None, guards: Guards { budget: None, permit: None }, notify: () }
    }

    /// Takes the settings from a policy of this call.
    #[inline]
    #[must_use]
    pub fn policy(self, policy: &'a Policy) -> Self {
        Self { policy: Some(policy), ..self }
    }

    /// Takes the delays from a strategy of the user's.
    #[inline]
    #[must_use]
    pub fn strategy(self, strategy: &'a dyn Backoff) -> Self {
        Self { strategy: Some(strategy), ..self }
    }

    /// Pays for retries from a budget.
    #[inline]
    #[must_use]
    pub fn budget(self, budget: &'a Budget) -> Self {
        Self { guards: Guards { budget: Some(budget), ..self.guards }, ..self }
    }

    /// Reports to the breaker that gave the permit.
    #[inline]
    #[must_use]
    pub fn permit(self, permit: Permit<'a>) -> Self {
        Self { guards: Guards { permit: Some(permit), ..self.guards }, ..self }
    }

    /// Tells a function of each retry before its sleep. The type of the outcome says what it is told of.
    #[inline]
    #[must_use]
    pub fn notify<O: Outcome, N: FnOnce(&Retrying<'_, O::Error>)>(
        self,
        _outcome: &O,
        notify: N,
    ) -> CallContext<'a, Notify<N>> {
        let Self { site, policy, strategy, guards, .. } = self;
        CallContext { site, policy, strategy, guards, notify: Notify(notify) }
    }
}

/// Receives retries before their sleeps, or ignores them.
pub trait Notified<E> {
    /// Receives a retry.
    fn notify(self, retrying: &Retrying<'_, E>);
}

impl<E> Notified<E> for () {
    #[inline]
    fn notify(self, _: &Retrying<'_, E>) {}
}

/// The function of the key `notify`.
#[derive(Debug)]
pub struct Notify<N>(N);

impl<E, N: FnOnce(&Retrying<'_, E>)> Notified<E> for Notify<N> {
    #[inline]
    fn notify(self, retrying: &Retrying<'_, E>) {
        (self.0)(retrying);
    }
}

impl<E, N: Notified<E>> Context<E> for CallContext<'_, N> {
    #[inline]
    fn site(&self) -> &'static Site {
        self.site
    }

    #[inline]
    fn succeeded(&mut self) {
        self.guards.succeeded();
    }

    #[inline]
    fn moved(self) -> Self {
        let Self { site, policy, strategy, guards: Guards { budget, permit }, notify } = self;
        Self { site, policy, strategy, guards: Guards { budget, permit }, notify }
    }

    fn decide(
        self,
        session: &mut Session,
        elapsed: Elapsed<'_>,
        failure: Failure<&E>,
        report: &Report<'_>,
    ) -> Option<Pause> {
        let Self { site, policy, strategy, guards, notify } = self;
        let mut notify = Some(notify);
        let notify = &mut |attempt, delay| {
            if let Some(notify) = notify.take() {
                notify.notify(&Retrying { site, attempt, failure, delay });
            }
        };
        decide(session, elapsed, site, report, Some(&mut Extras { policy, strategy, guards, notify }))
    }
}

/// What a call has of its own, without its types.
struct Extras<'a, 'n> {
    policy: Option<&'a Policy>,
    strategy: Option<&'a dyn Backoff>,
    guards: Guards<'a>,
    notify: &'n mut dyn FnMut(u32, Duration),
}

/// Asks the session after a failure, counts what it says, and tells of it: the function first, then the observers.
///
/// Not cold: of all that follows a failure this is what costs.
#[inline(never)]
fn decide(
    session: &mut Session,
    elapsed: Elapsed<'_>,
    site: &'static Site,
    report: &Report<'_>,
    mut extras: Option<&mut Extras<'_, '_>>,
) -> Option<Pause> {
    let (mut policy, mut strategy, mut budget, mut breaker) = (None, None, None, None);
    if let Some(extras) = &mut extras {
        (policy, strategy) = (extras.policy, extras.strategy);
        breaker = extras.guards.failed(report.kind());
        budget = extras.guards.budget;
    }
    let record = record(site);
    let policy = policy.unwrap_or(record.policy());
    let refusal = &mut |delay| refusal(breaker, budget, delay);
    let step = session.decide(policy, strategy, report.verdict, elapsed, &mut rng::draw, record.switch(), refusal);
    match step {
        Step::Sleep(delay) => {
            record.count_retry(session.failures() == 1);
            if let Some(extras) = extras {
                (extras.notify)(session.failures(), delay);
            }
        }
        Step::Return(reason) => record.count_end(reason),
    }
    if observers::is_observed() {
        tell(session, elapsed, site, policy, step, report);
    }
    match step {
        Step::Sleep(delay) => Some(Pause::new(site, delay)),
        Step::Return(_) => None,
    }
}

/// Returns the record of a site that fails.
#[inline]
fn record(site: &'static Site) -> &'static Record {
    match site.listed() {
        Some(record) => record,
        None => first_record(site),
    }
}

/// Lists a site that fails for the first time, and tells if its settings could not be read.
#[cold]
#[inline(never)]
fn first_record(site: &'static Site) -> &'static Record {
    let record = site.list();
    if let (Some(fault), true) = (record.fault(), observers::is_observed()) {
        observers::tell(&Event::Adjusted {
            site,
            key: "policy",
            change: format_args!("{fault}; the defaults are used"),
        });
    }
    record
}

#[cold]
#[inline(never)]
fn tell(
    session: &Session,
    elapsed: Elapsed<'_>,
    site: &'static Site,
    policy: &Policy,
    step: Step,
    report: &Report<'_>,
) {
    match step {
        Step::Sleep(delay) => observers::tell(&Event::AttemptFailed {
            site,
            attempt: session.failures(),
            max: policy.max(),
            delay,
            failure: format_args!("{}", report.words),
            verdict: report.verdict,
            waited: session.waited().saturating_sub(delay),
            elapsed: elapsed(),
        }),
        Step::Return(reason) => tell_end(session, elapsed, site, reason, format_args!("{}", report.words)),
    }
}

#[cold]
#[inline(never)]
fn tell_end(
    session: &Session,
    elapsed: Elapsed<'_>,
    site: &'static Site,
    reason: StopReason,
    failure: fmt::Arguments<'_>,
) {
    observers::tell(&Event::GaveUp {
        site,
        reason,
        attempts: session.failures(),
        failure,
        waited: session.waited(),
        elapsed: elapsed(),
    });
}

/// Counts and tells that a call succeeded which had failed before.
#[cold]
#[inline(never)]
fn recovered(session: &Session, elapsed: Elapsed<'_>, site: &'static Site) {
    record(site).count_recovery();
    if observers::is_observed() {
        observers::tell(&Event::Recovered {
            site,
            attempts: session.attempt(),
            waited: session.waited(),
            elapsed: elapsed(),
        });
    }
}

/// Counts and tells that the circuit breaker refused an attempt, which ends the call. If it would have been a retry, its token goes back.
#[cold]
#[inline(never)]
pub fn refuse<C: Timer>(call: &Call<C>, site: &'static Site, open: &BreakerOpen, budget: Option<&Budget>) {
    if let (Some(budget), 1..) = (budget, call.session.failures()) {
        budget.refund();
    }
    record(site).count_end(StopReason::BreakerOpen);
    if observers::is_observed() {
        tell_end(&call.session, &mut || call.timer.elapsed(), site, StopReason::BreakerOpen, format_args!("{open}"));
    }
}
