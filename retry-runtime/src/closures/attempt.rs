//! The work before and after one attempt, which blocking and async calls share.
//!
//! It passes the keys to the engine's step. It neither runs an attempt nor sleeps.

use super::breaking::{Breaking, Watching};
use super::cancelling::Cancelling;
use super::context::{ClosureKeys, ClosureSite, Origin};
use super::ending::{Ending, RefusedEnding};
use super::keys::{CheckValue, Checks, ChoosesStrategy, Classify, Keys, MaybeGiven, Rejects};
use super::operation::ClosureCall;
use crate::engine::cancelled_sleep::cancelled_in_sleep;
use crate::engine::context::CallContext;
use crate::engine::guards::Withdrawn;
use crate::engine::notify::Notified;
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::engine::step;
use crate::failure::error_display::{ClassifiedError, Show, Shown};
use crate::failure::outcome::Outcome;
use crate::overload::budget::Budget;
use core::any::type_name;
use core::marker::PhantomData;
use core::ops::ControlFlow;
use core::time::Duration;

/// What follows an attempt or a refusal: the call's return value, or a sleep with what the call keeps during it.
pub type Next<R, A, Q, B> = ControlFlow<R, (Pause, Kept<<A as Cancelling>::Kept<Q>, B>)>;

/// What a call keeps during a sleep. A call that cannot wait for its breaker has no refusal to keep, so it has one variant only.
#[derive(Clone, Copy, Debug)]
pub enum Kept<H, B> {
    /// The sleep follows an attempt.
    Outcome(H),
    /// The breaker has refused an attempt, and the call waits for it.
    Refusal(B),
}

impl<H: Default, B> Default for Kept<H, B> {
    #[inline]
    fn default() -> Self {
        Self::Outcome(H::default())
    }
}

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
    /// Returns what follows if the breaker refuses.
    #[expect(
        clippy::type_complexity,
        reason = "a name for it would hide that a refusal is followed by what may follow an attempt"
    )]
    fn admit<A: Cancelling>(
        &mut self,
        call: &ClosureCall,
        origin: Origin<'_>,
    ) -> Result<Self::Permit, Next<Self::Returned, A, Self::Checked, Self::Awaited>>;

    /// Decides what follows an attempt. `timeout` is the time limit of each attempt, if there is one.
    fn step<A: Cancelling>(
        &mut self,
        call: &mut ClosureCall,
        origin: Origin<'_>,
        cancel: A,
        timeout: impl MaybeGiven<Duration>,
        permit: Self::Permit,
        ended: E,
    ) -> Next<Self::Returned, A, Self::Checked, Self::Awaited>;

    /// Goes on after a sleep: ends the call if the sleep was cancelled, and otherwise begins the next attempt. An outcome that was kept is dropped
    /// or goes into the history.
    fn resume<A: Cancelling>(
        &mut self,
        call: &mut ClosureCall,
        origin: Origin<'_>,
        is_cancelled: bool,
        kept: Kept<A::Kept<Self::Checked>, Self::Awaited>,
    ) -> ControlFlow<Self::Returned>;
}

impl<'a, C, V, N, X, B, G, M, H, D> Keys<C, V, N, X, B, G, M, H, D>
where
    B: Breaking<'a>,
    G: MaybeGiven<&'a Budget> + Copy,
    M: MaybeGiven<&'static str> + Copy,
    D: ChoosesStrategy,
{
    /// Returns the call's site.
    fn site<'o>(&self, origin: Origin<'o>) -> ClosureSite<'o, M, D> {
        ClosureSite { origin, name: self.name, strategy: PhantomData }
    }

    /// Ends a call whose attempt was refused.
    fn refused<O, E: Outcome, W, R>(&mut self, call: &ClosureCall, origin: Origin<'_>, open: B::Open) -> R
    where
        X: Ending<O, E, W> + RefusedEnding<O, B::Open, W, R>,
    {
        let site = self.site(origin).into();
        let Self { breaker, ending, budget, .. } = self;
        let mut end = PendingEnd::default();
        breaker.refuse(&open, call, site, budget.get(), X::RECOVERS.then_some(&mut end));
        ending.refused(call, open, end)
    }
}

impl<'a, O, E, W, C, V, N, X, B, G, M, H, D, R> CallKeys<'a, O, E> for Keys<C, V, N, X, B, G, M, H, D>
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
    D: ChoosesStrategy,
{
    type Returned = R;
    const NEEDS_CLOCK: bool = X::NEEDS_CLOCK;

    #[inline]
    fn admit<A: Cancelling>(
        &mut self,
        call: &ClosureCall,
        origin: Origin<'_>,
    ) -> Result<B::Permit, Next<R, A, V::Checked, B::Awaited>> {
        if call.session.failures() > 0 {
            self.ending.begin(call);
        }
        let withdrawn = Withdrawn::for_attempt(call, self.budget.get());
        let admitted = self.breaker.acquire();
        withdrawn.spend();
        admitted.map_err(|open| {
            let site = || self.site(origin).into();
            match self.breaker.wait(call, origin.policy, site, &open) {
                Some((pause, awaited)) => ControlFlow::Continue((pause, Kept::Refusal(awaited))),
                None => ControlFlow::Break(self.refused::<O, E, W, R>(call, origin, open)),
            }
        })
    }

    #[inline]
    fn step<A: Cancelling>(
        &mut self,
        call: &mut ClosureCall,
        origin: Origin<'_>,
        cancel: A,
        timeout: impl MaybeGiven<Duration>,
        permit: B::Permit,
        ended: E,
    ) -> Next<R, A, V::Checked, B::Awaited> {
        let site = self.site(origin);
        let Self { on, on_value, notify, ending, budget, show, strategy, .. } = self;
        let (mut end, mut without_strategy) = (PendingEnd::default(), D::WithoutStrategy::default());
        let keys = ClosureKeys {
            policy: origin.policy,
            strategy: &*strategy,
            without_strategy: &mut without_strategy,
            timeout,
            budget: *budget,
            permit,
            guards: PhantomData,
            end: X::RECOVERS.then_some(&mut end),
        };
        let context = CallContext { site, keys, notify, cancel, refusals: B::Refusals::default() };
        let outcome = on_value.check(ended);
        let classify = |error: &O::Error| ClassifiedError::new(on.verdict(error), shown(*show));
        match step::step(call, context, &outcome, classify) {
            None => ControlFlow::Break(ending.ended(call, outcome, || shown(*show), end)),
            Some(pause) => {
                let kept = A::keep(pause, outcome, |outcome| ending.keep(call, pause, outcome));
                ControlFlow::Continue((pause, Kept::Outcome(kept)))
            }
        }
    }

    #[inline]
    fn resume<A: Cancelling>(
        &mut self,
        call: &mut ClosureCall,
        origin: Origin<'_>,
        is_cancelled: bool,
        kept: Kept<A::Kept<V::Checked>, B::Awaited>,
    ) -> ControlFlow<R> {
        let kept = match kept {
            Kept::Refusal(awaited) if is_cancelled => {
                return ControlFlow::Break(self.refused::<O, E, W, R>(call, origin, awaited.into()));
            }
            Kept::Refusal(_) => {
                self.ending.begin(call);
                call.begin_after_wait(origin.policy);
                return ControlFlow::Continue(());
            }
            Kept::Outcome(kept) => A::kept(kept),
        };
        let Self { ending, budget, show, .. } = self;
        match kept {
            Some((pause, outcome)) if is_cancelled => {
                let classify = |_: &O::Error| ClassifiedError::new(false, shown(*show));
                let mut end = PendingEnd::default();
                let pending = X::RECOVERS.then_some(&mut end);
                cancelled_in_sleep(call, pause, &outcome, classify, budget.get(), pending);
                return ControlFlow::Break(ending.ended(call, outcome, || shown(*show), end));
            }
            Some((pause, outcome)) => ending.keep(call, pause, outcome),
            None => {}
        }
        call.begin_attempt();
        ControlFlow::Continue(())
    }
}

/// Returns the function that formats an error: the one that is set, or the name of the error's type.
fn shown<E>(show: impl MaybeGiven<Show<E>>) -> Show<E> {
    show.get().unwrap_or(|_| Shown::Name(type_name::<E>()))
}
