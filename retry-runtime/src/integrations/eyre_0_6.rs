//! eyre 0.6: transient errors behind `eyre::Report` (feature `eyre-0_6`).
//!
//! [`is`] finds a marker, which may be a context. [`transient`] asks the error types that it is given. [`classify::source`](crate::classify::source)
//! works for an `eyre::Report` too, but finds no contexts, and takes one type.

use super::reports;
use crate::failure::classify::Verdict;
use ::eyre_0_6::Report;
use core::fmt::{Debug, Display};

pub use super::reports::TransientErrors;

impl reports::Report for Report {
    fn find<C: Display + Debug + Send + Sync + 'static>(&self) -> Option<&C> {
        self.downcast_ref()
    }
}

/// Makes a classifier that retries where a type is found: as a context, or as the error that became the `eyre::Report`.
///
/// The type need not be an error: a marker with a `Display` and a `Debug` will do. A cause of that error is no place for a marker: it is found by
/// [`transient`] and by [`classify::source`](crate::classify::source). Where the type is not found, the failure is permanent.
///
/// # Examples
///
/// ```
/// use ::eyre_0_6::WrapErr;
/// use reattempt::eyre_0_6;
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
/// let is_marked = eyre_0_6::is::<TryAgain>();
/// let missing = || Err::<(), _>(io::Error::from(io::ErrorKind::NotFound));
/// assert!(is_marked(&missing().wrap_err(TryAgain).wrap_err("reading the result").unwrap_err()));
/// assert!(!is_marked(&missing().wrap_err("reading the result").unwrap_err()));
/// ```
pub fn is<C: Display + Debug + Send + Sync + 'static>() -> fn(&Report) -> bool {
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
/// use ::eyre_0_6::WrapErr;
/// use reattempt::{Verdict, eyre_0_6};
/// use std::io;
///
/// let verdict = eyre_0_6::transient::<io::Error>();
/// let failed = |kind: io::ErrorKind| Err::<(), _>(io::Error::from(kind)).wrap_err("reading the result").unwrap_err();
/// assert_eq!(verdict(&failed(io::ErrorKind::ConnectionReset)), Verdict::Retry);
/// assert_eq!(verdict(&failed(io::ErrorKind::NotFound)), Verdict::Stop);
/// ```
pub fn transient<E: TransientErrors>() -> fn(&Report) -> Verdict {
    |report| reports::verdict::<E>(report)
}
