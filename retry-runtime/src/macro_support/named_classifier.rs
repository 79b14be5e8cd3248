//! A named function where a classifier should be. It is called as it is, unless its signature is surely another one.
//!
//! Each wrapper has a method of the same name, with the bound that it needs, and dereferences to the next wrapper. The compiler takes the
//! first method whose bound holds, and so our words come in place of its own.

use crate::failure::classify::source::Erased;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use std::error::Error;

/// A function that can be called with the failure.
#[derive(Debug)]
pub struct Named<'a, E: ?Sized, F>(TakesValue<'a, E, F>);

/// A function that takes the failure itself.
#[derive(Debug)]
pub struct TakesValue<'a, E: ?Sized, F>(TakesContent<'a, E, F>);

/// A function that takes the `dyn Error` in the failure.
#[derive(Debug)]
pub struct TakesContent<'a, E: ?Sized, F>(TakesTwo<'a, E, F>);

/// A function that takes two arguments.
#[derive(Debug)]
pub struct TakesTwo<'a, E: ?Sized, F>(TakesAnother<'a, E, F>);

/// A function that takes something else, to which a reference to the failure may be coerced.
#[derive(Debug)]
pub struct TakesAnother<'a, E: ?Sized, F>(&'a F, PhantomData<&'a E>);

/// A function that takes a reference. This trait exists for its compiler message, and no type implements it.
#[diagnostic::on_unimplemented(
    message = "a classifier takes a reference, and `{Self}` takes the failure itself",
    label = "write `&self`, or `&` before the argument's type, in the signature of this function",
    note = "or write a closure that clones the failure for it, `on = |error| is_transient(error.clone())`"
)]
pub trait TakesReference {}

/// A function that takes a failure of this type. This trait exists for its compiler message, and no type implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes a `dyn Error`, and the failure has the type `{E}`, with the `dyn Error` in it",
    label = "write a closure that takes it out, `on = |error| is_transient(&**error)`"
)]
pub trait TakesFailure<E: ?Sized> {}

/// A function with one argument. This trait exists for its compiler message, and no type implements it.
#[diagnostic::on_unimplemented(
    message = "a classifier takes one argument, the failure, and `{Self}` takes two",
    label = "write a closure with the other argument, as in `on = |error| self.is_transient(error)` for a method with `&self`"
)]
pub trait OneArgument {}

/// Starts the choice.
#[inline]
pub fn named<'a, E: ?Sized, F>(_failure: &'a E, function: &'a F) -> Named<'a, E, F> {
    Named(TakesValue(TakesContent(TakesTwo(TakesAnother(function, PhantomData)))))
}

/// A classifier of the right type, for what does not compile.
fn refused<'a, E: ?Sized + 'a>() -> &'a fn(&E) -> bool {
    const { &((|_| false) as fn(&E) -> bool) }
}

impl<'a, E: ?Sized, V, F: Fn(&'a E) -> V> Named<'a, E, F> {
    /// Returns the function.
    #[inline]
    pub fn __reattempt_classifier(&self) -> &'a F {
        self.0.0.0.0.0
    }
}

impl<'a, E, V, F: Fn(E) -> V> TakesValue<'a, E, F> {
    /// Does not compile.
    #[inline]
    pub fn __reattempt_classifier(&self) -> &'a fn(&E) -> bool
    where
        F: TakesReference,
    {
        refused()
    }
}

#[expect(private_bounds, reason = "the kinds of `dyn Error` are known")]
impl<'a, E: DerefMut<Target: Erased>, V, F: Fn(&'a (dyn Error + 'static)) -> V> TakesContent<'a, E, F> {
    /// Does not compile.
    #[inline]
    pub fn __reattempt_classifier(&self) -> &'a fn(&E) -> bool
    where
        F: TakesFailure<E>,
    {
        refused()
    }
}

/// A function with two arguments of the types `M`, such as a method. It is a trait, because no bound of the wrapper names these types.
pub trait Method<'a, M, E: ?Sized, F> {
    /// Does not compile.
    fn __reattempt_classifier(&self) -> &'a fn(&E) -> bool
    where
        F: OneArgument,
    {
        refused()
    }
}

impl<'a, A, B, E: ?Sized, V, F: Fn(A, B) -> V> Method<'a, (A, B), E, F> for TakesTwo<'a, E, F> {}

impl<'a, E: ?Sized, F> TakesAnother<'a, E, F> {
    /// Returns the function.
    #[inline]
    pub fn __reattempt_classifier(&self) -> &'a F {
        self.0
    }
}

impl<'a, E: ?Sized, F> Deref for Named<'a, E, F> {
    type Target = TakesValue<'a, E, F>;

    #[inline]
    fn deref(&self) -> &TakesValue<'a, E, F> {
        &self.0
    }
}

impl<'a, E: ?Sized, F> Deref for TakesValue<'a, E, F> {
    type Target = TakesContent<'a, E, F>;

    #[inline]
    fn deref(&self) -> &TakesContent<'a, E, F> {
        &self.0
    }
}

impl<'a, E: ?Sized, F> Deref for TakesContent<'a, E, F> {
    type Target = TakesTwo<'a, E, F>;

    #[inline]
    fn deref(&self) -> &TakesTwo<'a, E, F> {
        &self.0
    }
}

impl<'a, E: ?Sized, F> Deref for TakesTwo<'a, E, F> {
    type Target = TakesAnother<'a, E, F>;

    #[inline]
    fn deref(&self) -> &TakesAnother<'a, E, F> {
        &self.0
    }
}
