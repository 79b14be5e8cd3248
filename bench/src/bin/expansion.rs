//! The cost of `#[retry]` at compile time: `cargo check` of 500 annotated functions, compared with the same loops written by hand.
//!
//! ```text
//! cargo run --release --bin expansion [REPETITIONS [sync|async]]
//! ```
//!
//! Half of the functions are async, unless it is told otherwise. It writes three crates into a temporary folder: the functions annotated, with their loops by hand, and without any retry. Their
//! dependencies are built first; then rustc is called as `cargo check` called it, in turn for each crate, and its CPU time (user and
//! system) is taken. It needs bash, for its `time`.

use reattempt_bench::expansion::{Functions, Kind, Workspace};
use std::path::Path;
use std::process::Command;
use std::{env, error, fs};

const COUNT: usize = 500;

/// The highest ratio allowed for the macro.
const TARGET: f64 = 1.15;

const KINDS: [Kind; 3] = [Kind::Annotated, Kind::ByHand, Kind::Plain];

fn main() -> Result<(), Box<dyn error::Error>> {
    let repetitions: usize = env::args().nth(1).map_or(Ok(15), |count| count.parse())?;
    let functions = match env::args().nth(2).as_deref() {
        None => Functions::Mixed,
        Some("sync") => Functions::Sync,
        Some("async") => Functions::Async,
        Some(other) => return Err(format!("expected `sync` or `async`, found `{other}`").into()),
    };
    let folder = env::temp_dir().join(format!("reattempt-expansion-{}", std::process::id()));
    let workspace = Workspace { folder: &folder, count: COUNT, functions };
    workspace.write()?;
    let mut times = [const { Vec::new() }; KINDS.len()];
    let commands = KINDS.map(|kind| workspace.check_command(kind));
    for _ in 0..repetitions.max(1) {
        for (command, times) in commands.iter().zip(&mut times) {
            times.push(cpu_time(&folder, command.as_ref().map_err(ToString::to_string)?)?);
        }
    }
    fs::remove_dir_all(&folder)?;
    report(&mut times);
    Ok(())
}

fn report(times: &mut [Vec<f64>; KINDS.len()]) {
    println!("CPU seconds of rustc for {COUNT} functions, {} repetitions", times[0].len());
    println!("{:<10} {:>7} {:>7}", "", "min", "median");
    // The runs of one repetition follow each other, so other load of the machine affects both.
    let mut ratios: Vec<f64> = times[0].iter().zip(&times[1]).map(|(annotated, by_hand)| annotated / by_hand).collect();
    for (kind, times) in KINDS.iter().zip(times) {
        println!("{:<10} {:>7.3} {:>7.3}", kind.name(), least(times), median(times));
    }
    let ratio = median(&mut ratios);
    let verdict = if ratio <= TARGET { "met" } else { "missed" };
    println!("annotated / by hand: {ratio:.3}, the median of the repetitions' ratios; target {TARGET}: {verdict}");
}

fn least(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::INFINITY, f64::min)
}

fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Returns the CPU time of a command in seconds.
fn cpu_time(folder: &Path, command: &str) -> Result<f64, Box<dyn error::Error>> {
    let script = format!("TIMEFORMAT='%3U %3S'; {{ time {command} >output 2>&1; }} 2>time && cat time");
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder).output()?;
    if !output.status.success() {
        return Err(fs::read_to_string(folder.join("output"))?.into());
    }
    let text = String::from_utf8(output.stdout)?;
    let times: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
    Ok(times?.iter().sum())
}
