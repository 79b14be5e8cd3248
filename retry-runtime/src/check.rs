//! Checks of constants, for generated code: each answers its argument, or stops the compiler with words about the key.
//!
//! The macro reads literals itself; of a constant it knows no more than the path. The caller's place is where the compiler points:
//! the generated call has the span of the user's path.

use crate::builder::PolicyBuilder;
use crate::policy::Policy;
use core::time::Duration;

/// Checks all settings of a policy together.
#[track_caller]
pub const fn policy(builder: PolicyBuilder) -> Policy {
    builder.build_const()
}

/// Checks the settings of a policy one by one: others follow at run time.
#[track_caller]
pub const fn policy_part(builder: PolicyBuilder) -> Policy {
    builder.build_const_part()
}

/// Checks the key `max`.
#[track_caller]
pub const fn max(attempts: u32) -> u32 {
    assert!(attempts >= 1, "`max` is 0, but must be at least 1: it counts all attempts, the first one included");
    attempts
}

/// Checks the key `history`.
#[track_caller]
pub const fn history(failures: usize) -> usize {
    assert!(failures >= 1, "`history` is 0, but must be at least 1; leave it out to keep just the last failure");
    failures
}

/// Checks the key `factor`.
#[track_caller]
pub const fn factor(factor: f64) -> f64 {
    assert!(
        factor >= 1.0 && factor.is_finite(),
        "`factor` must be a finite number of at least 1, or delays would shrink; 2.0 doubles them"
    );
    factor
}

/// Checks the key `base`.
#[track_caller]
pub const fn base(base: Duration) -> Duration {
    assert!(!base.is_zero(), "`base` is zero; for no delay at all write `strategy = \"immediate\"` instead");
    base
}

/// Checks the key `base` against a cap.
#[track_caller]
pub const fn base_below(base: Duration, cap: Duration) -> Duration {
    assert!(
        cap.as_nanos() >= base.as_nanos(),
        "`base` is longer than `cap`, so no delay could reach `base`; raise `cap` or lower `base`"
    );
    self::base(base)
}

/// Checks the key `cap`.
#[track_caller]
pub const fn cap(cap: Duration) -> Duration {
    assert!(!cap.is_zero(), "`cap` is zero; for no delay at all write `strategy = \"immediate\"` instead");
    cap
}

/// Checks the key `cap` against a base.
#[track_caller]
pub const fn cap_above(cap: Duration, base: Duration) -> Duration {
    let cap = self::cap(cap);
    assert!(
        cap.as_nanos() >= base.as_nanos(),
        "`cap` is shorter than `base`, so no delay could reach `base`; raise `cap` or lower `base`"
    );
    cap
}

/// Checks the key `increment`.
#[track_caller]
pub const fn increment(increment: Duration) -> Duration {
    assert!(
        !increment.is_zero(),
        "`increment` is zero; for delays that do not grow write `strategy = \"constant\"` instead"
    );
    increment
}

/// Checks the key `deadline`.
#[track_caller]
pub const fn deadline(deadline: Duration) -> Duration {
    assert!(
        !deadline.is_zero(),
        "`deadline` is zero, so there could be no retry; raise it, or leave the attribute out"
    );
    deadline
}

/// Checks the key `timeout`.
#[track_caller]
pub const fn timeout(timeout: Duration) -> Duration {
    assert!(!timeout.is_zero(), "`timeout` is zero, so no attempt could ever finish; raise it, or leave it out");
    timeout
}

/// Checks the key `max_hint`: every duration will do.
pub const fn max_hint(max_hint: Duration) -> Duration {
    max_hint
}
