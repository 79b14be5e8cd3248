//! A call without arguments where a classifier should be: it may make one, or be the call of the classifier itself.

use core::ops::Deref;

/// A function that is called without arguments. The compiler takes the first method whose bound holds.
#[derive(Debug)]
pub struct Called<F>(NeedsArgument<F>);

/// A function that cannot be called without arguments.
#[derive(Debug)]
pub struct NeedsArgument<F>(F);

/// A function without arguments. This trait exists for its compiler message, and no type implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called here, where a classifier is named",
    label = "write this name without `()`",
    note = "a classifier is called after an attempt, with its failure: `on = is_transient` for `fn is_transient(error: &MyError) -> bool`"
)]
pub trait WithoutArguments {}

/// Starts the choice.
#[inline]
pub fn called<F>(function: F) -> Called<F> {
    Called(NeedsArgument(function))
}

impl<F: Fn() -> C, C> Called<F> {
    /// Returns the classifier that the function makes.
    #[inline]
    pub fn __reattempt_made(&self) -> C {
        (self.0.0)()
    }
}

impl<F> NeedsArgument<F> {
    /// Does not compile.
    #[inline]
    pub fn __reattempt_made<E: ?Sized>(&self) -> fn(&E) -> bool
    where
        F: WithoutArguments,
    {
        |_| false
    }
}

impl<F> Deref for Called<F> {
    type Target = NeedsArgument<F>;

    #[inline]
    fn deref(&self) -> &NeedsArgument<F> {
        &self.0
    }
}
