//! Calls of closures: the attribute's keys as methods of a policy's call.
//!
//! The engine decides, as it does for the attribute. The types here only pass it what it needs.

pub mod attempt;
pub mod blocking;
pub mod breaking;
pub mod cancelling;
pub mod context;
pub mod ending;
#[cfg(feature = "async")]
pub mod future;
pub mod keys;
#[cfg(feature = "async")]
mod local;
pub mod operation;
pub mod requirements;
#[cfg(feature = "async")]
pub mod time_limit;

use crate::failure::classify::IntoVerdict;
use crate::failure::error_display::{Show, Shown, WithSources};
use crate::failure::history::History;
use crate::failure::outcome::Outcome;
use crate::failure::rejected_value::Keep;
use crate::failure::retry_error::RetryError;
use crate::observe::event::Retrying;
use crate::overload::breaker::CircuitBreaker;
use crate::overload::budget::Budget;
use crate::policy::Policy;
use breaking::Behind;
use context::Origin;
use core::fmt::{self, Debug, Display};
use core::marker::PhantomData;
use core::panic::Location;
use ending::{ErrorEnding, HasSource, LastOutcome, NoRecover, NoSource, NotRecovering, Recover, ValueOrError};
use keys::{By, Keys, Own, Rejects, ShowingRejected};
use requirements::{BeforeRejected, CanBeAwaited, CanFail, Classifies, OfThePolicy, OwnStrategy};

/// The keys of a call that sets no key.
pub type Unset = Keys<(), (), (), LastOutcome, (), (), (), (), ()>;

/// A call of a closure that has not begun, from [`Policy::retry`] or [`Policy::retry_async`].
///
/// Its methods have the names and meanings of the attribute's keys. A sync call begins with `call`, an async one with
/// `.await`, or with `call_local` where an `async` closure changes what it captures. A key that is not set costs no instruction and no byte of the future.
///
/// | key of the attribute | here |
/// |---|---|
/// | `strategy`, `base`, `max`, `deadline`, `max_hint`, `reset_after`, ... | in the policy; [`strategy`](Self::strategy) for one of your own |
/// | `on`, `on_value`, `notify`, `recover`, `budget`, `breaker`, `wait_for_breaker`, `timeout`, `cancel`, `sleep`, `name` | the method of that name |
/// | `RetryError` in the signature, `history = n` | [`error`](Self::error) or [`error_without_source`](Self::error_without_source), [`history`](Self::history) |
/// | `error = E` | `.error().call()?`, or `map_err`: the caller makes its own error of the `RetryError` |
/// | `progress = name` | [`progress`](Self::progress), with a [`Progress`](crate::Progress) that the caller makes |
/// | `attempt = name` | [`Policy::retry_attempt`], [`Policy::retry_async_attempt`] |
/// | `clone(x)` | `x.clone()` in the closure |
/// | `idempotency_key = key` | `let key = IdempotencyKey::generate();` before the call, or a key of your own |
/// | `policy = EXPR` | the policy that the method is called on |
///
/// # Events
///
/// From its first failure on, the call has a [`Site`](crate::Site), as an annotated function has. Its place is the line of `retry`, or, in a
/// function with `#[track_caller]`, the line that calls the function.
///
/// Events show an error by the name of its type, unless [`sources`](Self::sources), [`display`](Self::display) or [`debug`](Self::debug) is
/// called. The attribute finds out by itself what the error implements; a function cannot. In the same way they show a rejected value only
/// after [`debug_value`](Self::debug_value).
#[must_use = "a call begins with `.call()`, or with `.await` if it is async"]
pub struct Retry<'a, P, O, K = Unset> {
    origin: Origin<'a>,
    driver: P,
    keys: K,
    outcome: PhantomData<fn() -> O>,
}

impl<P, O, K> Debug for Retry<'_, P, O, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl<'a, P, O> Retry<'a, P, O> {
    #[inline]
    #[track_caller]
    fn new(policy: &'a Policy, driver: P) -> Self {
        Self {
            origin: Origin { policy, location: Location::caller() },
            driver,
            keys: Unset::default(),
            outcome: PhantomData,
        }
    }
}

impl<'a, P, O, K> Retry<'a, P, O, K> {
    /// Changes how the attempts run.
    fn driven<Q>(self, change: impl FnOnce(P) -> Q) -> Retry<'a, Q, O, K> {
        let Self { origin, driver, keys, outcome } = self;
        Retry { origin, driver: change(driver), keys, outcome }
    }
}

/// Sets one key, whose old value has the name in brackets. Keeps the keys that are listed after it.
macro_rules! set {
    ($retry:ident, $key:ident($old:pat) = $value:expr; $($kept:ident)*) => {{
        let Retry { origin, driver, keys, outcome } = $retry;
        let Keys { $key: $old, $($kept,)* } = keys;
        Retry { origin, driver, keys: Keys { $key: $value, $($kept,)* }, outcome }
    }};
}

#[expect(clippy::type_complexity, reason = "each method names all keys, of which it sets one")]
impl<'a, P, O: Outcome, C, V, N, X, B, G, M, H, D> Retry<'a, P, O, Keys<C, V, N, X, B, G, M, H, D>> {
    /// Sets the classifier of errors: a function from a reference to the error to `bool` or [`Verdict`](crate::Verdict). It is mandatory for an
    /// `Option`, whose `None` is a [`NoneError`](crate::NoneError).
    ///
    /// It is called once for each failure, while no attempt is running.
    pub fn on<F, R>(self, classifier: F) -> Retry<'a, P, O, Keys<By<F>, V, N, X, B, G, M, H, D>>
    where
        F: Classifies<O::Error, R>,
        R: IntoVerdict,
    {
        set!(self, on(_) = By(classifier); on_value notify ending breaker budget name show strategy)
    }

    /// Sets the classifier of values that are not good enough yet. They are retried like transient errors, and the last one is returned as it is.
    ///
    /// It says nothing about errors: without [`on`](Self::on), they classify themselves, by [`Transient`](crate::Transient). Where none may be
    /// retried, say `.on(`[`no_error`](crate::no_error)`)`.
    ///
    /// It comes before [`notify`](Self::notify), [`error`](Self::error), [`history`](Self::history) and [`recover`](Self::recover), which get the
    /// values that it rejects.
    pub fn on_value<F, R>(self, classifier: F) -> Retry<'a, P, O, Keys<C, By<F>, N, X, B, G, M, H, D>>
    where
        F: Classifies<O::Value, R>,
        R: IntoVerdict,
        N: BeforeRejected,
        X: BeforeRejected,
    {
        set!(self, on_value(_) = By(classifier); on notify ending breaker budget name show strategy)
    }

    /// Calls a function before the sleep of each retry. After [`on_value`](Self::on_value) it takes a `&Retrying<'_, E, T>`, which has the
    /// rejected value, else a `&Retrying<'_, E>`.
    pub fn notify<F>(self, notify: F) -> Retry<'a, P, O, Keys<C, V, By<F>, X, B, G, M, H, D>>
    where
        V: Rejects<O::Value>,
        F: FnMut(&Retrying<'_, O::Error, V::Rejected>),
    {
        set!(self, notify(_) = By(notify); on on_value ending breaker budget name show strategy)
    }

    /// Sets a circuit breaker. It is asked before each attempt, including the first, and gets a report on each. A refusal ends the call.
    ///
    /// Unless [`error`](Self::error) or [`recover`](Self::recover) is set, the operation's error type is
    /// `From<`[`BreakerOpen`](crate::BreakerOpen)`>`; an `Option` is `None` then.
    pub fn breaker(self, breaker: &'a CircuitBreaker) -> Retry<'a, P, O, Keys<C, V, N, X, Behind<'a, ()>, G, M, H, D>> {
        set!(self, breaker(_) = Behind::new(breaker); on on_value notify ending budget name show strategy)
    }

    /// Waits for the breaker instead of ending the call by a refusal: until a probe may run, as long as the policy's deadline allows, also before
    /// the first attempt. It counts as no attempt. It comes after [`breaker`](Self::breaker).
    ///
    /// A call whose policy has no deadline does not wait, and neither does one for a breaker that is isolated.
    pub fn wait_for_breaker<W>(self) -> Retry<'a, P, O, Keys<C, V, N, X, W, G, M, H, D>>
    where
        B: CanBeAwaited<Awaited = W>,
    {
        set!(self, breaker(breaker) = breaker.awaited(); on on_value notify ending budget name show strategy)
    }

    /// Sets the budget that pays for retries: no retry when the budget is empty. A call that ends without a transient failure makes a deposit.
    pub fn budget(self, budget: &'a Budget) -> Retry<'a, P, O, Keys<C, V, N, X, B, Option<&'a Budget>, M, H, D>> {
        set!(self, budget(_) = Some(budget); on on_value notify ending breaker name show strategy)
    }

    /// Shows errors in events with their sources, by the `Display` of each: `error sending request: connection refused`. The error implements
    /// [`Error`](std::error::Error), or is a box of such an error: `anyhow::Error`, `Box<dyn Error + Send + Sync>` and the like.
    pub fn sources<S>(self) -> Retry<'a, P, O, Keys<C, V, N, X, B, G, M, Option<Show<O::Error>>, D>>
    where
        O::Error: WithSources<S>,
    {
        set!(self, show(_) = Some(WithSources::shown); on on_value notify ending breaker budget name strategy)
    }

    /// Shows errors in events by their `Display`.
    pub fn display(self) -> Retry<'a, P, O, Keys<C, V, N, X, B, G, M, Option<Show<O::Error>>, D>>
    where
        O::Error: Display,
    {
        set!(self, show(_) = Some(|error| Shown::Display(error)); on on_value notify ending breaker budget name strategy)
    }

    /// Shows errors in events by their `Debug`.
    pub fn debug(self) -> Retry<'a, P, O, Keys<C, V, N, X, B, G, M, Option<Show<O::Error>>, D>>
    where
        O::Error: Debug,
    {
        set!(self, show(_) = Some(|error| Shown::Debug(error)); on on_value notify ending breaker budget name strategy)
    }

    /// Sets the name of the call's [`Site`](crate::Site). Without it the name is the place, `file:line`.
    pub fn name(self, name: &'static str) -> Retry<'a, P, O, Keys<C, V, N, X, B, G, Option<&'static str>, H, D>> {
        set!(self, name(_) = Some(name); on on_value notify ending breaker budget show strategy)
    }

    /// Sets a strategy of your own, a reference to one, or a list of durations. It replaces the policy's backoff and jitter together. The other
    /// settings of the policy, such as attempts, deadline and `max_hint`, are kept.
    pub fn strategy<F: OwnStrategy>(self, strategy: F) -> Retry<'a, P, O, Keys<C, V, N, X, B, G, M, H, Own<F>>> {
        let strategy = Own { strategy, as_backoff: |strategy| strategy };
        set!(self, strategy(_) = strategy; on on_value notify ending breaker budget name show)
    }

    /// Makes the call return a `Result<T, `[`RetryError<E>`](crate::RetryError)`>` instead of the last outcome. After
    /// [`on_value`](Self::on_value) it is a `Result<T, RetryError<E, T>>`, which keeps a rejected value. The clock is read when the call begins.
    ///
    /// The error of the operation implements [`Error`](std::error::Error), or is a box of such an error, as for [`sources`](Self::sources): the
    /// `RetryError` has its source. For other errors, such as a `String`, there is [`error_without_source`](Self::error_without_source).
    pub fn error<L, S>(self) -> Retry<'a, P, O, Keys<C, V, N, ErrorEnding<L, NoRecover, Keep, S>, B, G, M, H, D>>
    where
        O: CanFail,
        V: Rejects<O::Value>,
        X: NotRecovering<O, V::Rejected, Log = L> + HasSource<O::Error, S>,
    {
        set!(self, ending(old) = ErrorEnding::new(old.into_log()); on on_value notify breaker budget name show strategy)
    }

    /// Makes the call return a `RetryError` as [`error`](Self::error) does, for an error of any type. Its `source()` is `None`.
    pub fn error_without_source<L>(
        self,
    ) -> Retry<'a, P, O, Keys<C, V, N, ErrorEnding<L, NoRecover, Keep, NoSource>, B, G, M, H, D>>
    where
        O: CanFail,
        V: Rejects<O::Value>,
        X: NotRecovering<O, V::Rejected, Log = L>,
    {
        set!(self, ending(old) = ErrorEnding::new(old.into_log()); on on_value notify breaker budget name show strategy)
    }

    /// Makes the call return a `RetryError` as [`error`](Self::error) does, with this many of the newest failures, the last one included. Zero is
    /// treated as one. Errors and rejected values are then kept during the sleeps. Where the error is not one that `error` takes, it comes after
    /// [`error_without_source`](Self::error_without_source).
    pub fn history<W, S>(
        self,
        failures: usize,
    ) -> Retry<'a, P, O, Keys<C, V, N, ErrorEnding<History<O::Error, W>, NoRecover, Keep, S>, B, G, M, H, D>>
    where
        O: CanFail,
        V: Rejects<O::Value, Rejected = W>,
        X: NotRecovering<O, W> + HasSource<O::Error, S>,
    {
        set!(self, ending(_) = ErrorEnding::new(History::new(failures)); on on_value notify breaker budget name show strategy)
    }

    /// Calls a function instead of returning the failure, with the [`RetryError`]; it returns what the call returns: the operation's own
    /// type, or after [`error`](Self::error) or [`history`](Self::history) a `Result<T, RetryError<E>>`. The clock is read when the
    /// call begins. Without one of these two, the `RetryError` has a source if [`sources`](Self::sources) is called.
    pub fn recover<F, L, K, W, S, R>(
        self,
        mut recover: F,
    ) -> Retry<
        'a,
        P,
        O,
        Keys<C, V, N, ErrorEnding<L, Recover<impl FnMut(ValueOrError<O, W>) -> (R, bool)>, K, S>, B, G, M, H, D>,
    >
    where
        O: CanFail,
        V: Rejects<O::Value>,
        X: NotRecovering<O, V::Rejected, Log = L, Retention = K, Kept = W, Source = S, Returned = R>,
        F: FnMut(RetryError<O::Error, W>) -> R,
    {
        let finish = Recover(move |ended: ValueOrError<O, W>| match ended {
            Ok(value) => (X::from_value(value), true),
            Err(error) => {
                let answer = recover(error);
                let is_value = X::is_value(&answer);
                (answer, is_value)
            }
        });
        set!(self, ending(old) = ErrorEnding { log: old.into_log(), finish, kinds: PhantomData }; on on_value notify breaker budget name show strategy)
    }
}

#[expect(clippy::type_complexity, reason = "as above")]
impl<'a, P, O: Outcome, C, F, N, X, B, G, M, H, D> Retry<'a, P, O, Keys<C, By<F>, N, X, B, G, M, H, D>> {
    /// Shows the values that [`on_value`](Self::on_value) rejects by their `Debug`, in events and in the text of a [`RetryError`].
    pub fn debug_value(self) -> Retry<'a, P, O, Keys<C, ShowingRejected<F>, N, X, B, G, M, H, D>>
    where
        O::Value: Debug,
    {
        set!(self, on_value(By(classifier)) = ShowingRejected(classifier); on notify ending breaker budget name show strategy)
    }
}

/// Defines settings of the policy as methods that accept no argument. Without them the compiler would suggest `Iterator` or `Ord` for `max`.
macro_rules! settings {
    ($($setting:ident)*) => {
        impl<P, O, K> Retry<'_, P, O, K> {
            $(
                #[doc(hidden)]
                pub fn $setting<A: OfThePolicy>(self, _: A) -> Self {
                    self
                }
            )*
        }
    };
}

settings!(base cap deadline factor final_attempt increment jitter max max_hint reset_after);
