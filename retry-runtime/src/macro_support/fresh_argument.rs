//! `mut` arguments of annotated functions: each attempt gets the value that the caller passed.

/// Copies an argument that is `mut` in the signature, for generated code. `attempts` is the function of that name.
#[inline]
#[must_use]
pub fn fresh<A: Take<T>, T>(_attempts: A, argument: &T) -> T {
    A::take(argument)
}

/// The attempts of a call. It does nothing.
pub fn attempts() {}

/// Takes a value for each attempt. This trait exists for its compiler message.
///
/// It is a trait of a function: the compiler would say that a generic argument needs it as a bound, but the type of a function cannot be
/// written in one.
#[diagnostic::on_unimplemented(
    message = "each attempt needs a value of its own for this `mut` argument, and `{T}` is not `Copy`",
    label = "`{T}` would keep what the attempt before did to it",
    note = "list the argument in the attribute, `clone(name)`; or take it without `mut` and make a copy in the body; or take it as `&mut`, \
            which keeps what attempts do to it"
)]
pub trait Take<T> {
    /// Copies the argument.
    #[must_use]
    fn take(argument: &T) -> T;
}

#[diagnostic::do_not_recommend]
impl<A: Fn(), T: Copy> Take<T> for A {
    #[inline]
    fn take(argument: &T) -> T {
        *argument
    }
}
