//! Delays: properties of every strategy, jitter, base, cap, factor and retry number.
//!
//! The expected values come from slow formulas in this file.

use crate::generate::{
    Bits, LONGEST, Settings, bits, broken_factors, config, durations, float, retries, settings, sum, whole_factors,
};
use proptest::strategy::{Just, Strategy as Generator};
use proptest::{collection, option, prop_assert, prop_assert_eq, prop_oneof, proptest};
use retry_runtime::{Policy, Session, Step, Strategy, Verdict};
use std::time::Duration;

fn lengths() -> impl Generator<Value = u32> {
    prop_oneof![8 => Just(6_u32), 4 => Just(70), 1 => Just(1_030)]
}

/// Draws the delays before retry 1, 2, ... of one call, each with its retry number.
fn drawn(policy: &Policy, bits: Bits, length: u32) -> Vec<(u32, Duration)> {
    let (mut session, mut random) = (Session::new(), bits.source());
    let mut draw = |retry| match session.failed(policy, Verdict::Retry, None, &mut random) {
        Step::Sleep(delay) => (retry, delay),
        Step::Return(reason) => panic!("the call ended before retry {retry}: {reason}"),
    };
    (1..=length).map(&mut draw).collect()
}

/// Multiplies until the cap is reached, which takes at most 94 steps for a base above zero and a factor above one.
fn power_by_hand(base: u128, factor: u128, cap: u128, retry: u32) -> u128 {
    let mut nominal = base;
    for _ in 1..retry {
        if nominal == 0 || nominal >= cap || factor == 1 {
            break;
        }
        nominal = nominal.saturating_mul(factor);
    }
    nominal.min(cap)
}

/// Adds the last two terms until the cap is reached.
fn fibonacci_by_hand(base: u128, cap: u128, retry: u32) -> u128 {
    let (mut before, mut nominal) = (0, base);
    for _ in 1..retry {
        if nominal == 0 || nominal >= cap {
            break;
        }
        (before, nominal) = (nominal, before + nominal);
    }
    nominal.min(cap)
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn a_delay_never_passes_the_cap(settings in settings(), retry in retries(), bits in bits(), length in lengths()) {
        let policy = settings.policy();
        prop_assert_eq!(policy.cap().min(LONGEST).as_nanos(), settings.ceiling());
        for retry in [0, retry] {
            prop_assert!(policy.nominal(retry) <= policy.cap());
            prop_assert!(policy.longest(retry) <= policy.cap());
        }
        prop_assert!(policy.nominal(retry) <= policy.longest(retry));
        for (retry, delay) in drawn(&policy, bits, length) {
            prop_assert!(delay <= policy.longest(retry), "{delay:?} before retry {retry}");
        }
    }

    #[test]
    fn a_delay_stays_in_the_window_of_its_jitter(settings in settings(), bits in bits(), length in lengths()) {
        let policy = settings.policy();
        for (retry, delay) in drawn(&policy, bits, length) {
            let Some((low, high, rounding)) = settings.window(policy.nominal(retry).as_nanos()) else { break };
            let delay = delay.as_nanos();
            prop_assert!(low <= delay + rounding && delay <= high + rounding, "{low} {delay} {high}, retry {retry}");
            prop_assert!(high.abs_diff(policy.longest(retry).as_nanos()) <= rounding, "{high}, retry {retry}");
            // The extreme bits reach the ends, to the 64 bits that there are.
            match bits {
                Bits::Lowest => prop_assert!(delay <= low + rounding, "{low} {delay} retry {retry}"),
                Bits::Highest => {
                    let grain = 1 + (high >> 64);
                    prop_assert!(delay + grain + rounding > high, "{high} {delay} retry {retry}");
                }
                Bits::Seeded(_) => {}
            }
        }
    }

    #[test]
    fn a_list_is_followed_to_its_last_entry(entries in collection::vec(durations(), 1..9), retry in retries()) {
        let policy = Policy::builder().strategy(Strategy::Steps(entries.clone().leak())).build().expect("a list");
        let index = usize::try_from(retry).expect("32 bits") - 1;
        prop_assert_eq!(policy.nominal(retry), entries[index.min(entries.len() - 1)]);
        prop_assert!(policy.delays().eq(entries));
    }

    #[test]
    fn linear_delays_are_exact(base in durations(), room in durations(), increment in durations(), retry in retries()) {
        let cap = sum(base, room);
        let builder = Policy::builder().strategy(Strategy::Linear).base(base).increment(increment).cap(cap);
        let exact = base.as_nanos() + u128::from(retry - 1) * increment.as_nanos();
        prop_assert_eq!(builder.build().expect("a policy").nominal(retry).as_nanos(), exact.min(cap.as_nanos()));
    }

    #[test]
    fn fibonacci_delays_are_exact(base in durations(), room in durations(), retry in retries()) {
        let cap = sum(base, room);
        let policy = Policy::builder().strategy(Strategy::Fibonacci).base(base).cap(cap).build().expect("a policy");
        let exact = fibonacci_by_hand(base.as_nanos(), cap.as_nanos(), retry);
        prop_assert_eq!(policy.nominal(retry).as_nanos(), exact);
    }

    #[test]
    fn whole_factors_are_exact(
        base in durations(),
        room in durations(),
        factor in whole_factors(),
        retry in retries(),
    ) {
        let cap = sum(base, room);
        let builder = Policy::builder().strategy(Strategy::Exponential).base(base).cap(cap);
        let policy = builder.factor(float(u128::from(factor))).build().expect("a policy");
        let exact = power_by_hand(base.as_nanos(), u128::from(factor), cap.as_nanos(), retry);
        prop_assert_eq!(policy.nominal(retry).as_nanos(), exact);
    }

    #[test]
    fn broken_factors_are_near_the_true_power(
        base in durations(),
        room in durations(),
        factor in broken_factors(),
        retry in retries(),
    ) {
        let cap = sum(base, room);
        let builder = Policy::builder().strategy(Strategy::Exponential).base(base).cap(cap).factor(factor);
        let nominal = float(builder.build().expect("a policy").nominal(retry).as_nanos());
        // `factor - 1` is exact below 2, and its logarithm keeps all its digits.
        let logarithm = if factor < 2.0 { (factor - 1.0).ln_1p() } else { factor.ln() };
        let growth = (f64::from(retry - 1) * logarithm).exp();
        let power = if base.is_zero() { 0.0 } else { float(base.as_nanos()) * growth };
        let expected = power.min(float(cap.as_nanos()));
        // The computation by logarithms is the less precise one.
        prop_assert!((nominal - expected).abs() <= 1.0 + expected * 1e-13, "{nominal} {expected}");
    }

    #[test]
    fn nominal_delays_never_shrink(settings in settings(), retry in retries(), step in 1_u32..9) {
        if !matches!(settings.strategy, Strategy::Steps(_)) {
            let policy = settings.policy();
            let later = retry.saturating_add(step);
            prop_assert!(policy.nominal(retry) <= policy.nominal(later));
            prop_assert!(policy.longest(retry) <= policy.longest(later));
        }
    }

    #[test]
    fn decorrelated_delays_are_between_the_base_and_thrice_the_one_before(
        base in durations(),
        room in option::of(durations()),
        bits in bits(),
    ) {
        let cap = room.map(|room| sum(base, room));
        let strategy = Strategy::DecorrelatedJitter;
        let policy = Settings { strategy, jitter: None, base, cap, factor: 2.0, increment: base }.policy();
        let mut previous = base;
        for (retry, delay) in drawn(&policy, bits, 70) {
            prop_assert!(base <= delay && delay <= previous.saturating_mul(3).min(policy.cap()), "retry {retry}");
            previous = delay;
        }
    }

    #[test]
    fn smooth_delays_past_the_cap_are_in_its_upper_half(base in 1_u64..1 << 60, room in durations(), bits in bits()) {
        let base = Duration::from_nanos(base);
        let cap = sum(base, room);
        let policy = Policy::builder().strategy(Strategy::DecorrelatedJitterV2).base(base).cap(cap).max(u32::MAX);
        for (retry, delay) in drawn(&policy.build().expect("a policy"), bits, 110) {
            let time = f64::from(retry);
            let top = float(base.as_nanos()) * time.exp2() * (4.0 * time).sqrt().tanh() / 1.4;
            if top > float(cap.as_nanos()) * 1.000_001 {
                prop_assert!(delay >= cap / 2, "{delay:?} before retry {retry}");
            }
        }
    }
}

#[test]
fn one_nanosecond_grows_exactly_at_each_number_until_it_reaches_the_longest_cap() {
    let base = Duration::from_nanos(1);
    let nominal = |strategy, factor: u32, retry| {
        let builder = Policy::builder().strategy(strategy).base(base).cap(LONGEST);
        let builder = match strategy {
            Strategy::Exponential => builder.factor(f64::from(factor)),
            _ => builder,
        };
        builder.build().expect("a policy").nominal(retry).as_nanos()
    };
    let cap = LONGEST.as_nanos();
    for retry in 1..300 {
        assert_eq!(nominal(Strategy::Fibonacci, 1, retry), fibonacci_by_hand(1, cap, retry));
        for factor in [1, 2, 3, 10] {
            let exact = power_by_hand(1, u128::from(factor), cap, retry);
            assert_eq!(nominal(Strategy::Exponential, factor, retry), exact);
        }
    }
}

#[test]
fn what_is_longer_than_584_years_counts_as_584_years() {
    let list: &[_] = &[Duration::MAX];
    let builder = Policy::builder().strategy(Strategy::Linear).increment(Duration::MAX);
    let policy = builder.base(Duration::MAX).cap(Duration::MAX).max_hint(Duration::MAX).build().expect("a policy");
    assert_eq!([policy.base(), policy.cap(), policy.increment(), policy.max_hint(), policy.nominal(2)], [LONGEST; 5]);
    let steps = Policy::builder().strategy(Strategy::Steps(list)).build().expect("a list");
    assert_eq!(steps.nominal(1), LONGEST);
    assert_eq!(steps.longest_wait(), LONGEST);
}
