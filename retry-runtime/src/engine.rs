//! The engine: one call with all its attempts, and what happens after each of them.

pub(crate) mod call;
pub(crate) mod guards;
pub(crate) mod look;
pub(crate) mod session;
