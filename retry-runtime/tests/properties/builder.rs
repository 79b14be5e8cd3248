//! The builder changes no value silently: accepted settings are read back equal, and a refusal is an error that names both values.

use crate::generate::{Settings, config, durations, float, from_nanos, jitters, plain_strategies, random_strategies};
use proptest::strategy::{Just, Strategy as Generator};
use proptest::{num, option, prop_assert, prop_assert_eq, prop_oneof, proptest, sample};
use retry_runtime::{Jitter, Policy, PolicyBuilder, Strategy};
use std::time::Duration;

/// The settings that a user writes, in range or not.
#[derive(Clone, Copy, Debug)]
struct Written {
    strategy: Option<Strategy>,
    jitter: Option<Jitter>,
    base: Option<Duration>,
    cap: Option<Duration>,
    factor: Option<f64>,
    increment: Option<Duration>,
    max: Max,
    deadline: Option<Duration>,
    max_hint: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
enum Max {
    Default,
    Attempts(u32),
    Unlimited,
}

impl Written {
    fn builder(self) -> PolicyBuilder {
        let mut builder = Policy::builder();
        builder = self.strategy.map_or(builder, |strategy| builder.strategy(strategy));
        builder = self.jitter.map_or(builder, |jitter| builder.jitter(jitter));
        builder = self.base.map_or(builder, |base| builder.base(base));
        builder = self.cap.map_or(builder, |cap| builder.cap(cap));
        builder = self.factor.map_or(builder, |factor| builder.factor(factor));
        builder = self.increment.map_or(builder, |increment| builder.increment(increment));
        builder = self.deadline.map_or(builder, |deadline| builder.deadline(deadline));
        builder = self.max_hint.map_or(builder, |max_hint| builder.max_hint(max_hint));
        match self.max {
            Max::Default => builder,
            Max::Attempts(attempts) => builder.max(attempts),
            Max::Unlimited => builder.unlimited(),
        }
    }

    fn chosen(self) -> Strategy {
        self.strategy.unwrap_or(Strategy::FullJitter)
    }

    fn base_or_default(self) -> Duration {
        self.base.unwrap_or(Duration::from_millis(100))
    }

    /// Returns all faults, each as the words that its message must contain.
    fn faults(self) -> Vec<Vec<String>> {
        let mut faults = Vec::new();
        if let Some(factor) = self.factor.filter(|factor| !(1.0..=f64::MAX).contains(factor)) {
            faults.push(vec!["`factor`".to_owned(), format!(" {},", short(factor)), "at least 1, or".to_owned()]);
        }
        if let Some(Jitter::Ratio(ratio)) = self.jitter {
            if !(0.0..=1.0).contains(&ratio) {
                faults.push(vec!["`jitter`".to_owned(), format!(" {},", short(ratio)), "between 0 and 1;".to_owned()]);
            }
        }
        if let Max::Attempts(0) = self.max {
            faults.push(vec!["`max`".to_owned(), "at least 1:".to_owned()]);
        }
        if let Strategy::Steps([]) = self.chosen() {
            faults.push(vec!["empty".to_owned()]);
        }
        let name = match self.chosen() {
            Strategy::Steps(_) => "a list of delays".to_owned(),
            named => format!("`{}`", named.name()),
        };
        for setting in self.unused() {
            faults.push(vec![format!("`{setting}`"), name.clone()]);
        }
        if self.jitter.is_some() && is_random(self.chosen()) {
            faults.push(vec!["`jitter`".to_owned(), name]);
        }
        let base = self.base_or_default();
        if let Some(cap) = self.cap.filter(|cap| *cap < base) {
            faults.push(vec![format!("`cap` ({cap:?})"), format!("`base` ({base:?})")]);
        }
        if let (Max::Unlimited, None) = (self.max, self.deadline) {
            faults.push(vec!["unlimited".to_owned(), "`deadline`".to_owned()]);
        }
        if let (Some(deadline), (first, rounding)) = (self.deadline, self.shortest_first()) {
            if self.attempts() != Some(1) && deadline.as_nanos() <= first {
                let mut words = vec![format!("`deadline` ({deadline:?})")];
                if deadline.is_zero() {
                    words = vec!["`deadline` must be longer than zero".to_owned()];
                } else if rounding == 0 {
                    words.push(format!("({:?} ", from_nanos(first)));
                }
                faults.push(words);
            }
        }
        faults
    }

    /// Returns the shortest delay before the first retry in nanoseconds, and the largest rounding error.
    fn shortest_first(self) -> (u128, u128) {
        let (base, strategy) = (self.base_or_default(), self.chosen());
        if matches!(strategy, Strategy::DecorrelatedJitterV2) {
            // If it passes the cap from the start, the delay is U(cap/2, cap). Otherwise it may be zero or more.
            let cap = self.cap.unwrap_or(base.max(Duration::from_secs(10))).as_nanos();
            let top = 2.0 * 2_f64.tanh() / 1.4 * float(base.as_nanos());
            return (if top > float(cap) { cap / 2 } else { 0 }, 0);
        }
        let settings = Settings { strategy, jitter: self.jitter, base, cap: self.cap, factor: 1.0, increment: base };
        let nominal = match strategy {
            Strategy::Immediate | Strategy::Steps([]) => Duration::ZERO,
            Strategy::Steps(steps) => steps[0],
            _ => base,
        };
        let nominal = nominal.as_nanos();
        let (low, _, rounding) = settings.window(nominal).unwrap_or((nominal, nominal, 0));
        (low, rounding)
    }

    /// Returns `true` if rounding decides whether the first retry can begin before the deadline.
    fn is_borderline(self) -> bool {
        let (first, rounding) = self.shortest_first();
        let deadline = self.deadline.map_or(u128::MAX, |deadline| deadline.as_nanos());
        rounding > 0 && deadline.abs_diff(first) <= rounding
    }

    fn unused(self) -> Vec<&'static str> {
        let taken: &[&str] = match self.chosen() {
            Strategy::Constant => &["base"],
            Strategy::Linear => &["base", "increment", "cap"],
            Strategy::Exponential | Strategy::FullJitter | Strategy::EqualJitter => &["base", "factor", "cap"],
            Strategy::Fibonacci | Strategy::DecorrelatedJitter | Strategy::DecorrelatedJitterV2 => &["base", "cap"],
            _ => &[],
        };
        let written = [
            ("base", self.base.is_some()),
            ("cap", self.cap.is_some()),
            ("factor", self.factor.is_some()),
            ("increment", self.increment.is_some()),
        ];
        let unused = written.into_iter().filter(|(name, is_written)| *is_written && !taken.contains(name));
        unused.map(|(name, _)| name).collect()
    }

    fn attempts(self) -> Option<u32> {
        match (self.max, self.chosen()) {
            (Max::Unlimited, _) => None,
            (Max::Attempts(attempts), _) => Some(attempts),
            (Max::Default, Strategy::Steps(steps)) => Some(u32::try_from(steps.len()).expect("a short list") + 1),
            (Max::Default, _) => Some(3),
        }
    }

    /// Returns the jitter and the strategy that the policy returns.
    fn shown(self) -> (Option<Jitter>, Strategy) {
        match (self.chosen(), self.jitter) {
            (Strategy::FullJitter, None) | (Strategy::Exponential, Some(Jitter::Full)) => {
                (Some(Jitter::Full), Strategy::FullJitter)
            }
            (Strategy::EqualJitter, None) | (Strategy::Exponential, Some(Jitter::Equal)) => {
                (Some(Jitter::Equal), Strategy::EqualJitter)
            }
            (strategy, jitter) => (jitter, strategy),
        }
    }

    fn cap_or_default(self) -> Duration {
        match (self.chosen(), self.cap) {
            (_, Some(cap)) => cap,
            (Strategy::Immediate | Strategy::Constant | Strategy::Steps(_), None) => Duration::MAX,
            (_, None) => self.base_or_default().max(Duration::from_secs(10)),
        }
    }
}

fn is_random(strategy: Strategy) -> bool {
    matches!(
        strategy,
        Strategy::FullJitter | Strategy::EqualJitter | Strategy::DecorrelatedJitter | Strategy::DecorrelatedJitterV2
    )
}

fn strategies() -> impl Generator<Value = Strategy> {
    prop_oneof![
        9 => plain_strategies(),
        6 => random_strategies(),
        1 => Just(Strategy::Steps(&[]))
    ]
}

fn any_jitters() -> impl Generator<Value = Jitter> {
    prop_oneof![
        3 => jitters(),
        1 => (-50..150).prop_map(|percent| Jitter::Ratio(f64::from(percent) / 100.0)),
        1 => sample::select(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY][..]).prop_map(Jitter::Ratio),
    ]
}

fn any_factors() -> impl Generator<Value = f64> {
    prop_oneof![1.0..9.0_f64, -1.0..2.0_f64, num::f64::ANY]
}

fn maxima() -> impl Generator<Value = Max> {
    prop_oneof![
        3 => Just(Max::Default),
        1 => Just(Max::Attempts(0)),
        3 => num::u32::ANY.prop_map(Max::Attempts),
        2 => Just(Max::Unlimited),
    ]
}

/// Generates few settings at a time, so that more than a quarter of the builders are accepted.
fn written() -> impl Generator<Value = Written> {
    let delays = (
        option::weighted(0.6, strategies()),
        option::weighted(0.3, any_jitters()),
        option::weighted(0.4, durations()),
        option::weighted(0.3, durations()),
        option::weighted(0.2, any_factors()),
        option::weighted(0.2, durations()),
    );
    let limits = (maxima(), option::of(durations()), option::of(durations()));
    (delays, limits).prop_map(|((strategy, jitter, base, cap, factor, increment), (max, deadline, max_hint))| Written {
        strategy,
        jitter,
        base,
        cap,
        factor,
        increment,
        max,
        deadline,
        max_hint,
    })
}

/// Returns a number as messages show it.
fn short(number: f64) -> String {
    let text = number.to_string();
    if text.len() > 20 { format!("{number:e}") } else { text }
}

proptest! {
    #![proptest_config(config(4_000))]

    #[test]
    fn what_is_accepted_reads_back_equal_and_what_is_refused_is_named(written in written()) {
        if written.is_borderline() {
            return Ok(());
        }
        let faults = written.faults();
        match written.builder().build() {
            Ok(policy) => {
                prop_assert!(faults.is_empty(), "accepted in spite of {faults:?}");
                prop_assert_eq!((policy.jitter(), policy.strategy()), written.shown());
                prop_assert_eq!(policy.base(), written.base_or_default());
                prop_assert_eq!(policy.cap(), written.cap_or_default());
                prop_assert_eq!(policy.factor().to_bits(), written.factor.unwrap_or(2.0).to_bits());
                prop_assert_eq!(policy.increment(), written.increment.unwrap_or(policy.base()));
                prop_assert_eq!(policy.max().map(u32::from), written.attempts());
                prop_assert_eq!(policy.deadline(), written.deadline);
                prop_assert_eq!(policy.max_hint(), written.max_hint.unwrap_or(Duration::from_secs(60)));
            }
            Err(refusal) => {
                let text = refusal.to_string();
                let is_named = faults.iter().any(|words| words.iter().all(|word| text.contains(word)));
                prop_assert!(is_named, "{text:?} names none of {faults:?}");
            }
        }
    }

    #[test]
    fn a_cap_below_the_base_is_refused_with_both(base in durations(), shortfall in durations()) {
        let cap = base.saturating_sub(shortfall);
        let built = Policy::builder().base(base).cap(cap).build();
        if cap == base {
            prop_assert_eq!(built.map(|policy| (policy.base(), policy.cap())), Ok((base, cap)));
        } else {
            let text = built.expect_err("the cap is shorter").to_string();
            prop_assert!(text.contains(&format!("({base:?})")) && text.contains(&format!("({cap:?})")), "{text}");
        }
    }

    #[test]
    fn delays_are_as_many_as_retries(max in 1_u32..200) {
        let policy = Policy::builder().max(max).build().expect("a policy");
        prop_assert_eq!(policy.delays().count(), usize::try_from(max).expect("few") - 1);
    }
}

#[test]
fn delays_without_a_limit_go_on() {
    let policy = Policy::builder().unlimited().deadline(Duration::from_secs(1)).build();
    let policy = policy.expect("a deadline allows it");
    assert_eq!(policy.delays().take(5_000).count(), 5_000);
}
