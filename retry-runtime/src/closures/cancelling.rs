//! The key `cancel` of a call, or its absence.
//!
//! It does not know what follows a cancelled sleep.

use super::keys::By;
use crate::engine::context::AsksForCancel;
use crate::engine::pause::Pause;
use crate::time::cancellation::{Cancels, is_cancelled};
#[cfg(feature = "async")]
use crate::time::cancellation::{Signal, UntilCancelled, until_cancelled};
#[cfg(feature = "async")]
use core::future::Future;

/// The key `cancel`. `()` is a call that nothing cancels.
pub trait Cancelling: AsksForCancel + Copy {
    /// The failed outcome with its pause, which a call keeps during the sleep to return it where the sleep is cancelled.
    type Kept<O>: Default;

    /// Keeps a failed outcome, or passes it on.
    fn keep<O>(pause: Pause, outcome: O, pass: impl FnOnce(O)) -> Self::Kept<O>;

    /// Returns the outcome that was kept.
    fn kept<O>(kept: Self::Kept<O>) -> Option<(Pause, O)>;
}

impl Cancelling for () {
    type Kept<O> = ();

    #[inline]
    fn keep<O>(_: Pause, outcome: O, pass: impl FnOnce(O)) {
        pass(outcome);
    }

    #[inline]
    fn kept<O>((): ()) -> Option<(Pause, O)> {
        None
    }
}

impl<T: Cancels> AsksForCancel for By<&T> {
    fn ask(self) -> bool {
        is_cancelled(self.0)
    }
}

impl<T: Cancels> Cancelling for By<&T> {
    type Kept<O> = Option<(Pause, O)>;

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
    type Sleep<S: Future<Output = ()> + Unpin>: Future<Output = Self::Ended>;

    /// The end of a sleep.
    type Ended;

    /// Begins a sleep.
    fn begin<S: Future<Output = ()> + Unpin>(self, sleep: impl FnOnce() -> S) -> Self::Sleep<S>;

    /// Returns `true` if the sleep was cancelled.
    fn is_cancelled(ended: Self::Ended) -> bool;
}

#[cfg(feature = "async")]
impl CancelsAsync for () {
    type Sleep<S: Future<Output = ()> + Unpin> = S;
    type Ended = ();

    #[inline]
    fn begin<S: Future<Output = ()> + Unpin>(self, sleep: impl FnOnce() -> S) -> S {
        sleep()
    }

    #[inline]
    fn is_cancelled((): ()) -> bool {
        false
    }
}

#[cfg(feature = "async")]
impl<'a, T: Cancels> CancelsAsync for By<&'a T> {
    type Sleep<S: Future<Output = ()> + Unpin> = UntilCancelled<<T::Signal as Signal>::Cancelled<'a>, S>;
    type Ended = bool;

    fn begin<S: Future<Output = ()> + Unpin>(self, sleep: impl FnOnce() -> S) -> Self::Sleep<S> {
        until_cancelled(self.0, sleep)
    }

    fn is_cancelled(is_cancelled: bool) -> bool {
        is_cancelled
    }
}
