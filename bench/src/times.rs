//! Times as ratios: all contenders of a scenario in one process, in turn, many times over. A ratio is taken within each round, so that
//! a slow phase of the machine affects both sides.

use crate::contenders::{ALL, Contender};
use crate::scenarios;
use std::time::Instant;

/// The time of a contender's call.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    /// The contender.
    pub contender: &'static str,
    /// The median, in nanoseconds: of a call; of a delay, for delays.
    pub nanos: f64,
    /// The median of the ratios to the loop written by hand.
    pub ratio: f64,
}

const ROUNDS: usize = 101;
const CALLS: u64 = 4000;

/// Measures a scenario for each contender that has it.
#[must_use]
pub fn measure(scenario: &str) -> Vec<Time> {
    let contenders: Vec<&Contender> =
        ALL.iter().copied().filter(|contender| scenarios::run(scenario, contender, 1)).collect();
    let base = contenders.iter().position(|contender| contender.name == "by hand");
    let mut nanos = vec![Vec::with_capacity(ROUNDS); contenders.len()];
    let mut ratios = nanos.clone();
    for _ in 0..ROUNDS {
        let times: Vec<f64> = contenders.iter().map(|contender| time(scenario, contender)).collect();
        for (at, time) in times.iter().enumerate() {
            nanos[at].push(*time);
            ratios[at].push(time / base.map_or(f64::NAN, |base| times[base]));
        }
    }
    let medians = nanos.into_iter().zip(ratios);
    contenders
        .iter()
        .zip(medians)
        .map(|(contender, (nanos, ratios))| Time {
            contender: contender.name,
            nanos: median(nanos) / scenarios::parts(scenario),
            ratio: median(ratios),
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn time(scenario: &str, contender: &Contender) -> f64 {
    let began = Instant::now();
    let _ = scenarios::run(scenario, contender, CALLS);
    began.elapsed().as_nanos() as f64 / CALLS as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
