//! What is retried: a closure, sync or async, that is told of its attempt or not.

use crate::engine::call::{Attempt, Call};
use crate::policy::Policy;
use crate::time::clock::{Begin, Started, Timer};
use core::any::type_name;
use core::fmt;

/// A closure that returns an outcome.
#[derive(Clone, Copy, Debug)]
pub struct Calls<F>(pub(crate) F);

/// A closure that returns a future.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug)]
pub struct Awaits<F>(pub(crate) F);

/// A closure without arguments.
#[derive(Clone, Copy)]
pub struct Bare<F>(pub(crate) F);

/// A closure that is told of its attempt.
#[derive(Clone, Copy)]
pub struct Told<F>(pub(crate) F);

impl<F> fmt::Debug for Bare<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(type_name::<F>())
    }
}

impl<F> fmt::Debug for Told<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(type_name::<F>())
    }
}

/// What an operation has to know of the time.
pub trait Operand {
    /// What the call knows of it, if it would know as much as `C` otherwise.
    type Timer<C: Begin>: Begin;
}

/// Runs an attempt.
pub trait Operation<C>: Operand {
    /// What it returns.
    type Output;
    /// Runs it.
    fn run(&mut self, call: &Call<C>, policy: &Policy) -> Self::Output;
}

impl<F> Operand for Bare<F> {
    type Timer<C: Begin> = C;
}

impl<C: Timer, F: FnMut() -> R, R> Operation<C> for Bare<F> {
    type Output = R;

    #[inline]
    fn run(&mut self, _: &Call<C>, _: &Policy) -> R {
        self.0()
    }
}

impl<F> Operand for Told<F> {
    type Timer<C: Begin> = Started;
}

impl<F: FnMut(Attempt) -> R, R> Operation<Started> for Told<F> {
    type Output = R;

    #[inline]
    fn run(&mut self, call: &Call<Started>, policy: &Policy) -> R {
        self.0(call.attempt(policy))
    }
}
