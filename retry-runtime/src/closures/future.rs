//! Async calls: a future that is a state machine, with the attempt's own future inside.
//!
//! The state of the engine is stored in a smaller form while an attempt runs.

use super::Retry;
use super::attempt::{CallKeys, Kept};
use super::breaking::Watching;
use super::cancelling::CancelsAsync;
use super::keys::By;
use super::operation::{AsyncOperation, ClosureCall, Returns, WithAttempt, WithProgress, WithState, WithoutAttempt};
use super::requirements::{IsOperation, MayBeDropped, ReturnsFuture, ReturnsState};
use super::time_limit::{Limit, Timeout};
use crate::engine::call::{Attempt, StoredCall};
use crate::engine::pause::{self, Pause};
use crate::engine::progress::Progress;
use crate::engine::series::Series;
use crate::failure::outcome::Outcome;
use crate::policy::Policy;
use crate::time::cancellation::Cancels;
use crate::time::sleep::{AsyncSleeper, DefaultSleeper, Sleep, SleepWith, SleeperFuture};
use core::fmt::Display;
use core::fmt::{self, Debug};
use core::future::Future;
use core::marker::PhantomData;
use core::mem;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use pin_project_lite::pin_project;

/// Runs an operation that returns the future of an outcome.
#[derive(Clone, Copy, Debug)]
pub struct BeginsWithAwait<P, S = DefaultSleeper, T = (), A = ()> {
    pub(crate) operation: P,
    pub(crate) sleeper: S,
    pub(crate) timeout: T,
    pub(crate) cancel: A,
}

/// Async calls of closures.
impl Policy {
    /// Awaits the futures of an operation until one succeeds. The call begins with `.await`.
    ///
    /// Each attempt is a new future. It may borrow what the closure borrows, and the closure clones what an attempt uses up. The future of the
    /// call contains the future of the attempt, without a box, and is `Send` if that is.
    ///
    /// An attempt that changes what is captured borrows it by `&mut`. Two forms are for that:
    ///
    /// - `retry_async(async || connection.send(&frame).await)`, an `async` closure, whose call ends with
    ///   [`.call_local().await`](Retry::call_local). That future is not `Send` when it is spawned.
    /// - [`retry_async_with(state, |state| ...)`](Self::retry_async_with), whose future is `Send`.
    ///
    /// A closure that is not `async` cannot lend what it captures: of `|| connection.send(&frame)` the compiler says "captured variable cannot
    /// escape `FnMut` closure body".
    ///
    /// # Cancel safety
    ///
    /// Dropping the future at any point leaves nothing behind; see [`RetryFuture`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use reattempt::{Policy, Strategy};
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
    /// # Ok::<(), reattempt::PolicyError>(())
    /// # });
    /// # fn futures_lite<T, E: std::fmt::Debug>(future: impl Future<Output = Result<T, E>>) -> T {
    /// #     let mut future = std::pin::pin!(future);
    /// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     loop {
    /// #         if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) { return output.expect("no error"); }
    /// #     }
    /// # }
    /// ```
    #[inline]
    #[track_caller]
    pub fn retry_async<F, U>(&self, operation: F) -> Retry<'_, BeginsWithAwait<WithoutAttempt<F>>, U::Outcome>
    where
        F: IsOperation<Attempt = U>,
        U: ReturnsFuture,
    {
        Retry::new(
            self,
            BeginsWithAwait { operation: WithoutAttempt(operation), sleeper: DefaultSleeper, timeout: (), cancel: () },
        )
    }

    /// Awaits the futures of an operation that takes its [`Attempt`], as by the key `attempt`. The clock is read when the call begins.
    #[inline]
    #[track_caller]
    pub fn retry_async_attempt<F, U>(&self, operation: F) -> Retry<'_, BeginsWithAwait<WithAttempt<F>>, U::Outcome>
    where
        F: FnMut(Attempt) -> U,
        U: ReturnsFuture,
    {
        Retry::new(
            self,
            BeginsWithAwait { operation: WithAttempt(operation), sleeper: DefaultSleeper, timeout: (), cancel: () },
        )
    }

    /// Awaits the futures of an operation that hands a state from attempt to attempt. The operation takes the state, and its future returns it
    /// beside the outcome.
    ///
    /// It is for attempts that change something, in a future that is `Send`. The state is often a `&mut`. The call returns the last outcome; the
    /// state is dropped at its end. There is no [`timeout`](Retry::timeout), since an attempt that is dropped takes the state with it.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the state, and leaves nothing behind; see [`RetryFuture`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use reattempt::{Policy, Strategy};
    /// # use std::io;
    /// struct Connection { sent: Vec<String> }
    ///
    /// impl Connection {
    ///     async fn send(&mut self, frame: &str) -> io::Result<usize> {
    ///         self.sent.push(frame.to_owned());
    ///         if self.sent.len() < 3 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(self.sent.len()) }
    ///     }
    ///
    ///     async fn send_reliably(&mut self, policy: &Policy, frame: &str) -> io::Result<usize> {
    ///         policy
    ///             .retry_async_with(self, |this| async move {
    ///                 let sent = this.send(frame).await;
    ///                 (this, sent)
    ///             })
    ///             # .sleep(|_| std::future::ready(()))
    ///             .await
    ///     }
    /// }
    ///
    /// fn spawn<F: Future + Send>(future: F) -> F { future }
    ///
    /// # futures_lite(async {
    /// let policy = Policy::builder().strategy(Strategy::Immediate).build()?;
    /// let mut connection = Connection { sent: Vec::new() };
    /// assert_eq!(spawn(connection.send_reliably(&policy, "frame")).await.ok(), Some(3));
    /// # Ok::<(), reattempt::PolicyError>(())
    /// # });
    /// # fn futures_lite<T, E: std::fmt::Debug>(future: impl Future<Output = Result<T, E>>) -> T {
    /// #     let mut future = std::pin::pin!(future);
    /// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     loop {
    /// #         if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) { return output.expect("no error"); }
    /// #     }
    /// # }
    /// ```
    #[inline]
    #[track_caller]
    pub fn retry_async_with<S, F, U>(
        &self,
        state: S,
        operation: F,
    ) -> Retry<'_, BeginsWithAwait<WithState<S, F, U>>, U::Outcome>
    where
        F: FnMut(S) -> U,
        U: ReturnsState<S>,
    {
        let operation = WithState { state: Some(state), operation, attempt: PhantomData };
        Retry::new(self, BeginsWithAwait { operation, sleeper: DefaultSleeper, timeout: (), cancel: () })
    }
}

impl<'a, P, S, T, A, O, K> Retry<'a, BeginsWithAwait<P, S, T, A>, O, K> {
    /// Lets the attempts tell of their progress: the operation calls [`Progress::made`] of this value. The failure of such an attempt is the
    /// first of a new series, from which attempts, delays and the deadline count. A value serves one call at a time.
    pub fn progress(self, progress: &'a Progress) -> Retry<'a, BeginsWithAwait<WithProgress<'a, P>, S, T, A>, O, K> {
        self.driven(|BeginsWithAwait { operation, sleeper, timeout, cancel }| {
            let operation = WithProgress { operation, progress };
            BeginsWithAwait { operation, sleeper, timeout, cancel }
        })
    }

    /// Sets the time limit of each attempt. An attempt is dropped when its time is up, which is a transient failure. Its time begins when the
    /// operation is called. With a deadline, the limit is
    /// the time left before the deadline if that is shorter.
    ///
    /// Unless [`error`](Self::error) or [`recover`](Self::recover) is set, the operation's error type is
    /// `From<`[`TimedOut`](crate::TimedOut)`>`, because the last attempt may time out. An `Option` is `None` then.
    pub fn timeout(self, limit: Duration) -> Retry<'a, BeginsWithAwait<P, S, Timeout, A>, O, K>
    where
        P: MayBeDropped,
    {
        self.driven(|BeginsWithAwait { operation, sleeper, cancel, .. }| BeginsWithAwait {
            operation,
            sleeper,
            timeout: Timeout(limit),
            cancel,
        })
    }

    /// Sets a sleeper of your own: a function from a `Duration` to a future, such as `tokio::time::sleep`. The future's output is ignored. It also limits the
    /// attempts of [`timeout`](Self::timeout). It is not called for a delay of zero.
    pub fn sleep<F, W>(self, sleeper: F) -> Retry<'a, BeginsWithAwait<P, By<F>, T, A>, O, K>
    where
        F: FnMut(Duration) -> W,
        W: SleeperFuture,
    {
        self.driven(|BeginsWithAwait { operation, timeout, cancel, .. }| BeginsWithAwait {
            operation,
            sleeper: By(sleeper),
            timeout,
            cancel,
        })
    }

    /// Ends the call when a [`Cancellation`](crate::Cancellation) is cancelled: wakes its sleep, and returns the last outcome. It may be behind
    /// a reference, an `Arc` or a `LazyLock`. With the feature `tokio-util-0_7` it may also be a `CancellationToken`. The first attempt always
    /// runs. Values and errors are kept during the sleeps then, so the future is `Send` only if they are.
    pub fn cancel<C: Cancels>(self, cancel: &'a C) -> Retry<'a, BeginsWithAwait<P, S, T, By<&'a C>>, O, K> {
        self.driven(|BeginsWithAwait { operation, sleeper, timeout, .. }| BeginsWithAwait {
            operation,
            sleeper,
            timeout,
            cancel: By(cancel),
        })
    }

    /// Makes the call's future, to spawn or poll it. `.await` does this by itself.
    ///
    /// If the compiler says of `.await` that something "is not a future", write `.call().await`: then it says what is missing.
    #[inline]
    pub fn call(self) -> RetryFuture<'a, P, S, T, A, O, K>
    where
        O: Outcome,
        P: AsyncOperation<Outcome = O>,
        S: FutureSleeper,
        T: Limit<O>,
        A: CancelsAsync,
        K: CallKeys<'a, O, T::Ended>,
    {
        RetryFuture { retry: self, series: None, state: State::New }
    }
}

impl<'a, P, S, T, A, O, K> IntoFuture for Retry<'a, BeginsWithAwait<P, S, T, A>, O, K>
where
    // This is for calls by `retry_async` only. If a bound is missing, the compiler explains it at `.call().await`.
    O: Outcome,
    P: AsyncOperation<Outcome = O>,
    S: FutureSleeper,
    T: Limit<O>,
    A: CancelsAsync,
    K: CallKeys<'a, O, T::Ended>,
{
    type Output = K::Returned;
    type IntoFuture = RetryFuture<'a, P, S, T, A, O, K>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.call()
    }
}

pin_project! {
    /// The future of an async call, from [`Policy::retry_async`](crate::Policy::retry_async). `.await` converts a [`Retry`](super::Retry) into it.
    ///
    /// The call begins when the future is first polled. It contains the future of the attempt; after a failure, the sleep uses the same memory. It
    /// is `Send` if the operation, its futures and the functions of the keys are `Send`. Values and errors need not be `Send`, except with
    /// `history`, which keeps errors during the sleeps.
    ///
    /// # Panics
    ///
    /// Panics if it is polled after it was ready. With tokio's sleeper, also panics if it has to sleep outside of a tokio runtime. The message
    /// names the place and says what to do.
    ///
    /// # Cancel safety
    ///
    /// Dropping it at any point drops the running attempt or sleep, and leaves neither task nor timer. A permit of the breaker is given back. The
    /// token of a retry whose sleep is cancelled is lost.
    #[must_use = "the call begins when its future is awaited: write `.await`"]
    pub struct RetryFuture<'a, P, S, T, A, O, K>
    where
        P: Returns,
        S: FutureSleeper,
        T: Limit<O>,
        A: CancelsAsync,
        O: Outcome,
        K: CallKeys<'a, O, T::Ended>,
    {
        retry: Retry<'a, BeginsWithAwait<P, S, T, A>, O, K>,
        series: Option<Box<Series>>,
        #[pin]
        state: State<
            P::Output,
            A::Sleep<S::Sleep>,
            K::Permit,
            T::Clock<S::Timer>,
            Kept<A::Kept<K::Checked>, K::Awaited>,
        >,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<U, S, P, L, H> {
        New,
        Running { failures: u32, call: StoredCall, permit: P, clock: L, #[pin] attempt: U },
        Sleeping { failures: u32, call: StoredCall, kept: H, #[pin] sleep: S },
        // The call is over, or a function of the caller runs: if that panics, the call is over.
        Over,
    }
}

impl<'a, P: AsyncOperation<Outcome = O>, S: FutureSleeper, T: Limit<O>, A: CancelsAsync, O: Outcome, K>
    RetryFuture<'a, P, S, T, A, O, K>
where
    K: CallKeys<'a, O, T::Ended>,
{
    /// Begins an attempt, or what follows if the breaker refuses it.
    #[inline]
    fn begin(mut self: Pin<&mut Self>, call: ClosureCall) -> ControlFlow<K::Returned> {
        let mut this = self.as_mut().project();
        let &mut Retry { origin, ref mut driver, ref mut keys, .. } = this.retry;
        this.state.set(State::Over);
        let mut permit = match keys.admit::<A>(&call, origin) {
            Ok(permit) => permit,
            Err(next) => {
                let (pause, kept) = next?;
                self.sleep(call, pause, kept);
                return ControlFlow::Continue(());
            }
        };
        let clock = driver.timeout.clock(&call, origin.policy);
        let attempt = permit.watch(|| driver.operation.run(&call, origin.policy));
        let (failures, call) = call.store(this.series);
        this.state.set(State::Running { failures, call, permit, clock, attempt });
        ControlFlow::Continue(())
    }

    /// Begins a sleep.
    #[inline]
    fn sleep(self: Pin<&mut Self>, call: ClosureCall, pause: Pause, kept: Kept<A::Kept<K::Checked>, K::Awaited>) {
        let mut this = self.project();
        let driver = &mut this.retry.driver;
        let sleep = driver.cancel.begin(|| driver.sleeper.sleep(pause));
        let (failures, call) = call.store(this.series);
        this.state.set(State::Sleeping { failures, call, kept, sleep });
    }
}

impl<'a, P: Returns, S: FutureSleeper, T: Limit<O>, A: CancelsAsync, O: Outcome, K: CallKeys<'a, O, T::Ended>> Debug
    for RetryFuture<'a, P, S, T, A, O, K>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture").field("origin", &self.retry.origin).finish_non_exhaustive()
    }
}

impl<'a, P, S, T, A, O, K> Future for RetryFuture<'a, P, S, T, A, O, K>
where
    P: AsyncOperation<Outcome = O>,
    S: FutureSleeper,
    T: Limit<O>,
    A: CancelsAsync,
    O: Outcome,
    K: CallKeys<'a, O, T::Ended>,
{
    type Output = K::Returned;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<K::Returned> {
        let mut this = self.as_mut().project();
        if let StateProjection::New = this.state.as_mut().project() {
            let Retry { origin, driver, .. } = this.retry;
            let call = driver.operation.begin(origin.policy, K::NEEDS_CLOCK);
            if let ControlFlow::Break(returned) = self.as_mut().begin(call) {
                return Poll::Ready(returned);
            }
        }
        loop {
            let mut this = self.as_mut().project();
            let &mut Retry { origin, ref mut driver, ref mut keys, .. } = this.retry;
            match this.state.as_mut().project() {
                StateProjection::Running { failures, call, permit, clock, attempt } => {
                    let timer = |limit| driver.sleeper.timer(limit, origin.location);
                    let mut attempt = Finishing { attempt, operation: &mut driver.operation };
                    let ended = ready!(permit.watch(|| T::poll(Pin::new(&mut attempt), clock, context, timer)));
                    let permit = mem::take(permit);
                    let mut call = call.resume(*failures, this.series.as_deref());
                    driver.operation.count_progress(&mut call);
                    // No attempt exists while classifiers run.
                    this.state.set(State::Over);
                    match keys.step(&mut call, origin, driver.cancel, driver.timeout, permit, ended) {
                        ControlFlow::Break(returned) => return Poll::Ready(returned),
                        ControlFlow::Continue((pause, kept)) => self.as_mut().sleep(call, pause, kept),
                    }
                }
                StateProjection::Sleeping { failures, call, kept, sleep } => {
                    let is_cancelled = A::is_cancelled(ready!(sleep.poll(context)));
                    let (mut call, kept) = (call.resume(*failures, this.series.as_deref()), mem::take(kept));
                    this.state.set(State::Over);
                    if let ControlFlow::Break(returned) = keys.resume::<A>(&mut call, origin, is_cancelled, kept) {
                        return Poll::Ready(returned);
                    }
                    if let ControlFlow::Break(returned) = self.as_mut().begin(call) {
                        return Poll::Ready(returned);
                    }
                }
                StateProjection::New | StateProjection::Over => over(),
            }
        }
    }
}

/// An attempt that is polled, and its operation, which takes the outcome from what the attempt returns.
struct Finishing<'f, P: AsyncOperation> {
    attempt: Pin<&'f mut P::Output>,
    operation: &'f mut P,
}

impl<P: AsyncOperation> Future for Finishing<'_, P> {
    type Output = P::Outcome;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<P::Outcome> {
        let returned = ready!(self.attempt.as_mut().poll(context));
        Poll::Ready(self.operation.finish(returned))
    }
}

/// Panics because the future was polled after the call ended or panicked.
#[cold]
#[inline(never)]
fn over() -> ! {
    panic!("a retried call was polled after it had ended")
}

/// A sleeper that returns futures.
pub trait FutureSleeper {
    /// A sleep between attempts.
    type Sleep: Future<Output = ()> + Unpin;
    /// The timer of an attempt.
    type Timer: Future;
    /// Sleeps for a pause.
    fn sleep(&mut self, pause: Pause) -> Self::Sleep;
    /// Starts a timer. `place` names the call in a panic message.
    fn timer(&mut self, limit: Duration, place: impl Display) -> Self::Timer;
}

impl<S: AsyncSleeper + Copy> FutureSleeper for S {
    type Sleep = Sleep;
    type Timer = Sleep;

    fn sleep(&mut self, pause: Pause) -> Sleep {
        pause::sleep_async(*self, pause)
    }

    fn timer(&mut self, limit: Duration, place: impl Display) -> Sleep {
        Sleep::timer(*self, limit, place)
    }
}

impl<F: FnMut(Duration) -> W, W: SleeperFuture> FutureSleeper for By<F> {
    type Sleep = SleepWith<W>;
    type Timer = W;

    fn sleep(&mut self, pause: Pause) -> SleepWith<W> {
        SleepWith::new(&mut self.0, pause.delay())
    }

    fn timer(&mut self, limit: Duration, _: impl Display) -> W {
        self.0(limit)
    }
}
