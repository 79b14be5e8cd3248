//! What a pattern of `matches(...)` is, for generated code: one that is a single name in capitals has to be the name of something, or it would
//! stand for every failure.

/// A failure, and what a name in its pattern is: a value, or a variable of the pattern's, which is a reference to the failure.
#[derive(Debug)]
pub struct Matched<'a, E, N> {
    failure: &'a E,
    named: &'a N,
}

/// The name leads to a value.
#[derive(Clone, Copy, Debug)]
pub struct NamedValue;

/// The name leads to nothing, and is a variable.
#[derive(Clone, Copy, Debug)]
pub struct NamedNothing;

/// What a pattern's name leads to.
#[diagnostic::on_unimplemented(
    message = "no variant, unit struct or constant of this name is in sight, so the pattern would match every failure",
    label = "this name leads to nothing here",
    note = "write its path, such as `matches(MyError::Timeout)`; to retry every failure, write `on = reattempt::any_error`"
)]
pub trait IsValue {}

impl IsValue for NamedValue {}

/// Compiles where the name leads to a value.
pub fn leads_to<K: IsValue>(_kind: K) {}

impl<'a, E, N> Matched<'a, E, N> {
    /// Both.
    pub const fn new(failure: &'a E, named: &'a N) -> Self {
        Self { failure, named }
    }
}

impl<E> Matched<'_, E, &E> {
    /// The method that is found for a variable.
    pub fn __reattempt_kind(&self) -> NamedNothing {
        let _ = (self.failure, *self.named);
        NamedNothing
    }
}

/// The method that is found for all else.
pub trait MatchedValue {
    /// A value.
    fn __reattempt_kind(&self) -> NamedValue;
}

impl<E, N> MatchedValue for Matched<'_, E, N> {
    fn __reattempt_kind(&self) -> NamedValue {
        NamedValue
    }
}
