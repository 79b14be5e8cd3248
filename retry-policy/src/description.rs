//! Settings in plain words, for people: "at most 5 attempts, exponential backoff with equal jitter from 100ms up to 10s".
//!
//! This text cannot be read back. The text of [`notation`](crate::notation) can.

use crate::setting::Setting;
use crate::settings::Settings;
use crate::strategy::{Jitter, Kind};
use core::fmt;
use core::time::Duration;

/// A description of settings in plain words, from [`Settings::description`].
#[derive(Clone, Copy, Debug)]
pub struct Description<'a>(&'a Settings<'a>);

impl<'a> Settings<'a> {
    /// Returns a description of the settings in plain words.
    pub const fn description(&'a self) -> Description<'a> {
        Description(self)
    }
}

impl fmt::Display for Description<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.0;
        match settings.max() {
            None => f.write_str("unlimited attempts, ")?,
            Some(1) => return f.write_str("one attempt"),
            Some(max) => write!(f, "at most {max} attempts, ")?,
        }
        let (kind, base) = (settings.shown_kind(), Duration::from_nanos(settings.base()));
        f.write_str(kind.words())?;
        if kind == Kind::Steps {
            for (index, step) in settings.steps.iter().enumerate() {
                write!(f, "{}{step:?}", if index == 0 { " " } else { ", " })?;
            }
        } else if kind.takes(Setting::Cap) {
            write!(f, " from {base:?} up to {:?}", Duration::from_nanos(settings.cap()))?;
        } else if kind.takes(Setting::Base) {
            write!(f, " of {base:?}")?;
        }
        // A strategy's own jitter is part of its name.
        match settings.jitter().filter(|_| !kind.is_random()) {
            None => {}
            Some(Jitter::Full) => f.write_str(", with full jitter")?,
            Some(Jitter::Equal) => f.write_str(", with equal jitter")?,
            Some(Jitter::Ratio(ratio)) => write!(f, ", give or take {} %", ratio * 100.0)?,
            Some(Jitter::Spread(width)) => write!(f, ", plus up to {width:?}")?,
        }
        if let Some(deadline) = settings.deadline() {
            write!(f, ", none later than {:?} after the call began", Duration::from_nanos(deadline))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Attempts;
    use crate::strategy::Strategy;

    const STEPS: &[Duration] = &[Duration::from_secs(1), Duration::from_secs(5)];
    const SECOND: u64 = 1_000_000_000;

    #[track_caller]
    fn check(settings: Settings<'_>, words: &str) {
        assert_eq!(settings.description().to_string(), words);
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
        check(of(Strategy::Steps(STEPS)), "at most 3 attempts, delays of 1s, 5s");
        check(
            Settings {
                jitter: Some(Jitter::Spread(Duration::from_secs(1))),
                max: Some(Attempts::Unlimited),
                deadline: Some(60 * SECOND),
                ..of(Strategy::Fibonacci)
            },
            "unlimited attempts, Fibonacci delays from 100ms up to 10s, plus up to 1s, none later than 60s after the call began",
        );
        check(
            Settings { jitter: Some(Jitter::Full), ..of(Strategy::Linear) },
            "at most 3 attempts, linearly growing delays from 100ms up to 10s, with full jitter",
        );
    }
}
