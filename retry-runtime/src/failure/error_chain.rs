//! The causes of an error, one after the other. The only error type that it knows is `io::Error`, whose `source()` skips one cause.

use core::iter;
use std::error::Error;
use std::io;

/// The maximum length of a chain. Real chains are shorter; a chain that contains itself ends here.
const LONGEST: usize = 64;

/// Returns an error and its causes, the outermost first, at most 64.
///
/// The error inside an `io::Error` is included, although `source()` skips it.
pub(crate) fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    })
    .take(LONGEST)
}

/// Returns the sources of an error for people to read, the outermost first, at most 64.
///
/// The text of an `io::Error` is that of the error inside, which is not repeated.
pub(crate) fn sources<'a>(error: &'a (dyn Error + 'a)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(error.source(), |&source| source.source()).take(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::fmt;

    /// An error around another one, or its own cause.
    #[derive(Debug)]
    enum Link {
        Around(Box<dyn Error + Send + Sync>),
        Circle,
    }

    impl fmt::Display for Link {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("link")
        }
    }

    impl Error for Link {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            match self {
                Self::Around(inner) => Some(&**inner),
                Self::Circle => Some(self),
            }
        }
    }

    fn around(inner: impl Into<Box<dyn Error + Send + Sync>>) -> Link {
        Link::Around(inner.into())
    }

    #[test]
    fn what_an_io_error_was_made_of_is_among_its_causes() {
        let error = around(io::Error::other(around(io::Error::from(io::ErrorKind::TimedOut))));
        let kinds: Vec<_> = chain(&error).map(|cause| cause.downcast_ref::<io::Error>().map(io::Error::kind)).collect();
        assert_eq!(kinds, [None, Some(io::ErrorKind::Other), None, Some(io::ErrorKind::TimedOut)]);
    }

    #[test]
    fn the_walk_is_bounded() {
        let deep = |depth| (1..depth).fold(around("the end"), |inner, _| around(inner));
        assert_eq!(chain(&deep(10)).count(), 11);
        assert_eq!(chain(&deep(10_000)).count(), LONGEST);
        assert_eq!(chain(&Link::Circle).count(), LONGEST);
    }
}
