//! What generated code alone calls. No part of it is public.

#[doc(hidden)]
pub mod const_checks;
pub(crate) mod derive;
pub(crate) mod fresh_argument;
pub(crate) mod idempotency_key;
pub(crate) mod overrides;
pub(crate) mod pattern_name;
