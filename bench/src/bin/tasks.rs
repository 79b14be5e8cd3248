//! 100,000 tasks of each contender on tokio: milliseconds of CPU and in all, bytes of heap for each task.
//!
//! ```text
//! cargo run --release --features peers --bin tasks                   each in a process of its own
//! cargo run --release --features peers --bin tasks -- CONTENDER
//! ```

use reattempt_bench::contenders::{ALL, Contender};
use reattempt_bench::counting::Counting;
use reattempt_bench::tasks;
use std::process::Command;
use std::{env, error};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const REPETITIONS: usize = 5;

fn main() -> Result<(), Box<dyn error::Error>> {
    if let Some(name) = env::args().nth(1) {
        let contender = Contender::named(&name).ok_or_else(|| format!("there is no contender {name}"))?;
        let cost = tasks::measure(contender)?;
        println!("{:.1} {:.1} {:.1} {:.1}", cost.cpu, cost.wall, cost.heap, cost.heap_waiting);
        return Ok(());
    }
    let contenders: Vec<_> = ALL.iter().filter(|contender| contender.spawn.is_some()).collect();
    let mut costs = vec![Vec::new(); contenders.len()];
    for _ in 0..REPETITIONS {
        for (contender, costs) in contenders.iter().zip(&mut costs) {
            costs.push(run(contender.name)?);
        }
    }
    for (contender, costs) in contenders.iter().zip(&costs) {
        let median = |column: usize| {
            let mut values: Vec<f64> = costs.iter().map(|cost| cost[column]).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let [cpu, wall, heap, heap_waiting] = [0, 1, 2, 3].map(median);
        println!("{}\t{cpu:.0}\t{wall:.0}\t{heap:.0}\t{heap_waiting:.0}", contender.name);
    }
    Ok(())
}

fn run(contender: &str) -> Result<Vec<f64>, Box<dyn error::Error>> {
    let output = Command::new(env::current_exe()?).arg(contender).output()?;
    if !output.status.success() {
        return Err(format!("{contender}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let values: Result<Vec<f64>, _> = String::from_utf8(output.stdout)?.split_whitespace().map(str::parse).collect();
    Ok(values?)
}
