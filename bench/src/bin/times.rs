//! Times of each scenario, as ratios to the loop written by hand, all contenders in one process.
//!
//! ```text
//! cargo run --release --features peers --bin times [SCENARIO...]
//! ```

use reattempt_bench::{scenarios, times};
use std::env;

fn main() {
    let wanted: Vec<String> = env::args().skip(1).collect();
    for scenario in scenarios::all() {
        if wanted.is_empty() || wanted.contains(&scenario) {
            for time in times::measure(&scenario) {
                println!("{scenario}\t{}\t{:.2}\t{:.2}", time.contender, time.nanos, time.ratio);
            }
        }
    }
}
