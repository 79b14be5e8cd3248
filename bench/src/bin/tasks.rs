//! 100,000 tasks of each contender on tokio: milliseconds of CPU and in all, bytes of heap for each task; and tokio's cells.
//!
//! ```text
//! cargo run --release --features peers --bin tasks                           each in a process of its own
//! cargo run --release --features peers --bin tasks -- CONTENDER SETTING
//! ```
//!
//! A line is the contender; CPU, wall and heap in each of the settings `one-thread`, `two-threads` and `one-by-one`; the heap of a task
//! that runs, and of one that waits. Those of cells are `cell TAB FUTURE TAB CELL`.

use reattempt_bench::contenders::{ALL, Contender};
use reattempt_bench::counting::Counting;
use reattempt_bench::tasks::{self, Setting};
use std::process::Command;
use std::{env, error};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const REPETITIONS: usize = 5;

fn main() -> Result<(), Box<dyn error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [name, setting] = &arguments[..] {
        let contender = Contender::named(name).ok_or_else(|| format!("there is no contender {name}"))?;
        let setting = Setting::ALL.iter().find(|(name, _)| name == setting).ok_or("there is no such setting")?.1;
        let cost = tasks::measure(contender, setting)?;
        println!("{:.1} {:.1} {:.1}", cost.cpu, cost.wall, cost.heap);
        return Ok(());
    }
    let contenders: Vec<_> = ALL.iter().filter(|contender| contender.spawn.is_some()).collect();
    let mut costs = vec![Vec::new(); contenders.len()];
    for _ in 0..REPETITIONS {
        for (contender, costs) in contenders.iter().zip(&mut costs) {
            let mut all = Vec::new();
            for (setting, _) in Setting::ALL {
                all.extend(run(contender.name, setting)?);
            }
            costs.push(all);
        }
    }
    for (contender, costs) in contenders.iter().zip(&costs) {
        let median = |column: usize| {
            let mut values: Vec<f64> = costs.iter().map(|cost| cost[column]).collect();
            values.sort_by(f64::total_cmp);
            format!("{:.0}", values[values.len() / 2])
        };
        let medians = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(median).join("\t");
        let heap = tasks::heap(contender)?;
        println!("{}\t{medians}\t{:.0}\t{:.0}", contender.name, heap.running, heap.waiting);
    }
    for (future, cell) in tasks::cells()? {
        println!("cell\t{future}\t{cell}");
    }
    Ok(())
}

fn run(contender: &str, setting: &str) -> Result<Vec<f64>, Box<dyn error::Error>> {
    let output = Command::new(env::current_exe()?).args([contender, setting]).output()?;
    if !output.status.success() {
        return Err(format!("{contender}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let values: Result<Vec<f64>, _> = String::from_utf8(output.stdout)?.split_whitespace().map(str::parse).collect();
    Ok(values?)
}
