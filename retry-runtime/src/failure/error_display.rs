//! Errors in words, by the bounds that are visible where a function is annotated: `Display`, else `Debug`, else the type's name.
//!
//! For generated code alone. Each wrapper has a method of the same name where the error can do what it takes, and dereferences to the next
//! one: rustc takes the first that fits.

use crate::failure::classify::{IntoVerdict, Verdict};
use core::any::type_name;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

/// An error in words.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// By its own words.
    Display(&'a dyn fmt::Display),
    /// As programmers see it.
    Debug(&'a dyn fmt::Debug),
    /// By the name of its type.
    Name(&'static str),
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Display(error) => error.fmt(f),
            Self::Debug(error) => error.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How an error is shown. A type of its own would have the error's lifetime, which costs the compiler more at each site.
pub type Show<E> = fn(&E) -> Shown<'_>;

/// What is known of an error: its verdict, and how it is shown.
#[derive(Debug)]
pub struct ClassifiedError<E> {
    pub(crate) verdict: Verdict,
    pub(crate) show: Show<E>,
}

impl<E> ClassifiedError<E> {
    #[inline]
    pub(crate) fn new(verdict: impl IntoVerdict, show: Show<E>) -> Self {
        Self { verdict: verdict.into_verdict(), show }
    }
}

/// Asks a classifier whose argument gets its type here.
#[inline]
pub fn ask<E: ?Sized, V>(error: &E, classifier: impl FnOnce(&E) -> V) -> V {
    classifier(error)
}

/// Makes a verdict of what a classifier returns.
#[inline]
pub fn into_verdict<V: IntoVerdict>(verdict: V) -> Verdict {
    verdict.into_verdict()
}

/// Shows an error by its `Display`, if it has one.
#[derive(Debug)]
pub struct ByDisplay<E>(ByDebug<E>);

/// Shows an error by its `Debug`, if it has one.
#[derive(Debug)]
pub struct ByDebug<E>(ByName<E>);

/// Shows an error by its type's name.
#[derive(Debug)]
pub struct ByName<E>(PhantomData<fn(&E)>);

/// Begins to show an error.
#[inline]
pub fn show<E>(_error: &E) -> ByDisplay<E> {
    ByDisplay(ByDebug(ByName(PhantomData)))
}

impl<E: fmt::Display> ByDisplay<E> {
    /// How it is shown.
    #[inline]
    pub fn __reattempt_shown(&self) -> Show<E> {
        |error| Shown::Display(error)
    }

    /// Joins it with what a classifier says of the error.
    #[inline]
    pub fn __reattempt_classified(&self, verdict: impl IntoVerdict) -> ClassifiedError<E> {
        ClassifiedError::new(verdict, self.__reattempt_shown())
    }
}

impl<E: fmt::Debug> ByDebug<E> {
    /// How it is shown.
    #[inline]
    pub fn __reattempt_shown(&self) -> Show<E> {
        |error| Shown::Debug(error)
    }

    /// Joins it with what a classifier says of the error.
    #[inline]
    pub fn __reattempt_classified(&self, verdict: impl IntoVerdict) -> ClassifiedError<E> {
        ClassifiedError::new(verdict, self.__reattempt_shown())
    }
}

impl<E> ByName<E> {
    /// How it is shown.
    #[inline]
    pub fn __reattempt_shown(&self) -> Show<E> {
        |_| Shown::Name(type_name::<E>())
    }

    /// Joins it with what a classifier says of the error.
    #[inline]
    pub fn __reattempt_classified(&self, verdict: impl IntoVerdict) -> ClassifiedError<E> {
        ClassifiedError::new(verdict, self.__reattempt_shown())
    }
}

impl<E> Deref for ByDisplay<E> {
    type Target = ByDebug<E>;

    #[inline]
    fn deref(&self) -> &ByDebug<E> {
        &self.0
    }
}

impl<E> Deref for ByDebug<E> {
    type Target = ByName<E>;

    #[inline]
    fn deref(&self) -> &ByName<E> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Debugged;
    struct Bare;

    #[test]
    fn an_error_is_shown_by_the_best_that_it_has() {
        assert_eq!(show(&"words").__reattempt_shown()(&"words").to_string(), "words");
        assert_eq!(show(&Debugged).__reattempt_shown()(&Debugged).to_string(), "Debugged");
        assert_eq!(show(&Bare).__reattempt_shown()(&Bare).to_string(), type_name::<Bare>());
    }

    #[test]
    fn without_visible_bounds_the_name_is_left() {
        fn shown<E>(error: &E) -> String {
            show(error).__reattempt_shown()(error).to_string()
        }
        assert_eq!(shown(&7_u8), "u8");
    }
}
