//! Instructions of a call, by valgrind: a program runs a scenario two different numbers of times. The difference in instructions, divided by
//! the difference in number, is the cost of one call, without the start of the program. It is the same number on each run.

use crate::scenarios;
use std::error;
use std::path::Path;
use std::process::Command;

const FEW: u64 = 500;
const MANY: u64 = 2500;

const CALLGRIND: &str = "--tool=callgrind";
const NO_FILE: &str = "--callgrind-out-file=/dev/null";

/// Returns whether valgrind is installed.
#[must_use]
pub fn is_available() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Counts the instructions of one call; of one delay, for delays. `program` is the program `instructions`.
///
/// # Errors
///
/// Valgrind fails, or prints no count.
pub fn per_call(program: &Path, scenario: &str, contender: &str) -> Result<f64, Box<dyn error::Error>> {
    let (few, many) =
        (count_calls(program, scenario, contender, FEW)?, count_calls(program, scenario, contender, MANY)?);
    #[expect(clippy::cast_precision_loss, reason = "counts of instructions are far below 2^53")]
    let difference = many as f64 - few as f64;
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let calls = (MANY - FEW) as f64 * scenarios::parts(scenario);
    Ok(difference / calls)
}

fn count_calls(program: &Path, scenario: &str, contender: &str, count: u64) -> Result<u64, Box<dyn error::Error>> {
    let mut command = Command::new("valgrind");
    command.args([CALLGRIND, NO_FILE]).arg(program).args([scenario, contender, &count.to_string()]);
    collected(&mut command).map_err(|error| format!("{scenario} of {contender}: {error}").into())
}

/// Counts the instructions of a program that a shell calls. Valgrind and the program are added to the command's arguments.
///
/// # Errors
///
/// Valgrind fails, or prints no count.
pub fn count(shell: &mut Command, program: &Path) -> Result<u64, Box<dyn error::Error>> {
    collected(shell.args(["valgrind", CALLGRIND, NO_FILE]).arg(program))
}

fn collected(command: &mut Command) -> Result<u64, Box<dyn error::Error>> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    if !output.status.success() {
        return Err(text.into());
    }
    Ok(collected.ok_or_else(|| format!("callgrind says no count: {text}"))?)
}
