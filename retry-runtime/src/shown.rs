//! Errors in words, by the bounds that are visible where a function is annotated: `Display`, else `Debug`, else the type's name.
//!
//! For generated code alone. The three traits have one method's name: rustc takes the first that fits, by how often it has to borrow.

use core::any::type_name;
use core::fmt;

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

/// An error to be shown.
#[derive(Debug)]
pub struct Show<'a, E: ?Sized>(pub &'a E);

/// What has `Display`.
pub trait ShowDisplay<'a> {
    /// Shows it.
    fn __reattempt_shown(&self) -> Shown<'a>;
}

impl<'a, E: fmt::Display> ShowDisplay<'a> for &&Show<'a, E> {
    fn __reattempt_shown(&self) -> Shown<'a> {
        Shown::Display(self.0)
    }
}

/// What has `Debug`.
pub trait ShowDebug<'a> {
    /// Shows it.
    fn __reattempt_shown(&self) -> Shown<'a>;
}

impl<'a, E: fmt::Debug> ShowDebug<'a> for &Show<'a, E> {
    fn __reattempt_shown(&self) -> Shown<'a> {
        Shown::Debug(self.0)
    }
}

/// All else.
pub trait ShowName<'a> {
    /// Shows it.
    fn __reattempt_shown(&self) -> Shown<'a>;
}

impl<'a, E> ShowName<'a> for Show<'a, E> {
    fn __reattempt_shown(&self) -> Shown<'a> {
        Shown::Name(type_name::<E>())
    }
}

/// Shows an error by what its type can do.
#[doc(hidden)]
#[macro_export]
macro_rules! __reattempt_show {
    ($error:expr) => {{
        use $crate::private::{ShowDebug as _, ShowDisplay as _, ShowName as _};
        (&&&$crate::private::Show($error)).__reattempt_shown()
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Debugged;
    struct Bare;

    #[test]
    fn an_error_is_shown_by_the_best_that_it_has() {
        assert_eq!(crate::__reattempt_show!(&"words").to_string(), "words");
        assert_eq!(crate::__reattempt_show!(&Debugged).to_string(), "Debugged");
        assert_eq!(crate::__reattempt_show!(&Bare).to_string(), type_name::<Bare>());
    }

    #[test]
    fn without_visible_bounds_the_name_is_left() {
        fn shown<E>(error: &E) -> String {
            crate::__reattempt_show!(error).to_string()
        }
        assert_eq!(shown(&7_u8), "u8");
    }
}
