//! Async calls whose attempts borrow from the operation: an async function instead of a future that can be named.
//!
//! It knows only that an attempt is followed by a pause or by the end of the call.

use super::Retry;
use super::attempt::CallKeys;
use super::breaking::Watching;
use super::cancelling::CancelsAsync;
use super::future::{BeginsWithAwait, FutureSleeper};
use super::operation::LendingOperation;
use super::time_limit::Limit;
use crate::failure::outcome::Outcome;
use core::future::poll_fn;
use core::ops::ControlFlow;
use core::pin::pin;

impl<'a, P, S, T, A, O, K> Retry<'a, BeginsWithAwait<P, S, T, A>, O, K> {
    /// Runs the call where it is awaited. Its attempts may borrow what an `async` closure captures by `&mut`.
    ///
    /// The future, and each one that awaits it, is not `Send` where it is spawned: the compiler (seen with Rust 1.85 and 1.95) cannot tell that
    /// a borrow of a closure may go to another thread. So it is for what stays on its thread: `main`, a test, a task of a `LocalSet`. For a
    /// future that is `Send`, hand a state from attempt to attempt by [`Policy::retry_async_with`](crate::Policy::retry_async_with), or annotate
    /// a function.
    ///
    /// # Cancel safety
    ///
    /// As that of a [`RetryFuture`](crate::RetryFuture).
    ///
    /// # Examples
    ///
    /// ```
    /// # use reattempt::{Policy, Strategy};
    /// # struct Connection { sent: u32 }
    /// # impl Connection {
    /// #     async fn send(&mut self, frame: &str) -> Result<u32, &'static str> { self.sent += 1; if self.sent < 3 { Err("busy") } else { Ok(self.sent) } }
    /// # }
    /// # futures_lite(async {
    /// # let (mut connection, frame) = (Connection { sent: 0 }, String::from("frame"));
    /// let policy = Policy::builder().strategy(Strategy::Immediate).build()?;
    /// let sent = policy
    ///     .retry_async(async || connection.send(&frame).await)
    ///     .on(|error| *error == "busy")
    ///     # .sleep(|_| std::future::ready(()))
    ///     .call_local()
    ///     .await;
    /// assert_eq!(sent, Ok(3));
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
    pub async fn call_local(self) -> K::Returned
    where
        O: Outcome,
        P: LendingOperation<O>,
        S: FutureSleeper,
        T: Limit<O>,
        A: CancelsAsync,
        K: CallKeys<'a, O, T::Ended>,
    {
        let Self { origin, driver: BeginsWithAwait { mut operation, mut sleeper, timeout, cancel }, mut keys, .. } =
            self;
        let mut call = operation.begin(origin.policy, K::NEEDS_CLOCK);
        loop {
            let next = match keys.admit::<A>(&call, origin) {
                Ok(mut permit) => {
                    let ended = {
                        let mut clock = timeout.clock(&call, origin.policy);
                        let mut attempt = pin!(operation.lend(&call, origin.policy));
                        poll_fn(|context| {
                            let timer = |limit| sleeper.timer(limit, origin.location);
                            permit.watch(|| T::poll(attempt.as_mut(), &mut clock, context, timer))
                        })
                        .await
                    };
                    operation.count_progress(&mut call);
                    keys.step(&mut call, origin, cancel, timeout, permit, ended)
                }
                Err(next) => next,
            };
            let (pause, kept) = match next {
                ControlFlow::Break(returned) => return returned,
                ControlFlow::Continue(sleep) => sleep,
            };
            let is_cancelled = A::is_cancelled(cancel.begin(|| sleeper.sleep(pause)).await);
            if let ControlFlow::Break(returned) = keys.resume::<A>(&mut call, origin, is_cancelled, kept) {
                return returned;
            }
        }
    }
}
