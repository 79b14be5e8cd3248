//! anyhow 1: transient errors behind `anyhow::Error` (feature `anyhow-1`).
//!
//! [`is`] finds a marker, which may be a context. [`transient`] asks the error types that it is given. [`classify::source`](crate::classify::source)
//! works for an `anyhow::Error` too, but finds no contexts, and takes one type.

use super::reports;
use crate::failure::classify::Verdict;
use ::anyhow_1::Error;
use core::fmt::{Debug, Display};

pub use super::reports::TransientErrors;

impl reports::Report for Error {
    fn find<C: Display + Debug + Send + Sync + 'static>(&self) -> Option<&C> {
        self.downcast_ref()
    }
}

/// Makes a classifier that retries where a type is found: as a context, or as the error that became the `anyhow::Error`.
///
/// The type need not be an error: a marker with a `Display` and a `Debug` will do. A cause of that error is no place for a marker: it is found by
/// [`transient`] and by [`classify::source`](crate::classify::source). Where the type is not found, the failure is permanent.
///
/// # Examples
///
/// ```
/// use ::anyhow_1::Context;
/// use reattempt::anyhow_1;
/// use std::{fmt, io};
///
/// #[derive(Debug)]
/// struct TryAgain;
///
/// impl fmt::Display for TryAgain {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("the file is not there yet")
///     }
/// }
///
/// let is_marked = anyhow_1::is::<TryAgain>();
/// let missing = || Err::<(), _>(io::Error::from(io::ErrorKind::NotFound));
/// assert!(is_marked(&missing().context(TryAgain).context("reading the result").unwrap_err()));
/// assert!(!is_marked(&missing().context("reading the result").unwrap_err()));
/// ```
pub fn is<C: Display + Debug + Send + Sync + 'static>() -> fn(&Error) -> bool {
    |report| report.is::<C>()
}

/// Makes a classifier that asks the first error of the chain that is of this type, or of one of these in a tuple.
///
/// `transient::<(ApiError, io::Error)>()` asks whichever of the two comes first.
///
/// Nothing can find out whether an error of erased type implements [`Transient`](crate::Transient), so the types are given. The outermost
/// error of them decides, also a context, and the others are not asked. A chain without any of them is permanent. Of several contexts of different types,
/// the first type of the tuple decides.
///
/// # Examples
///
/// ```
/// use ::anyhow_1::Context;
/// use reattempt::{Verdict, anyhow_1};
/// use std::io;
///
/// let verdict = anyhow_1::transient::<io::Error>();
/// let failed = |kind: io::ErrorKind| Err::<(), _>(io::Error::from(kind)).context("reading the result").unwrap_err();
/// assert_eq!(verdict(&failed(io::ErrorKind::ConnectionReset)), Verdict::Retry);
/// assert_eq!(verdict(&failed(io::ErrorKind::NotFound)), Verdict::Stop);
/// ```
pub fn transient<E: TransientErrors>() -> fn(&Error) -> Verdict {
    |report| reports::verdict::<E>(report)
}
