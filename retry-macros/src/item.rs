//! The annotated function: its signature, what each attempt has to bind anew, and where its body is. It knows no key.

pub(crate) mod arguments;
pub(crate) mod function;
pub(crate) mod future;
pub(crate) mod returned_borrow;
pub(crate) mod uses;
