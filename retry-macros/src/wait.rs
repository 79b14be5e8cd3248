//! The longest time that a call can wait between its attempts, where literals tell it.
//!
//! It mirrors the runtime's formulas for documentation alone; nothing that runs depends on it.

use crate::plan::{Choice, DEFAULT_BASE, Max, Plan};
use crate::value::{JitterLiteral, Known};
use std::time::Duration;

const DEFAULT_CAP: Duration = Duration::from_secs(10);

/// The cap where none is written.
pub(crate) fn default_cap(base: Option<&Known<Duration>>) -> Option<Duration> {
    match base {
        None => Some(DEFAULT_CAP),
        Some(base) => base.literal().map(|(base, _)| DEFAULT_CAP.max(*base)),
    }
}

/// The number of attempts where none is written.
pub(crate) fn default_attempts(plan: &Plan) -> u32 {
    match &plan.strategy {
        Some(Choice::Steps(steps)) => u32::try_from(steps.len()).unwrap_or(u32::MAX).saturating_add(1),
        _ => 3,
    }
}

/// A rule that grows by too little to be added up in so many steps is left without a figure.
const MOST: u32 = 10_000;

/// The sum of the longest delays before all retries, where literals tell it.
///
/// It adds up delay by delay until the delay stops growing, and multiplies from there on.
pub(crate) fn longest(plan: &Plan) -> Option<Duration> {
    if plan.policy.is_some() {
        return None;
    }
    let attempts = match &plan.max {
        None => default_attempts(plan),
        Some(Max::Attempts(max)) => *max.literal()?.0,
        Some(Max::Unlimited) => return None,
    };
    // From here on two equal delays mean that they stay equal: Fibonacci begins with two, and a list may have any.
    let settled = match &plan.strategy {
        Some(Choice::Steps(steps)) => u32::try_from(steps.len()).unwrap_or(u32::MAX).max(2),
        _ => 2,
    };
    let mut total = Duration::ZERO;
    let mut last = None;
    for retry in 1..attempts {
        let delay = longest_delay(plan, retry)?;
        if last == Some(delay) && retry > settled {
            return Some(total.saturating_add(delay.saturating_mul(attempts - retry)));
        }
        if retry > MOST {
            return None;
        }
        total = total.saturating_add(delay);
        last = Some(delay);
    }
    Some(total)
}

/// The longest delay before one retry, where literals tell it; rounded up to a millisecond where the rule is not a whole number.
fn longest_delay(plan: &Plan, retry: u32) -> Option<Duration> {
    if let Some(Choice::Steps(steps)) = &plan.strategy {
        let index = usize::try_from(retry).ok()?.saturating_sub(1).min(steps.len().saturating_sub(1));
        return with_jitter(plan, *steps.get(index)?.literal()?.0, Duration::MAX);
    }
    let named = plan.named()?;
    let base = plan.base.as_ref().map_or(Some(DEFAULT_BASE), |base| base.literal().map(|(base, _)| *base))?;
    let cap = match &plan.cap {
        Some(cap) => *cap.literal()?.0,
        None => default_cap(plan.base.as_ref())?,
    };
    let grown =
        |times: f64| Duration::try_from_secs_f64(base.as_secs_f64() * times).map_or(cap, |delay| delay.min(cap));
    let nominal = match named.name {
        "immediate" => return Some(Duration::ZERO),
        "constant" => return with_jitter(plan, base, Duration::MAX),
        "linear" => {
            let increment =
                plan.increment.as_ref().map_or(Some(base), |increment| increment.literal().map(|(value, _)| *value))?;
            base.saturating_add(increment.saturating_mul(retry - 1)).min(cap)
        }
        "fibonacci" => {
            let (mut this, mut next) = (0.0_f64, 1.0_f64);
            for _ in 0..retry.min(1_000) {
                (this, next) = (next, this + next);
            }
            grown(this)
        }
        "decorrelated_jitter" => grown(3_f64.powf(f64::from(retry))),
        "decorrelated_jitter_v2" => {
            let t = f64::from(retry);
            grown(t.exp2() * (4.0 * t).sqrt().tanh() / 1.4)
        }
        _ => {
            let factor =
                plan.factor.as_ref().map_or(Some(2.0), |factor| factor.literal().map(|(factor, _)| *factor))?;
            grown(factor.powf(f64::from(retry - 1)))
        }
    };
    with_jitter(plan, nominal, cap)
}

/// The shortest delay that can come before the first retry, where literals tell it; `None` too where there is no retry.
pub(crate) fn shortest_first(plan: &Plan) -> Option<Duration> {
    if plan.policy.is_some() || matches!(&plan.max, Some(Max::Attempts(Known::Literal(1, _)))) {
        return None;
    }
    let (nominal, cap) = match &plan.strategy {
        Some(Choice::Steps(steps)) => (*steps.first()?.literal()?.0, Duration::MAX),
        _ => {
            let base = plan.base.as_ref().map_or(Some(DEFAULT_BASE), |base| base.literal().map(|(base, _)| *base))?;
            match plan.named()?.name {
                "immediate" | "full_jitter" => return Some(Duration::ZERO),
                "decorrelated_jitter_v2" => {
                    let cap = plan
                        .cap
                        .as_ref()
                        .map_or(default_cap(plan.base.as_ref()), |cap| cap.literal().map(|(cap, _)| *cap))?;
                    let is_over = longest_delay(plan, 1)? >= cap;
                    return Some(if is_over { cap / 2 } else { Duration::ZERO });
                }
                "equal_jitter" => return Some(base / 2),
                "constant" => (base, Duration::MAX),
                _ => {
                    let cap = plan
                        .cap
                        .as_ref()
                        .map_or(default_cap(plan.base.as_ref()), |cap| cap.literal().map(|(cap, _)| *cap))?;
                    (base.min(cap), cap)
                }
            }
        }
    };
    let Some(jitter) = &plan.jitter else {
        return Some(nominal);
    };
    let (low, high) = match jitter.literal()?.0 {
        JitterLiteral::Full => return Some(Duration::ZERO),
        JitterLiteral::Equal => return Some(nominal / 2),
        JitterLiteral::Ratio(ratio) => {
            let half = Duration::try_from_secs_f64(nominal.as_secs_f64() * ratio).unwrap_or(Duration::MAX).min(nominal);
            (nominal.saturating_sub(half), nominal.saturating_add(half))
        }
        JitterLiteral::Spread(width) => (nominal, nominal.saturating_add(*width)),
    };
    Some(low.saturating_sub(high.saturating_sub(cap)))
}

fn with_jitter(plan: &Plan, nominal: Duration, cap: Duration) -> Option<Duration> {
    match &plan.jitter {
        None => Some(nominal),
        Some(jitter) => Some(match jitter.literal()?.0 {
            JitterLiteral::Full | JitterLiteral::Equal => nominal,
            JitterLiteral::Ratio(ratio) => {
                Duration::try_from_secs_f64(nominal.as_secs_f64() * (1.0 + ratio)).map_or(cap, |delay| delay.min(cap))
            }
            JitterLiteral::Spread(width) => nominal.saturating_add(*width).min(cap),
        }),
    }
}
