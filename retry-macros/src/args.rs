//! The attribute's arguments: keys with their values, read one by one and judged together. It knows no function.

pub(crate) mod arguments;
pub(crate) mod key;
pub(crate) mod pattern_check;
pub(crate) mod policy_args;
pub(crate) mod value;
