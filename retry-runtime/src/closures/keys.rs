//! The keys that the methods of a [`Retry`](super::Retry) set. It has no rules of retrying.
//!
//! A key that is not set is `()`, so it takes no room in a future.

use crate::engine::notify::Notified;
use crate::failure::classify::{self, IntoVerdict, Transient, Verdict};
use crate::failure::outcome::{CheckedOutcome, Outcome, OutcomeWithVerdict, check_value};
use crate::failure::rejected_value::{Hidden, Shown};
use crate::observe::event::Retrying;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use core::convert::Infallible;
use core::fmt::Debug;

/// The keys of a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keys<C, V, N, X, B, G, M, H, D> {
    pub(crate) on: C,
    pub(crate) on_value: V,
    pub(crate) notify: N,
    pub(crate) ending: X,
    pub(crate) breaker: B,
    pub(crate) budget: G,
    pub(crate) name: M,
    pub(crate) show: H,
    pub(crate) strategy: D,
}

/// A function as the value of a key.
#[derive(Clone, Copy, Debug)]
pub struct By<F>(pub(crate) F);

/// An optional value of a key.
pub trait MaybeGiven<T> {
    /// Returns the value.
    fn get(self) -> Option<T>;
}

impl<T> MaybeGiven<T> for () {
    fn get(self) -> Option<T> {
        None
    }
}

impl<T> MaybeGiven<T> for Option<T> {
    fn get(self) -> Self {
        self
    }
}

/// Classifies errors.
#[diagnostic::on_unimplemented(
    message = "nothing says which failures of type `{E}` are transient",
    label = "`{E}` does not implement `Transient`, and this call has no classifier",
    note = "name a classifier, such as `.on(is_transient)` or `.on(|error| matches!(error, ...))`",
    note = "or derive or implement `reattempt::Transient` for the error type; to retry on every failure, say so: `.on(reattempt::any_error)`",
    note = "the failure of an `Option` is its `None`, and has the type `NoneError`: to retry on `None`, write `.on(reattempt::any_error)`",
    note = "to retry on none, only on what `.on_value(...)` rejects, say so: `.on(reattempt::no_error)`"
)]
pub trait Classify<E> {
    /// Returns the verdict.
    fn verdict(&mut self, error: &E) -> Verdict;
}

/// Without `on`, the error classifies itself.
#[diagnostic::do_not_recommend]
impl<E: Transient> Classify<E> for () {
    fn verdict(&mut self, error: &E) -> Verdict {
        classify::transient(error)
    }
}

impl<E, C: FnMut(&E) -> A, A: IntoVerdict> Classify<E> for By<C> {
    fn verdict(&mut self, error: &E) -> Verdict {
        self.0(error).into_verdict()
    }
}

/// The function of `on_value`, where [`debug_value`](super::Retry::debug_value) shows what it rejects.
#[derive(Clone, Copy, Debug)]
pub struct ShowingRejected<F>(pub(crate) F);

/// The type of the values that a call rejects, of values of type `T`.
pub trait Rejects<T> {
    /// `T`, or without `on_value` `Infallible`.
    type Rejected;
}

impl<T> Rejects<T> for () {
    type Rejected = Infallible;
}

impl<T, F> Rejects<T> for By<F> {
    type Rejected = T;
}

impl<T, F> Rejects<T> for ShowingRejected<F> {
    type Rejected = T;
}

/// The type of the outcome of an attempt with the verdict on its value.
pub trait Checks<O: Outcome>: Rejects<O::Value> {
    /// The outcome with the verdict on its value.
    type Checked: CheckedOutcome<Value = O::Value, Error = O::Error, Rejected = Self::Rejected, Returned = O::Returned>;
}

impl<O: Outcome> Checks<O> for () {
    type Checked = O;
}

impl<O: Outcome, F> Checks<O> for By<F> {
    type Checked = OutcomeWithVerdict<O, Hidden>;
}

impl<O: Outcome<Value: Debug>, F> Checks<O> for ShowingRejected<F> {
    type Checked = OutcomeWithVerdict<O, Shown>;
}

/// Checks the value of an attempt.
pub trait CheckValue<O: Outcome>: Checks<O> {
    /// Checks the value.
    fn check(&mut self, outcome: O) -> Self::Checked;
}

/// Without `on_value`, every value is good enough.
impl<O: Outcome> CheckValue<O> for () {
    fn check(&mut self, outcome: O) -> O {
        outcome
    }
}

impl<O, C, A> CheckValue<O> for By<C>
where
    O: Outcome,
    C: FnMut(&O::Value) -> A,
    A: IntoVerdict,
{
    fn check(&mut self, outcome: O) -> Self::Checked {
        check_value(outcome, &mut self.0, Hidden)
    }
}

impl<O, C, A> CheckValue<O> for ShowingRejected<C>
where
    O: Outcome<Value: Debug>,
    C: FnMut(&O::Value) -> A,
    A: IntoVerdict,
{
    fn check(&mut self, outcome: O) -> Self::Checked {
        check_value(outcome, &mut self.0, Shown)
    }
}

/// Classifies values, for tower.
#[cfg(feature = "tower")]
pub trait ClassifyValue<T> {
    /// Returns the verdict.
    fn verdict(&mut self, value: &T) -> Verdict;
}

#[cfg(feature = "tower")]
impl<T> ClassifyValue<T> for () {
    fn verdict(&mut self, _: &T) -> Verdict {
        Verdict::Stop
    }
}

#[cfg(feature = "tower")]
impl<T, C: FnMut(&T) -> A, A: IntoVerdict> ClassifyValue<T> for By<C> {
    fn verdict(&mut self, value: &T) -> Verdict {
        self.0(value).into_verdict()
    }
}

impl<E, V> Notified<E, V> for &mut () {
    fn notify<'a>(self, _: impl FnOnce() -> Retrying<'a, E, V>)
    where
        E: 'a,
        V: 'a,
    {
    }
}

impl<E, V, F: FnMut(&Retrying<'_, E, V>)> Notified<E, V> for &mut By<F> {
    fn notify<'a>(self, retrying: impl FnOnce() -> Retrying<'a, E, V>)
    where
        E: 'a,
        V: 'a,
    {
        self.0(&retrying());
    }
}

/// The strategy of a call: its own, or with `()` that of its policy.
pub trait ChoosesStrategy {
    /// Whether the call has a strategy of its own.
    const IS_OWN: bool;

    /// Room for the policy without backoff and jitter, which a strategy of the call's own replaces.
    type WithoutStrategy: Default;

    /// Returns the policy in force, and the strategy of the call's own.
    fn choose<'a>(
        &'a self,
        policy: &'a Policy,
        without_strategy: &'a mut Self::WithoutStrategy,
    ) -> (&'a Policy, Option<&'a dyn Backoff>);
}

impl ChoosesStrategy for () {
    const IS_OWN: bool = false;
    type WithoutStrategy = ();

    #[inline]
    fn choose<'a>(&'a self, policy: &'a Policy, (): &'a mut ()) -> (&'a Policy, Option<&'a dyn Backoff>) {
        (policy, None)
    }
}

/// A strategy of the call's own. The method that sets it requires a [`Backoff`], and nothing after it does: a value that is none has one error.
#[derive(Clone, Copy, Debug)]
pub struct Own<D> {
    pub(crate) strategy: D,
    pub(crate) as_backoff: fn(&D) -> &dyn Backoff,
}

impl<D> ChoosesStrategy for Own<D> {
    const IS_OWN: bool = true;
    type WithoutStrategy = Option<Policy>;

    #[inline]
    fn choose<'a>(
        &'a self,
        policy: &'a Policy,
        without_strategy: &'a mut Option<Policy>,
    ) -> (&'a Policy, Option<&'a dyn Backoff>) {
        (without_strategy.insert(policy.with_strategy_of_its_own()), Some((self.as_backoff)(&self.strategy)))
    }
}
