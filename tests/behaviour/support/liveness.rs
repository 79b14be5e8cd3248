//! Liveness: counts the values that are alive.

use reattempt::{BreakerOpen, TimedOut};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

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
