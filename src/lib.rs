//! Retries as an attribute.

pub use retry_macros::{policy, retry};
#[cfg(feature = "test-util")]
pub use retry_runtime::testing;
pub use retry_runtime::{
    Absent, Attempt, Backoff, Delays, Failure, IntoVerdict, Jitter, Outcome, PastFailure, Policy, PolicyBuilder,
    PolicyError, RetryError, Session, Site, Step, StopReason, Strategy, Transient, Verdict, any_error, classify, event,
};

#[doc(hidden)]
pub use retry_runtime::private as __private;
