//! Generators of the tested values: the ends, common values, and all orders of magnitude between.

use proptest::strategy::{Just, Strategy as Generator};
use proptest::test_runner::Config;
use proptest::{num, option, prop_oneof, sample};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use retry_runtime::{Jitter, Policy, PolicyBuilder, Strategy};
use std::time::Duration;

/// The longest duration. Longer ones are treated as this one.
pub(crate) const LONGEST: Duration = Duration::from_nanos(u64::MAX);
const MAX: u128 = LONGEST.as_nanos();

const LISTS: [&[Duration]; 4] = [
    &[Duration::ZERO],
    &[Duration::from_nanos(1)],
    &[Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(5)],
    &[LONGEST, Duration::ZERO, Duration::from_nanos(3)],
];

pub(crate) fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

#[expect(clippy::cast_precision_loss, reason = "the comparisons leave room for it")]
pub(crate) fn float(nanos: u128) -> f64 {
    nanos as f64
}

pub(crate) fn from_nanos(nanos: u128) -> Duration {
    let secs = u64::try_from(nanos / 1_000_000_000).expect("a duration holds it");
    Duration::new(secs, u32::try_from(nanos % 1_000_000_000).expect("less than a second"))
}

/// Adds two durations, up to the longest one.
pub(crate) fn sum(one: Duration, other: Duration) -> Duration {
    one.saturating_add(other).min(LONGEST)
}

/// Generates durations: the ends, common values, and all orders of magnitude between.
pub(crate) fn durations() -> impl Generator<Value = Duration> + Clone {
    let any_size = (1_u32..=64, num::u64::ANY).prop_map(|(bits, random)| Duration::from_nanos(random >> (64 - bits)));
    prop_oneof![
        1 => Just(Duration::ZERO),
        1 => Just(Duration::from_nanos(1)),
        1 => Just(LONGEST),
        4 => (1_u64..60_000).prop_map(Duration::from_millis),
        4 => any_size,
    ]
}

pub(crate) fn retries() -> impl Generator<Value = u32> + Clone {
    prop_oneof![
        6 => sample::select(&[1, 2, 63, 64, 1025, u32::MAX][..]),
        4 => 1_u32..200,
        2 => 1_u32..=u32::MAX,
    ]
}

/// Generates the whole factors whose powers are exact.
pub(crate) fn whole_factors() -> impl Generator<Value = u64> + Clone {
    prop_oneof![Just(1_u64), Just(2), 1_u64..20, 1_u64..1 << 32]
}

pub(crate) fn broken_factors() -> impl Generator<Value = f64> + Clone {
    prop_oneof![
        Just(1.0 + f64::EPSILON),
        Just(f64::MAX),
        (-30.0..0.0_f64).prop_map(|power| 1.0 + power.exp()),
        1.0..4.0_f64,
        (0.0..700.0_f64).prop_map(f64::exp),
    ]
}

fn factors() -> impl Generator<Value = f64> + Clone {
    prop_oneof![whole_factors().prop_map(|factor| float(u128::from(factor))), broken_factors()]
}

pub(crate) fn jitters() -> impl Generator<Value = Jitter> + Clone {
    prop_oneof![
        Just(Jitter::Full),
        Just(Jitter::Equal),
        (0_u32..=100).prop_map(|percent| Jitter::Ratio(f64::from(percent) / 100.0)),
        durations().prop_map(Jitter::Spread),
    ]
}

pub(crate) fn plain_strategies() -> impl Generator<Value = Strategy> + Clone {
    prop_oneof![
        Just(Strategy::Immediate),
        Just(Strategy::Constant),
        Just(Strategy::Linear),
        Just(Strategy::Exponential),
        Just(Strategy::Fibonacci),
        sample::select(&LISTS[..]).prop_map(Strategy::Steps),
    ]
}

pub(crate) fn random_strategies() -> impl Generator<Value = Strategy> + Clone {
    sample::select(
        &[Strategy::FullJitter, Strategy::EqualJitter, Strategy::DecorrelatedJitter, Strategy::DecorrelatedJitterV2][..],
    )
}

pub(crate) fn settings() -> impl Generator<Value = Settings> {
    let kinds = prop_oneof![(plain_strategies(), option::of(jitters())), (random_strategies(), Just(None)),];
    // The room between base and cap: none, some, all; or the default cap.
    let rooms = option::of(durations());
    (kinds, durations(), rooms, factors(), durations()).prop_map(
        |((strategy, jitter), base, room, factor, increment)| Settings {
            strategy,
            jitter,
            base,
            cap: room.map(|room| sum(base, room)),
            factor,
            increment,
        },
    )
}

/// The source of the random bits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bits {
    Lowest,
    Highest,
    Seeded(u64),
}

impl Bits {
    pub(crate) fn source(self) -> impl FnMut() -> u64 {
        let mut generator = SmallRng::seed_from_u64(if let Self::Seeded(seed) = self { seed } else { 0 });
        move || match self {
            Self::Lowest => 0,
            Self::Highest => u64::MAX,
            Self::Seeded(_) => generator.next_u64(),
        }
    }
}

pub(crate) fn bits() -> impl Generator<Value = Bits> {
    prop_oneof![Just(Bits::Lowest), Just(Bits::Highest), num::u64::ANY.prop_map(Bits::Seeded)]
}

/// Settings that the builder accepts. Settings that the strategy does not use are left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) strategy: Strategy,
    pub(crate) jitter: Option<Jitter>,
    pub(crate) base: Duration,
    pub(crate) cap: Option<Duration>,
    pub(crate) factor: f64,
    pub(crate) increment: Duration,
}

impl Settings {
    /// Returns the policy with unlimited attempts.
    pub(crate) fn policy(self) -> Policy {
        self.builder().build().expect("the settings fit together")
    }

    pub(crate) fn builder(self) -> PolicyBuilder {
        let mut builder = Policy::builder().strategy(self.strategy).max(u32::MAX);
        if let Some(jitter) = self.jitter {
            builder = builder.jitter(jitter);
        }
        if self.takes_base() {
            builder = builder.base(self.base);
        }
        if let (true, Some(cap)) = (self.takes_cap(), self.cap) {
            builder = builder.cap(cap);
        }
        if matches!(self.strategy, Strategy::Exponential | Strategy::FullJitter | Strategy::EqualJitter) {
            builder = builder.factor(self.factor);
        }
        if self.strategy == Strategy::Linear {
            builder = builder.increment(self.increment);
        }
        builder
    }

    fn takes_base(self) -> bool {
        !matches!(self.strategy, Strategy::Immediate | Strategy::Steps(_))
    }

    fn takes_cap(self) -> bool {
        self.takes_base() && self.strategy != Strategy::Constant
    }

    /// Returns the longest delay that these settings allow, in nanoseconds.
    pub(crate) fn ceiling(self) -> u128 {
        match self.cap {
            _ if !self.takes_cap() => MAX,
            Some(cap) => cap.as_nanos(),
            None => self.base.max(Duration::from_secs(10)).as_nanos(),
        }
    }

    /// Returns the window of the delay and the largest rounding error of its ends, or `None` if the window depends on the previous delay.
    pub(crate) fn window(self, nominal: u128) -> Option<(u128, u128, u128)> {
        let cap = self.ceiling();
        let jitter = match self.strategy {
            Strategy::DecorrelatedJitter | Strategy::DecorrelatedJitterV2 => return None,
            Strategy::FullJitter => Some(Jitter::Full),
            Strategy::EqualJitter => Some(Jitter::Equal),
            _ => self.jitter,
        };
        Some(match jitter {
            Some(Jitter::Full) => (0, nominal, 0),
            Some(Jitter::Equal) => (nominal / 2, nominal, 0),
            Some(Jitter::Ratio(ratio)) => {
                let half = nominal * u128::from(percent(ratio)) / 100;
                let high = (nominal + half).min(cap);
                // Half the window is rounded, twice if the window is moved.
                (high.saturating_sub(2 * half), high, 2 + nominal / 10_u128.pow(15))
            }
            Some(Jitter::Spread(width)) => {
                let high = (nominal + width.as_nanos()).min(cap);
                (high.saturating_sub(width.as_nanos()), high, 0)
            }
            _ => (nominal, nominal, 0),
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ratios are made of whole percents")]
fn percent(ratio: f64) -> u32 {
    (ratio * 100.0).round() as u32
}
