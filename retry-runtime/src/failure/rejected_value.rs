//! A value that `on_value` rejected: whether a call keeps it, and how it is shown.
//!
//! It knows no call. The site chooses how to show a value, by the bounds that are visible there.

use core::any::type_name;
use core::convert::Infallible;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

/// A value that was rejected.
#[derive(Clone, Copy)]
pub struct RejectedValue<T> {
    pub(crate) value: T,
    show: fn(&T) -> Option<&dyn fmt::Debug>,
}

impl<T> RejectedValue<T> {
    /// Makes it of a value that `S` shows.
    pub(crate) fn new<S: ShowValue<T>>(value: T) -> Self {
        Self { value, show: S::show }
    }

    /// Returns the value as something that can be written, if it can.
    pub(crate) fn shown(&self) -> Option<&dyn fmt::Debug> {
        (self.show)(&self.value)
    }
}

impl<T> fmt::Debug for RejectedValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shown() {
            Some(value) => value.fmt(f),
            None => f.write_str(type_name::<T>()),
        }
    }
}

/// Says whether a call keeps a rejected value of type `T`.
pub trait Retention<T> {
    /// The type of the values that are kept.
    type Kept;
    /// Returns the value if it is kept.
    fn retain(rejected: RejectedValue<T>) -> Option<RejectedValue<Self::Kept>>;
}

/// Keeps no value: for a `RetryError<E>`.
#[derive(Debug)]
pub enum Forget {}

impl<T> Retention<T> for Forget {
    type Kept = Infallible;

    fn retain(_: RejectedValue<T>) -> Option<RejectedValue<Infallible>> {
        None
    }
}

/// Keeps values: for a `RetryError<E, T>`.
#[derive(Debug)]
pub enum Keep {}

impl<T> Retention<T> for Keep {
    type Kept = T;

    fn retain(rejected: RejectedValue<T>) -> Option<RejectedValue<T>> {
        Some(rejected)
    }
}

/// Would keep values of type `T`, but nothing rejects any: for a `RetryError<E, T>` without `on_value`.
#[derive(Debug)]
pub struct NoneRejected<T>(PhantomData<fn() -> T>);

impl<T> Retention<Infallible> for NoneRejected<T> {
    type Kept = T;

    fn retain(rejected: RejectedValue<Infallible>) -> Option<RejectedValue<T>> {
        match rejected.value {}
    }
}

/// Shows a value, or says that it cannot be shown.
pub trait ShowValue<T> {
    /// Returns the value as something that can be written, if it can.
    fn show(value: &T) -> Option<&dyn fmt::Debug>;
}

/// Shows a value by its `Debug`.
#[derive(Clone, Copy, Debug)]
pub struct Shown;

impl<T: fmt::Debug> ShowValue<T> for Shown {
    fn show(value: &T) -> Option<&dyn fmt::Debug> {
        Some(value)
    }
}

/// Does not show a value.
#[derive(Clone, Copy, Debug)]
pub struct Hidden;

impl<T> ShowValue<T> for Hidden {
    fn show(_: &T) -> Option<&dyn fmt::Debug> {
        None
    }
}

/// Shows values of this type, if they have a `Debug`.
#[derive(Debug)]
pub struct ValueByDebug<T>(ValueHidden<T>);

/// Shows no values of this type.
#[derive(Debug)]
pub struct ValueHidden<T>(PhantomData<fn(&T)>);

impl<T> ValueByDebug<T> {
    /// Starts the choice.
    #[inline]
    pub(super) const fn new() -> Self {
        Self(ValueHidden(PhantomData))
    }
}

impl<T: fmt::Debug> ValueByDebug<T> {
    /// Returns the choice.
    #[inline]
    pub fn __reattempt_shown(&self) -> Shown {
        Shown
    }
}

impl<T> ValueHidden<T> {
    /// Returns the choice.
    #[inline]
    pub fn __reattempt_shown(&self) -> Hidden {
        Hidden
    }
}

impl<T> Deref for ValueByDebug<T> {
    type Target = ValueHidden<T>;

    #[inline]
    fn deref(&self) -> &ValueHidden<T> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_where_it_has_a_debug() {
        struct Bare;
        fn shown<T, S: ShowValue<T>>(_: S, value: T) -> String {
            format!("{:?}", RejectedValue::new::<S>(value))
        }
        fn without_a_bound<T>(value: T) -> String {
            shown(ValueByDebug::<T>::new().__reattempt_shown(), value)
        }
        assert_eq!(shown(ValueByDebug::<u8>::new().__reattempt_shown(), 3), "3");
        assert_eq!(shown(ValueByDebug::<Bare>::new().__reattempt_shown(), Bare), type_name::<Bare>());
        assert_eq!(without_a_bound(3_u8), "u8");
    }
}
