//! Checks of constants, for generated code: each answers its argument, or stops the compiler with words about the key.
//!
//! The macro reads literals itself; of a constant it knows no more than the path. The caller's place is where the compiler points:
//! the generated call has the span of the user's path.

use crate::policy::Policy;
use crate::policy::builder::PolicyBuilder;
use core::time::Duration;
use reattempt_policy::nanos::from_duration;
use reattempt_policy::{Attempts, Jitter, Kind, Later, Rule, Setting, Settings};

/// Stands for a duration that is not written.
pub(crate) const ABSENT: u64 = u64::MAX;

/// Makes a policy of literals alone, which the macro has judged itself: handed over as numbers, they cost the compiler a fraction of what
/// calls of the builder do.
///
/// `strategy` counts in the table of strategies. `jitter` is 0 for none, 1 for full, 2 for equal, 3 for the ratio, 4 for the last of the
/// durations, which are base, cap, increment, deadline, longest hint and spread in nanoseconds. A factor of 0 is the default, and so is
/// a `max` of 0; `u64::MAX` is unlimited.
///
/// # Panics
///
/// At compile time, where there is no such strategy: the macro and the runtime are of different versions then.
pub const fn literals(strategy: usize, jitter: u8, ratio: f64, nanos: [u64; 6], factor: f64, max: u64) -> Policy {
    const fn written(nanos: u64) -> Option<u64> {
        if nanos == ABSENT { None } else { Some(nanos) }
    }
    let [base, cap, increment, deadline, max_hint, spread] = nanos;
    #[expect(clippy::cast_possible_truncation, reason = "the macro has read it as a `u32`")]
    let max = match max {
        0 => None,
        u64::MAX => Some(Attempts::Unlimited),
        _ => Some(Attempts::AtMost(max as u32)),
    };
    Policy::new(Settings {
        strategy: Some(Kind::ALL_NAMED[strategy]),
        steps: &[],
        jitter: match jitter {
            1 => Some(Jitter::Full),
            2 => Some(Jitter::Equal),
            3 => Some(Jitter::Ratio(ratio)),
            4 => Some(Jitter::Spread(Duration::from_nanos(spread))),
            _ => None,
        },
        base: written(base),
        cap: written(cap),
        factor: if factor > 0.0 { Some(factor) } else { None },
        increment: written(increment),
        max,
        deadline: written(deadline),
        max_hint: written(max_hint),
    })
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

/// Asks one rule of a setting alone; what it says ends the compilation.
#[track_caller]
const fn check(settings: Settings<'static>, rule: Rule) {
    if let Some(error) = settings.refusal(rule, Later::NOTHING) {
        panic!("{}", error.summary());
    }
}

/// Checks the key `jitter`.
#[track_caller]
pub const fn jitter(jitter: Jitter) -> Jitter {
    check(Settings { jitter: Some(jitter), ..Settings::NONE }, Rule::Ratio);
    jitter
}

/// Checks the key `max`.
#[track_caller]
pub const fn max(attempts: u32) -> u32 {
    check(Settings { max: Some(Attempts::AtMost(attempts)), ..Settings::NONE }, Rule::NoAttempts);
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
    check(Settings { factor: Some(factor), ..Settings::NONE }, Rule::Factor);
    factor
}

/// Checks the key `base`.
#[track_caller]
pub const fn base(base: Duration) -> Duration {
    check(Settings { base: Some(from_duration(base)), ..Settings::NONE }, Rule::Zero(Setting::Base));
    base
}

/// Checks the key `base` against a cap.
#[track_caller]
pub const fn base_below(base: Duration, cap: Duration) -> Duration {
    cap_above(cap, base);
    self::base(base)
}

/// Checks the key `cap`.
#[track_caller]
pub const fn cap(cap: Duration) -> Duration {
    check(Settings { cap: Some(from_duration(cap)), ..Settings::NONE }, Rule::Zero(Setting::Cap));
    cap
}

/// Checks the key `cap` against a base.
#[track_caller]
pub const fn cap_above(cap: Duration, base: Duration) -> Duration {
    let cap = self::cap(cap);
    let both = Settings { cap: Some(from_duration(cap)), base: Some(from_duration(base)), ..Settings::NONE };
    check(both, Rule::CapBelowBase);
    cap
}

/// Checks the key `increment`.
#[track_caller]
pub const fn increment(increment: Duration) -> Duration {
    check(Settings { increment: Some(from_duration(increment)), ..Settings::NONE }, Rule::Zero(Setting::Increment));
    increment
}

/// Checks the key `deadline`.
#[track_caller]
pub const fn deadline(deadline: Duration) -> Duration {
    check(Settings { deadline: Some(from_duration(deadline)), ..Settings::NONE }, Rule::Zero(Setting::Deadline));
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
    use reattempt_policy::Strategy;

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
