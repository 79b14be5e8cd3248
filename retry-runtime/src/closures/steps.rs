//! One attempt of a closure's call, before and after it: what the sync and the async driver have in common.

use super::end::End;
#[cfg(feature = "async")]
use super::end::EndTimed;
use super::keys::{Classify, Guarding, Keys, Notify, OwnStrategy, Paying, Refusing, Show};
use crate::engine::call::{Call, Rules};
use crate::engine::guards::Guards;
use crate::failure::classify::Verdict;
use crate::failure::error_display::Shown;
use crate::failure::outcome::Outcome;
#[cfg(feature = "async")]
use crate::failure::retry_error::TimedOut;
use crate::observe::event::Retrying;
use crate::observe::site::{Named, Place, Spot};
use crate::policy::Policy;
use crate::time::clock::{Begin, Timer};
use core::ops::ControlFlow;
use core::panic::Location;
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
    ) -> ControlFlow<Self::Returned, Duration>;

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
    /// With its name, as what leads to its site.
    pub(crate) fn place<M: Named>(self, name: M) -> Spot<'a, M> {
        Spot { location: self.location, policy: self.policy, name }
    }
}

/// The time that attempts have, or none.
pub trait Limiting<O: Outcome, X: End<O>> {
    /// What an attempt ends with.
    type Ended;

    /// Hands it to the engine.
    #[expect(clippy::too_many_arguments, reason = "as the engine's own steps")]
    fn step<C: Timer, G: Guards, P: Place>(
        end: &mut X,
        call: &mut Call<C>,
        rules: Rules<'_, G, P>,
        ended: Self::Ended,
        on: impl FnOnce(&O::Error) -> Verdict,
        on_value: impl FnOnce(&O::Value) -> Verdict,
        show: impl FnOnce(&O::Error) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, O::Error>),
    ) -> ControlFlow<X::Returned, Duration>;
}

impl<O: Outcome, X: End<O>> Limiting<O, X> for () {
    type Ended = O;

    #[inline]
    fn step<C: Timer, G: Guards, P: Place>(
        end: &mut X,
        call: &mut Call<C>,
        rules: Rules<'_, G, P>,
        ended: O,
        on: impl FnOnce(&O::Error) -> Verdict,
        on_value: impl FnOnce(&O::Value) -> Verdict,
        show: impl FnOnce(&O::Error) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, O::Error>),
    ) -> ControlFlow<X::Returned, Duration> {
        end.step(call, rules, ended, on, on_value, show, notify)
    }
}

/// The longest time for an attempt.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug)]
pub struct Within(pub(crate) Duration);

#[cfg(feature = "async")]
impl<O: Outcome, X: EndTimed<O>> Limiting<O, X> for Within {
    type Ended = Result<O, TimedOut>;

    #[inline]
    fn step<C: Timer, G: Guards, P: Place>(
        end: &mut X,
        call: &mut Call<C>,
        rules: Rules<'_, G, P>,
        ended: Result<O, TimedOut>,
        on: impl FnOnce(&O::Error) -> Verdict,
        on_value: impl FnOnce(&O::Value) -> Verdict,
        show: impl FnOnce(&O::Error) -> Shown<'_>,
        notify: impl FnOnce(&Retrying<'_, O::Error>),
    ) -> ControlFlow<X::Returned, Duration> {
        end.step_timed(call, rules, ended, on, on_value, show, notify)
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
            call.refuse(origin.place(self.name).site(), K::open(&open), self.budget.budget());
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
    ) -> ControlFlow<X::Returned, Duration> {
        let Self { on, on_value, notify, show, budget, end, strategy, name, .. } = self;
        let policy = strategy.policy(origin.policy);
        let place = Origin { policy, ..origin }.place(*name);
        let rules = Rules::at(place, policy, strategy.backoff(), K::guards(permit, budget));
        T::step(
            end,
            call,
            rules,
            ended,
            |error| on.verdict(error),
            |value| on_value.verdict(value),
            |error| show.shown(error),
            |retrying| notify.notify(retrying),
        )
    }

    #[inline]
    fn begin<Y: Timer>(&mut self, call: &Call<Y>) {
        self.end.begin(call);
    }
}
