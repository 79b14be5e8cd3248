//! The failure of an `Option`, and what the compiler says where it is taken for an error or for the `Option`.
//!
//! It knows no outcome.

use crate::failure::classify::Transient;
use core::fmt;

/// The failure of an `Option`, which classifiers get for a `None`.
///
/// It does not implement `Transient`, so an `Option` needs `on`, also beside `on_value`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoneError;

impl fmt::Display for NoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the attempt returned `None`")
    }
}

impl core::error::Error for NoneError {}

/// A `None` that classifies itself. No type implements this.
#[diagnostic::on_unimplemented(
    message = "an `Option` needs `on`: nothing says whether a `None` is transient",
    label = "no classifier says what a `None` is",
    note = "to retry on `None`, write `on = reattempt::any_error`",
    note = "to retry only on what `on_value` rejects, write `on = reattempt::no_error`"
)]
pub trait TransientNone {}

/// What `Option`s have and their failure has not. No type implements this.
#[diagnostic::on_unimplemented(
    message = "a classifier of an `Option` is asked where the `Option` is `None`, so there is nothing to check",
    label = "this is the failure of an `Option`, and not the `Option`",
    note = "to retry on `None`, write `on = reattempt::any_error`, or `.on(reattempt::any_error)` of a closure's call"
)]
pub trait IsOption {}

impl NoneError {
    #[doc(hidden)]
    pub fn is_none(&self) -> bool
    where
        for<'a> &'a Self: IsOption,
    {
        true
    }

    #[doc(hidden)]
    pub fn is_some(&self) -> bool
    where
        for<'a> &'a Self: IsOption,
    {
        false
    }
}

/// This does not hold. It exists for its compiler message: the failure of an `Option` is a type that few have heard of.
#[doc(hidden)]
impl Transient for NoneError
where
    for<'a> &'a Self: TransientNone,
{
    fn is_transient(&self) -> bool {
        false
    }
}
