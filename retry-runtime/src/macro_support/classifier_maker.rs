//! Calls where a classifier should be. One without arguments may make a classifier, or be the call of the classifier itself. One with the name
//! of a function that joins classifiers may be of that function, or of one of the user's.

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
    label = "write this name without `()`, as in `on = is_transient`",
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

/// A function that joins classifiers and may take a tuple of them. The compiler takes the first method whose bound holds.
#[derive(Debug)]
pub struct Joining<F>(TakesSeveral<F>);

/// A function of the user's, which takes several arguments.
#[derive(Debug)]
pub struct TakesSeveral<F>(F);

/// A function that takes several arguments, and is a function `F`. This trait exists for its compiler message, and no type implements it.
#[diagnostic::on_unimplemented(
    message = "several arguments, where `any_of` and `all_of` take one tuple",
    label = "write the classifiers in parentheses of their own, as in `on = any_of((is_busy, is_time_out))`"
)]
pub trait SeveralArguments<F> {
    /// Returns the function.
    fn same(self) -> F;
}

/// A tuple of classifiers.
type Tuple = (fn(&u8) -> bool, fn(&u8) -> bool);

/// Starts the choice.
#[inline]
pub fn joining<F>(function: F) -> Joining<F> {
    Joining(TakesSeveral(function))
}

impl<F: Fn(Tuple) -> C, C> Joining<F> {
    /// Does not compile. The type that is returned is unknown, so that the call is no second error.
    #[inline]
    pub fn __reattempt_joins<G>(self) -> G
    where
        F: SeveralArguments<G>,
    {
        self.0.0.same()
    }
}

impl<F> TakesSeveral<F> {
    /// Returns the function.
    #[inline]
    pub fn __reattempt_joins(&self) -> &F {
        &self.0
    }
}

impl<F> Deref for Joining<F> {
    type Target = TakesSeveral<F>;

    #[inline]
    fn deref(&self) -> &TakesSeveral<F> {
        &self.0
    }
}

impl<F> Deref for Called<F> {
    type Target = NeedsArgument<F>;

    #[inline]
    fn deref(&self) -> &NeedsArgument<F> {
        &self.0
    }
}
