//! The work before and after one attempt, which blocking and async calls share.
//!
//! It passes the keys to the engine's step. It neither runs an attempt nor sleeps.

use super::cancelling::Cancelling;
use super::ending::{Ending, RefusedEnding};
use super::keys::{CheckValue, Checks, Classify, Keys, MaybeGiven, Rejects};
use super::requirements::{CanBeAwaited, OwnStrategy};
use crate::engine::call::Call;
use crate::engine::cancelled_sleep::cancelled_in_sleep;
use crate::engine::context::CallContext;
use crate::engine::decision::{CallSettings, Refusals, WaitsForBreaker};
use crate::engine::guards::{Guards, Watch, Withdrawn};
use crate::engine::notify::Notified;
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::engine::refusal;
use crate::engine::report::Report;
use crate::engine::series::Timer;
use crate::engine::session::OwnTimes;
use crate::engine::step::{self, Context};
use crate::failure::attempt_failure::Failure;
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::error_display::{ClassifiedError, Show, Shown};
use crate::failure::outcome::Outcome;
use crate::observe::site::Site;
use crate::overload::breaker::{CircuitBreaker, Permit};
use crate::overload::budget::Budget;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use core::any::type_name;
use core::convert::Infallible;
use core::marker::PhantomData;
use core::mem;
use core::ops::ControlFlow;
use core::panic::Location;
use core::time::Duration;

/// The policy of a call and its place in the source.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) location: &'static Location<'static>,
}

/// The site of a call. It is looked up only when it is needed.
#[derive(Clone, Copy)]
struct ClosureSite<'a, M> {
    origin: Origin<'a>,
    name: M,
}

impl<M: MaybeGiven<&'static str>> From<ClosureSite<'_, M>> for &'static Site {
    #[inline]
    fn from(site: ClosureSite<'_, M>) -> Self {
        Site::of_closure(site.origin.location, site.name.get(), site.origin.policy)
    }
}

/// The context of a call of a closure. The engine's own context is made from it after a failure only: a key that is not set is `()` here, so
/// a success does not write it to memory.
struct ClosureContext<'c, 'a, M, D, T, G, P, N, A, W> {
    site: ClosureSite<'c, M>,
    strategy: &'c Option<D>,
    timeout: T,
    budget: G,
    permit: P,
    guards: PhantomData<&'a ()>,
    end: Option<&'c mut PendingEnd>,
    notify: N,
    cancel: A,
    refusals: W,
}

impl<'a, M, D, T, G, P, N, A, W, E, V> Context<E, V> for ClosureContext<'_, 'a, M, D, T, G, P, N, A, W>
where
    M: MaybeGiven<&'static str> + Copy,
    D: OwnStrategy,
    T: MaybeGiven<Duration>,
    G: MaybeGiven<&'a Budget> + Copy,
    P: MaybeGiven<Permit<'a>> + Default,
    N: Notified<E, V>,
    A: Cancelling,
    W: Refusals,
{
    #[inline]
    fn site(&self) -> &'static Site {
        self.site.into()
    }

    #[inline]
    fn succeeded(&mut self) {
        Guards { budget: self.budget.get(), permit: mem::take(&mut self.permit).get() }.succeeded();
    }

    #[inline]
    fn moved(self) -> Self {
        let Self { site, strategy, timeout, budget, permit, guards, end, notify, cancel, refusals } = self;
        Self { site, strategy, timeout, budget, permit, guards, end, notify, cancel, refusals }
    }

    #[inline]
    fn decide<C: Timer>(self, call: &mut Call<C>, failure: Failure<&E, &V>, report: Report<'_>) -> Option<Pause> {
        let Self { site, strategy, timeout, budget, permit, end, notify, cancel, refusals, .. } = self;
        // A strategy of the caller replaces the policy's backoff and jitter.
        let without_strategy = strategy.as_ref().map(|_| site.origin.policy.with_strategy_of_its_own());
        let policy = without_strategy.as_ref().unwrap_or(site.origin.policy);
        let context = CallContext {
            site: ClosureSite { origin: Origin { policy, ..site.origin }, ..site },
            keys: CallSettings {
                policy: Some(policy),
                own: OwnTimes {
                    strategy: strategy.as_ref().map(|strategy| strategy as &dyn Backoff),
                    timeout: timeout.get(),
                },
                guards: Guards { budget: budget.get(), permit: permit.get() },
                end,
            },
            notify,
            cancel,
            refusals,
        };
        context.decide(call, failure, report)
    }
}

/// A circuit breaker, or none. It is a type parameter, because only a call with a breaker needs a return value for a refusal.
pub trait Breaking<'a> {
    /// The breaker's permit.
    type Permit: Default + MaybeGiven<Permit<'a>> + Watching;
    /// The refusal.
    type Open;
    /// Asks the breaker for a permit for an attempt.
    ///
    /// # Errors
    ///
    /// Returns the refusal.
    fn acquire(&self) -> Result<Self::Permit, Self::Open>;
    /// Ends a call whose attempt was refused, as the engine's `refuse` does.
    fn refuse<T: Timer>(
        &self,
        open: &Self::Open,
        call: &Call<T>,
        site: &'static Site,
        budget: Option<&Budget>,
        end: Option<&mut PendingEnd>,
    );
    /// What the call does where the breaker refuses a retry.
    type Refusals: Refusals + Default;
    /// The refusal that a call waits for, while it does.
    type Awaited: Copy + Into<Self::Open>;
    /// Returns the pause after which the breaker is asked again. `site` is called if it is needed.
    ///
    /// # Errors
    ///
    /// Returns the refusal if the call does not wait.
    fn wait<T: Timer>(
        &self,
        call: &Call<T>,
        policy: &Policy,
        site: impl FnOnce() -> &'static Site,
        open: Self::Open,
    ) -> Result<(Pause, Self::Awaited), Self::Open>;
}

impl Breaking<'_> for () {
    type Permit = ();
    type Open = Infallible;
    type Refusals = ();
    type Awaited = Infallible;

    fn acquire(&self) -> Result<(), Infallible> {
        Ok(())
    }

    fn refuse<T: Timer>(
        &self,
        never: &Infallible,
        _: &Call<T>,
        _: &'static Site,
        _: Option<&Budget>,
        _: Option<&mut PendingEnd>,
    ) {
        match *never {}
    }

    fn wait<T: Timer>(
        &self,
        _: &Call<T>,
        _: &Policy,
        _: impl FnOnce() -> &'static Site,
        open: Infallible,
    ) -> Result<(Pause, Infallible), Infallible> {
        Err(open)
    }
}

impl<'a> Breaking<'a> for &'a CircuitBreaker {
    type Permit = Option<Permit<'a>>;
    type Open = BreakerOpen;
    type Refusals = ();
    type Awaited = NeverAwaited;

    fn acquire(&self) -> Result<Self::Permit, BreakerOpen> {
        CircuitBreaker::acquire(self).map(Some)
    }

    fn refuse<T: Timer>(
        &self,
        open: &BreakerOpen,
        call: &Call<T>,
        site: &'static Site,
        budget: Option<&Budget>,
        end: Option<&mut PendingEnd>,
    ) {
        refusal::refuse(call, site, self, *open, budget, end);
    }

    fn wait<T: Timer>(
        &self,
        _: &Call<T>,
        _: &Policy,
        _: impl FnOnce() -> &'static Site,
        open: BreakerOpen,
    ) -> Result<(Pause, NeverAwaited), BreakerOpen> {
        Err(open)
    }
}

/// The refusal that a call without `wait_for_breaker` waits for. There is none.
#[derive(Clone, Copy, Debug)]
pub enum NeverAwaited {}

impl From<NeverAwaited> for BreakerOpen {
    fn from(never: NeverAwaited) -> Self {
        match never {}
    }
}

/// A circuit breaker that the call waits for: the key `wait_for_breaker`.
#[derive(Clone, Copy, Debug)]
pub struct Awaited<'a>(pub(crate) &'a CircuitBreaker);

impl<'a> CanBeAwaited for &'a CircuitBreaker {
    type Awaited = Awaited<'a>;

    fn awaited(self) -> Awaited<'a> {
        Awaited(self)
    }
}

impl<'a> Breaking<'a> for Awaited<'a> {
    type Permit = Option<Permit<'a>>;
    type Open = BreakerOpen;
    type Refusals = WaitsForBreaker;
    type Awaited = BreakerOpen;

    fn acquire(&self) -> Result<Self::Permit, BreakerOpen> {
        self.0.acquire().map(Some)
    }

    fn refuse<T: Timer>(
        &self,
        open: &BreakerOpen,
        call: &Call<T>,
        site: &'static Site,
        budget: Option<&Budget>,
        end: Option<&mut PendingEnd>,
    ) {
        self.0.refuse(open, call, site, budget, end);
    }

    fn wait<T: Timer>(
        &self,
        call: &Call<T>,
        policy: &Policy,
        site: impl FnOnce() -> &'static Site,
        open: BreakerOpen,
    ) -> Result<(Pause, BreakerOpen), BreakerOpen> {
        refusal::wait_for_breaker(call, site(), policy, open).map(|pause| (pause, open)).ok_or(open)
    }
}

/// A permit, or none, while a part of its attempt runs.
pub trait Watching {
    /// Runs a part of the attempt: a blocking run, or one poll. A panic is reported as a failure.
    fn watch<R>(&mut self, part: impl FnOnce() -> R) -> R;
}

impl Watching for () {
    #[inline]
    fn watch<R>(&mut self, part: impl FnOnce() -> R) -> R {
        part()
    }
}

impl Watching for Option<Permit<'_>> {
    #[inline]
    fn watch<R>(&mut self, part: impl FnOnce() -> R) -> R {
        let watch = Watch::new(self);
        let done = part();
        watch.end();
        done
    }
}

/// What follows a refusal: the call's return value, or the pause after which the breaker is asked again.
type Refused<R, W> = ControlFlow<R, (Pause, W)>;

/// A pause, with what the call keeps during it.
type Sleep<A, Q> = (Pause, <A as Cancelling>::Kept<Q>);

/// The permit of a call's breaker, or its refusal.
///
/// It is not a part of [`CallKeys`], because a future that contains a `RetryFuture` is `Send` only if the compiler finds this type without a
/// look at the functions of the keys, which take references to an error with lifetimes of its own.
pub trait HasPermit<'a> {
    /// The breaker's permit.
    type Permit: Default + Watching;
    /// The breaker's refusal, while the call waits for the breaker.
    type Awaited: Copy;
}

impl<'a, C, V, N, X, B: Breaking<'a>, G, M, H, D> HasPermit<'a> for Keys<C, V, N, X, B, G, M, H, D> {
    type Permit = B::Permit;
    type Awaited = B::Awaited;
}

/// The outcome of an attempt after `on_value`. It is no part of [`CallKeys`] for the same reason.
pub trait HasChecked<E> {
    /// The outcome.
    type Checked;
}

impl<E: Outcome, C, V: Checks<E>, N, X, B, G, M, H, D> HasChecked<E> for Keys<C, V, N, X, B, G, M, H, D> {
    type Checked = V::Checked;
}

/// All keys of a call together. `E` is the outcome of an attempt: `O`, or with a time limit the time-out.
pub trait CallKeys<'a, O, E>: HasPermit<'a> + HasChecked<E> {
    /// The return type of the call.
    type Returned;
    /// Whether the call has to record its start.
    const NEEDS_CLOCK: bool;

    /// Records the start of an attempt, and asks the breaker for a permit, if there is a breaker.
    ///
    /// # Errors
    ///
    /// Returns the call's return value if the breaker refuses, or the pause after which it is asked again.
    fn admit<T: Timer>(
        &mut self,
        call: &Call<T>,
        origin: Origin<'_>,
    ) -> Result<Self::Permit, Refused<Self::Returned, Self::Awaited>>;

    /// Ends the call if its wait for the breaker was cancelled. Otherwise the attempt begins anew.
    fn end_wait<T: Timer>(
        &mut self,
        call: &mut Call<T>,
        origin: Origin<'_>,
        is_cancelled: bool,
        awaited: Self::Awaited,
    ) -> ControlFlow<Self::Returned>;

    /// Decides what follows an attempt: a pause, with what the call keeps during it, or the end of the call. `timeout`
    /// is the time limit of each attempt, if there is one.
    fn step<T: Timer, A: Cancelling>(
        &mut self,
        call: &mut Call<T>,
        origin: Origin<'_>,
        cancel: A,
        timeout: impl MaybeGiven<Duration>,
        permit: Self::Permit,
        ended: E,
    ) -> ControlFlow<Self::Returned, Sleep<A, Self::Checked>>;

    /// Ends the call if its sleep was cancelled. Otherwise the outcome that was kept is dropped or goes into the history.
    fn end_sleep<T: Timer, A: Cancelling>(
        &mut self,
        call: &mut Call<T>,
        is_cancelled: bool,
        kept: A::Kept<Self::Checked>,
    ) -> ControlFlow<Self::Returned>;
}

impl<'a, O, E, W, C, V, N, X, B, G, M, H, D, R> CallKeys<'a, O, E> for Keys<C, V, N, X, B, G, M, H, Option<D>>
where
    O: Outcome,
    E: Outcome<Value = O::Value, Error = O::Error>,
    C: Classify<O::Error>,
    V: CheckValue<E> + Rejects<O::Value, Rejected = W>,
    for<'n> &'n mut N: Notified<O::Error, W>,
    X: Ending<O, E, W, Returned = R> + RefusedEnding<O, B::Open, W, R>,
    B: Breaking<'a>,
    G: MaybeGiven<&'a Budget> + Copy,
    M: MaybeGiven<&'static str> + Copy,
    H: MaybeGiven<Show<O::Error>> + Copy,
    D: OwnStrategy,
{
    type Returned = R;
    const NEEDS_CLOCK: bool = X::NEEDS_CLOCK;

    #[inline]
    fn admit<T: Timer>(&mut self, call: &Call<T>, origin: Origin<'_>) -> Result<B::Permit, Refused<R, B::Awaited>> {
        let Self { breaker, ending, budget, name, .. } = self;
        if call.session.failures() > 0 {
            ending.begin(call);
        }
        let withdrawn = Withdrawn::for_attempt(call, budget.get());
        let admitted = breaker.acquire();
        withdrawn.spend();
        admitted.map_err(|open| {
            let site = || ClosureSite { origin, name: *name }.into();
            match breaker.wait(call, origin.policy, site, open) {
                Ok(wait) => ControlFlow::Continue(wait),
                Err(open) => {
                    let mut end = PendingEnd::default();
                    breaker.refuse(&open, call, site(), budget.get(), X::RECOVERS.then_some(&mut end));
                    ControlFlow::Break(ending.refused(call, open, end))
                }
            }
        })
    }

    fn end_wait<T: Timer>(
        &mut self,
        call: &mut Call<T>,
        origin: Origin<'_>,
        is_cancelled: bool,
        awaited: B::Awaited,
    ) -> ControlFlow<R> {
        let Self { breaker, ending, budget, name, .. } = self;
        if !is_cancelled {
            ending.begin(call);
            call.begin_after_wait(origin.policy);
            return ControlFlow::Continue(());
        }
        let (open, mut end) = (awaited.into(), PendingEnd::default());
        let site = ClosureSite { origin, name: *name }.into();
        breaker.refuse(&open, call, site, budget.get(), X::RECOVERS.then_some(&mut end));
        ControlFlow::Break(ending.refused(call, open, end))
    }

    #[inline]
    fn step<T: Timer, A: Cancelling>(
        &mut self,
        call: &mut Call<T>,
        origin: Origin<'_>,
        cancel: A,
        timeout: impl MaybeGiven<Duration>,
        permit: B::Permit,
        ended: E,
    ) -> ControlFlow<R, Sleep<A, V::Checked>> {
        let Self { on, on_value, notify, ending, budget, name, show, strategy, .. } = self;
        let mut end = PendingEnd::default();
        let context = ClosureContext {
            site: ClosureSite { origin, name: *name },
            strategy: &*strategy,
            timeout,
            budget: *budget,
            permit,
            guards: PhantomData,
            end: X::RECOVERS.then_some(&mut end),
            notify,
            cancel,
            refusals: B::Refusals::default(),
        };
        let outcome = on_value.check(ended);
        let classify = |error: &O::Error| ClassifiedError::new(on.verdict(error), shown(*show));
        match step::step(call, context, &outcome, classify) {
            None => ControlFlow::Break(ending.ended(call, outcome, end)),
            Some(pause) => {
                let kept = A::keep(pause, outcome, |outcome| ending.keep(call, pause, outcome));
                ControlFlow::Continue((pause, kept))
            }
        }
    }

    #[inline]
    fn end_sleep<T: Timer, A: Cancelling>(
        &mut self,
        call: &mut Call<T>,
        is_cancelled: bool,
        kept: A::Kept<Self::Checked>,
    ) -> ControlFlow<R> {
        let Self { ending, budget, show, .. } = self;
        match A::kept(kept) {
            Some((pause, outcome)) if is_cancelled => {
                let show = |_: &O::Error| ClassifiedError::new(false, shown(*show));
                let mut end = PendingEnd::default();
                let pending = X::RECOVERS.then_some(&mut end);
                cancelled_in_sleep(call, pause, &outcome, show, budget.get(), pending);
                return ControlFlow::Break(ending.ended(call, outcome, end));
            }
            Some((pause, outcome)) => ending.keep(call, pause, outcome),
            None => {}
        }
        ControlFlow::Continue(())
    }
}

/// Returns the function that formats an error: the one that is set, or the name of the error's type.
fn shown<E>(show: impl MaybeGiven<Show<E>>) -> Show<E> {
    show.get().unwrap_or(|_| Shown::Name(type_name::<E>()))
}
