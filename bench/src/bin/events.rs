//! The cost of events: without an observer, and in calls that succeed.
//!
//! ```text
//! cargo run --release --bin events [REPETITIONS]
//! ```
//!
//! It copies the crates into a temporary folder, once as they are and once with an `is_observed` that is always false, and builds a program
//! against each: without features, with `tracing`, with `metrics` and with both, always without a subscriber or recorder. The programs
//! run in turn; each says how long a failed attempt takes. Where valgrind is found, it counts the instructions of a call that succeeds at
//! once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, error, fs, io};

/// The limit of the extra cost of a failed attempt without an observer, in nanoseconds.
const TARGET: f64 = 60.0;

/// The value of `is_observed` in the output.
const IS_OBSERVED: &str = r#"cfg!(any(feature = "tracing", feature = "metrics")) || FIRST.get().is_some()"#;

/// The programs, with the features that they are built with. The first one is built against the changed copy.
const PROGRAMS: [(&str, &str); 5] = [
    ("never observed", ""),
    ("no features", ""),
    ("tracing", "tracing"),
    ("metrics", "metrics"),
    ("both", "tracing,metrics"),
];

fn main() -> Result<(), Box<dyn error::Error>> {
    let repetitions = env::args().nth(1).map_or(Ok(15), |count| count.parse())?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the crate has a parent folder")?;
    let folder = env::temp_dir().join(format!("reattempt-events-{}", std::process::id()));
    let programs = build(&folder, root)?;
    let mut times = [const { Vec::new() }; PROGRAMS.len()];
    for _ in 0..repetitions {
        for (program, times) in programs.iter().zip(&mut times) {
            times.push(run(Command::new(program).args(["fail", "200000"]))?.trim().parse::<f64>()?);
        }
    }
    report(&mut times);
    for (program, (name, _)) in programs.iter().zip(PROGRAMS) {
        match (instructions(program, 1_000), instructions(program, 2_000)) {
            (Ok(thousand), Ok(two)) => {
                println!("{name:<15} {:>8.3} instructions for a success", f64::from(two - thousand) / 1_000.0);
            }
            _ => println!("{name:<15} without valgrind, instructions are not counted"),
        }
    }
    fs::remove_dir_all(&folder)?;
    Ok(())
}

fn report(times: &mut [Vec<f64>; PROGRAMS.len()]) {
    println!("nanoseconds for a failed attempt, {} repetitions", times[0].len());
    println!("{:<15} {:>8} {:>8} {:>12} {:>12}", "", "min", "median", "more by min", "by median");
    let mut first = (0.0, 0.0);
    for (times, (name, _)) in times.iter_mut().zip(PROGRAMS) {
        times.sort_by(f64::total_cmp);
        let (min, median) = (times[0], times[times.len() / 2]);
        if name == PROGRAMS[0].0 {
            first = (min, median);
        }
        println!("{name:<15} {min:>8.1} {median:>8.1} {:>12.1} {:>12.1}", min - first.0, median - first.1);
    }
    let more = times[1][times[1].len() / 2] - first.1;
    let verdict = if more <= TARGET { "met" } else { "missed" };
    println!("without features {more:.1} ns more; target {TARGET}: {verdict}");
}

/// Builds the programs, and returns their paths.
fn build(folder: &Path, root: &Path) -> Result<Vec<PathBuf>, Box<dyn error::Error>> {
    let mut programs = Vec::new();
    for (at, (name, features)) in PROGRAMS.into_iter().enumerate() {
        let copy = folder.join(if at == 0 { "changed" } else { "unchanged" });
        if !copy.exists() {
            copy_crates(root, &copy)?;
        }
        if at == 0 {
            let path = copy.join("retry-runtime/src/event.rs");
            let source = fs::read_to_string(&path)?;
            if !source.contains(IS_OBSERVED) {
                return Err("`is_observed` is not what it was".into());
            }
            fs::write(path, source.replace(IS_OBSERVED, "false"))?;
        }
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--release", "-p", "probe", "--features", features]).current_dir(&copy);
        run(cargo.env("CARGO_TARGET_DIR", folder.join("target")))?;
        let program = folder.join(name.replace(' ', "_"));
        fs::copy(folder.join("target/release/probe"), &program)?;
        programs.push(program);
    }
    Ok(programs)
}

fn copy_crates(root: &Path, copy: &Path) -> io::Result<()> {
    for part in ["src", "docs", "retry-macros/src", "retry-runtime/src", "retry-runtime/tests"] {
        copy_folder(&root.join(part), &copy.join(part))?;
    }
    for file in ["Cargo.lock", "README.md", "retry-macros/Cargo.toml", "retry-runtime/Cargo.toml"] {
        fs::copy(root.join(file), copy.join(file))?;
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let lines = manifest.lines().filter(|line| !line.starts_with("default-members") && !line.starts_with("exclude"));
    let lines = lines.map(|line| {
        let is_list = line.starts_with("members");
        if is_list { r#"members = ["retry-macros", "retry-runtime", "probe"]"# } else { line }
    });
    fs::write(copy.join("Cargo.toml"), lines.collect::<Vec<_>>().join("\n"))?;
    fs::create_dir_all(copy.join("probe/src"))?;
    fs::write(copy.join("probe/Cargo.toml"), PROBE_MANIFEST)?;
    fs::write(copy.join("probe/src/main.rs"), PROBE)
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Returns the instructions of a program that calls a function a number of times. Each call succeeds.
fn instructions(program: &Path, calls: u32) -> Result<u32, Box<dyn error::Error>> {
    let calls = calls.to_string();
    let mut valgrind = Command::new("valgrind");
    let output =
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args(["succeed", &calls]);
    let text = String::from_utf8(output.output()?.stderr)?;
    let collected = text.lines().find_map(|line| line.split_once("Collected : ")).ok_or("valgrind counts nothing")?;
    Ok(collected.1.trim().parse()?)
}

/// Runs a command to its end, and returns its output.
fn run(command: &mut Command) -> Result<String, Box<dyn error::Error>> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

const PROBE_MANIFEST: &str = r#"[package]
name = "probe"
version = "0.0.0"
edition = "2024"

[features]
tracing = ["reattempt/tracing"]
metrics = ["reattempt/metrics"]

[dependencies]
reattempt = { workspace = true, features = ["tokio", "idempotency"] }
"#;

const PROBE: &str = r#"use reattempt::{any_error, retry};
use std::fmt;
use std::hint::black_box;
use std::time::Instant;

#[derive(Debug)]
struct Busy(u32);

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "busy: {}", self.0)
    }
}

#[retry(strategy = "immediate", max = 10, on = any_error)]
fn fail(value: u32) -> Result<u32, Busy> {
    Err(Busy(black_box(value)))
}

#[retry(max = 10, on = any_error)]
fn succeed(value: u32) -> Result<u32, Busy> {
    Ok(black_box(value))
}

fn main() {
    let mut args = std::env::args().skip(1);
    let what = args.next().expect("what to do");
    let calls: u32 = args.next().and_then(|count| count.parse().ok()).expect("how often");
    if what == "fail" {
        let began = Instant::now();
        for call in 0..calls {
            let _ = black_box(fail(black_box(call)));
        }
        println!("{}", began.elapsed().as_nanos() as f64 / f64::from(calls) / 10.0);
    } else {
        for call in 0..calls {
            let _ = black_box(succeed(black_box(call)));
        }
    }
}
"#;
