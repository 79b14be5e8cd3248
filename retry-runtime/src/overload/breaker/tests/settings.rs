//! Wrong settings: an error of the builder, and a panic of the setters for a `static`.

use super::*;

static ROW: CircuitBreaker = CircuitBreaker::consecutive(5).probes(3).cool_down(Duration::from_secs(30));
static RATE: CircuitBreaker = CircuitBreaker::rate(0.25).over(1_024).minimum(100).slow(0.5, SECOND);
static TIMED: CircuitBreaker = CircuitBreaker::rate(0.25).within(SECOND).minimum(5_000).cool_down_policy(DELAYS);
const DELAYS: Policy = match Policy::builder().strategy(Strategy::Exponential).build() {
    Ok(delays) => delays,
    Err(_) => panic!("the defaults fit"),
};

#[test]
fn all_kinds_are_made_at_compile_time() {
    for breaker in [&ROW, &RATE, &TIMED] {
        assert!(attempt(breaker, Permit::success));
        assert_eq!(breaker.state(), State::Closed);
    }
    assert!(format!("{ROW:?}").starts_with("CircuitBreaker { snapshot: Snapshot { state: Closed"));
}

#[test]
fn it_holds_its_memory_in_place() {
    let bytes = size_of::<CircuitBreaker>();
    assert!(bytes <= 1_024, "{bytes} bytes");
}

type Make = fn() -> CircuitBreaker;

fn row() -> Builder {
    CircuitBreaker::builder().consecutive(1)
}

/// Wrong rules and windows: by the builder, by the setters for a `static`, and the expected message.
fn bad_windows() -> Vec<(Builder, Make, &'static str)> {
    vec![
        (
            row().consecutive(0),
            || CircuitBreaker::consecutive(0),
            "`consecutive` is 0, but must be between 1 and 1024 ",
        ),
        (
            row().consecutive(1_025),
            || CircuitBreaker::consecutive(1_025),
            "`consecutive` is 1025, but must be between 1 and 1024 ",
        ),
        (
            CircuitBreaker::builder().rate(0.0),
            || CircuitBreaker::rate(0.0),
            "`rate` is 0.0, but must be between 0.001 and 1;",
        ),
        (
            CircuitBreaker::builder().rate(1.001),
            || CircuitBreaker::rate(1.001),
            "`rate` is 1.001, but must be between 0.001 and 1;",
        ),
        (
            CircuitBreaker::builder().rate(f64::NAN),
            || CircuitBreaker::rate(f64::NAN),
            "`rate` is NaN, but must be between 0.001 and 1;",
        ),
        (row().over(0), || ROW.sibling().over(0), "`over` is 0, but must be between 1 and 1024 outcomes"),
        (row().over(1_025), || ROW.sibling().over(1_025), "`over` is 1025, but must be between 1 and 1024 outcomes"),
        (
            row().within(Duration::ZERO),
            || ROW.sibling().within(Duration::ZERO),
            "`within` is 0ns, but must be between 100ms and 3600s",
        ),
        (
            row().within(Duration::from_secs(3_601)),
            || ROW.sibling().within(Duration::from_secs(3_601)),
            "`within` is 3601s, but must be between 100ms and 3600s",
        ),
        (row().minimum(0), || ROW.sibling().minimum(0), "`minimum` is 0, but must be between 1 and 1000000 outcomes"),
        (
            row().minimum(1_000_001),
            || ROW.sibling().minimum(1_000_001),
            "`minimum` is 1000001, but must be between 1 and 1000000 outcomes",
        ),
    ]
}

/// Wrong values of the other settings, and wrong pairs.
fn bad_others() -> Vec<(Builder, Make, &'static str)> {
    vec![
        (
            row().slow(0.000_5, SECOND),
            || ROW.sibling().slow(0.000_5, SECOND),
            "the rate of `slow` is 0.0005, but must be between 0.001 and 1;",
        ),
        (
            row().slow(f64::NAN, SECOND),
            || ROW.sibling().slow(f64::NAN, SECOND),
            "the rate of `slow` is NaN, but must be between 0.001 and 1;",
        ),
        (
            row().slow(0.5, Duration::ZERO),
            || ROW.sibling().slow(0.5, Duration::ZERO),
            "the time of `slow` is 0ns, but must be between 1ms and 3600s",
        ),
        (
            row().slow(0.5, Duration::MAX),
            || ROW.sibling().slow(0.5, Duration::MAX),
            "the time of `slow` is 18446744073709551615.999999999s, but must be between 1ms and 3600s",
        ),
        (
            row().cool_down(Duration::from_micros(999)),
            || ROW.sibling().cool_down(Duration::from_micros(999)),
            "`cool_down` is 999µs, but must be between 1ms and 86400s",
        ),
        (
            row().cool_down(Duration::from_secs(86_401)),
            || ROW.sibling().cool_down(Duration::from_secs(86_401)),
            "`cool_down` is 86401s, but must be between 1ms and 86400s",
        ),
        (row().probes(0), || ROW.sibling().probes(0), "`probes` is 0, but must be between 1 and 1024:"),
        (row().probes(1_025), || ROW.sibling().probes(1_025), "`probes` is 1025, but must be between 1 and 1024:"),
        (
            row().over(10).within(SECOND),
            || ROW.sibling().over(10).within(SECOND),
            "`over` and `within` exclude each other; choose one",
        ),
        (
            row().over(10).minimum(11),
            || ROW.sibling().over(10).minimum(11),
            "`minimum` (11) is above `over` (10), so the window would never be judged;",
        ),
    ]
}

#[test]
fn a_bad_setting_is_an_error_at_run_time_and_a_panic_in_a_static() {
    for (builder, make, words) in bad_windows().into_iter().chain(bad_others()) {
        let error = builder.build().expect_err(words).to_string();
        assert!(error.starts_with(words), "{error}");
        let payload = catch_unwind(make).expect_err(words);
        let message = payload.downcast_ref::<String>().expect("a text");
        // Panics at compile time have the same text without the values.
        let (key, _) = words.split_once("` ").expect("a key");
        assert!(message.starts_with(key), "{message}");
        if let Some((_, range)) = words.split_once(", but must be ") {
            assert!(message.contains(range.trim_end()), "{message}");
        }
    }
    let both = row().rate(0.5).build().expect_err("two rules");
    assert_eq!(both.to_string(), "`consecutive` and `rate` exclude each other; choose one");
}

#[test]
fn the_ends_of_each_range_are_inside() {
    let builder = CircuitBreaker::builder();
    let builders = [
        builder,
        builder.consecutive(1),
        builder.consecutive(1_024),
        builder.rate(0.001).over(1),
        builder.rate(1.0).over(1_024).minimum(1_024),
        builder.rate(0.5).within(Duration::from_millis(100)).minimum(1_000_000),
        builder.rate(0.5).within(Duration::from_secs(3_600)).minimum(1),
        builder.slow(0.001, Duration::from_millis(1)),
        builder.slow(1.0, Duration::from_secs(3_600)),
        builder.cool_down(Duration::from_millis(1)),
        builder.cool_down(Duration::from_secs(86_400)),
        builder.probes(1_024),
        builder.minimum(200).over(300),
    ];
    for builder in builders {
        let breaker = builder.build().expect("all in range");
        assert!(attempt(&breaker, Permit::success));
    }
}

#[test]
fn without_a_rule_five_failures_in_a_row_trip() {
    let breaker = CircuitBreaker::builder().build().expect("the defaults fit");
    fail(&breaker, 4);
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker, 1);
    assert_eq!(breaker.state(), State::Open);
}
