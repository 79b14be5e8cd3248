//! Policies read from TOML and JSON, and the messages for wrong ones.

use super::steps;
use crate::{Jitter, Policy, PolicyBuilder, Strategy};
use core::time::Duration;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy as Generator, any, prop_assert_eq, prop_oneof, proptest};
use reattempt_policy::{Kind, Setting};

const SECOND: Duration = Duration::from_secs(1);
/// The longest duration. Longer ones are treated as this one.
const LONGEST: Duration = Duration::from_nanos(u64::MAX);
const LIST: &[Duration] = &[SECOND, Duration::from_secs(5)];

fn built(builder: PolicyBuilder) -> Policy {
    builder.build().expect("the policy is sound")
}

#[track_caller]
fn check_read(text: &str, builder: PolicyBuilder) {
    let policy: Policy = toml::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(policy, built(builder), "{text}");
}

#[test]
fn what_is_missing_has_its_default() {
    let start = Policy::builder;
    check_read("", start());
    assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
    check_read("max = 7", start().max(7));
    check_read("strategy = [\"1s\", \"5s\"]", start().strategy(Strategy::Steps(LIST)));
    check_read("strategy = \"constant\"", start().strategy(Strategy::Constant));
}

#[test]
fn each_key_of_the_attribute_is_a_field() {
    let start = Policy::builder;
    check_read(
        "strategy = \"exponential\"\nbase = \"1.5s\"\ncap = \"1m 30s\"\nfactor = 3\njitter = 0.25\nmax = 9\ndeadline = \"2min\"\nmax_hint = \"0s\"",
        start()
            .strategy(Strategy::Exponential)
            .base(Duration::from_millis(1_500))
            .cap(90 * SECOND)
            .factor(3.0)
            .jitter(Jitter::Ratio(0.25))
            .max(9)
            .deadline(120 * SECOND)
            .max_hint(Duration::ZERO),
    );
    check_read(
        "strategy = \"linear\"\nincrement = \"7us\"\nmax = \"unlimited\"\ndeadline = \"1d\"",
        start().strategy(Strategy::Linear).increment(Duration::from_micros(7)).unlimited().deadline(86_400 * SECOND),
    );
    check_read("deadline = \"1m\"\nfinal_attempt = true", start().deadline(60 * SECOND).final_attempt(true));
    check_read("max = \"unlimited\"\ndeadline = \"none\"", start().unlimited().no_deadline());
    for (jitter, expected) in [
        ("\"full\"", Jitter::Full),
        ("\"equal\"", Jitter::Equal),
        ("0", Jitter::Ratio(0.0)),
        ("1", Jitter::Ratio(1.0)),
        ("\"50ms\"", Jitter::Spread(Duration::from_millis(50))),
    ] {
        let builder = start().strategy(Strategy::Fibonacci).jitter(expected);
        check_read(&format!("strategy = \"fibonacci\"\njitter = {jitter}"), builder);
    }
    for (name, expected) in [
        ("immediate", Strategy::Immediate),
        ("constant", Strategy::Constant),
        ("linear", Strategy::Linear),
        ("exponential", Strategy::Exponential),
        ("fibonacci", Strategy::Fibonacci),
        ("full_jitter", Strategy::FullJitter),
        ("equal_jitter", Strategy::EqualJitter),
        ("decorrelated_jitter", Strategy::DecorrelatedJitter),
        ("decorrelated_jitter_v2", Strategy::DecorrelatedJitterV2),
    ] {
        check_read(&format!("strategy = {name:?}"), start().strategy(expected));
    }
}

#[test]
fn a_policy_is_written_in_the_words_that_it_is_read_by() {
    assert_eq!(
        toml::to_string(&Policy::default()).unwrap(),
        "strategy = \"full_jitter\"\nbase = \"100ms\"\nfactor = 2.0\nmax = 3\nmax_hint = \"1m\"\n"
    );
    let linear = Policy::builder()
        .strategy(Strategy::Linear)
        .cap(60 * SECOND)
        .increment(Duration::from_millis(1_500))
        .jitter(Jitter::Ratio(0.2))
        .unlimited()
        .deadline(90 * SECOND);
    assert_eq!(
        serde_json::to_string(&built(linear)).unwrap(),
        "{\"strategy\":\"linear\",\"base\":\"100ms\",\"cap\":\"1m\",\"increment\":\"1.5s\",\"jitter\":0.2,\
         \"max\":\"unlimited\",\"deadline\":\"90s\",\"max_hint\":\"1m\"}"
    );
    let steps = Policy::builder().strategy(Strategy::Steps(&[SECOND, Duration::ZERO])).jitter(Jitter::Spread(SECOND));
    assert_eq!(
        serde_json::to_string(&built(steps)).unwrap(),
        "{\"strategy\":[\"1s\",\"0s\"],\"jitter\":\"1s\",\"max\":3,\"max_hint\":\"1m\"}"
    );
    for (jitter, word) in [(Jitter::Full, "full"), (Jitter::Equal, "equal")] {
        let policy = built(Policy::builder().strategy(Strategy::Immediate).jitter(jitter));
        assert_eq!(
            serde_json::to_string(&policy).unwrap(),
            format!("{{\"strategy\":\"immediate\",\"jitter\":\"{word}\",\"max\":3,\"max_hint\":\"1m\"}}")
        );
    }
}

/// Texts with a wrong value, its line and column, and the expected message.
const WRONG: &[(&str, (u32, u32), &str)] = &[
    ("base = 250", (1, 8), "`base`: the duration `250` has no unit; write \"250ms\" or \"250s\""),
    ("max = 5\ncap = \"250\"", (2, 7), "`cap`: the duration `250` has no unit; write \"250ms\" or \"250s\""),
    ("final_attempt = \"true\"", (1, 17), "`final_attempt`: `true` has no quotes; write true instead of \"true\""),
    ("final_attempt = 1", (1, 17), "`final_attempt`: `1` is not `true` or `false`"),
    (
        "deadline = \"never\"",
        (1, 12),
        "`deadline`: `never` is no duration; write a number and a unit, such as \"30s\", or \"none\" for no deadline",
    ),
    ("deadline = 1.5", (1, 12), "`deadline`: the duration `1.5` has no unit; write \"1.5ms\" or \"1.5s\""),
    (
        "deadline = \"1m 30\"",
        (1, 12),
        "`deadline`: `30` in `1m 30` has no unit; write a unit after each number, such as \"1m 30s\"",
    ),
    ("base = \"-5s\"", (1, 8), "`base`: a duration cannot be negative; did you mean \"5s\"?"),
    ("max_hint = -5", (1, 12), "`max_hint`: a duration cannot be negative; write \"5ms\" or \"5s\""),
    ("base = -0.5", (1, 8), "`base`: a duration cannot be negative; did you mean \"250ms\"?"),
    (
        "base = inf",
        (1, 8),
        "`base`: `inf` is no duration; write a number and a unit, such as \"250ms\", \"1.5s\" or \"2min\"",
    ),
    (
        "cap = \"soon\"",
        (1, 7),
        "`cap`: `soon` is no duration; write a number and a unit, such as \"250ms\", \"1.5s\" or \"2min\"",
    ),
    (
        "strategy = \"linear\"\nincrement = \"5 parsecs\"",
        (2, 13),
        "`increment`: `parsecs` is no unit of time; units are `ns`, `us`, `ms`, `s`, `min`, `h` and `d`",
    ),
    ("base = \"0.5ns\"", (1, 8), "`base`: `0.5ns` is finer than a nanosecond; the smallest duration is `1ns`"),
    ("base = \"600000d\"", (1, 8), "`base`: `600000d` is too long; the longest duration here is 584 years, `213503d`"),
    (
        "base = true",
        (1, 8),
        "invalid type: boolean `true`, expected `base` to be a duration with its unit, such as \"250ms\"",
    ),
    ("base = []", (1, 8), "invalid type: sequence, expected `base` to be a duration with its unit, such as \"250ms\""),
    (
        "[strategy]\nname = \"constant\"",
        (1, 1),
        "invalid type: map, expected `strategy` to be a name such as \"equal_jitter\", or a list of durations such as [\"100ms\", \"1s\"]",
    ),
    (
        "strategy = 5",
        (1, 12),
        "`strategy`: unknown strategy `5`; strategies are \"immediate\", \"constant\", \"linear\", \"exponential\", \"fibonacci\", \
             \"full_jitter\", \"equal_jitter\", \"decorrelated_jitter\", \"decorrelated_jitter_v2\"",
    ),
    (
        "strategy = \"exponentiall\"",
        (1, 12),
        "`strategy`: unknown strategy `exponentiall`; strategies are \"immediate\", \"constant\", \"linear\", \"exponential\", \"fibonacci\", \
             \"full_jitter\", \"equal_jitter\", \"decorrelated_jitter\", \"decorrelated_jitter_v2\"; did you mean `exponential`?",
    ),
    ("strategy = []", (1, 12), "the list of delays is empty; write at least one, or `strategy = \"immediate\"`"),
    ("strategy = [\"1s\", 5]", (1, 19), "entry 2 of `strategy`: the duration `5` has no unit; write \"5ms\" or \"5s\""),
    (
        "max = 0",
        (1, 7),
        "`max` must be at least 1: it counts all attempts, the first one included; write `max = 1` or more",
    ),
    ("base = \"1s\"\nmax = -1", (2, 7), "`max`: `-1` is not a number of attempts up to 4294967295"),
    ("max = \"5\"", (1, 7), "`max`: a number has no quotes; write 5 instead of \"5\""),
    ("max = 2.5", (1, 7), "`max`: `2.5` is not a number of attempts up to 4294967295"),
    ("max = \"ever\"", (1, 7), "`max`: `ever` is not a number of attempts, or `unlimited`"),
    ("max = 4294967296", (1, 7), "`max`: `4294967296` is not a number of attempts up to 4294967295"),
    (
        "max = 1\nreset_after = \"0s\"",
        (2, 15),
        "`reset_after` must be longer than zero, or every failure would begin a new series and no limit would hold; write `reset_after = \"10min\"`",
    ),
    (
        "max = 1\nfactor = 0.5",
        (2, 10),
        "`factor` is 0.5, but must be a finite number of at least 1, or delays would shrink; write `factor = 2.0`",
    ),
    ("factor = nan", (1, 10), "`factor`: `NaN` is not a number such as `2.0`"),
    ("factor = \"2\"", (1, 10), "`factor`: a number has no quotes; write 2 instead of \"2\""),
    (
        "strategy = \"constant\"\njitter = 20",
        (2, 10),
        "the `jitter` ratio is 20, but must be between 0 and 1; write `jitter = 0.2` for a fifth either way",
    ),
    (
        "jitter = \"ful\"",
        (1, 10),
        "`jitter`: unknown jitter `ful`; use \"full\", \"equal\", a ratio such as 0.2 or a duration such as \"50ms\"; did you mean `full`?",
    ),
    ("jitter = \"0.2\"", (1, 10), "`jitter`: a ratio has no quotes and a duration has a unit; write 0.2 or \"0.2ms\""),
    ("jitter = \"-5ms\"", (1, 10), "`jitter`: a duration cannot be negative; did you mean \"5ms\"?"),
    (
        "jitter = \"5x\"",
        (1, 10),
        "`jitter`: `x` is no unit of time; units are `ns`, `us`, `ms`, `s`, `min`, `h` and `d`",
    ),
    (
        "jitter = false",
        (1, 10),
        "invalid type: boolean `false`, expected `jitter` to be \"full\", \"equal\", a ratio such as 0.2 or a duration such as \"50ms\"",
    ),
    (
        "max = 2\nretries = 5",
        (2, 1),
        "unknown field `retries`; did you mean `max`? it counts all attempts: three retries are `max = 4`",
    ),
    (
        "max = 2\ncolour = 5",
        (2, 1),
        "unknown field `colour`, expected one of `strategy`, `base`, `cap`, `factor`, `increment`, `jitter`, `max`, `deadline`, `final_attempt`, `max_hint`, `reset_after`",
    ),
    ("maxDelay = \"10s\"", (1, 1), "unknown field `maxDelay`; did you mean `cap`?"),
];

#[test]
fn a_wrong_value_is_refused_at_its_place_with_a_way_out() {
    for (text, place, message) in WRONG.iter().copied() {
        let error = toml::from_str::<Policy>(text).expect_err(text);
        assert_eq!(error.message(), message, "{text}");
        let start = format!("TOML parse error at line {}, column {}\n", place.0, place.1);
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

#[test]
fn settings_that_do_not_fit_are_refused_by_the_builder() {
    for (text, message) in [
        (
            "base = \"5s\"\ncap = \"1s\"",
            "`cap` (1s) is shorter than `base` (5s), so no delay could reach `base`; raise `cap` or lower `base`",
        ),
        (
            "cap = \"50ms\"",
            "`cap` (50ms) is shorter than the default `base` (100ms), so no delay could reach `base`; raise `cap` or lower `base`",
        ),
        (
            "strategy = \"constant\"\ncap = \"1s\"",
            "`cap` is not used by the strategy `constant`; remove it, or use one of the strategies \"linear\", \"exponential\", \"fibonacci\", \"full_jitter\", \"equal_jitter\", \"decorrelated_jitter\", \"decorrelated_jitter_v2\"",
        ),
        (
            "strategy = [\"1s\"]\nbase = \"1s\"",
            "`base` is not used by a list of delays; remove it, or use one of the strategies \"constant\", \"linear\", \"exponential\", \"fibonacci\", \"full_jitter\", \"equal_jitter\", \"decorrelated_jitter\", \"decorrelated_jitter_v2\"",
        ),
        (
            "increment = \"1s\"",
            "`increment` is not used by the default strategy `full_jitter`; remove it, or write `strategy = \"linear\"`",
        ),
        (
            "factor = 2\nstrategy = \"linear\"",
            "`factor` is not used by the strategy `linear`; remove it, or use one of the strategies \"exponential\", \"full_jitter\", \"equal_jitter\"",
        ),
        (
            "jitter = \"full\"",
            "the default strategy `full_jitter` has jitter of its own; remove `jitter`, or write `strategy = \"exponential\"` beside it",
        ),
        (
            "max = \"unlimited\"",
            "unlimited attempts need a `deadline`; write one, such as `deadline = \"30s\"`, or `deadline = \"none\"` to attempt without end",
        ),
        (
            "strategy = \"constant\"\ndeadline = \"50ms\"",
            "`deadline` (50ms) ends before the first retry can begin (100ms after the start at the earliest), so nothing would be \
             retried; raise `deadline` or lower the first delay",
        ),
    ] {
        let error = toml::from_str::<Policy>(text).expect_err(text);
        assert_eq!(error.message(), message, "{text}");
        assert!(error.to_string().starts_with("TOML parse error at line 1, column 1\n"), "{error}");
    }
}

#[test]
fn lists_of_refused_policies_use_up_no_room() {
    const FITTING: &[Duration] = &[Duration::from_millis(123), Duration::from_secs(5)];
    for number in 0..40_000 {
        let text = format!("{{\"strategy\": [\"{number}us\", \"1s\"], \"base\": \"1s\"}}");
        assert!(serde_json::from_str::<Policy>(&text).is_err(), "{text}");
    }
    check_read("strategy = [\"123ms\", \"5s\"]", Policy::builder().strategy(Strategy::Steps(FITTING)));
}

#[test]
fn an_error_shows_the_line() {
    #[derive(Debug)]
    struct Client {
        retry: Policy,
    }
    impl<'de> serde::Deserialize<'de> for Client {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let mut fields = std::collections::BTreeMap::<String, Policy>::deserialize(deserializer)?;
            Ok(Self { retry: fields.remove("retry").unwrap_or_default() })
        }
    }
    let client: Client = toml::from_str("[retry]\nmax = 4").unwrap();
    assert_eq!(client.retry, built(Policy::builder().max(4)));
    let error =
        toml::from_str::<Client>("# What the client does.\n[retry]\nmax = 4\nbase = 250 # no unit\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "TOML parse error at line 4, column 8\n  |\n4 | base = 250 # no unit\n  |        ^^^\n\
         `base`: the duration `250` has no unit; write \"250ms\" or \"250s\"\n"
    );
}

#[test]
fn json_is_refused_in_the_same_words() {
    for (text, message) in [
        ("{\"base\": 250}", "`base`: the duration `250` has no unit; write \"250ms\" or \"250s\" at line 1 column 12"),
        ("{\"base\": \"1s\",\n\"base\": \"2s\"}", "`base` is given twice; remove one of them at line 2 column 6"),
        (
            "{\"deadline\": null}",
            "invalid type: null, expected `deadline` to be a duration with its unit, such as \"30s\", or \"none\" at line 1 column 17",
        ),
        (
            "{\n\"base\": \"5s\",\n\"cap\": \"1s\"}",
            "`cap` (1s) is shorter than `base` (5s), so no delay could reach `base`; raise `cap` or lower `base` at line 3 column 12",
        ),
        (
            "[5]",
            "invalid type: sequence, expected a map with the settings of a policy, such as `max` and `deadline` at line 1 column 1",
        ),
        (
            "\"fast\"",
            "invalid type: string \"fast\", expected a map with the settings of a policy, such as `max` and `deadline` at line 1 column 6",
        ),
    ] {
        assert_eq!(serde_json::from_str::<Policy>(text).expect_err(text).to_string(), message, "{text}");
    }
}

fn durations() -> impl Generator<Value = Duration> + Clone {
    let any_size = (any::<u64>(), 0..64_u32, 0..1_000_000_000_u32)
        .prop_map(|(secs, shift, nanos)| Duration::new(secs >> shift, nanos).min(LONGEST));
    prop_oneof![
        1 => Just(Duration::ZERO),
        1 => Just(LONGEST),
        4 => (1..60_000_u64).prop_map(Duration::from_millis),
        4 => any_size,
    ]
}

fn strategies() -> impl Generator<Value = Strategy> {
    let lists = vec(durations(), 1..4).prop_map(|list| Strategy::Steps(steps::keep(&list).expect("there is room")));
    let named = proptest::sample::select(&Kind::ALL_NAMED[..]).prop_map(|kind| kind.strategy(&[]));
    prop_oneof![4 => named, 1 => lists]
}

fn jitters() -> impl Generator<Value = Jitter> {
    prop_oneof![
        Just(Jitter::Full),
        Just(Jitter::Equal),
        (0.0..=1.0).prop_map(Jitter::Ratio),
        durations().prop_map(Jitter::Spread),
    ]
}

/// Policies with all accepted settings, without those that the strategy does not use.
fn policies() -> impl Generator<Value = Policy> {
    let factors = prop_oneof![1.0..4.0, (0.0..709.0_f64).prop_map(f64::exp), Just(f64::MAX)];
    let settings = (durations(), option::of(durations()), factors, option::of(durations()), option::of(jitters()));
    let limits =
        (option::of(1..=u32::MAX), option::of(durations()), any::<bool>(), durations(), option::of(durations()));
    (strategies(), settings, limits).prop_filter_map("the builder refuses it", |(strategy, settings, limits)| {
        let (base, room, factor, increment, jitter) = settings;
        let (max, deadline, is_final, max_hint, reset_after) = limits;
        let mut builder = Policy::builder().strategy(strategy).max_hint(max_hint);
        let takes = |setting| strategy.kind().takes(setting);
        if takes(Setting::Base) {
            builder = builder.base(base);
        }
        if let (true, Some(room)) = (takes(Setting::Cap), room) {
            builder = builder.cap(base.saturating_add(room).min(LONGEST));
        }
        if takes(Setting::Factor) {
            builder = builder.factor(factor);
        }
        if let (true, Some(increment)) = (takes(Setting::Increment), increment) {
            builder = builder.increment(increment);
        }
        if let (false, Some(jitter)) = (strategy.kind().is_random(), jitter) {
            builder = builder.jitter(jitter);
        }
        if let Some(deadline) = deadline {
            builder = builder.deadline(deadline).final_attempt(is_final);
        }
        if let Some(time) = reset_after {
            builder = builder.reset_after(time);
        }
        builder = match max {
            Some(attempts) => builder.max(attempts),
            None if deadline.is_none() => builder.unlimited().no_deadline(),
            None => builder.unlimited(),
        };
        builder.build().ok()
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(policy in policies()) {
        let text = toml::to_string(&policy).unwrap();
        prop_assert_eq!(toml::from_str::<Policy>(&text).unwrap(), policy, "{}", text);
        let table = toml::Table::try_from(policy).unwrap();
        prop_assert_eq!(table.try_into::<Policy>().unwrap(), policy);
        let text = serde_json::to_string(&policy).unwrap();
        prop_assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy, "{}", text);
        let value = serde_json::to_value(policy).unwrap();
        prop_assert_eq!(serde_json::from_value::<Policy>(value).unwrap(), policy);
    }
}
