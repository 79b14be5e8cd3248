//! Delays, compared with independent formulas in 128 bits and with fixed results.

use super::*;
use crate::settings::DEFAULT_CAP;
use crate::strategy::{Jitter, Strategy};
use core::time::Duration;
use proptest::prelude::{Just, Strategy as Generator, any, prop_assert_eq, prop_oneof, proptest};
use proptest::{collection, option, sample};

const RANDOM: [u64; 6] = [0, 1, 1 << 32, 1 << 63, 0x9E37_79B9_7F4A_7C15, u64::MAX];

/// Returns the delays of one call, computed step by step in 128 bits. Strategies with formulas in floats are left out.
fn exact(settings: &Settings<'_>, retries: u32, random: u64) -> Vec<u64> {
    let (base, kind) =
        (u128::from(settings.base.unwrap_or(100_000_000)), settings.strategy.unwrap_or(Kind::FullJitter));
    let has_cap = !matches!(kind, Kind::Immediate | Kind::Constant | Kind::Steps);
    let default = if has_cap { base.max(u128::from(DEFAULT_CAP)) } else { u128::from(u64::MAX) };
    let cap = settings.cap.map_or(default, u128::from);
    let increment = settings.increment.map_or(base, u128::from);
    let (mut delays, mut nominal, mut before, mut previous) = (Vec::new(), base, 0, base);
    for retry in 1..=retries {
        let delay = match kind {
            Kind::Immediate => 0,
            Kind::Steps => {
                let index = usize::try_from(retry - 1).expect("few").min(settings.steps.len().saturating_sub(1));
                settings.steps.get(index).map_or(0, Duration::as_nanos)
            }
            Kind::DecorrelatedJitter => {
                // If three times the previous delay does not fit, it is the longest delay in 64 bits.
                let high = (3 * previous).min(u128::from(u64::MAX)).max(base);
                previous = pick(base, high, random).min(cap);
                previous
            }
            _ => nominal,
        };
        match kind {
            Kind::Linear => nominal = (nominal + increment).min(1 << 100),
            Kind::Exponential | Kind::FullJitter | Kind::EqualJitter => nominal = (nominal * 2).min(1 << 100),
            Kind::Fibonacci => (before, nominal) = (nominal, (before + nominal).min(1 << 100)),
            _ => {}
        }
        let nominal = delay.min(cap);
        let jitter = match kind {
            Kind::FullJitter => Some(Jitter::Full),
            Kind::EqualJitter => Some(Jitter::Equal),
            Kind::DecorrelatedJitter => None,
            _ => settings.jitter,
        };
        let delay = match jitter {
            Some(Jitter::Full) => pick(0, nominal, random),
            Some(Jitter::Equal) => pick(nominal / 2, nominal, random),
            Some(Jitter::Spread(width)) => {
                let high = nominal + width.as_nanos().min(u128::from(u64::MAX));
                let excess = high.saturating_sub(cap);
                pick(nominal.saturating_sub(excess), high - excess, random)
            }
            _ => nominal,
        };
        delays.push(u64::try_from(delay).expect("the cap fits"));
    }
    delays
}

fn pick(low: u128, high: u128, random: u64) -> u128 {
    low + (((high - low + 1) * u128::from(random)) >> 64)
}

fn drawn(settings: &Settings<'_>, retries: u32, random: u64) -> Vec<u64> {
    let mut memory = Memory::default();
    (1..=retries).map(|retry| settings.delay(retry, &mut memory, || random)).collect()
}

const EXACT: [Kind; 9] = [
    Kind::Immediate,
    Kind::Constant,
    Kind::Linear,
    Kind::Exponential,
    Kind::Fibonacci,
    Kind::FullJitter,
    Kind::EqualJitter,
    Kind::DecorrelatedJitter,
    Kind::Steps,
];

#[test]
fn delays_at_the_edges_are_those_in_128_bits() {
    let edges = [0, 1, 2, 3, 1_000, 100_000_000, 10_000_000_000, 1 << 62, 1 << 63, u64::MAX - 1, u64::MAX];
    let steps = [Duration::ZERO, Duration::MAX, Duration::from_secs(1)];
    for (base, cap) in edges.iter().flat_map(|base| edges.map(|cap| (*base, cap))) {
        for (kind, random) in EXACT.iter().flat_map(|kind| RANDOM.map(|random| (*kind, random))) {
            if kind == Kind::DecorrelatedJitter && cap < base {
                continue;
            }
            let settings =
                Settings { strategy: Some(kind), steps: &steps, base: Some(base), cap: Some(cap), ..Settings::NONE };
            assert_eq!(drawn(&settings, 130, random), exact(&settings, 130, random), "{settings:?} {random}");
        }
    }
}

fn sizes() -> impl Generator<Value = u64> + Clone {
    (any::<u64>(), 0..64_u32).prop_map(|(bits, shift)| bits >> shift)
}

proptest! {
    #[test]
    fn delays_are_those_in_128_bits(
        strategy in sample::select(&EXACT[..]),
        jitter in option::of(prop_oneof![
            Just(Jitter::Full),
            Just(Jitter::Equal),
            sizes().prop_map(|nanos| Jitter::Spread(Duration::from_nanos(nanos))),
        ]),
        base in sizes(),
        room in option::of(sizes()),
        increment in option::of(sizes()),
        steps in collection::vec(sizes().prop_map(Duration::from_nanos), 0..4),
        random in any::<u64>(),
    ) {
        let cap = room.map(|room| base.saturating_add(room));
        let jitter = jitter.filter(|_| !strategy.is_random());
        let settings =
            Settings { strategy: Some(strategy), steps: &steps, jitter, base: Some(base), cap, increment, ..Settings::NONE };
        prop_assert_eq!(drawn(&settings, 80, random), exact(&settings, 80, random));
    }

    #[test]
    fn far_retries_are_as_long_as_the_cap(base in 1..u64::MAX, room in sizes(), retry in u32::MAX - 3..=u32::MAX) {
        let cap = base.saturating_add(room);
        for strategy in [Strategy::Exponential, Strategy::Fibonacci] {
            let settings = Settings { base: Some(base), cap: Some(cap), ..Settings::of(strategy) };
            prop_assert_eq!(settings.delay(retry, &mut Memory::default(), || 0), cap);
        }
        let smooth = Settings { base: Some(base), cap: Some(cap), ..Settings::of(Strategy::DecorrelatedJitterV2) };
        prop_assert_eq!(smooth.delay(retry, &mut Memory::default(), || u64::MAX), cap);
        prop_assert_eq!(smooth.delay(retry, &mut Memory::default(), || 0), cap / 2);
    }
}

/// Returns the first four delays with one random number, in microseconds.
#[track_caller]
fn check(settings: Settings<'_>, micros: [u64; 4]) {
    let delays = drawn(&settings, 4, 0x9E37_79B9_7F4A_7C15);
    assert_eq!(delays.iter().map(|nanos| nanos / 1_000).collect::<Vec<_>>(), micros, "{settings:?}");
}

/// Seeded tests of users rely on these delays. A change here changes them for everybody.
#[test]
fn delays_are_the_same_in_every_version() {
    let of = Settings::of;
    let steps = [Duration::from_millis(5), Duration::from_secs(1)];
    check(Settings { steps: &steps, ..of(Strategy::Steps(&[])) }, [5_000, 1_000_000, 1_000_000, 1_000_000]);
    check(of(Strategy::Linear), [100_000, 200_000, 300_000, 400_000]);
    check(Settings { factor: Some(3.0), ..of(Strategy::Exponential) }, [100_000, 300_000, 900_000, 2_700_000]);
    check(Settings { factor: Some(1.5), ..of(Strategy::Exponential) }, [100_000, 150_000, 225_000, 337_500]);
    check(of(Strategy::Fibonacci), [100_000, 100_000, 200_000, 300_000]);
    check(of(Strategy::FullJitter), [61_803, 123_606, 247_213, 494_427]);
    check(of(Strategy::EqualJitter), [80_901, 161_803, 323_606, 647_213]);
    check(Settings { jitter: Some(Jitter::Ratio(0.2)), ..of(Strategy::Constant) }, [104_721; 4]);
    let wide = Jitter::Spread(Duration::from_millis(50));
    check(Settings { jitter: Some(wide), ..of(Strategy::Immediate) }, [30_901; 4]);
    check(of(Strategy::DecorrelatedJitter), [223_606, 452_786, 877_708, 1_665_558]);
    check(of(Strategy::DecorrelatedJitterV2), [100_571, 115_994, 220_589, 438_992]);
}

#[test]
fn random_bits_are_drawn_once_where_delays_are_random_and_else_never() {
    for kind in Kind::ALL_NAMED {
        let mut draws = 0;
        let settings = Settings { strategy: Some(kind), ..Settings::NONE };
        settings.delay(3, &mut Memory::default(), || {
            draws += 1;
            7
        });
        assert_eq!(draws, u32::from(kind.is_random()), "{kind:?}");
    }
}

#[test]
fn the_shortest_first_delay_at_compile_time_is_the_one_at_run_time() {
    let edges = [0, 1, 100_000_000, DEFAULT_CAP, u64::MAX];
    let steps = [Duration::from_millis(5), Duration::ZERO];
    for (kind, base, cap) in Kind::ALL_NAMED
        .iter()
        .chain(&[Kind::Steps, Kind::Custom])
        .flat_map(|kind| edges.into_iter().flat_map(move |base| edges.map(|cap| (*kind, base, cap))))
    {
        for jitter in [None, Some(Jitter::Ratio(0.5))] {
            let settings = Settings {
                strategy: Some(kind),
                steps: &steps,
                jitter,
                base: Some(base),
                cap: Some(cap),
                ..Settings::NONE
            };
            assert_eq!(settings.shortest_first(), settings.shortest(1), "{settings:?}");
        }
    }
}

#[test]
fn the_shortest_and_the_longest_delay_are_the_ends_of_what_is_drawn() {
    for kind in Kind::ALL_NAMED.into_iter().filter(|kind| *kind != Kind::DecorrelatedJitterV2) {
        let settings = Settings { strategy: Some(kind), ..Settings::NONE };
        let shortest: Vec<_> = (1..=9).map(|retry| settings.shortest(retry)).collect();
        let longest: Vec<_> = (1..=9).map(|retry| settings.longest(retry)).collect();
        assert_eq!(shortest, drawn(&settings, 9, 0), "{kind:?}");
        assert_eq!(longest, drawn(&settings, 9, u64::MAX), "{kind:?}");
    }
    // The smooth curve is a bound: each of its delays depends on the one before it.
    let smooth = Settings { base: Some(1_000_000_000), ..Settings::of(Strategy::DecorrelatedJitterV2) };
    assert_eq!((smooth.shortest(1), smooth.longest(1)), (0, 1_377_182_257));
    assert_eq!((smooth.shortest(9), smooth.longest(9)), (5_000_000_000, 10_000_000_000));
}
