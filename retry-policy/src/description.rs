//! Settings in plain words, for people: "at most 5 attempts, exponential backoff with equal jitter from 100ms up to 10s".
//!
//! This text cannot be read back. The text of [`notation`](crate::notation) can.

use crate::setting::Setting;
use crate::settings::Settings;
use crate::strategy::{Jitter, Kind};
use core::time::Duration;

impl Settings<'_> {
    /// Returns a description of the settings in plain words.
    pub fn description(&self) -> String {
        let attempts = match self.max() {
            None if self.is_endless() => "attempts without end".to_owned(),
            None => "unlimited attempts".to_owned(),
            Some(1) => return "one attempt".to_owned(),
            Some(max) => format!("at most {max} attempts"),
        };
        let (kind, base, cap) =
            (self.shown_kind(), Duration::from_nanos(self.base()), Duration::from_nanos(self.cap()));
        let range = match kind {
            Kind::Steps => self.steps.iter().map(|step| format!(" {step:?}")).collect::<Vec<_>>().join(","),
            _ if kind.takes(Setting::Cap) => format!(" from {base:?} up to {cap:?}"),
            _ if kind.takes(Setting::Base) => format!(" of {base:?}"),
            _ => String::new(),
        };
        // A strategy's own jitter is part of its name.
        let jitter = self.jitter().filter(|_| !kind.is_random()).map(jitter).unwrap_or_default();
        let deadline = self.deadline().map(Duration::from_nanos);
        let deadline = deadline.map(|deadline| format!(", none later than {deadline:?} after the call began"));
        let last = if self.final_attempt() { ", and a last one then" } else { "" };
        let reset_after = self.reset_after().map(Duration::from_nanos);
        let again = reset_after.map(|time| format!(", counted anew when an attempt fails after {time:?}"));
        let (words, deadline) = (kind.words(), deadline.unwrap_or_default());
        format!("{attempts}, {words}{range}{jitter}{deadline}{last}{}", again.unwrap_or_default())
    }
}

/// Returns the words for a jitter, which follow those for the strategy.
pub fn jitter(jitter: Jitter) -> String {
    match jitter {
        Jitter::Full => ", with full jitter".to_owned(),
        Jitter::Equal => ", with equal jitter".to_owned(),
        Jitter::Ratio(ratio) => format!(", give or take {} %", ratio * 100.0),
        Jitter::Spread(width) => format!(", plus up to {width:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Attempts, Deadline};
    use crate::strategy::Strategy;

    const STEPS: &[Duration] = &[Duration::from_secs(1), Duration::from_secs(5)];
    const SECOND: u64 = 1_000_000_000;

    #[track_caller]
    fn check(settings: Settings<'_>, words: &str) {
        assert_eq!(settings.description(), words);
    }

    #[test]
    fn each_kind_of_policy_has_its_words() {
        let of = Settings::of;
        check(Settings::NONE, "at most 3 attempts, exponential backoff with full jitter from 100ms up to 10s");
        check(of(Strategy::Immediate), "at most 3 attempts, no delay");
        check(Settings { max: Some(Attempts::AtMost(1)), ..Settings::NONE }, "one attempt");
        check(
            Settings { base: Some(SECOND), jitter: Some(Jitter::Ratio(0.5)), ..of(Strategy::Constant) },
            "at most 3 attempts, a constant delay of 1s, give or take 50 %",
        );
        check(
            Settings { reset_after: Some(600 * SECOND), ..of(Strategy::Immediate) },
            "at most 3 attempts, no delay, counted anew when an attempt fails after 600s",
        );
        check(of(Strategy::Steps(STEPS)), "at most 3 attempts, delays of 1s, 5s");
        check(
            Settings {
                jitter: Some(Jitter::Spread(Duration::from_secs(1))),
                max: Some(Attempts::Unlimited),
                deadline: Some(Deadline::After(60 * SECOND)),
                ..of(Strategy::Fibonacci)
            },
            "unlimited attempts, Fibonacci delays from 100ms up to 10s, plus up to 1s, none later than 60s after the call began",
        );
        check(
            Settings {
                deadline: Some(Deadline::After(60 * SECOND)),
                final_attempt: Some(true),
                ..of(Strategy::Immediate)
            },
            "at most 3 attempts, no delay, none later than 60s after the call began, and a last one then",
        );
        check(
            Settings { max: Some(Attempts::Unlimited), deadline: Some(Deadline::Never), ..of(Strategy::Constant) },
            "attempts without end, a constant delay of 100ms",
        );
        check(
            Settings { jitter: Some(Jitter::Full), ..of(Strategy::Linear) },
            "at most 3 attempts, linearly growing delays from 100ms up to 10s, with full jitter",
        );
    }
}
