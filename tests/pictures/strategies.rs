//! The delays of each strategy by retry: the median, and the range of most of them.

use crate::svg::Picture;
use reattempt::{Policy, Strategy, testing};
use std::time::Duration;

const CALLS: usize = 10_001;
const RETRIES: u32 = 8;

/// The lowest and the highest delay of the axis, in seconds.
const AXIS: [f64; 2] = [0.01, 10.0];

const LEFT: f64 = 64.0;
const TOP: f64 = 128.0;
const PANEL: [f64; 2] = [164.0, 132.0];
const STEP: [f64; 2] = [184.0, 212.0];

const STRATEGIES: [(&str, Strategy); 8] = [
    ("constant", Strategy::Constant),
    ("linear", Strategy::Linear),
    ("fibonacci", Strategy::Fibonacci),
    ("exponential", Strategy::Exponential),
    ("full_jitter", Strategy::FullJitter),
    ("equal_jitter", Strategy::EqualJitter),
    ("decorrelated_jitter", Strategy::DecorrelatedJitter),
    ("decorrelated_jitter_v2", Strategy::DecorrelatedJitterV2),
];

pub(crate) fn draw() -> String {
    let mut picture = Picture::new(
        546.0,
        "Top row: all callers wait the same. Bottom row: jitter spreads them",
        "For each strategy with a base of 100 ms and a cap of 10 s, the delays before retry 1 to 8.",
    );
    let explanation = "The delays before retry 1 to 8 of 10,001 calls, with base = 100 ms and cap = 10 s.";
    picture.text("quiet", 20.0, 56.0, explanation);
    picture.dot("blue", 26.0, 73.5);
    picture.text("quiet", 36.0, 78.0, "is the median,");
    picture.bars("pale", 9.0, [(134.0, 80.0, 66.0)]);
    picture.text(
        "quiet",
        149.0,
        78.0,
        "is where 8 of 10 delays lie. Below: what a call of 9 attempts waits in all, in the median.",
    );
    for (index, (name, strategy)) in STRATEGIES.into_iter().enumerate() {
        let column = f64::from(u8::try_from(index % 4).expect("a small number"));
        let row = f64::from(u8::try_from(index / 4).expect("a small number"));
        let corner = [LEFT + column * STEP[0], TOP + row * STEP[1]];
        panel(&mut picture, corner, column == 0.0, name, &Delays::of(strategy));
    }
    picture.finish()
}

fn panel(picture: &mut Picture, [left, top]: [f64; 2], has_axis: bool, name: &str, delays: &Delays) {
    let bottom = top + PANEL[1];
    let height = |delay: f64| {
        let share = (delay.max(AXIS[0]) / AXIS[0]).log10() / (AXIS[1] / AXIS[0]).log10();
        bottom - share * PANEL[1]
    };
    picture.text("name", left, top - 10.0, name);
    for (label, delay) in [("10 ms", 0.01), ("100 ms", 0.1), ("1 s", 1.0), ("10 s", 10.0)] {
        picture.line("grid", (left, height(delay)), (left + PANEL[0], height(delay)));
        if has_axis {
            picture.text("small quiet end", left - 8.0, height(delay) + 4.0, label);
        }
    }
    let width = PANEL[0] / f64::from(RETRIES);
    let at = |retry: usize| left + (f64::from(u8::try_from(retry).expect("a small number")) + 0.5) * width;
    let ranges = delays.by_retry.iter().enumerate();
    picture.bars("pale", 9.0, ranges.map(|(retry, delays)| (at(retry) - 4.5, height(delays.low), height(delays.high))));
    for (retry, delays) in delays.by_retry.iter().enumerate() {
        picture.dot("blue", at(retry), height(delays.median));
        picture.text("small quiet middle", at(retry), bottom + 16.0, retry + 1);
    }
    picture.text("small", left, bottom + 36.0, format_args!("{:.1} s in all", delays.in_all));
}

/// The delays of one strategy, in seconds.
struct Delays {
    by_retry: Vec<Spread>,
    /// The median of the sum of all delays of a call.
    in_all: f64,
}

struct Spread {
    low: f64,
    median: f64,
    high: f64,
}

impl Delays {
    fn of(strategy: Strategy) -> Self {
        let policy = Policy::builder().strategy(strategy).max(RETRIES + 1).build().expect("a good policy");
        testing::seed(1);
        let calls: Vec<Vec<f64>> =
            (0..CALLS).map(|_| policy.delays().map(|delay: Duration| delay.as_secs_f64()).collect()).collect();
        let by_retry = (0..calls[0].len()).map(|retry| {
            let delays = sorted(calls.iter().map(|call| call[retry]));
            Spread { low: delays[CALLS / 10], median: delays[CALLS / 2], high: delays[CALLS - 1 - CALLS / 10] }
        });
        Self { by_retry: by_retry.collect(), in_all: sorted(calls.iter().map(|call| call.iter().sum()))[CALLS / 2] }
    }
}

fn sorted(delays: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut delays: Vec<f64> = delays.collect();
    delays.sort_by(f64::total_cmp);
    delays
}
