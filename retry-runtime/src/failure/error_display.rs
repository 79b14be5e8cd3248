//! Formats errors: uses `Display` with the chain of sources, `Display`, `Debug`, or the type's name, whichever the bounds at the annotated
//! function allow first.
//!
//! For generated code only. Each wrapper has a method of the same name, with the bound that it needs, and dereferences to the next wrapper.
//! The compiler takes the first method whose bound holds.

use crate::failure::classify::source::Erased;
use crate::failure::classify::{IntoVerdict, Verdict};
use crate::failure::error_chain::sources;
use core::any::type_name;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use std::error::Error;

/// An error that can be written to an event.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// Uses its `Display` and those of its sources: `error sending request: connection refused`.
    Error(&'a (dyn Error + 'a)),
    /// Uses its `Display`.
    Display(&'a dyn fmt::Display),
    /// Uses its `Debug`.
    Debug(&'a dyn fmt::Debug),
    /// Uses the name of its type.
    Name(&'static str),
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => {
                write!(f, "{error}")?;
                sources(*error).try_for_each(|source| write!(f, ": {source}"))
            }
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

/// A function that formats an error. A struct would have the error's lifetime, which costs the compiler more at each site.
pub type Show<E> = fn(&E) -> Shown<'_>;

/// The verdict on an error, and the function that formats it.
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

/// Calls a classifier. The type of the classifier's argument is inferred here.
#[inline]
pub fn ask<E: ?Sized, V>(error: &E, classifier: impl FnOnce(&E) -> V) -> V {
    classifier(error)
}

/// Formats an error and its sources, if it implements `Error`.
#[derive(Debug)]
pub struct ByError<E>(ByErased<E>);

/// Formats an error and its sources, if it is a pointer to a `dyn Error`, such as `anyhow::Error` and `Box<dyn Error>`.
#[derive(Debug)]
pub struct ByErased<E>(ByDisplay<E>);

/// Formats an error by its `Display`, if it has one.
#[derive(Debug)]
pub struct ByDisplay<E>(ByDebug<E>);

/// Formats an error by its `Debug`, if it has one.
#[derive(Debug)]
pub struct ByDebug<E>(ByName<E>);

/// Formats an error by its type's name.
#[derive(Debug)]
pub struct ByName<E>(PhantomData<fn(&E)>);

/// Starts the choice of how to format an error.
#[inline]
pub fn show<E>(_error: &E) -> ByError<E> {
    ByError(ByErased(ByDisplay(ByDebug(ByName(PhantomData)))))
}

impl<E: Error> ByError<E> {
    /// Joins the function that formats the error with the classifier's verdict.
    #[inline]
    pub fn __reattempt_classified(&self, verdict: impl IntoVerdict) -> ClassifiedError<E> {
        ClassifiedError::new(verdict, |error| Shown::Error(error))
    }
}

#[expect(private_bounds, reason = "the kinds of `dyn Error` are known")]
impl<E: Deref<Target: Erased>> ByErased<E> {
    /// Joins the function that formats the error with the classifier's verdict.
    #[inline]
    pub fn __reattempt_classified(&self, verdict: impl IntoVerdict) -> ClassifiedError<E> {
        ClassifiedError::new(verdict, |error| Shown::Error((**error).to_show()))
    }
}

impl<E: fmt::Display> ByDisplay<E> {
    /// Joins the function that formats the error with the classifier's verdict.
    #[inline]
    pub fn __reattempt_classified(&self, verdict: impl IntoVerdict) -> ClassifiedError<E> {
        ClassifiedError::new(verdict, |error| Shown::Display(error))
    }
}

impl<E: fmt::Debug> ByDebug<E> {
    /// Joins the function that formats the error with the classifier's verdict.
    #[inline]
    pub fn __reattempt_classified(&self, verdict: impl IntoVerdict) -> ClassifiedError<E> {
        ClassifiedError::new(verdict, |error| Shown::Debug(error))
    }
}

impl<E> ByName<E> {
    /// Joins the function that formats the error with the classifier's verdict.
    #[inline]
    pub fn __reattempt_classified(&self, verdict: impl IntoVerdict) -> ClassifiedError<E> {
        ClassifiedError::new(verdict, |_| Shown::Name(type_name::<E>()))
    }
}

/// An error whose sources can be shown, for closures, which have no site that finds out by itself. `K` is the kind of error.
#[diagnostic::on_unimplemented(
    message = "the sources of `{Self}` cannot be shown",
    label = "`{Self}` neither implements `std::error::Error` nor is a box of such an error",
    note = "implement `std::error::Error` for it, or call `.display()` or `.debug()`"
)]
pub trait WithSources<K> {
    /// Returns the error with its sources.
    fn shown(&self) -> Shown<'_>;
}

/// The kind of errors that implement `Error`.
#[derive(Debug)]
pub enum OfItself {}

/// The kind of boxes around a `dyn Error`. Other pointers, such as `Arc`, implement `Error` themselves.
#[derive(Debug)]
pub enum OfContent {}

#[diagnostic::do_not_recommend]
impl<E: Error> WithSources<OfItself> for E {
    fn shown(&self) -> Shown<'_> {
        Shown::Error(self)
    }
}

#[diagnostic::do_not_recommend]
impl<E: DerefMut<Target: Erased>> WithSources<OfContent> for E {
    fn shown(&self) -> Shown<'_> {
        Shown::Error((**self).to_show())
    }
}

impl<E> Deref for ByError<E> {
    type Target = ByErased<E>;

    #[inline]
    fn deref(&self) -> &ByErased<E> {
        &self.0
    }
}

impl<E> Deref for ByErased<E> {
    type Target = ByDisplay<E>;

    #[inline]
    fn deref(&self) -> &ByDisplay<E> {
        &self.0
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
        let shown = (show(&"words").__reattempt_classified(true).show)(&"words");
        assert_eq!(shown.to_string(), "words");
        let shown = (show(&Debugged).__reattempt_classified(true).show)(&Debugged);
        assert_eq!(shown.to_string(), "Debugged");
        let shown = (show(&Bare).__reattempt_classified(true).show)(&Bare);
        assert_eq!(shown.to_string(), type_name::<Bare>());
    }

    #[test]
    fn without_visible_bounds_the_name_is_left() {
        fn shown<E>(error: &E) -> String {
            (show(error).__reattempt_classified(true).show)(error).to_string()
        }
        assert_eq!(shown(&7_u8), "u8");
    }
}
