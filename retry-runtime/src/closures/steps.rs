//! One attempt of a closure's call, before and after it: what the sync and the async driver have in common.

use super::end::End;
#[cfg(feature = "async")]
use super::end::EndTimed;
use super::keys::{Classify, Guarding, Keys, Notify, OwnStrategy, Paying, Refusing, Show};
use crate::engine::call::Call;
use crate::engine::guards::Guards;
use crate::engine::pause::Pause;
use crate::engine::session::Session;
use crate::engine::step::{self, CallContext, CallSettings, Context, Notified, Report};
use crate::failure::attempt_failure::Failure;
use crate::failure::error_display::ClassifiedError;
#[cfg(feature = "async")]
use crate::failure::outcome::TimedOutcome;
use crate::failure::outcome::{CheckedOutcome, Outcome, check_value};
use crate::observe::event::Retrying;
use crate::observe::site::Site;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use crate::time::clock::{Begin, Timer};
#[cfg(feature = "async")]
use core::fmt::{self, Display};
use core::ops::ControlFlow;
use core::panic::Location;
#[cfg(feature = "async")]
use core::time::Duration;

/// All keys of a call together.
pub trait Steps<O: Outcome> {
    /// What the caller gets.
    type Returned;
    /// What the call knows of the time, if the operation needs `C`.
    type Timer<C: Begin>: Begin;
    /// What an attempt ends with: its outcome, or with `timeout` that or nothing.
    type Ended;
    /// The breaker's place.
    type Permit: Default;

    /// Asks the breaker for an attempt.
    ///
    /// # Errors
    ///
    /// What the caller gets of a refusal.
    fn admit<C: Timer>(&mut self, call: &Call<C>, origin: Origin<'_>) -> Result<Self::Permit, Self::Returned>;

    /// Takes what an attempt ended with.
    fn step<C: Timer>(
        &mut self,
        call: &mut Call<C>,
        origin: Origin<'_>,
        permit: Self::Permit,
        ended: Self::Ended,
    ) -> ControlFlow<Self::Returned, Pause>;

    /// Notes that the next attempt begins.
    fn begin<C: Timer>(&mut self, call: &Call<C>);
}

/// Where a call is, and its policy.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) location: &'static Location<'static>,
}

impl<'a> Origin<'a> {
    /// Returns the site, which is looked for here.
    fn site(self, name: Option<&'static str>) -> &'static Site {
        Site::of_closure(self.location, name, self.policy)
    }

    /// Shows the site, which is looked for only then.
    #[cfg(feature = "async")]
    pub(crate) fn place(self, name: impl Named) -> impl Display {
        struct Place<F>(F);
        impl<F: Fn() -> &'static Site> Display for Place<F> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0().fmt(f)
            }
        }
        Place(move || self.site(name.name()))
    }
}

/// The name of a closure's call, where it was given one.
pub trait Named: Copy {
    /// The name.
    fn name(self) -> Option<&'static str>;
}

impl Named for () {
    fn name(self) -> Option<&'static str> {
        None
    }
}

impl Named for &'static str {
    fn name(self) -> Option<&'static str> {
        Some(self)
    }
}

/// What holds for an attempt of a closure. Its site is looked for only when it is asked for.
struct ClosureContext<'a, M, N> {
    origin: Origin<'a>,
    name: M,
    strategy: Option<&'a dyn Backoff>,
    guards: Guards<'a>,
    notify: &'a mut N,
}

impl<E, M: Named, N: Notify<E>> Context<E> for ClosureContext<'_, M, N> {
    fn site(&self) -> &'static Site {
        self.origin.site(self.name.name())
    }

    #[inline]
    fn succeeded(&mut self) {
        self.guards.succeeded();
    }

    #[inline]
    fn moved(self) -> Self {
        let Self { origin, name, strategy, guards: Guards { budget, permit }, notify } = self;
        Self { origin, name, strategy, guards: Guards { budget, permit }, notify }
    }

    fn decide(self, session: &mut Session, failure: Failure<&E>, report: &Report<'_>) -> Option<Pause> {
        let site = self.site();
        let Self { origin, strategy, guards, notify, .. } = self;
        let settings = CallSettings { site, policy: Some(origin.policy), strategy, guards };
        CallContext { settings, notify: ByKey(notify) }.decide(session, failure, report)
    }
}

struct ByKey<'n, N>(&'n mut N);

impl<E, N: Notify<E>> Notified<E> for ByKey<'_, N> {
    fn notify(self, retrying: &Retrying<'_, E>) {
        self.0.notify(retrying);
    }
}

/// The time that attempts have, or none.
pub trait Limiting<O: Outcome, X: End<O>> {
    /// What an attempt ends with.
    type Ended: Outcome<Value = O::Value, Error = O::Error>;

    /// Ends the call with the outcome of its last attempt.
    fn ended<C: Timer>(end: &mut X, call: &Call<C>, outcome: CheckedOutcome<Self::Ended>) -> X::Returned;

    /// Keeps the failure of an attempt that another one follows.
    fn keep<C: Timer>(end: &mut X, call: &Call<C>, pause: Pause, outcome: CheckedOutcome<Self::Ended>);
}

impl<O: Outcome, X: End<O>> Limiting<O, X> for () {
    type Ended = O;

    #[inline]
    fn ended<C: Timer>(end: &mut X, call: &Call<C>, outcome: CheckedOutcome<O>) -> X::Returned {
        end.ended(call, outcome)
    }

    #[inline]
    fn keep<C: Timer>(end: &mut X, call: &Call<C>, pause: Pause, outcome: CheckedOutcome<O>) {
        end.keep(call, pause, outcome);
    }
}

/// The longest time for an attempt.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug)]
pub struct Within(pub(crate) Duration);

#[cfg(feature = "async")]
impl<O: Outcome, X: EndTimed<O>> Limiting<O, X> for Within {
    type Ended = TimedOutcome<O>;

    #[inline]
    fn ended<C: Timer>(end: &mut X, call: &Call<C>, outcome: CheckedOutcome<TimedOutcome<O>>) -> X::Returned {
        end.ended_timed(call, outcome)
    }

    #[inline]
    fn keep<C: Timer>(end: &mut X, call: &Call<C>, pause: Pause, outcome: CheckedOutcome<TimedOutcome<O>>) {
        end.keep_timed(call, pause, outcome);
    }
}

impl<O, C, V, N, H, B, K, X, S, T, M, D> Steps<O> for Keys<C, V, N, H, B, K, X, S, T, M, D>
where
    O: Outcome,
    C: Classify<O::Error>,
    V: Classify<O::Value>,
    N: Notify<O::Error>,
    H: Show<O::Error>,
    B: Paying,
    K: Guarding<B> + Refusing<O, X, Returned = X::Returned>,
    X: End<O>,
    T: Limiting<O, X>,
    M: Named,
    D: OwnStrategy,
{
    type Returned = X::Returned;
    type Timer<Y: Begin> = X::Timer<Y>;
    type Ended = T::Ended;
    type Permit = K::Permit;

    #[inline]
    fn admit<Y: Timer>(&mut self, call: &Call<Y>, origin: Origin<'_>) -> Result<K::Permit, X::Returned> {
        self.breaker.admit().map_err(|open| {
            step::refuse(call, origin.site(self.name.name()), K::open(&open), self.budget.budget());
            K::refused(&mut self.end, call, open)
        })
    }

    #[inline]
    fn step<Y: Timer>(
        &mut self,
        call: &mut Call<Y>,
        origin: Origin<'_>,
        permit: K::Permit,
        ended: T::Ended,
    ) -> ControlFlow<X::Returned, Pause> {
        let Self { on, on_value, notify, budget, end, strategy, name, .. } = self;
        let policy = strategy.policy(origin.policy);
        let context = ClosureContext {
            origin: Origin { policy, ..origin },
            name: *name,
            strategy: strategy.backoff(),
            guards: K::guards(permit, budget),
            notify,
        };
        let outcome = check_value(ended, |value| on_value.verdict(value));
        let classify = |error: &O::Error| ClassifiedError::new(on.verdict(error), H::show());
        match step::step(call, context, &outcome, classify) {
            None => ControlFlow::Break(T::ended(end, call, outcome)),
            Some(pause) => {
                T::keep(end, call, pause, outcome);
                ControlFlow::Continue(pause)
            }
        }
    }

    #[inline]
    fn begin<Y: Timer>(&mut self, call: &Call<Y>) {
        self.end.begin(call);
    }
}
