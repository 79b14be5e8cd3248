//! Failed name lookups: distinguishes "try again" from "does not exist", by the errors that the standard library makes.
//!
//! It reads errors of any crate, but depends on no crate for that.

use crate::failure::error_chain::chain;
use std::error::Error;
use std::io;

/// The beginning of the standard library's text for such an error. Its `ErrorKind` has no stable name, and the rest is the C library's text.
const PREFIX: &str = "failed to lookup address information";

/// The texts of C libraries for `EAI_AGAIN` (another lookup may succeed), in lower case. They are in another language only if the program
/// asks the C library for it. An unknown text is permanent.
const AGAIN: [&str; 4] = [
    // glibc, Android, macOS, NetBSD, OpenBSD
    "temporary failure in name resolution",
    // musl
    "try again",
    // FreeBSD
    "name could not be resolved at this time",
    // Solaris, illumos
    "temporary name resolution failure",
];

/// The error numbers of Windows, from `WSAHOST_NOT_FOUND` to `WSANO_DATA`. `WSATRY_AGAIN` is among them. No other system uses these numbers.
const WINDOWS: core::ops::RangeInclusive<i32> = 11_001..=11_004;
const WINDOWS_AGAIN: i32 = 11_002;

/// Returns whether a failed name lookup is transient, or `None` if the error and its causes are not from a lookup.
pub(crate) fn verdict(error: &(dyn Error + 'static)) -> Option<bool> {
    chain(error).find_map(|cause| cause.downcast_ref().and_then(of_io))
}

fn of_io(error: &io::Error) -> Option<bool> {
    if let Some(code) = error.raw_os_error() {
        return WINDOWS.contains(&code).then_some(code == WINDOWS_AGAIN);
    }
    let text = error.to_string();
    let detail = text.strip_prefix(PREFIX)?.to_lowercase();
    Some(AGAIN.iter().any(|words| detail.contains(words)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::fmt;
    use std::net::ToSocketAddrs;

    /// An error around another one.
    #[derive(Debug)]
    struct Around(Option<Box<dyn Error + Send + Sync>>);

    impl fmt::Display for Around {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("around")
        }
    }

    impl Error for Around {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.0.as_deref().map(|inner| inner as _)
        }
    }

    fn around(inner: impl Into<Box<dyn Error + Send + Sync>>) -> Around {
        Around(Some(inner.into()))
    }

    /// Makes an error with the standard library's text.
    fn failed(detail: &str) -> io::Error {
        io::Error::other(format!("failed to lookup address information: {detail}"))
    }

    #[test]
    fn another_lookup_may_succeed_where_the_c_library_says_so() {
        for detail in [
            "Temporary failure in name resolution",
            "temporary failure in name resolution",
            "Try again",
            "Name could not be resolved at this time",
            "temporary name resolution failure",
        ] {
            assert_eq!(verdict(&failed(detail)), Some(true), "{detail}");
        }
    }

    #[test]
    fn a_name_that_does_not_exist_stays_so() {
        for detail in [
            "Name or service not known",
            "No address associated with hostname",
            "Non-recoverable failure in name resolution",
            "Name does not resolve",
            "nodename nor servname provided, or not known",
            "Der Name oder der Dienst ist nicht bekannt",
            "Temporärer Fehler bei der Namensauflösung",
            "",
        ] {
            assert_eq!(verdict(&failed(detail)), Some(false), "{detail}");
        }
    }

    #[test]
    fn windows_says_it_in_numbers() {
        for (code, expected) in [
            (11_000, None),
            (11_001, Some(false)),
            (11_002, Some(true)),
            (11_003, Some(false)),
            (11_004, Some(false)),
            (11_005, None),
        ] {
            assert_eq!(verdict(&io::Error::from_raw_os_error(code)), expected, "{code}");
        }
    }

    #[test]
    fn other_errors_are_no_lookups() {
        assert_eq!(verdict(&io::Error::from(io::ErrorKind::ConnectionRefused)), None);
        assert_eq!(verdict(&io::Error::other("try again")), None);
        assert_eq!(verdict(&Around(None)), None);
    }

    #[test]
    fn the_cause_of_a_cause_counts() {
        assert_eq!(verdict(&around(around(failed("Try again")))), Some(true));
        assert_eq!(verdict(&around(io::Error::other(around(failed("unknown host"))))), Some(false));
        assert_eq!(verdict(&io::Error::other(failed("Try again"))), Some(true));
    }

    #[test]
    fn the_walk_is_bounded() {
        let deep = |depth| (0..depth).fold(around(failed("Try again")), |inner, _| around(inner));
        assert_eq!(verdict(&deep(62)), Some(true));
        assert_eq!(verdict(&deep(63)), None);
    }

    #[test]
    fn a_lookup_that_really_fails_is_recognized() {
        // A label of 64 characters is too long by one for any resolver, so no request leaves the machine.
        let error = (format!("{}.invalid", "a".repeat(64)).as_str(), 80).to_socket_addrs().unwrap_err();
        assert!(verdict(&error).is_some(), "{error}");
    }
}
