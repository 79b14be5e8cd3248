//! What the methods of a [`Retry`](super::Retry) set: a type for each key that is unset, a wrapper for each that is set.
//!
//! They only hand their parts to the engine's steps. No rule of retrying is here.

use super::end::{End, EndRefused};
use crate::engine::call::Call;
use crate::engine::guards::Guards;
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::classify::{self, IntoVerdict, Transient, Verdict};
use crate::failure::error_display::{self, Shown};
use crate::failure::outcome::Outcome;
use crate::observe::event::Retrying;
use crate::overload::breaker::{CircuitBreaker, Permit};
use crate::overload::budget::Budget;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use crate::time::clock::Timer;
use core::any::type_name;
use core::convert::Infallible;
use core::fmt::{self, Debug, Display};

/// The keys of a call: classifiers of errors and values, who is told, how errors are shown, budget, breaker, what the caller gets,
/// sleeper, time for an attempt, name, strategy.
#[derive(Clone, Copy)]
pub struct Keys<C, V, N, H, B, K, X, S, T, M, D> {
    pub(crate) on: C,
    pub(crate) on_value: V,
    pub(crate) notify: N,
    pub(crate) show: H,
    pub(crate) budget: B,
    pub(crate) breaker: K,
    pub(crate) end: X,
    pub(crate) sleep: S,
    pub(crate) timeout: T,
    pub(crate) name: M,
    pub(crate) strategy: D,
}

impl<C, V, N, H, B, K, X, S, T, M, D> Debug for Keys<C, V, N, H, B, K, X, S, T, M, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// A function that a key was given.
#[derive(Clone, Copy)]
pub struct By<F>(pub(crate) F);

impl<F> Debug for By<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(type_name::<Self>())
    }
}

/// The error's own `Transient` decides: no `on`.
#[derive(Clone, Copy, Debug)]
pub struct ByType;

/// Nothing is worth a retry: no `on_value`, or `on_value` without `on`.
#[derive(Clone, Copy, Debug)]
pub struct Never;

/// Decides on a failure.
#[diagnostic::on_unimplemented(
    message = "nothing says which failures of type `{F}` are transient",
    label = "`{F}` does not implement `Transient`, and this call has no classifier",
    note = "name a classifier, such as `.on(is_transient)` or `.on(|error| matches!(error, ...))`",
    note = "or derive or implement `reattempt::Transient` for the error type; to retry on every failure, say so: `.on(reattempt::any_error)`"
)]
pub trait Classify<F: ?Sized> {
    /// The verdict.
    fn verdict(&mut self, failure: &F) -> Verdict;
}

#[diagnostic::do_not_recommend]
impl<E: Transient + ?Sized> Classify<E> for ByType {
    #[inline]
    fn verdict(&mut self, error: &E) -> Verdict {
        classify::transient(error)
    }
}

impl<F: ?Sized> Classify<F> for Never {
    #[inline]
    fn verdict(&mut self, _: &F) -> Verdict {
        Verdict::Stop
    }
}

impl<F: ?Sized, C: FnMut(&F) -> A, A: IntoVerdict> Classify<F> for By<C> {
    #[inline]
    fn verdict(&mut self, failure: &F) -> Verdict {
        self.0(failure).into_verdict()
    }
}

/// What becomes of the classifier of errors when values get one.
pub trait BesideValues {
    /// The classifier.
    type Classifier;
    /// Makes it.
    fn beside_values(self) -> Self::Classifier;
}

impl BesideValues for ByType {
    type Classifier = Never;

    fn beside_values(self) -> Never {
        Never
    }
}

impl BesideValues for Never {
    type Classifier = Self;

    fn beside_values(self) -> Self {
        self
    }
}

impl<C> BesideValues for By<C> {
    type Classifier = Self;

    fn beside_values(self) -> Self {
        self
    }
}

/// Is told of each retry.
pub trait Notify<E> {
    /// Takes what there is to tell.
    fn notify(&mut self, retrying: &Retrying<'_, E>);
}

impl<E> Notify<E> for () {
    #[inline]
    fn notify(&mut self, _: &Retrying<'_, E>) {}
}

impl<E, N: FnMut(&Retrying<'_, E>)> Notify<E> for By<N> {
    fn notify(&mut self, retrying: &Retrying<'_, E>) {
        self.0(retrying);
    }
}

/// Puts an error in words for events.
pub trait Show<E> {
    /// How they are made.
    fn show() -> error_display::Show<E>;
}

/// By the type's name.
impl<E> Show<E> for () {
    fn show() -> error_display::Show<E> {
        |_| Shown::Name(type_name::<E>())
    }
}

/// By `Display`.
#[derive(Clone, Copy, Debug)]
pub struct ByDisplay;

impl<E: Display> Show<E> for ByDisplay {
    fn show() -> error_display::Show<E> {
        |error| Shown::Display(error)
    }
}

/// By `Debug`.
#[derive(Clone, Copy, Debug)]
pub struct ByDebug;

impl<E: Debug> Show<E> for ByDebug {
    fn show() -> error_display::Show<E> {
        |error| Shown::Debug(error)
    }
}

/// The breaker, or none.
pub trait Breaking {
    /// The place of an attempt while it runs. It is taken out where a panic may pass.
    type Permit: Default;
    /// A refusal.
    type Open;

    /// Asks for a place.
    ///
    /// # Errors
    ///
    /// A refusal.
    fn admit(&self) -> Result<Self::Permit, Self::Open>;
}

impl Breaking for () {
    type Permit = ();
    type Open = Infallible;

    #[inline]
    fn admit(&self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl<'k> Breaking for &'k CircuitBreaker {
    type Permit = Option<Permit<'k>>;
    type Open = BreakerOpen;

    fn admit(&self) -> Result<Self::Permit, BreakerOpen> {
        self.acquire().map(Some)
    }
}

/// What a refusal ends a call with: its bounds hold only for calls with a breaker.
pub trait Refusing<O, X>: Breaking {
    /// What the caller gets.
    type Returned;
    /// Ends the call.
    fn refused<C: Timer>(end: &mut X, call: &Call<C>, open: Self::Open) -> Self::Returned;
    /// The refusal, to be told of.
    fn open(open: &Self::Open) -> &BreakerOpen;
}

impl<O: Outcome, X: End<O>> Refusing<O, X> for () {
    type Returned = X::Returned;

    fn refused<C: Timer>(_: &mut X, _: &Call<C>, open: Infallible) -> X::Returned {
        match open {}
    }

    fn open(open: &Infallible) -> &BreakerOpen {
        match *open {}
    }
}

impl<O: Outcome, X: EndRefused<O>> Refusing<O, X> for &CircuitBreaker {
    type Returned = X::Returned;

    fn refused<C: Timer>(end: &mut X, call: &Call<C>, open: BreakerOpen) -> X::Returned {
        end.refused(call, open)
    }

    fn open(open: &BreakerOpen) -> &BreakerOpen {
        open
    }
}

/// The budget, or none.
pub trait Paying {
    /// The budget.
    fn budget(&self) -> Option<&Budget>;
}

impl Paying for () {
    #[inline]
    fn budget(&self) -> Option<&Budget> {
        None
    }
}

impl Paying for &Budget {
    #[inline]
    fn budget(&self) -> Option<&Budget> {
        Some(self)
    }
}

/// Budget and permit as the guards of an attempt; where there is neither, nothing is left of them.
pub trait Guarding<B>: Breaking {
    /// Joins them.
    fn guards<'s>(permit: Self::Permit, budget: &'s B) -> Guards<'s>
    where
        Self: 's;
}

impl Guarding<()> for () {
    #[inline]
    fn guards<'s>((): (), (): &'s ()) -> Guards<'s>
    where
        Self: 's,
    {
        Guards::default()
    }
}

impl Guarding<&Budget> for () {
    #[inline]
    fn guards<'s>((): (), budget: &'s &Budget) -> Guards<'s>
    where
        Self: 's,
    {
        Guards { budget: Some(budget), permit: None }
    }
}

impl<'k, B: Paying> Guarding<B> for &'k CircuitBreaker {
    fn guards<'s>(permit: Option<Permit<'k>>, budget: &'s B) -> Guards<'s>
    where
        Self: 's,
    {
        Guards { budget: budget.budget(), permit }
    }
}

/// The strategy of the caller's own, or none.
pub trait OwnStrategy {
    /// The policy that holds: the call's, without its own strategy where there is another one.
    fn policy<'s>(&'s self, policy: &'s Policy) -> &'s Policy;
    /// The strategy.
    fn backoff(&self) -> Option<&dyn Backoff>;
}

impl OwnStrategy for () {
    #[inline]
    fn policy<'s>(&'s self, policy: &'s Policy) -> &'s Policy {
        policy
    }

    #[inline]
    fn backoff(&self) -> Option<&dyn Backoff> {
        None
    }
}

/// A strategy in place of the policy's.
#[derive(Clone, Copy)]
pub struct Own<D> {
    pub(crate) backoff: D,
    pub(crate) policy: Policy,
}

impl<D> Debug for Own<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Own").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl<D: Backoff> OwnStrategy for Own<D> {
    fn policy<'s>(&'s self, _: &'s Policy) -> &'s Policy {
        &self.policy
    }

    fn backoff(&self) -> Option<&dyn Backoff> {
        Some(&self.backoff)
    }
}
