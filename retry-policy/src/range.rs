//! Ranges: corrects settings that are known only at run time, where they cannot be refused.
//!
//! Settings that are known earlier are judged by the rules.

use crate::setting::Setting;
use crate::settings::{Attempts, DEFAULT_MAX, Settings};
use crate::strategy::Jitter;
use core::fmt;
use core::time::Duration;

impl Settings<'_> {
    /// Brings each value into range, and changes values that do not fit together. Reports each change as text.
    ///
    /// The documentation of the runtime's `Policy` has a table of the wrong values and their replacements.
    pub fn bring_into_range(&mut self, adjusted: &mut dyn FnMut(Setting, fmt::Arguments<'_>)) {
        match self.factor {
            Some(factor) if factor.is_nan() || factor < 1.0 => {
                adjusted(Setting::Factor, format_args!("{factor} is used as 1"));
                self.factor = Some(1.0);
            }
            Some(factor) if factor.is_infinite() => {
                adjusted(Setting::Factor, format_args!("{factor} is used as {:e}", f64::MAX));
                self.factor = Some(f64::MAX);
            }
            _ => {}
        }
        if let Some(Jitter::Ratio(ratio)) = self.jitter {
            let nearest = if ratio > 1.0 { 1.0 } else { ratio.max(0.0) };
            if !(0.0..=1.0).contains(&ratio) {
                adjusted(Setting::Jitter, format_args!("{ratio} is used as {nearest}"));
                self.jitter = Some(Jitter::Ratio(nearest));
            }
        }
        let kind = self.kind();
        if self.jitter.is_some() && kind.is_random() && kind.own_jitter().is_none() {
            adjusted(Setting::Jitter, format_args!("`{}` keeps its own jitter", kind.name()));
            self.jitter = None;
        }
        if self.max() == Some(0) {
            adjusted(Setting::Max, format_args!("0 is used as 1"));
            self.max = Some(Attempts::AtMost(1));
        }
        if self.reset_after == Some(0) {
            adjusted(Setting::ResetAfter, format_args!("zero is not used, since no limit would hold"));
            self.reset_after = None;
        }
        let (cap, base) = (self.cap(), self.base());
        if kind.takes(Setting::Cap) && cap < base {
            let (cap, base) = (Duration::from_nanos(cap), Duration::from_nanos(base));
            adjusted(Setting::Cap, format_args!("{cap:?} is shorter than `base` ({base:?}): every delay is the cap"));
        }
        if self.final_attempt == Some(true) && self.deadline().is_none() {
            adjusted(Setting::FinalAttempt, format_args!("true without a deadline is used as false"));
            self.final_attempt = Some(false);
        }
        if self.max().is_none() && self.deadline.is_none() {
            adjusted(Setting::Max, format_args!("unlimited without a deadline is used as {DEFAULT_MAX}"));
            self.max = Some(Attempts::AtMost(DEFAULT_MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Deadline;
    use crate::strategy::Strategy;

    const NONE: Settings<'_> = Settings::NONE;

    #[track_caller]
    fn check(found: Settings<'_>, used: Settings<'_>, words: &[&str]) {
        let mut told = Vec::new();
        let mut settings = found;
        settings.bring_into_range(&mut |setting, change| told.push(format!("{}: {change}", setting.name())));
        assert_eq!(settings, used);
        assert_eq!(told, words);
    }

    #[test]
    fn settings_in_range_stay_as_they_are() {
        for settings in [
            NONE,
            Settings { factor: Some(1.0), max: Some(Attempts::AtMost(1)), ..NONE },
            Settings { max: Some(Attempts::Unlimited), deadline: Some(Deadline::After(1)), ..NONE },
            Settings { max: Some(Attempts::Unlimited), deadline: Some(Deadline::Never), ..NONE },
            Settings { jitter: Some(Jitter::Ratio(1.0)), ..Settings::of(Strategy::Constant) },
            Settings { jitter: Some(Jitter::Equal), ..NONE },
            Settings { base: Some(5), cap: Some(5), ..NONE },
            Settings { cap: Some(1), ..Settings::of(Strategy::Constant) },
        ] {
            check(settings, settings, &[]);
        }
    }

    #[test]
    fn numbers_out_of_range_become_the_nearest_in_range() {
        for (factor, used, words) in [
            (0.5, 1.0, "factor: 0.5 is used as 1"),
            (f64::NAN, 1.0, "factor: NaN is used as 1"),
            (f64::NEG_INFINITY, 1.0, "factor: -inf is used as 1"),
            (f64::INFINITY, f64::MAX, "factor: inf is used as 1.7976931348623157e308"),
        ] {
            let of = |factor| Settings { factor: Some(factor), ..NONE };
            check(of(factor), of(used), &[words]);
        }
        for (ratio, used, words) in [
            (-0.5, 0.0, "jitter: -0.5 is used as 0"),
            (f64::NAN, 0.0, "jitter: NaN is used as 0"),
            (1.5, 1.0, "jitter: 1.5 is used as 1"),
        ] {
            let of = |ratio| Settings { jitter: Some(Jitter::Ratio(ratio)), ..Settings::of(Strategy::Constant) };
            check(of(ratio), of(used), &[words]);
        }
        let of = |max| Settings { max: Some(Attempts::AtMost(max)), ..NONE };
        check(of(0), of(1), &["max: 0 is used as 1"]);
        let zero = Settings { reset_after: Some(0), ..NONE };
        check(zero, NONE, &["reset_after: zero is not used, since no limit would hold"]);
    }

    #[test]
    fn settings_that_contradict_each_other_are_brought_together() {
        let short = Settings { base: Some(2_000_000_000), cap: Some(1_000_000), ..NONE };
        check(short, short, &["cap: 1ms is shorter than `base` (2s): every delay is the cap"]);
        let last = |is_last| Settings { final_attempt: Some(is_last), ..NONE };
        check(last(true), last(false), &["final_attempt: true without a deadline is used as false"]);
        let endless = Settings { max: Some(Attempts::Unlimited), ..NONE };
        let limited = Settings { max: Some(Attempts::AtMost(3)), ..NONE };
        check(endless, limited, &["max: unlimited without a deadline is used as 3"]);
        for strategy in [Strategy::DecorrelatedJitter, Strategy::DecorrelatedJitterV2] {
            let own = Settings::of(strategy);
            let words = format!("jitter: `{}` keeps its own jitter", strategy.name());
            check(Settings { jitter: Some(Jitter::Full), ..own }, own, &[&words]);
        }
    }
}
