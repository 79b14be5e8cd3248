//! Compares counts with `figures.txt`, and fails if one has grown. Run it by the script `guard`.

use reattempt_bench::contenders::{ALL, Contender, GUARDED};
use reattempt_bench::counting::{self, Counting};
use reattempt_bench::expansion::{Functions, Kind, Workspace};
use reattempt_bench::figures::{self, ALLOWED, Figures, TOOLCHAIN};
use reattempt_bench::{callgrind, compile, scenarios, tasks};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, error, fs};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> Result<ExitCode, Box<dyn error::Error>> {
    let is_update = match env::args().skip(1).collect::<Vec<_>>()[..] {
        [] => false,
        [ref argument] if argument == "--update" => true,
        _ => return Err("usage: guard [--update]".into()),
    };
    if let Some(reason) = reason_not_to() {
        println!("!! NOT CHECKED: what a call costs: {reason}");
        return Ok(ExitCode::SUCCESS);
    }
    let measured = measured()?;
    if is_update {
        figures::write(&measured)?;
        println!("{} figures are written", measured.len());
        return Ok(ExitCode::SUCCESS);
    }
    let checked_in = figures::read()?;
    for gain in figures::gains(&checked_in, &measured) {
        println!("better: {gain}");
    }
    let faults = figures::faults(&checked_in, &measured);
    for fault in &faults {
        println!("worse: {fault}");
    }
    if faults.is_empty() {
        println!("{} figures, none of which grew by more than {ALLOWED} %", measured.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("If this is meant, `bench/guard --update` writes the new figures.");
    Ok(ExitCode::FAILURE)
}

/// The reason why the figures cannot be compared here.
fn reason_not_to() -> Option<String> {
    if !callgrind::is_available() {
        return Some("there is no valgrind (`apt-get install valgrind`)".to_owned());
    }
    let output = Command::new("rustc").arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    if !version.starts_with(&format!("rustc {TOOLCHAIN} ")) || !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return Some(format!(
            "the figures are those of Rust {TOOLCHAIN} on x86_64 Linux, and this is {}",
            version.trim()
        ));
    }
    None
}

fn measured() -> Result<Figures, Box<dyn error::Error>> {
    let mut figures = Figures::new();
    let program = env::current_exe()?.with_file_name("instructions");
    for contender in ALL.iter().filter(|contender| GUARDED.contains(&contender.name)) {
        for scenario in scenarios::with_guards_of(contender) {
            let instructions = callgrind::per_call(&program, &scenario, contender.name)?;
            figures.insert(format!("{} | {scenario} | instructions", contender.name), round(instructions));
        }
        add_bytes(&mut figures, contender)?;
    }
    let root = env::temp_dir().join(format!("reattempt-guard-{}", std::process::id()));
    for program in compile::PROGRAMS.iter().filter(|program| program.contender.starts_with("ours")) {
        let kind = if program.is_async { "tokio" } else { "sync" };
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        figures.insert(format!("{} | {kind} | crates", program.contender), program.crates(&root)? as f64);
    }
    add_checks(&mut figures, &root.join("expansion"))?;
    fs::remove_dir_all(root)?;
    Ok(figures)
}

/// Returns the compiler's cost for 16 functions: each shape with each kind of attribute, twice.
fn add_checks(figures: &mut Figures, folder: &Path) -> Result<(), Box<dyn error::Error>> {
    let workspace = Workspace { folder, count: 16, functions: Functions::Mixed };
    workspace.write()?;
    for (contender, kind) in [("ours", Kind::Annotated), ("by hand", Kind::ByHand)] {
        #[expect(clippy::cast_precision_loss, reason = "counts of instructions are far below 2^53")]
        let instructions = workspace.instructions(kind)? as f64;
        figures.insert(format!("{contender} | 16 functions checked | mega-instructions"), round(instructions / 1e6));
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn add_bytes(figures: &mut Figures, contender: &Contender) -> Result<(), Box<dyn error::Error>> {
    if let Some(future_bytes) = contender.future_bytes {
        for (body, bytes) in [8, 128, 1024, 4096].into_iter().zip(future_bytes()) {
            figures.insert(format!("{} | future around {body:>4} | bytes", contender.name), bytes as f64);
        }
    }
    if contender.spawn.is_some() {
        let heap = tasks::heap(contender)?;
        figures.insert(format!("{} | heap of a task | bytes", contender.name), round(heap.running));
        figures.insert(format!("{} | heap of a waiting task | bytes", contender.name), round(heap.waiting));
    }
    for scenario in ["sync success", "async success"] {
        // The first call may set up thread-local values.
        if scenarios::run(scenario, contender, 1) {
            let before = counting::allocations();
            let _ = scenarios::run(scenario, contender, 1000);
            let allocations = (counting::allocations() - before) as f64 / 1000.0;
            figures.insert(format!("{} | {scenario} | allocations", contender.name), allocations);
        }
    }
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
