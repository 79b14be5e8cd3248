//! The distributions of the delays: Kolmogorov-Smirnov tests against the closed forms, below the cap and at it.
//!
//! Seeds are fixed, so each run has the same result. A delay is converted into the share of its window that lies below it. The share is
//! uniform in `[0, 1]` if the delay has the right distribution.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use retry_runtime::{Jitter, Policy, Session, Step, Strategy, Verdict};
use std::collections::HashSet;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

const CALLS: u32 = 20_000;
const RETRIES: usize = 6;

/// The largest accepted distance. A right distribution exceeds it once in 10,000 times: the square root of `ln(2 / 1e-4) / 2`, divided by that
/// of the sample size.
const FARTHEST: f64 = 2.2253 / 141.42;

/// The largest accepted number of standard deviations, which is exceeded once in 15,000 times.
const SIGMAS: f64 = 4.0;

const BASE: Duration = Duration::from_millis(100);

/// A window in milliseconds.
type Window = (u32, u32);

/// The delays of one call.
type Call = [f64; RETRIES];

/// Draws the first delays of many calls, in nanoseconds.
fn calls(policy: &Policy, seed: u64) -> Vec<Call> {
    let mut generator = SmallRng::seed_from_u64(seed);
    let mut random = || generator.next_u64();
    let call = |_| {
        let mut session = Session::new();
        std::array::from_fn(|_| nanos(told(&mut session, policy, Verdict::Retry, &mut random)))
    };
    (0..CALLS).map(call).collect()
}

fn told(session: &mut Session, policy: &Policy, verdict: Verdict, random: &mut dyn FnMut() -> u64) -> Duration {
    match session.failed(policy, verdict, None, random) {
        Step::Sleep(delay) => delay,
        Step::Return(reason) => panic!("the call ended: {reason}"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "the delays here are below 2^53 ns")]
fn nanos(delay: Duration) -> f64 {
    delay.as_nanos() as f64
}

fn millis(millis: u32) -> f64 {
    f64::from(millis) * 1e6
}

/// Numbers in `[0, 1)`.
fn units(seed: u64) -> impl FnMut() -> f64 {
    let mut generator = SmallRng::seed_from_u64(seed);
    move || f64::from(u32::try_from(generator.next_u64() >> 32).expect("32 bits")) / 2.0_f64.powi(32)
}

/// The share of a window that lies below a value.
fn share(value: f64, low: f64, high: f64) -> f64 {
    (value - low) / (high - low)
}

/// Returns the Kolmogorov-Smirnov distance between the shares and the uniform distribution in `[0, 1]`.
fn distance(shares: impl IntoIterator<Item = f64>) -> f64 {
    let mut shares: Vec<f64> = shares.into_iter().collect();
    shares.sort_by(f64::total_cmp);
    let size = f64::from(u32::try_from(shares.len()).expect("few"));
    let steps = (0..).map(|step| f64::from(step) / size);
    let gaps = shares.iter().zip(steps).map(|(share, below)| (share - below).max(below + 1.0 / size - share));
    gaps.fold(0.0, f64::max)
}

#[track_caller]
fn check_even(what: &str, shares: impl IntoIterator<Item = f64>) {
    let distance = distance(shares);
    assert!(distance < FARTHEST, "{what}: off by {distance:.5} of {FARTHEST:.5}");
}

/// Checks that the shares of one column do not depend on those of the next: the correlation is zero.
#[track_caller]
fn check_unrelated(what: &str, shares: &[Call]) {
    for (before, retry) in (0..).zip(1..RETRIES) {
        // A uniform share has the mean 1/2 and the variance 1/12.
        let products = shares.iter().map(|call| (call[before] - 0.5) * (call[retry] - 0.5) * 12.0);
        let correlation = products.sum::<f64>() / f64::from(CALLS);
        assert!(correlation.abs() * f64::from(CALLS).sqrt() < SIGMAS, "{what}: {correlation:.5} at retry {retry}");
    }
}

/// Checks that the delays before retry 1, 2, ... are each uniform in their window.
#[track_caller]
fn check_windows(what: &str, policy: &Policy, seed: u64, windows: [Window; RETRIES]) {
    let windows = windows.map(|(low, high)| (millis(low), millis(high)));
    let shares: Vec<Call> = calls(policy, seed)
        .iter()
        .map(|call| std::array::from_fn(|index| share(call[index], windows[index].0, windows[index].1)))
        .collect();
    for index in 0..RETRIES {
        check_even(&format!("{what}, delay {index}"), shares.iter().map(|call| call[index]));
    }
    check_unrelated(what, &shares);
}

/// Makes a policy with a base of 100 ms and enough attempts.
fn policy(strategy: Strategy, cap_millis: u64, jitter: Option<Jitter>) -> Policy {
    let mut builder = Policy::builder().strategy(strategy).base(BASE).max(99);
    if strategy != Strategy::Constant {
        builder = builder.cap(Duration::from_millis(cap_millis));
    }
    if let Some(jitter) = jitter {
        builder = builder.jitter(jitter);
    }
    builder.build().expect("the settings fit together")
}

const FULL: [Window; RETRIES] = [(0, 100), (0, 200), (0, 400), (0, 800), (0, 900), (0, 900)];
const EQUAL: [Window; RETRIES] = [(50, 100), (100, 200), (200, 400), (400, 800), (450, 900), (450, 900)];

#[test]
fn full_jitter_is_even_from_zero_to_the_nominal_delay() {
    check_windows("full", &policy(Strategy::FullJitter, 900, None), 1, FULL);
    let joined = policy(Strategy::Exponential, 900, Some(Jitter::Full));
    check_windows("full joined", &joined, 2, FULL);
}

#[test]
fn equal_jitter_is_even_in_the_upper_half() {
    check_windows("equal", &policy(Strategy::EqualJitter, 900, None), 3, EQUAL);
    let joined = policy(Strategy::Exponential, 900, Some(Jitter::Equal));
    check_windows("equal joined", &joined, 4, EQUAL);
}

#[test]
fn jitter_joins_the_other_curves() {
    let linear = policy(Strategy::Linear, 500, Some(Jitter::Full));
    let windows = [(0, 100), (0, 200), (0, 300), (0, 400), (0, 500), (0, 500)];
    check_windows("linear", &linear, 5, windows);
    let fibonacci = policy(Strategy::Fibonacci, 600, Some(Jitter::Equal));
    let windows = [(50, 100), (50, 100), (100, 200), (150, 300), (250, 500), (300, 600)];
    check_windows("fibonacci", &fibonacci, 6, windows);
    let constant = policy(Strategy::Constant, 0, Some(Jitter::Spread(BASE)));
    check_windows("constant", &constant, 7, [(100, 200); RETRIES]);
}

#[test]
fn a_ratio_keeps_its_spread_at_the_cap() {
    // The fourth window would end at 960 ms and the later ones at 1080 ms: they move down and stay as wide.
    let windows = [(80, 120), (160, 240), (320, 480), (580, 900), (540, 900), (540, 900)];
    let ratio = policy(Strategy::Exponential, 900, Some(Jitter::Ratio(0.2)));
    check_windows("ratio", &ratio, 8, windows);
    let whole = policy(Strategy::Exponential, 900, Some(Jitter::Ratio(1.0)));
    let windows = [(0, 200), (0, 400), (0, 800), (0, 900), (0, 900), (0, 900)];
    check_windows("whole ratio", &whole, 9, windows);
}

#[test]
fn an_addition_keeps_its_spread_at_the_cap() {
    let windows = [(100, 150), (200, 250), (400, 450), (770, 820), (770, 820), (770, 820)];
    let spread = policy(Strategy::Exponential, 820, Some(Jitter::Spread(Duration::from_millis(50))));
    check_windows("spread", &spread, 10, windows);
    let wide = policy(Strategy::Exponential, 820, Some(Jitter::Spread(Duration::from_secs(5))));
    check_windows("wide spread", &wide, 11, [(0, 820); RETRIES]);
}

#[test]
fn decorrelated_jitter_is_even_up_to_thrice_the_delay_before_and_piles_up_at_the_cap_as_published() {
    let (low, cap) = (nanos(BASE), millis(500));
    let calls = calls(&policy(Strategy::DecorrelatedJitter, 500, None), 12);
    let mut unit = units(13);
    let mut shares: Vec<Call> = Vec::new();
    let (mut piled, mut expected, mut variance) = ([0.0; RETRIES], [0.0; RETRIES], [0.0; RETRIES]);
    for call in &calls {
        let mut previous = low;
        shares.push(std::array::from_fn(|index| {
            let (delay, high) = (call[index], 3.0 * previous);
            previous = delay;
            let pile = 1.0 - share(cap.min(high), low, high);
            expected[index] += pile;
            variance[index] += pile * (1.0 - pile);
            if delay < cap {
                share(delay, low, high)
            } else {
                // All that was drawn above the cap is the cap: any share above that of the cap will do.
                piled[index] += 1.0;
                1.0 - pile * unit()
            }
        }));
    }
    for index in 0..RETRIES {
        check_even(&format!("decorrelated, delay {index}"), shares.iter().map(|call| call[index]));
        let sigmas = (piled[index] - expected[index]) / variance[index].sqrt().max(1.0);
        assert!(sigmas.abs() < SIGMAS, "{} of {} at the cap", piled[index], expected[index]);
    }
    assert!(piled[RETRIES - 1] > 0.3 * f64::from(CALLS), "the cap is met often");
    check_unrelated("decorrelated", &shares);
}

/// Returns the value of the smooth curve of `decorrelated_jitter_v2` at a time, as a multiple of the base.
fn risen(time: f64) -> f64 {
    time.exp2() * (4.0 * time).sqrt().tanh() / 1.4
}

/// Returns the time at which the smooth curve has this value, by bisection.
fn time_of(risen_to: f64) -> f64 {
    let (mut low, mut high) = (0.0, 64.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if risen(middle) < risen_to {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[test]
fn smooth_delays_add_up_to_times_that_are_even_in_each_unit() {
    // The curve passes 3 s between 5 and 6.
    let calls = calls(&policy(Strategy::DecorrelatedJitterV2, 3_000, None), 14);
    let shares = calls.iter().map(|call| {
        let (mut sum, mut unit) = (0.0, 0.0);
        std::array::from_fn(|index| {
            if index == RETRIES - 1 {
                return share(call[index], 1.5e9, 3e9);
            }
            sum += call[index];
            unit += 1.0;
            time_of(sum / nanos(BASE)) - (unit - 1.0)
        })
    });
    let shares: Vec<Call> = shares.collect();
    for index in 0..RETRIES {
        check_even(&format!("smooth, delay {index}"), shares.iter().map(|call| call[index]));
    }
    check_unrelated("smooth", &shares);
}

#[test]
fn smooth_delays_past_the_cap_are_even_in_its_upper_half() {
    // The curve ends at 1.38 times the base after the first unit already.
    let policy = policy(Strategy::DecorrelatedJitterV2, 130, None);
    check_windows("smooth past the cap", &policy, 15, [(65, 130); RETRIES]);
}

#[test]
fn sleeps_after_a_hint_are_spread_by_the_longer_of_the_delay_and_a_tenth_of_the_hint() {
    let policy = policy(Strategy::Constant, 0, None);
    for (seed, hint, longest) in [(17, 150, 250), (18, 1_000, 1_100), (19, 20_000, 22_000)] {
        let verdict = Verdict::RetryAfter(Duration::from_millis(u64::from(hint)));
        let mut generator = SmallRng::seed_from_u64(seed);
        let mut random = || generator.next_u64();
        let sleeps = (0..CALLS).map(|_| nanos(told(&mut Session::new(), &policy, verdict, &mut random)));
        let shares = sleeps.map(|sleep| share(sleep, millis(hint), millis(longest)));
        check_even(&format!("a hint of {hint} ms"), shares);
    }
}

#[test]
fn a_wrong_distribution_is_rejected() {
    let mut unit = units(20);
    let even: Vec<f64> = (0..CALLS).map(|_| unit()).collect();
    let rejected = |name: &str, shares: Vec<f64>| {
        let distance = distance(shares);
        assert!(distance > FARTHEST, "{name} passed: {distance:.5}");
    };
    check_even("an even spread", even.iter().copied());
    rejected("too narrow by a fiftieth", even.iter().map(|share| share * 0.98).collect());
    rejected("moved by a fiftieth", even.iter().map(|share| share + 0.02).collect());
    rejected("leaning to the left", even.iter().map(|share| share.powf(1.1)).collect());
    rejected("clamped near the end", even.iter().map(|share| share.min(0.97)).collect());
    rejected("in fifty steps", even.iter().map(|share| (share * 50.0).floor() / 50.0).collect());
    // What a ratio would be at the cap if it were clamped there: half of all callers meet.
    rejected("collapsed", even.iter().map(|share| share.min(0.5) * 2.0).collect());
}

/// The first delays of a call, drawn by the generator of this thread.
fn of_this_thread() -> Vec<Duration> {
    policy(Strategy::FullJitter, 10_000, None).delays().take(8).collect()
}

#[test]
fn two_calls_differ() {
    assert_ne!(of_this_thread(), of_this_thread());
}

#[test]
fn calls_on_threads_that_start_together_differ() {
    const THREADS: usize = 16;
    let start = Barrier::new(THREADS);
    let delays: HashSet<_> = thread::scope(|scope| {
        let together = || {
            start.wait();
            of_this_thread()
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(together)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it draws")).collect()
    });
    assert_eq!(delays.len(), THREADS);
}
