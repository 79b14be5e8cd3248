//! Checks of constants, for generated code: each answers its argument, or stops the compiler with words about the key.
//!
//! The macro reads literals itself; of a constant it knows no more than the path. The caller's place is where the compiler points:
//! the generated call has the span of the user's path.

use crate::policy::Policy;
use crate::policy::builder::PolicyBuilder;
use core::time::Duration;
use reattempt_policy::nanos::from_duration;
use reattempt_policy::{Attempts, Jitter, Later, Rule, Setting, Settings};

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

/// Checks a key whose value is a duration.
#[track_caller]
pub const fn duration(duration: Duration, setting: Setting) -> Duration {
    let mut settings = Settings::NONE;
    settings.set_nanos(setting, from_duration(duration));
    check(settings, Rule::Zero(setting));
    duration
}

/// Checks the key `base` against a cap.
#[track_caller]
pub const fn base_below(base: Duration, cap: Duration) -> Duration {
    cap_above(cap, base);
    duration(base, Setting::Base)
}

/// Checks the key `cap` against a base.
#[track_caller]
pub const fn cap_above(cap: Duration, base: Duration) -> Duration {
    let cap = duration(cap, Setting::Cap);
    let both = Settings { cap: Some(from_duration(cap)), base: Some(from_duration(base)), ..Settings::NONE };
    check(both, Rule::CapBelowBase);
    cap
}

/// Checks the key `timeout`.
#[track_caller]
pub const fn timeout(timeout: Duration) -> Duration {
    assert!(!timeout.is_zero(), "`timeout` is zero, so no attempt could ever finish; raise it, or leave it out");
    timeout
}
