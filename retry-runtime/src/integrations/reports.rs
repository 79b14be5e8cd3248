//! The search of reports of erased type, which `anyhow_1` and `eyre_0_6` share.
//!
//! A report is an error with contexts around it. The chain of sources shows a context as an error of a private type. Only the report itself
//! finds a context by its type, and it finds no cause of the error inside.

use crate::failure::classify::{Transient, Verdict};
use crate::failure::error_chain::chain;
use core::fmt::{Debug, Display};
use core::ops::Deref;
use core::ptr;
use std::error::Error;

/// A report, which dereferences to the first error of its chain.
pub(super) trait Report: Deref<Target = dyn Error + Send + Sync> {
    /// Returns the outermost context of this type, or the error inside.
    fn find<C: Display + Debug + Send + Sync + 'static>(&self) -> Option<&C>;
}

/// The error types that `transient` of a report asks: one that implements [`Transient`], or a tuple of two to eight of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error type that says whether it is transient",
    label = "expected an error type that implements `Transient`, or two to eight of them in a tuple, found `{Self}`",
    note = "derive `reattempt::Transient` for an error type of your own; it is also `std::error::Error + Send + Sync`",
    note = "a marker that says no more than \"try again\" is found by `is::<{Self}>()`"
)]
#[expect(private_bounds, reason = "sealed: the search is no business of others")]
pub trait TransientErrors: Asked {}

#[diagnostic::do_not_recommend]
impl<T: Asked> TransientErrors for T {}

trait Asked {
    /// Returns the verdict of a context.
    fn context(report: &impl Report) -> Option<Verdict>;

    /// Returns the verdict of one error of the chain, if it is of this type.
    fn cause(cause: &(dyn Error + 'static)) -> Option<Verdict>;
}

#[diagnostic::do_not_recommend]
impl<E: Error + Transient + Send + Sync + 'static> Asked for E {
    fn context(report: &impl Report) -> Option<Verdict> {
        let found = report.find::<E>()?;
        let is_cause = chain(&**report).filter_map(|cause| cause.downcast_ref()).any(|cause| ptr::eq(cause, found));
        (!is_cause).then(|| found.verdict())
    }

    fn cause(cause: &(dyn Error + 'static)) -> Option<Verdict> {
        cause.downcast_ref().map(E::verdict)
    }
}

macro_rules! tuples {
    ($(($($error:ident)*))*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<$($error: Asked),*> Asked for ($($error,)*) {
                fn context(report: &impl Report) -> Option<Verdict> {
                    None$(.or_else(|| $error::context(report)))*
                }

                fn cause(cause: &(dyn Error + 'static)) -> Option<Verdict> {
                    None$(.or_else(|| $error::cause(cause)))*
                }
            }
        )*
    };
}

tuples!((A B)(A B C)(A B C D)(A B C D F)(A B C D F G)(A B C D F G H)(A B C D F G H I));

/// Returns the verdict of the outermost error of these types: of a context, or of the first such error in the chain.
pub(super) fn verdict<T: TransientErrors>(report: &impl Report) -> Verdict {
    T::context(report).or_else(|| chain(&**report).find_map(T::cause)).unwrap_or(Verdict::Stop)
}
