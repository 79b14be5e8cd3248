//! The context of a call: its site, and the keys that it has of its own.
//!
//! A key that a call does not have is no part of its type. So a success does not write it to memory, and the settings of the call are made after a
//! failure only.

use crate::engine::call::Call;
use crate::engine::decision::{CallSettings, Decision, Refusals, WaitsForBreaker, decide_at_site};
use crate::engine::guards::Withdrawn;
use crate::engine::notify::{Notified, Notify};
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::engine::report::{Report, max_in_force, tell_retry};
use crate::engine::series::Timer;
use crate::engine::step::Context;
use crate::failure::attempt_failure::Failure;
use crate::failure::classify::Verdict;
use crate::failure::outcome::CheckedOutcome;
use crate::observe::event::Retrying;
use crate::observe::observers;
use crate::observe::site::Site;
use crate::overload::breaker::Permit;
use crate::overload::budget::Budget;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use core::time::Duration;

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
    fn decide<C: Timer>(self, call: &mut Call<C>, failure: Failure<&E, &V>, report: Report<'_>) -> Option<Pause> {
        match call.timer.series(None) {
            None => decide_at_site(&mut call.session, self, &report),
            Some(_) => CallContext::new(self).decide(call, failure, report),
        }
    }
}

/// A site with the keys of one call. `K` has the settings and guards. `S` is the site, or finds it when it is needed. `A` asks whether the call
/// is cancelled.
#[derive(Debug)]
pub struct CallContext<K = (), N = (), S = &'static Site, A = (), W = ()> {
    pub(crate) site: S,
    pub(crate) keys: K,
    pub(crate) notify: N,
    pub(crate) cancel: A,
    pub(crate) refusals: W,
}

impl CallContext {
    /// Makes a context with the site only.
    #[inline]
    #[must_use]
    pub fn new(site: &'static Site) -> Self {
        Self { site, keys: (), notify: (), cancel: (), refusals: () }
    }
}

impl<K> CallContext<K> {
    /// Adds a key.
    #[inline]
    pub(crate) fn with<V>(self, value: V) -> CallContext<(K, V)> {
        CallContext { site: self.site, keys: (self.keys, value), notify: (), cancel: (), refusals: () }
    }

    /// Sets a policy for this call.
    #[inline]
    #[must_use]
    pub fn policy(self, policy: &Policy) -> CallContext<(K, &Policy)> {
        self.with(policy)
    }

    /// Sets a strategy of the user, which computes the delays.
    #[inline]
    #[must_use]
    pub fn strategy(self, strategy: &dyn Backoff) -> CallContext<(K, &dyn Backoff)> {
        self.with(strategy)
    }

    /// Sets the time limit of each attempt, for a policy that may have a final attempt.
    #[inline]
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> CallContext<(K, Duration)> {
        self.with(timeout)
    }

    /// Sets the budget that pays for retries.
    #[inline]
    #[must_use]
    pub fn budget(self, budget: &Budget) -> CallContext<(K, Option<&Budget>)> {
        self.with(Some(budget))
    }

    /// Sets the permit, by which the attempt is reported to its breaker.
    #[inline]
    #[must_use]
    pub fn permit(self, permit: Option<Permit<'_>>) -> CallContext<(K, Option<Permit<'_>>)> {
        self.with(permit)
    }

    /// Sets where the end of the call is kept until `recover` has answered.
    #[inline]
    #[must_use]
    pub fn recover(self, end: &mut PendingEnd) -> CallContext<(K, &mut PendingEnd)> {
        self.with(end)
    }

    /// Sets a function that is called before the sleep of each retry. The type of the outcome determines the function's argument.
    #[inline]
    #[must_use]
    pub fn notify<O: CheckedOutcome, N: FnOnce(&Retrying<'_, O::Error, O::Rejected>)>(
        self,
        _outcome: &O,
        notify: N,
    ) -> CallContext<K, Notify<N, O::Error, O::Rejected>> {
        let notify = Notify { notify, call: |notify, retrying| notify(retrying) };
        CallContext { site: self.site, keys: self.keys, notify, cancel: (), refusals: () }
    }
}

impl<K, N> CallContext<K, N> {
    /// Sets a function that returns whether the call is cancelled. It is called after a transient failure.
    #[inline]
    #[must_use]
    pub fn cancel<A: FnOnce() -> bool>(self, is_cancelled: A) -> CallContext<K, N, &'static Site, A> {
        let Self { site, keys, notify, .. } = self;
        CallContext { site, keys, notify, cancel: is_cancelled, refusals: () }
    }
}

impl<K, N, S, A> CallContext<K, N, S, A> {
    /// Lets the call wait for its breaker.
    #[inline]
    #[must_use]
    pub fn wait_for_breaker(self) -> CallContext<K, N, S, A, WaitsForBreaker> {
        let Self { site, keys, notify, cancel, .. } = self;
        CallContext { site, keys, notify, cancel, refusals: WaitsForBreaker }
    }
}

/// The settings and guards that a call has of its own: `((), first)`, `(((), first), second)`, and so on.
pub trait Keys<'a>: Sized {
    /// Reports that the attempt, and so the call, succeeded.
    fn succeeded(&mut self);

    /// Returns all of them.
    fn settings(self) -> CallSettings<'a>;

    /// Moves each of them, as [`Context::moved`] does.
    #[must_use]
    fn moved(self) -> Self;
}

impl<'a> Keys<'a> for () {
    #[inline]
    fn succeeded(&mut self) {}

    #[inline]
    fn settings(self) -> CallSettings<'a> {
        CallSettings::default()
    }

    #[inline]
    fn moved(self) -> Self {}
}

/// The settings are known already.
impl<'a> Keys<'a> for CallSettings<'a> {
    #[inline]
    fn succeeded(&mut self) {
        self.guards.succeeded();
    }

    #[inline]
    fn settings(self) -> Self {
        self
    }

    #[inline]
    fn moved(self) -> Self {
        self
    }
}

impl<'a, K: Keys<'a>, V: Key<'a>> Keys<'a> for (K, V) {
    #[inline]
    fn succeeded(&mut self) {
        self.0.succeeded();
        self.1.succeeded();
    }

    #[inline]
    fn settings(self) -> CallSettings<'a> {
        let mut settings = self.0.settings();
        self.1.set(&mut settings);
        settings
    }

    #[inline]
    fn moved(self) -> Self {
        let (keys, value) = self;
        (keys.moved(), value)
    }
}

/// A setting or a guard of one call.
pub trait Key<'a> {
    /// Reports that the attempt, and so the call, succeeded, if this is a guard.
    #[inline]
    fn succeeded(&mut self) {}

    /// Sets it.
    fn set(self, settings: &mut CallSettings<'a>);
}

impl<'a> Key<'a> for &'a Policy {
    #[inline]
    fn set(self, settings: &mut CallSettings<'a>) {
        settings.policy = Some(self);
    }
}

impl<'a> Key<'a> for &'a dyn Backoff {
    #[inline]
    fn set(self, settings: &mut CallSettings<'a>) {
        settings.own.strategy = Some(self);
    }
}

impl<'a> Key<'a> for Duration {
    #[inline]
    fn set(self, settings: &mut CallSettings<'a>) {
        settings.own.timeout = Some(self);
    }
}

impl<'a> Key<'a> for Option<&'a Budget> {
    #[inline]
    fn succeeded(&mut self) {
        if let Some(budget) = self {
            budget.deposit();
        }
    }

    #[inline]
    fn set(self, settings: &mut CallSettings<'a>) {
        settings.guards.budget = self;
    }
}

impl<'a> Key<'a> for Option<Permit<'a>> {
    #[inline]
    fn succeeded(&mut self) {
        if let Some(permit) = self.take() {
            permit.success();
        }
    }

    #[inline]
    fn set(self, settings: &mut CallSettings<'a>) {
        settings.guards.permit = self;
    }
}

impl<'a> Key<'a> for &'a mut PendingEnd {
    #[inline]
    fn set(self, settings: &mut CallSettings<'a>) {
        settings.end = Some(self);
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

impl<'a, E, V, K, N, S, A, W> Context<E, V> for CallContext<K, N, S, A, W>
where
    K: Keys<'a>,
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
        self.keys.succeeded();
    }

    #[inline]
    fn moved(self) -> Self {
        let Self { site, keys, notify, cancel, refusals } = self;
        Self { site, keys: keys.moved(), notify, cancel, refusals }
    }

    #[inline]
    fn decide<C: Timer>(self, call: &mut Call<C>, failure: Failure<&E, &V>, report: Report<'_>) -> Option<Pause> {
        let (site, settings) = (self.site.into(), self.keys.settings());
        let (policy, budget) = (settings.policy, settings.guards.budget);
        let Call { session, timer } = call;
        let mut decision = Decision { session, site, settings, report };
        if decision.report.verdict != Verdict::Stop && self.cancel.ask() {
            decision.cancel();
            return None;
        }
        let pause = W::decide(&mut decision, timer.series(policy))?;
        let withdrawn = Withdrawn::from(budget);
        self.notify.notify(|| {
            let max = max_in_force(site, policy);
            Retrying { site, attempt: decision.session.failures(), max, failure, delay: pause.delay() }
        });
        if observers::is_observed() {
            tell_retry(decision.session, policy, &decision.report, pause);
        }
        withdrawn.spend();
        Some(pause)
    }
}
