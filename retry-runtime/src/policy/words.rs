//! A policy in words, for people: "at most 5 attempts, exponential backoff with equal jitter from 100ms up to 10s".

use crate::policy::Policy;
use crate::policy::strategy::{Jitter, Strategy};
use core::fmt;

/// The policy in words.
///
/// # Examples
///
/// ```
/// use retry_runtime::Policy;
///
/// assert_eq!(Policy::default().to_string(), "at most 3 attempts, exponential backoff with full jitter from 100ms up to 10s");
/// ```
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max() {
            None => f.write_str("unlimited attempts, ")?,
            Some(max) if max.get() == 1 => return f.write_str("one attempt"),
            Some(max) => write!(f, "at most {max} attempts, ")?,
        }
        let strategy = self.strategy();
        f.write_str(match strategy {
            Strategy::Immediate => "no delay",
            Strategy::Constant => "a constant delay",
            Strategy::Linear => "linearly growing delays",
            Strategy::Exponential => "exponentially growing delays",
            Strategy::Fibonacci => "Fibonacci delays",
            Strategy::FullJitter => "exponential backoff with full jitter",
            Strategy::EqualJitter => "exponential backoff with equal jitter",
            Strategy::DecorrelatedJitter => "decorrelated jitter",
            Strategy::DecorrelatedJitterV2 => "decorrelated jitter (smooth)",
            Strategy::Steps(_) => "delays of",
        })?;
        match strategy {
            Strategy::Immediate => {}
            Strategy::Constant => write!(f, " of {:?}", self.base())?,
            Strategy::Steps(steps) => {
                for (index, step) in steps.iter().enumerate() {
                    write!(f, "{}{step:?}", if index == 0 { " " } else { ", " })?;
                }
            }
            _ => write!(f, " from {:?} up to {:?}", self.base(), self.cap())?,
        }
        match self.jitter() {
            // Said by the strategy's name.
            _ if strategy.own_jitter().is_some() => {}
            None => {}
            Some(Jitter::Full) => f.write_str(", with full jitter")?,
            Some(Jitter::Equal) => f.write_str(", with equal jitter")?,
            Some(Jitter::Ratio(ratio)) => write!(f, ", give or take {} %", ratio * 100.0)?,
            Some(Jitter::Spread(width)) => write!(f, ", plus up to {width:?}")?,
        }
        if let Some(deadline) = self.deadline() {
            write!(f, ", none later than {deadline:?} after the call began")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::{Jitter, Policy, Strategy};
    use core::time::Duration;

    const STEPS: &[Duration] = &[Duration::from_secs(1), Duration::from_secs(5)];

    #[test]
    fn each_kind_of_policy_has_its_words() {
        let words = |builder: crate::PolicyBuilder| builder.build().expect("the policy is sound").to_string();
        let second = Duration::from_secs(1);
        let start = Policy::builder;
        assert_eq!(words(start().strategy(Strategy::Immediate)), "at most 3 attempts, no delay");
        assert_eq!(words(start().max(1)), "one attempt");
        assert_eq!(
            words(start().strategy(Strategy::Constant).base(second).jitter(Jitter::Ratio(0.5))),
            "at most 3 attempts, a constant delay of 1s, give or take 50 %"
        );
        assert_eq!(words(start().strategy(Strategy::Steps(STEPS))), "at most 3 attempts, delays of 1s, 5s");
        assert_eq!(
            words(
                start().strategy(Strategy::Fibonacci).jitter(Jitter::Spread(second)).unlimited().deadline(60 * second)
            ),
            "unlimited attempts, Fibonacci delays from 100ms up to 10s, plus up to 1s, none later than 60s after the call began"
        );
        assert_eq!(
            words(start().strategy(Strategy::Linear).jitter(Jitter::Full)),
            "at most 3 attempts, linearly growing delays from 100ms up to 10s, with full jitter"
        );
    }
}
