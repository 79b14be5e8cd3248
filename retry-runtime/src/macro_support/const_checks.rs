//! Checks of constants, for generated code: each answers its argument, or stops the compiler with words about the key.
//!
//! The macro reads literals itself; of a constant it knows no more than the path. The caller's place is where the compiler points:
//! the generated call has the span of the user's path.

use crate::policy::Policy;
use crate::policy::builder::PolicyBuilder;
use crate::policy::strategy::{Jitter, Strategy};
use core::num::NonZeroU32;
use core::time::Duration;

/// Stands for a duration that is not written.
pub(crate) const ABSENT: u64 = u64::MAX;

/// The strategies in the order of the macro's table, each with the defaults for all else. A constant, so that the compiler makes them once
/// and not for each site.
const POLICIES: [Policy; 9] = [
    of(Strategy::Immediate),
    of(Strategy::Constant),
    of(Strategy::Linear),
    of(Strategy::Exponential),
    of(Strategy::Fibonacci),
    of(Strategy::FullJitter),
    of(Strategy::EqualJitter),
    of(Strategy::DecorrelatedJitter),
    of(Strategy::DecorrelatedJitterV2),
];

const fn of(strategy: Strategy) -> Policy {
    Policy::builder().strategy(strategy).assembled()
}

/// Makes a policy of literals alone, which the macro has judged itself: handed over as numbers and laid over a policy that is there, they
/// cost the compiler a fraction of what calls of the builder do.
///
/// `strategy` counts in the macro's table. `jitter` is 0 for none, 1 for full, 2 for equal, 3 for the ratio, 4 for the last of the
/// durations, which are base, cap, increment, deadline, longest hint and spread in nanoseconds. A factor of 0 is the default, and so is
/// a `max` of 0; `u64::MAX` is unlimited.
///
/// # Panics
///
/// At compile time, where there is no such strategy: the macro and the runtime are of different versions then.
pub const fn literals(strategy: usize, jitter: u8, ratio: f64, nanos: [u64; 6], factor: f64, max: u64) -> Policy {
    let [base, cap, increment, deadline, max_hint, spread] = nanos;
    let mut policy = POLICIES[strategy];
    if base != ABSENT {
        policy.base = Duration::from_nanos(base);
    }
    if cap != ABSENT {
        policy.cap = Some(Duration::from_nanos(cap));
    }
    if increment != ABSENT {
        policy.increment = Some(Duration::from_nanos(increment));
    }
    if deadline != ABSENT {
        policy.deadline = Some(Duration::from_nanos(deadline));
    }
    if max_hint != ABSENT {
        policy.max_hint = Duration::from_nanos(max_hint);
    }
    if factor > 0.0 {
        policy.factor = factor;
    }
    match jitter {
        1 => policy.jitter = Some(Jitter::Full),
        2 => policy.jitter = Some(Jitter::Equal),
        3 => policy.jitter = Some(Jitter::Ratio(ratio)),
        4 => policy.jitter = Some(Jitter::Spread(Duration::from_nanos(spread))),
        _ => {}
    }
    #[expect(clippy::cast_possible_truncation, reason = "the macro has read it as a `u32`")]
    match max {
        0 => {}
        u64::MAX => policy.max = None,
        _ => policy.max = NonZeroU32::new(max as u32),
    }
    policy.quickened()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_make_the_policy_of_the_builder() {
        let second = 1_000_000_000;
        let steady = Policy::builder().strategy(Strategy::Constant).base(Duration::from_secs(1)).jitter(Jitter::Full);
        let nanos = [second, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT];
        assert_eq!(Ok(literals(1, 1, 0.0, nanos, 0.0, 0)), steady.build());

        let doubling = Policy::builder().strategy(Strategy::EqualJitter).cap(Duration::from_secs(5)).max(7);
        let nanos = [ABSENT, 5 * second, ABSENT, ABSENT, ABSENT, ABSENT];
        assert_eq!(Ok(literals(6, 0, 0.0, nanos, 0.0, 7)), doubling.build());

        let watched = Policy::builder().deadline(Duration::from_secs(9)).max_hint(Duration::from_secs(3)).factor(3.0);
        let nanos = [ABSENT, ABSENT, ABSENT, 9 * second, 3 * second, ABSENT];
        assert_eq!(Ok(literals(5, 0, 0.0, nanos, 3.0, 0)), watched.build());

        let spread = Policy::builder().strategy(Strategy::Linear).increment(Duration::from_secs(2));
        let spread = spread.jitter(Jitter::Spread(Duration::from_secs(4)));
        let nanos = [ABSENT, ABSENT, 2 * second, ABSENT, ABSENT, 4 * second];
        assert_eq!(Ok(literals(2, 4, 0.0, nanos, 0.0, 0)), spread.build());
    }
}
