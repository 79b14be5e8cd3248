//! Failures: outcomes of attempts, classifiers, and the error of a call that gave up.
//!
//! It knows no policy and no call.

pub(crate) mod attempt_failure;
pub(crate) mod breaker_open;
pub mod classify;
pub(crate) mod error_chain;
pub(crate) mod error_display;
pub(crate) mod history;
pub(crate) mod name_lookup;
pub(crate) mod none_error;
pub(crate) mod outcome;
pub(crate) mod rejected_value;
pub(crate) mod retry_error;
mod rounded_duration;
pub(crate) mod stop_reason;
pub(crate) mod timed_out;
