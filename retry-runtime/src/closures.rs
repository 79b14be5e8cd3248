//! The policy's calls of closures: the attribute's keys as methods, and a driver of a few lines for sync and for async calls.
//!
//! Everything is decided by the engine, which the attribute uses too; here are only types that hand it what it asks for.

#[doc(hidden)]
pub mod end;
#[doc(hidden)]
pub mod fits;
#[cfg(feature = "async")]
#[doc(hidden)]
pub mod future;
#[doc(hidden)]
pub mod keys;
#[doc(hidden)]
pub mod operation;
#[doc(hidden)]
pub mod steps;

#[cfg(feature = "async")]
pub use future::RetryFuture;

use crate::engine::call::{self, Attempt};
use crate::engine::pause::{self, Pause};
use crate::failure::history::History;
use crate::failure::outcome::Outcome;
use crate::overload::breaker::CircuitBreaker;
use crate::overload::budget::Budget;
use crate::policy::Policy;
use crate::time::clock::{Begin, Started};
use crate::time::sleep::DefaultSleeper;
use core::fmt;
use core::marker::PhantomData;
use core::ops::ControlFlow;
use core::panic::Location;
use core::time::Duration;
use end::{AsError, AsItIs, End, Keep, Kept, Recover};
#[cfg(feature = "async")]
use fits::Promises;
use fits::{Answers, Debugs, Delays, Displays, Fails, Notifies, OfAsyncCalls, OfThePolicy, Recovers, Returns, Sleeps};
use keys::{BesideValues, By, ByType, Keys, Never};
#[cfg(feature = "async")]
use operation::Awaits;
use operation::{Bare, Calls, Operand, Operation, Told};
#[cfg(feature = "async")]
use steps::Within;
use steps::{Origin, Steps};

/// The keys of a call that sets none.
pub type Unset = Keys<ByType, Never, (), (), (), (), AsItIs, DefaultSleeper, (), (), ()>;

const UNSET: Unset = Keys {
    on: ByType,
    on_value: Never,
    notify: (),
    show: (),
    budget: (),
    breaker: (),
    end: AsItIs,
    sleep: DefaultSleeper,
    timeout: (),
    name: (),
    strategy: (),
};

/// Calls of closures: `#[retry]` without a function of its own.
///
/// The policy says when and how often, the methods of [`Retry`] are the attribute's other keys.
impl Policy {
    /// Runs an operation until it succeeds, as `#[retry]` does with a function's body. The call begins with [`Retry::call`].
    ///
    /// The operation returns a `Result`, an `Option`, or a [`Plain`](crate::Plain) value. Without [`on`](Retry::on) its error type says
    /// by [`Transient`](crate::Transient) what may be retried; nothing else is retried by accident.
    ///
    /// A call that succeeds at once reads no clock, draws no random number and allocates nothing, unless a key or a deadline asks for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_runtime::{Policy, Strategy};
    /// use std::io;
    ///
    /// let policy = Policy::builder().strategy(Strategy::Immediate).max(5).build()?;
    /// let mut answers = [Err(io::ErrorKind::Interrupted), Err(io::ErrorKind::Interrupted), Ok("answer")].into_iter();
    /// let answer = policy
    ///     .retry(|| answers.next().unwrap_or(Ok("late")))
    ///     .on(|kind| *kind == io::ErrorKind::Interrupted)
    ///     .call();
    /// assert_eq!(answer, Ok("answer"));
    /// # Ok::<(), retry_runtime::PolicyError>(())
    /// ```
    ///
    /// Without a classifier, neither an `Option` nor an error that is not `Transient` compiles:
    ///
    /// ```compile_fail,E0277
    /// retry_runtime::Policy::default().retry(|| None::<u32>).call();
    /// ```
    ///
    /// ```compile_fail,E0277
    /// struct NotTransient;
    /// retry_runtime::Policy::default().retry(|| Err::<u32, _>(NotTransient)).call();
    /// ```
    #[inline]
    #[track_caller]
    pub fn retry<F, O, M>(&self, operation: F) -> Retry<'_, Calls<O::Operation>, O::Outcome>
    where
        F: FnMut() -> O,
        O: Returns<Bare<F>, M>,
    {
        Retry::new(self, Calls(O::operation(Bare(operation))), Location::caller())
    }

    /// Does the same with an operation that is told of its attempt, as by the key `attempt`. The clock is read when the call begins.
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_runtime::{Attempt, Policy, Strategy};
    ///
    /// let policy = Policy::builder().strategy(Strategy::Immediate).build()?;
    /// let last = policy
    ///     .retry_with(|attempt: Attempt| if attempt.is_last() { Ok(attempt.number()) } else { Err("busy") })
    ///     .on(|_| true)
    ///     .call();
    /// assert_eq!(last, Ok(3));
    /// # Ok::<(), retry_runtime::PolicyError>(())
    /// ```
    #[inline]
    #[track_caller]
    pub fn retry_with<F, O, M>(&self, operation: F) -> Retry<'_, Calls<O::Operation>, O::Outcome>
    where
        F: FnMut(Attempt) -> O,
        O: Returns<Told<F>, M>,
    {
        Retry::new(self, Calls(O::operation(Told(operation))), Location::caller())
    }

    /// Awaits the futures of an operation until one succeeds. The call begins with `.await`.
    ///
    /// Each attempt is a new future. Futures cannot borrow from what the closure owns or changes: let it copy references
    /// (`let client = &client;` before it, and `async move` inside), or clone for each attempt what the future uses up.
    /// The future of the call holds that of the attempt and is not boxed.
    ///
    /// # Cancel safety
    ///
    /// As [`RetryFuture`]: dropping it at any point leaves nothing behind.
    ///
    /// # Examples
    ///
    /// ```
    /// # use retry_runtime::{Policy, Strategy};
    /// # async fn fetch(url: &str, run: u32) -> Result<String, u16> { if run < 3 { Err(503) } else { Ok(url.to_owned()) } }
    /// # futures_lite(async {
    /// let policy = Policy::builder().strategy(Strategy::Immediate).build()?;
    /// let mut run = 0;
    /// let page = policy
    ///     .retry_async(|| {
    ///         run += 1;
    ///         fetch("/page", run)
    ///     })
    ///     .on(|status| *status == 503)
    ///     # .sleep(|_| std::future::ready(()))
    ///     .await;
    /// assert_eq!(page.as_deref(), Ok("/page"));
    /// # Ok::<(), retry_runtime::PolicyError>(())
    /// # });
    /// # fn futures_lite<T, E: std::fmt::Debug>(future: impl Future<Output = Result<T, E>>) -> T {
    /// #     let mut future = std::pin::pin!(future);
    /// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     loop {
    /// #         if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) { return output.expect("no error"); }
    /// #     }
    /// # }
    /// ```
    #[cfg(feature = "async")]
    #[inline]
    #[track_caller]
    pub fn retry_async<F, U, M>(&self, operation: F) -> Retry<'_, Awaits<U::Operation>, U::Outcome>
    where
        F: FnMut() -> U,
        U: Promises<Bare<F>, M>,
    {
        Retry::new(self, Awaits(U::operation(Bare(operation))), Location::caller())
    }

    /// Does the same with an operation that is told of its attempt, as by the key `attempt`. The clock is read when the call begins.
    #[cfg(feature = "async")]
    #[inline]
    #[track_caller]
    pub fn retry_async_with<F, U, M>(&self, operation: F) -> Retry<'_, Awaits<U::Operation>, U::Outcome>
    where
        F: FnMut(Attempt) -> U,
        U: Promises<Told<F>, M>,
    {
        Retry::new(self, Awaits(U::operation(Told(operation))), Location::caller())
    }
}

/// A call of a closure that has not begun: what [`Policy::retry`] and [`Policy::retry_async`] return.
///
/// Its methods have the names and meanings of the attribute's keys. A sync call begins with `call`, an async one with `.await`. Of what is not set nothing is left in the machine's code, nor in the future.
///
/// | key of the attribute | here |
/// |---|---|
/// | `strategy`, `base`, `max`, `deadline`, `max_hint`, ... | in the policy; [`strategy`](Self::strategy) for one of your own |
/// | `on`, `on_value`, `notify`, `recover`, `budget`, `breaker`, `timeout`, `sleep`, `name` | the method of that name |
/// | `RetryError` in the signature, `history = n` | [`error`](Self::error), [`history`](Self::history) |
/// | `error = E` | `.error().call()?`, or `map_err`: the caller makes its own error of the `RetryError` |
/// | `attempt = name` | [`Policy::retry_with`], [`Policy::retry_async_with`] |
/// | `clone(x)` | `x.clone()` in the closure |
/// | `idempotency_key = key` | `let key = IdempotencyKey::generate();` before the call |
/// | `policy = EXPR` | the policy that the method is called on |
///
/// # Events
///
/// The call's place in the source is a [`Site`](crate::Site) from its first failure on, as an annotated function is one. It is the line
/// of `retry`; in a function with `#[track_caller]` the line that calls it.
///
/// Events show an error by the name of its type, unless [`display`](Self::display) or [`debug`](Self::debug) says that it has words: the
/// attribute finds that out where it stands, which a function cannot.
#[must_use = "a call begins with `.call()`, or with `.await` if it is async"]
pub struct Retry<'a, P, O, K = Unset> {
    origin: Origin<'a>,
    operation: P,
    keys: K,
    outcome: PhantomData<fn() -> O>,
}

impl<P, O, K> fmt::Debug for Retry<'_, P, O, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl<'a, P, O> Retry<'a, P, O> {
    #[inline]
    fn new(policy: &'a Policy, operation: P, location: &'static Location<'static>) -> Self {
        Self { origin: Origin { policy, location }, operation, keys: UNSET, outcome: PhantomData }
    }
}

/// Sets one key, and keeps those that are listed after it.
macro_rules! set {
    ($retry:ident, $key:ident = $value:expr; $($kept:ident)*) => {{
        let Retry { origin, operation, keys, outcome } = $retry;
        let Keys { $($kept,)* .. } = keys;
        Retry { origin, operation, keys: Keys { $key: $value, $($kept,)* }, outcome }
    }};
}

// What a method asks for and what it sets the key to is said by the traits of `fits`; `L`, `Y` and the like are the compiler's to find.
#[expect(clippy::type_complexity, reason = "each method names all keys, of which it sets one")]
impl<'a, P, O, C, V, N, H, B, K, X, S, T, M, D> Retry<'a, P, O, Keys<C, V, N, H, B, K, X, S, T, M, D>>
where
    O: Outcome,
{
    /// Says which errors are transient: a function from the error to `bool` or [`Verdict`](crate::Verdict). For an `Option`, whose
    /// `None` is [`NoneError`](crate::NoneError), it is mandatory.
    ///
    /// It is called once for each failure, while no attempt is alive.
    #[inline]
    pub fn on<F, A, L>(self, classifier: F) -> Retry<'a, P, O, Keys<A::Key, V, N, H, B, K, X, S, T, M, D>>
    where
        F: FnMut(&O::Error) -> A,
        A: Answers<F, L>,
    {
        set!(self, on = A::key(classifier); on_value notify show budget breaker end sleep timeout name strategy)
    }

    /// Says which values are not good enough yet: they are retried as transient errors are, and the last one is returned as it is.
    ///
    /// Without [`on`](Self::on) beside it, before or after, every error is permanent.
    #[inline]
    pub fn on_value<F, A, L>(
        self,
        classifier: F,
    ) -> Retry<'a, P, O, Keys<C::Classifier, A::Key, N, H, B, K, X, S, T, M, D>>
    where
        C: BesideValues,
        F: FnMut(&O::Value) -> A,
        A: Answers<F, L>,
    {
        let Retry { origin, operation, keys, outcome } = self;
        let Keys { on, notify, show, budget, breaker, end, sleep, timeout, name, strategy, .. } = keys;
        let (on, on_value) = (on.beside_values(), A::key(classifier));
        let keys = Keys { on, on_value, notify, show, budget, breaker, end, sleep, timeout, name, strategy };
        Retry { origin, operation, keys, outcome }
    }

    /// Tells a function of each retry, before its sleep.
    #[inline]
    pub fn notify<F, L>(self, notify: F) -> Retry<'a, P, O, Keys<C, V, F::Key, H, B, K, X, S, T, M, D>>
    where
        F: Notifies<O::Error, L>,
    {
        set!(self, notify = notify.key(); on on_value show budget breaker end sleep timeout name strategy)
    }

    /// Shows errors in events by their `Display`.
    #[inline]
    pub fn display<Y, L>(self) -> Retry<'a, P, O, Keys<C, V, N, Y, B, K, X, S, T, M, D>>
    where
        O::Error: Displays<L, Key = Y>,
    {
        set!(self, show = O::Error::key(); on on_value notify budget breaker end sleep timeout name strategy)
    }

    /// Shows errors in events by their `Debug`.
    #[inline]
    pub fn debug<Y, L>(self) -> Retry<'a, P, O, Keys<C, V, N, Y, B, K, X, S, T, M, D>>
    where
        O::Error: Debugs<L, Key = Y>,
    {
        set!(self, show = O::Error::key(); on on_value notify budget breaker end sleep timeout name strategy)
    }

    /// Pays for retries from a budget; one that it does not pay for does not happen. A call that ends without a transient failure
    /// makes a deposit.
    #[inline]
    pub fn budget<'b>(self, budget: &'b Budget) -> Retry<'a, P, O, Keys<C, V, N, H, &'b Budget, K, X, S, T, M, D>> {
        set!(self, budget = budget; on on_value notify show breaker end sleep timeout name strategy)
    }

    /// Asks a circuit breaker before each attempt, the first one too, and reports to it. A refusal ends the call.
    ///
    /// Unless [`error`](Self::error) or [`recover`](Self::recover) is set, the operation's error type is
    /// `From<`[`BreakerOpen`](crate::BreakerOpen)`>`; an `Option` is `None` then.
    #[inline]
    pub fn breaker<'b>(
        self,
        breaker: &'b CircuitBreaker,
    ) -> Retry<'a, P, O, Keys<C, V, N, H, B, &'b CircuitBreaker, X, S, T, M, D>> {
        set!(self, breaker = breaker; on on_value notify show budget end sleep timeout name strategy)
    }

    /// Gives the caller a `Result<T, `[`RetryError<E>`](crate::RetryError)`>` in place of the last outcome. The clock is read when the call
    /// begins.
    #[inline]
    pub fn error<E, Y, L>(self) -> Retry<'a, P, O, Keys<C, V, N, H, B, K, Y, S, T, M, D>>
    where
        O: Fails<E, L, Key = Y>,
        X: Keep<Kept = E>,
    {
        let Retry { origin, operation, keys, outcome } = self;
        let Keys { on, on_value, notify, show, budget, breaker, end, sleep, timeout, name, strategy } = keys;
        let end = O::key(end.keep());
        let keys = Keys { on, on_value, notify, show, budget, breaker, end, sleep, timeout, name, strategy };
        Retry { origin, operation, keys, outcome }
    }

    /// The same, with so many of the newest failures in it, the last one included; 0 is as 1. Errors are then kept over the sleeps.
    #[inline]
    pub fn history<Y, L>(self, failures: usize) -> Retry<'a, P, O, Keys<C, V, N, H, B, K, Y, S, T, M, D>>
    where
        O: Fails<Kept<History<O::Error>, AsError>, L, Key = Y>,
        X: Keep,
    {
        set!(self, end = O::key(end::history(failures)); on on_value notify show budget breaker sleep timeout name strategy)
    }

    /// Calls a function instead of returning the failure, with the [`RetryError`](crate::RetryError); it returns what the call returns: the operation's own
    /// type, or after [`error`](Self::error) or [`history`](Self::history) a `Result<T, RetryError<E>>`. The clock is read when the
    /// call begins.
    #[inline]
    pub fn recover<F, E, Y, L, Z>(self, recover: F) -> Retry<'a, P, O, Keys<C, V, N, H, B, K, Y, S, T, M, D>>
    where
        O: Fails<E, L, Key = Y>,
        X: Recover<O, Recovering<F::Function> = E>,
        F: Recovers<O::Error, <X as End<O>>::Returned, Z>,
    {
        let Retry { origin, operation, keys, outcome } = self;
        let Keys { on, on_value, notify, show, budget, breaker, end, sleep, timeout, name, strategy } = keys;
        let end = O::key(end.recover(recover.function()));
        let keys = Keys { on, on_value, notify, show, budget, breaker, end, sleep, timeout, name, strategy };
        Retry { origin, operation, keys, outcome }
    }

    /// Sleeps by a function of your own: from a `Duration` to nothing, for async calls to a future of nothing. It also times the attempts
    /// of [`timeout`](Self::timeout). It is not called for a delay of zero.
    #[inline]
    pub fn sleep<F, W, L>(self, sleeper: F) -> Retry<'a, P, O, Keys<C, V, N, H, B, K, X, W::Key, T, M, D>>
    where
        F: FnMut(Duration) -> W,
        W: Sleeps<P, F, L>,
    {
        set!(self, sleep = W::key(sleeper); on on_value notify show budget breaker end timeout name strategy)
    }

    /// Names the call's [`Site`](crate::Site). Without it the name is the place, `file:line`.
    #[inline]
    pub fn name(self, name: &'static str) -> Retry<'a, P, O, Keys<C, V, N, H, B, K, X, S, T, &'static str, D>> {
        set!(self, name = name; on on_value notify show budget breaker end sleep timeout strategy)
    }

    /// Takes the delays from a strategy of your own, a reference to one, or a list of durations. It replaces the policy's backoff and jitter
    /// together; attempts, deadline and hints remain the policy's.
    #[inline]
    pub fn strategy<F, L>(self, backoff: F) -> Retry<'a, P, O, Keys<C, V, N, H, B, K, X, S, T, M, F::Key>>
    where
        F: Delays<L>,
    {
        let own = backoff.key(self.origin.policy.with_strategy_of_its_own());
        set!(self, strategy = own; on on_value notify show budget breaker end sleep timeout name)
    }
}

/// Settings of the policy, as methods that no argument fits: for `max` the compiler would advise on `Iterator` and `Ord`.
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

settings!(base cap deadline factor increment jitter max max_hint);

impl<F, O, K> Retry<'_, Calls<F>, O, K> {
    #[doc(hidden)]
    pub fn timeout<A: OfAsyncCalls>(self, _: A) -> Self {
        self
    }
}

#[cfg(feature = "async")]
#[expect(clippy::type_complexity, reason = "each method names all keys, of which it sets one")]
impl<'a, F, O, C, V, N, H, B, K, X, S, T, M, D> Retry<'a, Awaits<F>, O, Keys<C, V, N, H, B, K, X, S, T, M, D>> {
    /// Drops an attempt when its time is up, which counts as transient. With a deadline an attempt gets what is left until then, if
    /// that is less.
    ///
    /// Unless [`error`](Self::error) or [`recover`](Self::recover) is set, the operation's error type is
    /// `From<`[`TimedOut`](crate::TimedOut)`>`, for when the last attempt ends so; an `Option` is `None` then.
    #[inline]
    pub fn timeout(self, limit: Duration) -> Retry<'a, Awaits<F>, O, Keys<C, V, N, H, B, K, X, S, Within, M, D>> {
        set!(self, timeout = Within(limit); on on_value notify show budget breaker end sleep name strategy)
    }
}

/// Keys whose sleeper blocks.
#[doc(hidden)]
pub trait Blocking {
    /// Sleeps.
    fn sleep(&mut self, pause: Pause);
}

impl<C, V, N, H, B, K, X, T, M, D> Blocking for Keys<C, V, N, H, B, K, X, DefaultSleeper, T, M, D> {
    fn sleep(&mut self, pause: Pause) {
        pause::sleep(pause);
    }
}

impl<C, V, N, H, B, K, X, F: FnMut(Duration), T, M, D> Blocking for Keys<C, V, N, H, B, K, X, By<F>, T, M, D> {
    fn sleep(&mut self, pause: Pause) {
        pause::sleep_with(&mut self.sleep.0, pause);
    }
}

impl<F, O, K> Retry<'_, Calls<F>, O, K> {
    /// Runs the call: its attempts, and the sleeps between them on this thread.
    ///
    /// On giving up it returns the last outcome as it is, unless [`error`](Self::error) or [`recover`](Self::recover) say otherwise.
    ///
    /// # Panics
    ///
    /// Where the operation or a function of a key does.
    #[inline]
    pub fn call<R>(self) -> R
    where
        O: Outcome,
        K: Steps<O, Ended = O, Returned = R> + Blocking,
        F: Operation<K::Timer<<F as Operand>::Timer<Option<Started>>>, Output = O>,
    {
        let Self { origin, operation: Calls(mut operation), mut keys, .. } = self;
        let mut call = call::call(K::Timer::<F::Timer<Option<Started>>>::begin(origin.policy.deadline()));
        loop {
            let pause = {
                let permit = match keys.admit(&call, origin) {
                    Ok(permit) => permit,
                    Err(returned) => return returned,
                };
                let outcome = operation.run(&call, origin.policy);
                match keys.step(&mut call, origin, permit, outcome) {
                    ControlFlow::Break(returned) => return returned,
                    ControlFlow::Continue(pause) => pause,
                }
            };
            keys.sleep(pause);
            keys.begin(&call);
        }
    }
}

#[cfg(feature = "async")]
impl<'a, F, O, K> Retry<'a, Awaits<F>, O, K> {
    /// Makes the call's future, as `.await` does by itself: for whoever spawns or polls it.
    ///
    /// Where `.await` finds that something "is not a future", `.call().await` tells what the call lacks.
    #[inline]
    pub fn call(self) -> RetryFuture<'a, F, O, K>
    where
        O: Outcome,
        K: future::AsyncSteps<O>,
        F: Operation<future::CallTimer<F, O, K>, Output: Future<Output = O>>,
    {
        RetryFuture::new(self.origin, self.operation.0, self.keys)
    }
}

#[cfg(feature = "async")]
impl<'a, F, O, K> IntoFuture for Retry<'a, Awaits<F>, O, K>
where
    // For calls by `retry_async` alone. What such a call lacks is told by `.call().await`.
    O: Outcome,
    K: future::AsyncSteps<O>,
    F: Operation<future::CallTimer<F, O, K>, Output: Future<Output = O>>,
{
    type Output = K::Returned;
    type IntoFuture = RetryFuture<'a, F, O, K>;

    #[inline]
    fn into_future(self) -> RetryFuture<'a, F, O, K> {
        self.call()
    }
}
