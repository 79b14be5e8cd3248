//! Cold builds of a small program by each contender.
//!
//! ```text
//! cargo run --release --bin compile [REPETITIONS] [CONTENDER...]
//! ```

use reattempt_bench::compile::{self, PROGRAMS, Program};
use std::{env, error};

fn main() -> Result<(), Box<dyn error::Error>> {
    let mut arguments = env::args().skip(1);
    let repetitions = arguments.next().map_or(Ok(3), |count| count.parse())?;
    let wanted: Vec<String> = arguments.collect();
    let is_wanted = |program: &&Program| wanted.is_empty() || wanted.iter().any(|name| name == program.contender);
    let programs: Vec<Program> = PROGRAMS.iter().filter(is_wanted).copied().collect();
    let costs = compile::measure(&programs, repetitions)?;
    for (Program { contender, is_async, .. }, cost) in programs.iter().zip(costs) {
        println!(
            "{contender}\t{}\t{}\t{:.2}\t{:.2}\t{}",
            if *is_async { "tokio" } else { "sync" },
            cost.crates,
            cost.debug,
            cost.release,
            cost.bytes
        );
    }
    Ok(())
}
