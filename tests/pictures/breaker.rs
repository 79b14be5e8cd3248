//! What a circuit breaker does over time, while a server is down and after.

use crate::svg::Picture;
use reattempt::breaker::State;
use reattempt::{CircuitBreaker, testing};
use std::ops::Range;
use std::time::Duration;

const SECONDS: usize = 44;
/// The calls of one second, each of one attempt.
const CALLS: usize = 10;
/// The seconds in which the server is down.
const DOWN: Range<usize> = 10..32;

const LEFT: f64 = 20.0;
const SECOND: f64 = 760.0 / 44.0;
/// The height of one call.
const CALL: f64 = 8.0;

pub(crate) fn draw() -> String {
    let unprotected = history(None);
    let breaker = CircuitBreaker::consecutive(5).cool_down(Duration::from_secs(5));
    let protected = history(Some(&breaker));
    let failed = |history: &[Call]| history.iter().filter(|call| call.outcome == Outcome::Failed).count();
    let title = format!(
        "A breaker leaves a failing server alone: {} attempts reach it, and not {}",
        failed(&protected),
        failed(&unprotected)
    );
    let mut picture = Picture::new(
        450.0,
        &title,
        "Ten calls in each second, of which those fail that reach the server while it is down, without a breaker and with one.",
    );
    picture.text(
        "quiet",
        LEFT,
        56.0,
        "10 calls a second, each of one attempt. The breaker opens at 5 failures in a row.",
    );
    picture.text(
        "quiet",
        LEFT,
        76.0,
        "While it is open, it refuses calls at once, and lets a probe through every 5 s.",
    );
    let (start, end) = (at(DOWN.start), at(DOWN.end));
    picture.rectangle("shade", start, 90.0, end - start, 324.0);
    picture.text("small quiet middle", f64::midpoint(start, end), 106.0, "the server is down");
    row(&mut picture, 208.0, "Without a breaker", &unprotected);
    row(&mut picture, 342.0, "With a breaker", &protected);
    let labels = [(0, DOWN.start, "succeed"), (DOWN.start, DOWN.end, "fail"), (DOWN.end, SECONDS, "succeed")];
    for (from, to, label) in labels {
        picture.text("bold on middle", f64::midpoint(at(from), at(to)), 172.0, label);
    }
    picture.text("bold middle", f64::midpoint(start, end), 306.0, "refused at once");
    states(&mut picture, 354.0, &protected);
    for second in (0..=40).step_by(10) {
        picture.text(
            if second == 0 { "small quiet" } else { "small quiet middle" },
            at(second),
            434.0,
            format_args!("{second} s"),
        );
    }
    picture.finish()
}

fn row(picture: &mut Picture, bottom: f64, name: &str, history: &[Call]) {
    picture.text("bold", LEFT, bottom - 90.0, name);
    let seconds: Vec<_> = history.chunks(CALLS).collect();
    let heights = |outcome| {
        move |calls: &&[Call]| -> f64 {
            calls.iter().map(|call| if call.outcome == outcome { CALL } else { 0.0 }).sum()
        }
    };
    let [good, failed, refused] = [Outcome::Good, Outcome::Failed, Outcome::Refused].map(heights);
    let bars =
        |class: &str, from: &dyn Fn(&&[Call]) -> f64, height: &dyn Fn(&&[Call]) -> f64, picture: &mut Picture| {
            let bars = seconds.iter().enumerate().map(|(second, calls)| {
                let bottom = bottom - from(calls);
                (at(second), bottom, bottom - height(calls))
            });
            picture.bars(class, SECOND - 1.5, bars);
        };
    bars("blue", &|_| 0.0, &good, picture);
    bars("orange", &good, &failed, picture);
    bars("grey", &|calls| good(calls) + failed(calls), &refused, picture);
    picture.line("axis", (LEFT, bottom), (LEFT + 760.0, bottom));
}

/// Draws the states of the breaker below its row, with a dot for each probe.
fn states(picture: &mut Picture, top: f64, history: &[Call]) {
    let mut start = 0;
    for state in history.chunk_by(|call, next| call.state == next.state) {
        let end = start + state.len();
        let (class, name) = if state[0].state == State::Open { ("grey", "open") } else { ("pale", "closed") };
        let (left, right) = (at_call(start), at_call(end));
        picture.rectangle(class, left, top, right - left, 20.0);
        picture.text("small middle", f64::midpoint(left, right), top + 14.0, name);
        start = end;
    }
    let probes = history
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0].state == State::Open && pair[1].outcome != Outcome::Refused);
    let mut failed = 0;
    for (index, pair) in probes {
        let is_good = pair[1].outcome == Outcome::Good;
        failed += u32::from(!is_good);
        picture.dot(if is_good { "blue" } else { "orange" }, at_call(index + 1), top + 30.0);
    }
    let middle = f64::midpoint(at(DOWN.start), at(DOWN.end));
    picture.text("small middle", middle, top + 50.0, format_args!("{failed} probes fail"));
    picture.text("small", at(DOWN.end) + 6.0, top + 50.0, "the next one succeeds");
}

/// Returns where a call begins.
fn at_call(call: usize) -> f64 {
    LEFT + SECOND / 10.0 * f64::from(u32::try_from(call).expect("a small number"))
}

/// Returns where a second begins.
fn at(second: usize) -> f64 {
    LEFT + SECOND * f64::from(u32::try_from(second).expect("a small number"))
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Good,
    Failed,
    Refused,
}

/// What became of a call, and the state of the breaker after it.
struct Call {
    outcome: Outcome,
    state: State,
}

/// Makes the calls, one every tenth of a second.
fn history(breaker: Option<&CircuitBreaker>) -> Vec<Call> {
    let paused = testing::pause();
    let calls = (0..SECONDS * CALLS).map(|call| {
        let is_down = DOWN.contains(&(call / CALLS));
        let permit = breaker.map(CircuitBreaker::acquire).transpose();
        let outcome = match permit {
            Err(_) => Outcome::Refused,
            Ok(_) if is_down => Outcome::Failed,
            Ok(_) => Outcome::Good,
        };
        if let Ok(Some(permit)) = permit {
            if is_down { permit.failure() } else { permit.success() }
        }
        paused.advance(Duration::from_millis(100));
        Call { outcome, state: breaker.map_or(State::Closed, CircuitBreaker::state) }
    });
    calls.collect()
}
