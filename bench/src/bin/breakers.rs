//! The time that a lookup of a known key in full `Breakers` takes while another thread brings new keys.
//!
//! ```text
//! cargo run --release --bin breakers [LOOKUPS]
//! ```
//!
//! A line is `CAPACITY TAB MEDIAN TAB 99 % TAB 99.9 % TAB LONGEST TAB NEW KEYS A SECOND`, with times in microseconds. The last lines are of the
//! same lookups without new keys.

use reattempt::{Breakers, CircuitBreaker};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, error, thread};

const CAPACITIES: [u32; 2] = [1_000, 10_000];

fn main() -> Result<(), Box<dyn error::Error>> {
    let lookups: u32 = env::args().nth(1).map_or(Ok(500_000), |number| number.parse())?;
    for is_churned in [true, false] {
        for capacity in CAPACITIES {
            measure(capacity, lookups, is_churned);
        }
    }
    Ok(())
}

fn measure(capacity: u32, lookups: u32, is_churned: bool) {
    let size = usize::try_from(capacity).unwrap_or(usize::MAX);
    let breakers: Breakers<String> = Breakers::new(CircuitBreaker::consecutive(5), size);
    let known: Vec<String> = (0..capacity).map(|number| format!("host-{number}.example.com")).collect();
    for key in &known {
        breakers.get(key.as_str());
    }
    let is_over = AtomicBool::new(false);
    let (mut times, rate) = thread::scope(|scope| {
        let churn = scope.spawn(|| {
            let (start, mut number) = (Instant::now(), 0_u32);
            while is_churned && !is_over.load(Ordering::Relaxed) {
                breakers.get(format!("new-{number}.example.com").as_str());
                number = number.wrapping_add(1);
            }
            f64::from(number) / start.elapsed().as_secs_f64()
        });
        // A stride without a common divisor visits all keys in an order that the cache does not foresee.
        let times: Vec<Duration> = (0..lookups)
            .map(|lookup| {
                let key = known[usize::try_from(u64::from(lookup) * 7_919 % u64::from(capacity)).unwrap_or(0)].as_str();
                let start = Instant::now();
                breakers.get(key);
                start.elapsed()
            })
            .collect();
        is_over.store(true, Ordering::Relaxed);
        (times, churn.join().unwrap_or_default())
    });
    times.sort_unstable();
    let at = |permille: usize| times[(times.len() * permille / 1_000).min(times.len() - 1)].as_secs_f64() * 1e6;
    println!(
        "{capacity}\t{:.1}\t{:.1}\t{:.1}\t{:.1}\t{rate:.0}",
        at(500),
        at(990),
        at(999),
        at(1_000)
    );
}
