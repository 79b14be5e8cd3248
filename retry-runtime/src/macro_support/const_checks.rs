//! Checks of constants, for generated code: each returns its argument, or stops the compiler with a message about the key.
//!
//! The macro checks literals itself, but of a constant it knows only the path. The compiler points at the caller's location: the generated
//! call has the span of the user's path.

use crate::policy::Policy;
use crate::policy::builder::PolicyBuilder;
use core::time::Duration;
use reattempt_policy::{Kind, PolicyError};

impl PolicyBuilder {
    /// Sets a strategy of the user, which computes the delays.
    #[doc(hidden)]
    pub const fn custom(mut self) -> Self {
        self.0.strategy = Some(Kind::Custom);
        self
    }
}

/// Checks the constant that was set last, by itself and together with the settings before it.
#[track_caller]
pub const fn constant(builder: PolicyBuilder) -> PolicyBuilder {
    accept(builder.0.judge_source());
    builder
}

/// Checks all settings of a policy together.
#[track_caller]
pub const fn policy(builder: PolicyBuilder) -> Policy {
    accept(builder.0.judge());
    Policy::new(builder.0)
}

/// Checks the settings of a policy one by one, if others follow at run time.
#[track_caller]
pub const fn policy_part(builder: PolicyBuilder) -> Policy {
    accept(builder.0.judge_part());
    Policy::new(builder.0)
}

/// Stops the compiler with the message of an error.
#[track_caller]
const fn accept(error: Option<PolicyError>) {
    if let Some(error) = error {
        panic!("{}", error.summary());
    }
}

/// Checks the key `history`.
#[track_caller]
pub const fn history(failures: usize) -> usize {
    assert!(failures >= 1, "`history` is 0, but must be at least 1; leave it out to keep just the last failure");
    failures
}

/// Checks the key `timeout`.
#[track_caller]
pub const fn timeout(timeout: Duration) -> Duration {
    assert!(!timeout.is_zero(), "`timeout` is zero, so no attempt could ever finish; raise it, or leave it out");
    timeout
}
