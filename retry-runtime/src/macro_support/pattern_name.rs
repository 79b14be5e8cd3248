//! The check of a pattern in `matches(...)` that is a single name in capitals, for generated code. The name must be that of a value. Otherwise
//! it is a new variable, and the pattern matches every failure.

/// A failure and the name in its pattern: a value, or a variable of the pattern, which is a reference to the failure.
#[derive(Debug)]
pub struct Matched<'a, E, N>(pub &'a E, pub &'a N);

/// The name is that of a value.
#[derive(Clone, Copy, Debug)]
pub struct NamedValue;

/// The name is that of a new variable.
#[derive(Clone, Copy, Debug)]
pub struct NamedNothing;

/// The kind of a pattern's name.
#[diagnostic::on_unimplemented(
    message = "no variant, unit struct or constant of this name is in sight, so the pattern would match every failure",
    label = "this name leads to nothing here",
    note = "write its path, such as `matches(MyError::Timeout)`; to retry every failure, write `on = reattempt::any_error`"
)]
pub trait IsValue {}

impl IsValue for NamedValue {}

/// Compiles only if the name is that of a value.
pub fn leads_to<K: IsValue>(_kind: K) {}

impl<E> Matched<'_, E, &E> {
    /// Returns the kind of a variable. The compiler finds this method first.
    pub fn __reattempt_kind(&self) -> NamedNothing {
        NamedNothing
    }
}

/// The fallback for all other names.
pub trait MatchedValue {
    /// Returns the kind of a value.
    fn __reattempt_kind(&self) -> NamedValue;
}

impl<E, N> MatchedValue for Matched<'_, E, N> {
    fn __reattempt_kind(&self) -> NamedValue {
        NamedValue
    }
}
