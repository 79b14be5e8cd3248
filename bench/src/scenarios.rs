//! The scenarios of the contenders, by name, so that a program of its own can run one of them. It measures nothing.

use crate::contenders::{ALL, Calls, Contender, Operations, SEQUENCE};
use crate::service::Server;
use std::hint::black_box;

/// The scenarios for every contender. The delays of each strategy are not among them.
pub const SCENARIOS: [&str; 6] = [
    "sync success",
    "sync success by pointer",
    "async success",
    "tokio success",
    "three failures",
    "three failures, async",
];

static SERVER: Server = Server::new();

/// Runs a scenario a number of times. The scenario of a delay is `delay: STRATEGY`.
///
/// Returns `false` if the contender has no such scenario.
#[must_use]
pub fn run(scenario: &str, contender: &Contender, count: u64) -> bool {
    let run = |calls: Calls| calls(black_box(&SERVER), count);
    match scenario {
        "sync success" => contender.sync_success.map(run).is_some(),
        "sync success by pointer" => contender.sync_success_by_pointer.map(run).is_some(),
        "async success" => contender.async_success.map(run).is_some(),
        "three failures" => contender.three_failures.map(run).is_some(),
        "three failures, async" => contender.three_failures_async.map(run).is_some(),
        "tokio success" => contender.tokio_success.map(|calls| on_tokio(calls, count)).is_some(),
        _ => {
            let delays = scenario.strip_prefix("delay: ").and_then(|strategy| delays(contender, strategy));
            delays.or_else(|| guard(contender, scenario)).map(|run| run(count)).is_some()
        }
    }
}

fn on_tokio(calls: fn(&tokio::runtime::Runtime, &'static Server, u64), count: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    calls(&runtime.expect("a runtime without input and output can be built"), &SERVER, count);
}

fn delays(contender: &Contender, strategy: &str) -> Option<fn(u64)> {
    contender.delays.iter().find(|(name, _)| *name == strategy).map(|(_, delays)| *delays)
}

/// Returns a function that uses a breaker or a budget of a contender a number of times.
#[must_use]
pub fn guard(contender: &Contender, scenario: &str) -> Option<Operations> {
    contender.guards.iter().find(|(name, _)| *name == scenario).map(|(_, operations)| *operations)
}

/// Returns all scenarios of a contender that are calls or delays.
#[must_use]
pub fn of(contender: &Contender) -> Vec<String> {
    let named = SCENARIOS.map(str::to_owned).into_iter().filter(|scenario| run(scenario, contender, 0));
    named.chain(contender.delays.iter().map(|(strategy, _)| format!("delay: {strategy}"))).collect()
}

/// Returns all scenarios of a contender, including those of its breakers and budgets.
#[must_use]
pub fn with_guards_of(contender: &Contender) -> Vec<String> {
    of(contender).into_iter().chain(contender.guards.iter().map(|(scenario, _)| (*scenario).to_owned())).collect()
}

/// Returns the number of operations in one run of a scenario: delays come in sequences.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a small number")]
pub fn parts(scenario: &str) -> f64 {
    if scenario.starts_with("delay: ") { SEQUENCE as f64 } else { 1.0 }
}

/// Returns all calls and delays of all contenders, each once.
#[must_use]
pub fn all() -> Vec<String> {
    let mut all: Vec<String> = SCENARIOS.map(str::to_owned).to_vec();
    for scenario in ALL.iter().flat_map(|contender| of(contender)) {
        if !all.contains(&scenario) {
            all.push(scenario);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In this profile the calls themselves check their success, including those with four attempts.
    #[test]
    fn whoever_is_measured_succeeds() {
        for contender in ALL {
            for scenario in with_guards_of(contender) {
                assert!(run(&scenario, contender, 2), "{scenario} of {}", contender.name);
            }
        }
    }
}
