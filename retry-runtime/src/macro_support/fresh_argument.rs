//! `mut` arguments of annotated functions: each attempt gets the value that the caller passed.

/// An argument that is `mut` in the signature and `Copy`, for generated code.
#[diagnostic::on_unimplemented(
    message = "each attempt needs a value of its own for this `mut` argument, and `{Self}` is not `Copy`",
    label = "`{Self}` would keep what the attempt before did to it",
    note = "list the argument in the attribute, `clone(name)`; or take it without `mut` and make a copy in the body; or take it as `&mut`, \
            which keeps what attempts do to it"
)]
pub trait Fresh {
    /// Copies the argument.
    #[must_use]
    fn fresh(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Copy> Fresh for T {
    #[inline]
    fn fresh(&self) -> Self {
        *self
    }
}
