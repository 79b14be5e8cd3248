//! A classifier that searches the chain of sources for an error that classifies itself.
//!
//! It depends on no crate that erases error types. It only needs that such an error dereferences to a `dyn Error`.

use super::{Transient, Verdict};
use crate::failure::error_chain;
use core::ops::Deref;
use std::error::Error;

/// Makes a classifier for errors whose type is erased: it returns the verdict of the first error of type `E` in the chain of sources.
///
/// It is for `anyhow::Error`, `eyre::Report`, `Box<dyn Error + Send + Sync>` and other types that dereference to a `dyn Error`. The chain
/// is the error itself, then its [`source`](Error::source), and so on for at most 64 errors. A chain without an `E` is permanent.
/// Added context does not hide the cause.
///
/// # Examples
///
/// ```
/// # use anyhow_1 as anyhow;
/// use reattempt::{Verdict, classify};
/// use std::error::Error;
/// use std::io;
///
/// let is_transient = classify::source::<io::Error>();
/// let reset: Box<dyn Error + Send + Sync> = io::Error::from(io::ErrorKind::ConnectionReset).into();
/// assert_eq!(is_transient(&reset), Verdict::Retry);
///
/// let reset = anyhow::Error::from(io::Error::from(io::ErrorKind::ConnectionReset)).context("reading the catalogue");
/// assert_eq!(is_transient(&reset), Verdict::Retry);
///
/// // A `dyn Error` behind any other pointer:
/// let reset: &dyn Error = &io::Error::from(io::ErrorKind::ConnectionReset);
/// assert_eq!(is_transient(&reset), Verdict::Retry);
/// ```
///
/// Several types are joined by [`any_of`](super::any_of): `any_of((source::<io::Error>(), source::<MyError>()))`. An error type of your
/// own does not need it: `#[derive(Transient)]` and `#[transient(forward)]` return the verdict of its cause.
pub fn source<E: Error + Transient + 'static>() -> fn(&(dyn ErasedError + '_)) -> Verdict {
    |chain| {
        let cause = error_chain::chain(chain.first()).find_map(|error| error.downcast_ref::<E>());
        cause.map_or(Verdict::Stop, E::verdict)
    }
}

/// An error whose type is erased, for [`source`]: any type that dereferences to a `dyn Error`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no pointer to an error of erased type",
    label = "this looks for the cause in a `dyn Error`, and `{Self}` has none in it",
    note = "`source` is for `anyhow::Error`, `Box<dyn Error + Send + Sync>` and the like",
    note = "for an error type of your own derive `reattempt::Transient`, with `#[transient(forward)]` where the cause decides"
)]
#[expect(private_bounds, reason = "sealed: the kinds of `dyn Error` are known")]
pub trait ErasedError: Sealed {
    /// Returns the first error of the chain.
    fn first(&self) -> &(dyn Error + 'static);
}

trait Sealed {}

#[diagnostic::do_not_recommend]
impl<P: Deref<Target: Erased + 'static>> Sealed for P {}

#[diagnostic::do_not_recommend]
impl<P: Deref<Target: Erased + 'static>> ErasedError for P {
    fn first(&self) -> &(dyn Error + 'static) {
        (**self).to_search()
    }
}

/// The kinds of `dyn Error`.
pub(crate) trait Erased {
    /// Returns the error, for people to read.
    fn to_show(&self) -> &(dyn Error + '_);

    /// Returns the error, for a search of its chain.
    fn to_search(&self) -> &(dyn Error + 'static)
    where
        Self: 'static;
}

macro_rules! erased {
    ($($kind:ty),*) => {
        $(
            impl<'e> Erased for $kind {
                fn to_show(&self) -> &(dyn Error + '_) {
                    self
                }

                fn to_search(&self) -> &(dyn Error + 'static)
                where
                    Self: 'static,
                {
                    self
                }
            }
        )*
    };
}

erased!(dyn Error + 'e, dyn Error + Send + 'e, dyn Error + Send + Sync + 'e);

#[cfg(test)]
mod tests {
    use super::*;
    use core::fmt;
    use core::time::Duration;
    use std::io;

    /// An error with a source or without.
    #[derive(Debug)]
    struct Link {
        source: Option<Box<dyn Error>>,
    }

    impl fmt::Display for Link {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("link")
        }
    }

    impl Error for Link {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.source.as_deref()
        }
    }

    #[derive(Debug)]
    struct Context(io::Error);

    impl fmt::Display for Context {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("context")
        }
    }

    impl Error for Context {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[derive(Debug)]
    struct Busy;

    impl fmt::Display for Busy {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("busy")
        }
    }

    impl Error for Busy {}

    impl Transient for Busy {
        fn is_transient(&self) -> bool {
            true
        }

        fn retry_after(&self) -> Option<Duration> {
            Some(Duration::from_secs(7))
        }
    }

    /// Makes a busy error below this many links.
    fn below(links: usize) -> Box<dyn Error> {
        (0..links).fold(Box::new(Busy), |source, _| Box::new(Link { source: Some(source) }))
    }

    #[test]
    fn the_cause_is_found_at_any_depth_up_to_the_limit() {
        let verdict = Verdict::RetryAfter(Duration::from_secs(7));
        assert_eq!(source::<Busy>()(&below(0)), verdict);
        assert_eq!(source::<Busy>()(&below(1)), verdict);
        assert_eq!(source::<Busy>()(&below(63)), verdict);
        assert_eq!(source::<Busy>()(&below(64)), Verdict::Stop);
    }

    #[test]
    fn a_chain_without_such_an_error_is_permanent() {
        assert_eq!(source::<io::Error>()(&below(3)), Verdict::Stop);
        let alone: Box<dyn Error> = Box::new(Link { source: None });
        assert_eq!(source::<Busy>()(&alone), Verdict::Stop);
    }

    #[test]
    fn the_outermost_error_of_the_type_decides() {
        let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
        let outer: Box<dyn Error> = Box::new(io::Error::new(io::ErrorKind::NotFound, Context(reset())));
        assert_eq!(source::<io::Error>()(&outer), Verdict::Stop);
        let inner: Box<dyn Error> = Box::new(Context(reset()));
        assert_eq!(source::<io::Error>()(&inner), Verdict::Retry);
    }

    #[test]
    fn several_types_are_joined() {
        let any = super::super::any_of((source::<io::Error>(), source::<Busy>()));
        let busy = anyhow_1::Error::new(Busy);
        assert_eq!(any(&busy), Verdict::RetryAfter(Duration::from_secs(7)));
    }

    #[test]
    fn an_error_inside_of_an_io_error_is_found() {
        let hidden: Box<dyn Error> = Box::new(io::Error::other(Busy));
        assert_eq!(source::<Busy>()(&hidden), Verdict::RetryAfter(Duration::from_secs(7)));
    }

    #[test]
    fn all_kinds_of_erased_errors_are_looked_into() {
        let local: Box<dyn Error> = Box::new(Busy);
        let sent: Box<dyn Error + Send> = Box::new(Busy);
        let shared: Box<dyn Error + Send + Sync> = Box::new(Busy);
        let counted: std::sync::Arc<dyn Error + Send + Sync> = std::sync::Arc::new(Busy);
        let any: anyhow_1::Error = anyhow_1::Error::new(Busy).context("first").context("second");
        let chains: [&dyn ErasedError; 5] = [&local, &sent, &shared, &counted, &any];
        for chain in chains {
            assert_eq!(source::<Busy>()(chain), Verdict::RetryAfter(Duration::from_secs(7)));
        }
    }
}
