//! Attempts of async functions whose panics a circuit breaker counts: the key `breaker`.
//!
//! It knows neither the attempt's contents nor what follows it.

use crate::engine::guards::Watch;
use crate::overload::breaker::Permit;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// Runs an attempt that has a permit. A panic in a poll of the attempt is reported as a failure; dropping the future is not.
pub fn watched<'p, 'a, F: Future>(attempt: Pin<&'p mut F>, permit: &'p mut Option<Permit<'a>>) -> Watched<'p, 'a, F> {
    Watched { attempt, permit }
}

/// The future of [`watched`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Watched<'p, 'a, F> {
    attempt: Pin<&'p mut F>,
    permit: &'p mut Option<Permit<'a>>,
}

impl<F: Future> Future for Watched<'_, '_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { attempt, permit } = &mut *self;
        let watch = Watch::new(permit);
        let polled = attempt.as_mut().poll(context);
        watch.end();
        polled
    }
}
