//! What follows from literal settings: the longest wait of a call, the attempts that a deadline leaves room for, whether the cap is
//! ever met.
//!
//! It mirrors the runtime's `Policy::longest_wait`, `attempts_in_time` and `reaches_cap` for messages and documentation; nothing
//! that runs depends on it. Wherever a setting is no literal, the answer is `None`.

use crate::args::policy_args::{Choice, DEFAULT_BASE, Max, Plan};
use crate::args::value::{JitterLiteral, Known};
use std::time::Duration;

const DEFAULT_CAP: Duration = Duration::from_secs(10);

/// As many delays are looked at one by one.
const MOST: u32 = 10_000;

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

/// The number of attempts; `u32::MAX` where they are unlimited.
fn attempts(plan: &Plan) -> Option<u32> {
    match &plan.max {
        None => Some(default_attempts(plan)),
        Some(Max::Attempts(max)) => max.literal().map(|(max, _)| *max),
        Some(Max::Unlimited) => Some(u32::MAX),
    }
}

/// The sum of the longest delays before all retries, at most the deadline.
pub(crate) fn longest(plan: &Plan) -> Option<Duration> {
    if plan.policy.is_some() {
        return None;
    }
    let limit = match &plan.deadline {
        None => Duration::MAX,
        Some(deadline) => *deadline.literal()?.0,
    };
    let retries = attempts(plan)?.saturating_sub(1);
    let mut total = Duration::ZERO;
    for retry in 1..=retries.min(MOST) {
        total = total.saturating_add(longest_delay(plan, retry)?);
    }
    let rest = retries.saturating_sub(MOST);
    Some(total.saturating_add(longest_delay(plan, retries.max(1))?.saturating_mul(rest)).min(limit))
}

/// The number of attempts that can begin before the deadline; `None` too where the deadline is no limit.
pub(crate) fn attempts_in_time(plan: &Plan) -> Option<u32> {
    let deadline = *plan.deadline.as_ref()?.literal()?.0;
    let mut began = Duration::ZERO;
    for retry in 1..=MOST {
        began = began.saturating_add(shortest_delay(plan, retry)?);
        if began >= deadline {
            return Some(retry);
        }
    }
    None
}

/// Whether a cap that is written is ever met.
pub(crate) fn reaches_cap(plan: &Plan) -> Option<bool> {
    let cap = *plan.cap.as_ref()?.literal()?.0;
    let last = attempts(plan)?.min(attempts_in_time(plan).unwrap_or(u32::MAX)).saturating_sub(1);
    Some(last > 0 && longest_delay(plan, last)? >= cap)
}

/// The shortest delay that can come before the first retry; `None` too where there is no retry.
pub(crate) fn shortest_first(plan: &Plan) -> Option<Duration> {
    if plan.policy.is_some() || matches!(&plan.max, Some(Max::Attempts(Known::Literal(1, _)))) {
        return None;
    }
    shortest_delay(plan, 1)
}

/// The nominal delay before a retry, and the cap. For the decorrelated strategies it is the longest delay.
fn nominal(plan: &Plan, retry: u32) -> Option<(Duration, Duration)> {
    if let Some(Choice::Steps(steps)) = &plan.strategy {
        let index = usize::try_from(retry).ok()?.saturating_sub(1).min(steps.len().saturating_sub(1));
        return Some((*steps.get(index)?.literal()?.0, Duration::MAX));
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
        "immediate" => return Some((Duration::ZERO, Duration::MAX)),
        "constant" => return Some((base, Duration::MAX)),
        "linear" => {
            let increment =
                plan.increment.as_ref().map_or(Some(base), |increment| increment.literal().map(|(value, _)| *value))?;
            base.saturating_add(increment.saturating_mul(retry - 1)).min(cap)
        }
        "fibonacci" => {
            // Far beyond the last number that is smaller than every cap.
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
    Some((nominal, cap))
}

fn longest_delay(plan: &Plan, retry: u32) -> Option<Duration> {
    let (nominal, cap) = nominal(plan, retry)?;
    Some(match &plan.jitter {
        None => nominal,
        Some(jitter) => window(jitter.literal()?.0, nominal, cap).1,
    })
}

fn shortest_delay(plan: &Plan, retry: u32) -> Option<Duration> {
    let (nominal, cap) = nominal(plan, retry)?;
    let own = match plan.named().map(|named| named.name) {
        Some("full_jitter") => Some(Duration::ZERO),
        Some("equal_jitter") => Some(nominal / 2),
        Some("decorrelated_jitter") => {
            Some(plan.base.as_ref().map_or(Some(DEFAULT_BASE), |base| base.literal().map(|(base, _)| *base))?)
        }
        // Past the cap it is evenly spread below it, and before anything from zero on.
        Some("decorrelated_jitter_v2") => Some(if nominal >= cap { cap / 2 } else { Duration::ZERO }),
        _ => None,
    };
    Some(match (own, &plan.jitter) {
        (Some(shortest), _) => shortest,
        (None, None) => nominal,
        (None, Some(jitter)) => window(jitter.literal()?.0, nominal, cap).0,
    })
}

/// The shortest and the longest delay that a jitter makes of a nominal one.
fn window(jitter: &JitterLiteral, nominal: Duration, cap: Duration) -> (Duration, Duration) {
    let (low, high) = match jitter {
        JitterLiteral::Full => return (Duration::ZERO, nominal),
        JitterLiteral::Equal => return (nominal / 2, nominal),
        JitterLiteral::Ratio(ratio) => {
            let half = Duration::try_from_secs_f64(nominal.as_secs_f64() * ratio).unwrap_or(Duration::MAX).min(nominal);
            (nominal.saturating_sub(half), nominal.saturating_add(half))
        }
        JitterLiteral::Spread(width) => (nominal, nominal.saturating_add(*width)),
    };
    (low.saturating_sub(high.saturating_sub(cap)), high.min(cap))
}
