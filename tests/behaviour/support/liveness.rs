//! Liveness: counts the values that are alive, and polls futures a number of times.

use reattempt::{BreakerOpen, TimedOut};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// A count of values that are alive: each of them holds a clone.
pub(crate) type Alive = Arc<()>;

/// A future that is ready after this number of polls.
pub(crate) struct After {
    polls: u32,
    _alive: Alive,
}

impl After {
    pub(crate) fn new(polls: u32, alive: &Alive) -> Self {
        Self { polls, _alive: alive.clone() }
    }
}

impl Future for After {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.polls.checked_sub(1) {
            None => Poll::Ready(()),
            Some(rest) => {
                self.polls = rest;
                Poll::Pending
            }
        }
    }
}

#[derive(Debug, PartialEq)]
pub(crate) enum Failure {
    Busy,
    Gone,
    NoAnswer,
    Refused,
}

impl From<TimedOut> for Failure {
    fn from(_: TimedOut) -> Self {
        Self::NoAnswer
    }
}

impl From<BreakerOpen> for Failure {
    fn from(_: BreakerOpen) -> Self {
        Self::Refused
    }
}

/// Polls a future this number of times, or until it is ready.
pub(crate) fn poll_times<F: Future>(mut future: Pin<&mut F>, times: u32) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}
