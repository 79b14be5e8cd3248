//! Operations: the closures that are called for each attempt.
//!
//! An operation does not know what follows an attempt.

use crate::engine::call::{Attempt, Call};
use crate::policy::Policy;
use crate::time::clock::Started;

/// A call of a closure. Its start is recorded only if something needs it.
pub type ClosureCall = Call<Option<Started>>;

/// A closure without arguments.
#[derive(Clone, Copy, Debug)]
pub struct WithoutAttempt<F>(pub(crate) F);

/// A closure that takes an [`Attempt`].
#[derive(Clone, Copy, Debug)]
pub struct WithAttempt<F>(pub(crate) F);

/// A closure that is called for each attempt.
pub trait Operation {
    /// The return type.
    type Output;
    /// Whether it needs the time since the call began.
    const NEEDS_CLOCK: bool;
    /// Runs an attempt.
    fn run(&mut self, call: &ClosureCall, policy: &Policy) -> Self::Output;
}

impl<F: FnMut() -> R, R> Operation for WithoutAttempt<F> {
    type Output = R;
    const NEEDS_CLOCK: bool = false;

    fn run(&mut self, _: &ClosureCall, _: &Policy) -> R {
        self.0()
    }
}

impl<F: FnMut(Attempt) -> R, R> Operation for WithAttempt<F> {
    type Output = R;
    const NEEDS_CLOCK: bool = true;

    fn run(&mut self, call: &ClosureCall, policy: &Policy) -> R {
        self.0(Attempt::new(&call.session, policy, call.timer.unwrap_or_else(Started::now)))
    }
}
