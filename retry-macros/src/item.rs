//! The annotated function: its signature, its arguments, its body. It knows no key.

pub(crate) mod arguments;
mod attributes;
mod before_block;
pub(crate) mod function;
mod future_body;
mod future_type;
pub(crate) mod kind;
mod mention;
mod returned_borrow;
