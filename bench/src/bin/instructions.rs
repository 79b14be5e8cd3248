//! Instructions of a call of each contender, by callgrind.
//!
//! ```text
//! cargo run --release --bin instructions                                  all of them
//! cargo run --release --bin instructions -- SCENARIO CONTENDER            one, counted
//! cargo run --release --bin instructions -- SCENARIO CONTENDER COUNT      one, run so many times, for valgrind and perf
//! ```

use reattempt_bench::contenders::{ALL, Contender};
use reattempt_bench::{callgrind, scenarios};
use std::{env, error};

fn main() -> Result<(), Box<dyn error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let program = env::current_exe()?;
    let contender = |name: &str| Contender::named(name).ok_or_else(|| format!("there is no contender {name}"));
    match &arguments[..] {
        [scenario, name, count] => {
            if !scenarios::run(scenario, contender(name)?, count.parse()?) {
                return Err(format!("{name} has no {scenario}").into());
            }
        }
        [scenario, name] => println!("{:.2}", callgrind::per_call(&program, scenario, contender(name)?.name)?),
        _ => {
            for contender in ALL {
                for scenario in scenarios::with_guards_of(contender) {
                    let instructions = callgrind::per_call(&program, &scenario, contender.name)?;
                    println!("{scenario}\t{}\t{instructions:.2}", contender.name);
                }
            }
        }
    }
    Ok(())
}
