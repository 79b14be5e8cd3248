//! Errors in words, by the bounds that are visible where a function is annotated: `Display`, else `Debug`, else the type's name.
//!
//! For generated code alone. Each wrapper has a method of the same name where the error can do what it takes, and dereferences to the next
//! one: rustc takes the first that fits.

use core::any::type_name;
use core::fmt;
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

/// An error to be shown, by its `Display` if it has one.
#[derive(Debug)]
pub struct Show<'a, E>(ShowDebug<'a, E>);

/// An error to be shown, by its `Debug` if it has one.
#[derive(Debug)]
pub struct ShowDebug<'a, E>(ShowName<'a, E>);

/// An error to be shown by its type's name.
#[derive(Debug)]
pub struct ShowName<'a, E>(&'a E);

/// Begins to show an error.
#[inline]
pub fn show<E>(error: &E) -> Show<'_, E> {
    Show(ShowDebug(ShowName(error)))
}

impl<'a, E: fmt::Display> Show<'a, E> {
    /// Shows it.
    pub fn __reattempt_shown(&self) -> Shown<'a> {
        Shown::Display(self.0.0.0)
    }
}

impl<'a, E: fmt::Debug> ShowDebug<'a, E> {
    /// Shows it.
    pub fn __reattempt_shown(&self) -> Shown<'a> {
        Shown::Debug(self.0.0)
    }
}

impl<'a, E> ShowName<'a, E> {
    /// Shows it.
    pub fn __reattempt_shown(&self) -> Shown<'a> {
        Shown::Name(type_name::<E>())
    }
}

impl<'a, E> Deref for Show<'a, E> {
    type Target = ShowDebug<'a, E>;

    fn deref(&self) -> &ShowDebug<'a, E> {
        &self.0
    }
}

impl<'a, E> Deref for ShowDebug<'a, E> {
    type Target = ShowName<'a, E>;

    fn deref(&self) -> &ShowName<'a, E> {
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
        assert_eq!(show(&"words").__reattempt_shown().to_string(), "words");
        assert_eq!(show(&Debugged).__reattempt_shown().to_string(), "Debugged");
        assert_eq!(show(&Bare).__reattempt_shown().to_string(), type_name::<Bare>());
    }

    #[test]
    fn without_visible_bounds_the_name_is_left() {
        fn shown<E>(error: &E) -> String {
            show(error).__reattempt_shown().to_string()
        }
        assert_eq!(shown(&7_u8), "u8");
    }
}
