//! The attribute's arguments: keys with their values, read one by one and judged together. It knows no function.

pub(crate) mod arguments;
mod carried;
mod foreign_closure;
pub(crate) mod key;
pub(crate) mod key_value;
mod other_key;
mod other_names;
pub(crate) mod pattern_check;
pub(crate) mod policy_args;
pub(crate) mod punctuation;
pub(crate) mod value;
