//! The errors of an API that limits its callers, and their classifier.

use reattempt::{BreakerOpen, Verdict};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ApiError {
    /// The server asks to wait for so long.
    Limited(Duration),
    Busy,
    /// The breaker refused the attempt.
    Refused,
}

impl From<BreakerOpen> for ApiError {
    fn from(_: BreakerOpen) -> Self {
        Self::Refused
    }
}

pub(crate) fn judge(error: &ApiError) -> Verdict {
    match error {
        ApiError::Limited(hint) => Verdict::RetryAfter(*hint),
        ApiError::Busy => Verdict::Retry,
        ApiError::Refused => Verdict::Stop,
    }
}
