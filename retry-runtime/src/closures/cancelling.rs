//! The key `cancel` of a call, or its absence.
//!
//! It does not know what follows a cancelled sleep.

use crate::engine::pause::Pause;
use crate::time::cancellation::{Cancels, is_cancelled};
#[cfg(feature = "async")]
use crate::time::cancellation::{Signal, UntilCancelled, until_cancelled};
#[cfg(feature = "async")]
use core::future::Future;
#[cfg(feature = "async")]
use core::pin::Pin;
#[cfg(feature = "async")]
use core::task::{Context, Poll};

/// The key `cancel`. `()` is a call that nothing cancels.
pub trait Cancelling {
    /// The failed outcome with its pause, which a call keeps during the sleep to return it where the sleep is cancelled.
    type Kept<O>: Default;

    /// Returns `true` if the call is cancelled.
    fn is_cancelled(&self) -> bool;

    /// Keeps a failed outcome, or passes it on.
    fn keep<O>(pause: Pause, outcome: O, pass: impl FnOnce(O)) -> Self::Kept<O>;

    /// Returns the outcome that was kept.
    fn kept<O>(kept: Self::Kept<O>) -> Option<(Pause, O)>;
}

impl Cancelling for () {
    type Kept<O> = ();

    fn is_cancelled(&self) -> bool {
        false
    }

    fn keep<O>(_: Pause, outcome: O, pass: impl FnOnce(O)) {
        pass(outcome);
    }

    fn kept<O>((): ()) -> Option<(Pause, O)> {
        None
    }
}

impl<T: Cancels> Cancelling for &T {
    type Kept<O> = Option<(Pause, O)>;

    fn is_cancelled(&self) -> bool {
        is_cancelled(*self)
    }

    fn keep<O>(pause: Pause, outcome: O, _: impl FnOnce(O)) -> Option<(Pause, O)> {
        Some((pause, outcome))
    }

    fn kept<O>(kept: Option<(Pause, O)>) -> Option<(Pause, O)> {
        kept
    }
}

/// The sleeps of an async call.
#[cfg(feature = "async")]
pub trait CancelsAsync: Cancelling {
    /// A sleep of type `S` that may be cancelled.
    type Sleep<S>;

    /// Begins a sleep.
    fn begin<S>(&self, sleep: impl FnOnce() -> S) -> Self::Sleep<S>;

    /// Polls a sleep. Returns `true` if it was cancelled.
    fn poll<S: Future<Output = ()> + Unpin>(sleep: Pin<&mut Self::Sleep<S>>, context: &mut Context<'_>) -> Poll<bool>;
}

#[cfg(feature = "async")]
impl CancelsAsync for () {
    type Sleep<S> = S;

    fn begin<S>(&self, sleep: impl FnOnce() -> S) -> S {
        sleep()
    }

    fn poll<S: Future<Output = ()>>(sleep: Pin<&mut S>, context: &mut Context<'_>) -> Poll<bool> {
        sleep.poll(context).map(|()| false)
    }
}

#[cfg(feature = "async")]
impl<'a, T: Cancels> CancelsAsync for &'a T {
    type Sleep<S> = UntilCancelled<<T::Signal as Signal>::Cancelled<'a>, S>;

    fn begin<S>(&self, sleep: impl FnOnce() -> S) -> Self::Sleep<S> {
        until_cancelled(*self, sleep)
    }

    fn poll<S: Future<Output = ()> + Unpin>(sleep: Pin<&mut Self::Sleep<S>>, context: &mut Context<'_>) -> Poll<bool> {
        sleep.poll(context)
    }
}
