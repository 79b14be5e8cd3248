//! Measures everything and writes `bench/RESULTS.md`. Run it by the script `results`, which builds the programs.

use reattempt_bench::contenders::{ALL, GUARDED};
use reattempt_bench::scenarios;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, error, fs};

/// The cells of a table: by row, by column.
type Cells = BTreeMap<String, BTreeMap<String, f64>>;

type Result<T> = std::result::Result<T, Box<dyn error::Error>>;

fn main() -> Result<()> {
    let is_saved = match env::args().skip(1).collect::<Vec<_>>()[..] {
        [] => false,
        [ref argument] if argument == "--saved" => true,
        _ => return Err("usage: report [--saved]".into()),
    };
    let folder = env::current_exe()?.parent().ok_or("programs lie in a folder")?.to_owned();
    let programs = Programs { folder, is_saved };
    let mut report = String::from("# What a retry costs\n\n");
    write!(report, "{}", preface()?)?;
    let mut instructions = by_first(&programs.run("instructions", &[])?)?;
    let guards: Cells = instructions.extract_if(.., |scenario, _| is_of_guards(scenario)).collect();
    let sizes = programs.run("sizes", &[])?;
    let times = programs.run("times", &[])?;
    let tasks = programs.run("tasks", &[])?;
    // The programs that are compared with each other run in turn, several times. Then the others run.
    let mut compile = programs.run("compile", &["3", "by hand", "ours", "backon + backon-macros"])?;
    let others = programs.run(
        "compile",
        &["1", "bare", "ours, default features", "backon", "retry", "retrying", "backoff", "tokio-retry2", "retry-if"],
    )?;
    compile += &others;
    let overload = programs.run("overload", &[])?;
    let expansion = programs.run("expansion", &[])?;
    targets(&mut report, &instructions, &sizes, &times, &tasks, &compile)?;
    instructions_table(&mut report, &instructions)?;
    times_table(&mut report, &times)?;
    table(
        &mut report,
        "Bytes of a future",
        "by the bytes of the body that it retries",
        &["8", "128", "1024", "4096"],
        &sizes,
    )?;
    tasks_section(&mut report, &tasks, &sizes)?;
    overload_section(&mut report, &overload, &guards)?;
    compile_table(&mut report, &compile)?;
    write!(
        report,
        "## 500 functions\n\n`cargo check` of 500 annotated functions against as many loops written by hand.\n\n```text\n{expansion}```\n\n"
    )?;
    write!(report, "{}", closing())?;
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md"), report.trim_end().to_owned() + "\n")?;
    Ok(())
}

/// The folder of the programs, and whether their last output is reused.
struct Programs {
    folder: PathBuf,
    is_saved: bool,
}

impl Programs {
    /// Runs a program, and saves its output.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let saved = self.folder.join("results").join([&[program], arguments].concat().join("_"));
        if self.is_saved && saved.exists() {
            return Ok(fs::read_to_string(saved)?);
        }
        eprintln!("{program} ...");
        let output = Command::new(self.folder.join(program)).args(arguments).output()?;
        if !output.status.success() {
            return Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let text = String::from_utf8(output.stdout)?;
        fs::create_dir_all(self.folder.join("results"))?;
        fs::write(saved, &text)?;
        Ok(text)
    }
}

/// Lines of `row TAB column TAB number`.
fn by_first(text: &str) -> Result<Cells> {
    let mut cells = Cells::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [row, column, value, ..] = fields[..] else { return Err(format!("`{line}` is no figure").into()) };
        cells.entry(row.to_owned()).or_default().insert(column.to_owned(), value.parse()?);
    }
    Ok(cells)
}

fn preface() -> Result<String> {
    let version = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output()?;
        Result::Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
    };
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(" of an unknown name");
    Ok(format!(
        "Written by `bench/results`; do not edit. {}; {}; CPU{}.\n\n\
         The release profile is plain (`opt-level = 3`, no LTO) but for `codegen-units = 1`, so that figures do not move with what stands \
         beside them. Instructions are counted by callgrind as the difference of two runs, divided by the difference in calls: the same \
         on each run. Times are medians of ratios within one process, all contenders in turn. An empty cell is something that a \
         contender does not do; the notes below say what.\n\n\
         What is retried: a call that the compiler does not look into and whose answer is a `Result<u64, Fault>`, with up to four \
         attempts for transient faults, exponential from 100 ms with full jitter (or what jitter there is), a cap of 5 s.\n\n",
        version("rustc", "--version")?,
        version("valgrind", "--version")?,
        cpu.trim_start_matches([' ', '\t', ':'])
            .split('@')
            .next()
            .map(|name| format!(": {}", name.trim()))
            .unwrap_or_default(),
    ))
}

/// Returns the names of the other contenders.
fn peers() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|contender| contender.name).filter(|name| !GUARDED.contains(name))
}

/// Returns a figure of a program's output, by the first field and the column.
fn figure(text: &str, keys: &[&str], column: usize) -> Result<f64> {
    let line = text.lines().find(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        fields.starts_with(keys)
    });
    let field = line.and_then(|line| line.split('\t').nth(column)).ok_or_else(|| format!("there is no {keys:?}"))?;
    Ok(field.parse()?)
}

fn targets(
    report: &mut String,
    instructions: &Cells,
    sizes: &str,
    times: &str,
    tasks: &str,
    compile: &str,
) -> Result<()> {
    writeln!(report, "## Targets\n")?;
    writeln!(report, "For a site with literal settings and none of the keys that pay for themselves.\n")?;
    writeln!(report, "| what | by hand | best peer | ours | target | |\n|---|---:|---:|---:|---:|---|")?;
    let count = |scenario: &str, contender: &str| {
        let cell = instructions.get(scenario).and_then(|row| row.get(contender)).copied();
        cell.ok_or_else(|| format!("there is no {scenario} of {contender}"))
    };
    let peer = |scenario: &str| {
        let of = |name: &str| instructions.get(scenario).and_then(|row| row.get(name)).copied();
        peers().filter_map(of).fold(f64::NAN, f64::min)
    };
    let mut row = |what: &str, by_hand: f64, peer: f64, ours: f64, target: f64, digits: usize| {
        let peer = if peer.is_nan() { String::new() } else { format!("{peer:.digits$}") };
        let verdict = if ours <= target + 0.05 { "met" } else { "**missed**" };
        writeln!(report, "| {what} | {by_hand:.digits$} | {peer} | {ours:.digits$} | {target:.digits$} | {verdict} |")
    };
    for scenario in ["sync success", "sync success by pointer"] {
        let bare = count(scenario, "bare")?;
        // A function that is not inlined has a frame of its own, as the loop by hand has.
        let target = if scenario == "sync success" { 4.0 } else { count(scenario, "by hand")? - bare };
        let what = format!("{scenario}, instructions above the bare call ({bare:.0})");
        row(
            &what,
            count(scenario, "by hand")? - bare,
            peer(scenario) - bare,
            count(scenario, "ours")? - bare,
            target,
            0,
        )?;
    }
    let scenario = "async success";
    row("async success, instructions", count(scenario, "by hand")?, peer(scenario), count(scenario, "ours")?, 76.0, 0)?;
    for (column, (body, target)) in
        [("8", 48.0), ("128", 168.0), ("1024", 1064.0), ("4096", 4136.0)].into_iter().enumerate()
    {
        let of = |name: &str| figure(sizes, &[name], column + 1);
        let peers = peers().filter_map(|name| of(name).ok());
        let peer = peers.fold(f64::NAN, f64::min);
        row(&format!("future bytes, body of {body}"), of("by hand")?, peer, of("ours")?, target, 0)?;
    }
    for (what, column) in [("spawned at once", 6), ("spawned one by one", 9)] {
        let of = |name: &str| figure(tasks, &[name], column);
        let peer = peers().filter_map(|name| of(name).ok()).fold(f64::NAN, f64::min);
        let what = format!("heap at most, bytes for one of 100,000 tasks, {what}");
        row(&what, of("by hand")?, peer, of("ours")?, 275.0, 0)?;
    }
    for (scenario, what, target) in [
        ("delay: full jitter", "full jitter, next delay, times one wyrand step and a widening multiply", 2.5),
        ("delay: exponential", "exponential, next delay, times a shift", 2.5),
        ("three failures", "three failures, zero delay, sync, times the loop by hand", 1.1),
    ] {
        let of = |name: &str| figure(times, &[scenario, name], 3);
        let peer = peers().filter_map(|name| of(name).ok()).fold(f64::NAN, f64::min);
        row(what, 1.0, peer, of("ours")?, target, 2)?;
    }
    let crates = |name: &str| figure(compile, &[name, "sync"], 2);
    row("crates to build, sync only", crates("by hand")?, crates("backon + backon-macros")?, crates("ours")?, 10.0, 0)?;
    for (column, profile) in [(3, "debug"), (4, "release")] {
        for kind in ["sync", "tokio"] {
            let of = |name: &str| figure(compile, &[name, kind], column);
            let peer = of("backon + backon-macros")?;
            let what = format!("cold build, {profile}, {kind}, CPU, times backon + backon-macros");
            row(&what, of("by hand")? / peer, 1.0, of("ours")? / peer, 1.0, 2)?;
        }
    }
    writeln!(report)?;
    Ok(())
}

fn instructions_table(report: &mut String, cells: &Cells) -> Result<()> {
    writeln!(
        report,
        "## Instructions\n\nOf one call, with the loop around it; of one delay, where a call draws eight.\n"
    )?;
    cells_table(report, cells, 0)
}

fn times_table(report: &mut String, times: &str) -> Result<()> {
    let mut cells = Cells::new();
    for line in times.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [scenario, contender, nanos, ratio] = fields[..] else { return Err(format!("`{line}` is no time").into()) };
        // Without the loop by hand there is nothing to compare with.
        let value: f64 = ratio.parse()?;
        if value.is_finite() {
            cells.entry(scenario.to_owned()).or_default().insert(contender.to_owned(), value);
        }
        let _ = nanos;
    }
    writeln!(report, "## Times\n\nAs multiples of the loop written by hand.\n")?;
    cells_table(report, &cells, 2)
}

fn cells_table(report: &mut String, cells: &Cells, digits: usize) -> Result<()> {
    let is_there = |contender: &&str| cells.values().any(|row| row.contains_key(*contender));
    let columns: Vec<&str> = ALL.iter().map(|contender| contender.name).filter(is_there).collect();
    writeln!(report, "| | {} |\n|---|{}", columns.join(" | "), "---:|".repeat(columns.len()))?;
    for (scenario, row) in cells {
        write!(report, "| {scenario} |")?;
        for contender in &columns {
            match row.get(*contender) {
                Some(value) => write!(report, " {value:.digits$} |")?,
                None => write!(report, " |")?,
            }
        }
        writeln!(report)?;
    }
    writeln!(report)?;
    Ok(())
}

fn table(report: &mut String, title: &str, about: &str, columns: &[&str], text: &str) -> Result<()> {
    writeln!(report, "## {title}\n\n{about}.\n")?;
    writeln!(report, "| | {} |\n|---|{}", columns.join(" | "), "---:|".repeat(columns.len()))?;
    for line in text.lines() {
        writeln!(report, "| {} |", line.replace('\t', " | "))?;
    }
    writeln!(report)?;
    Ok(())
}

fn tasks_section(report: &mut String, text: &str, sizes: &str) -> Result<()> {
    let (cells, costs): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("cell\t"));
    let about = "Each fails three times and waits 1, 4 and 10 ms. CPU and wall in milliseconds for all, heap in bytes for one. On one thread, \
                 all are spawned before the first begins; on two, by a third beside them, as fast as it can; one by one, each begins before \
                 the next is spawned, on one thread. Heap: at most while all of that goes on, and of a task alone while it runs (or waits \
                 for an answer), and while it waits for a retry";
    let columns = [
        "one thread: CPU",
        "wall",
        "heap",
        "two: CPU",
        "wall",
        "heap",
        "one by one: CPU",
        "wall",
        "heap",
        "a task: runs",
        "waits",
    ];
    table(report, "100,000 tasks of tokio", about, &columns, &costs.join("\n"))?;
    let cells: Vec<(&str, &str)> =
        cells.iter().filter_map(|line| line.strip_prefix("cell\t")?.split_once('\t')).collect();
    let row = |report: &mut String, name: &str, of: fn(&(&str, &str)) -> String| {
        writeln!(report, "| {name} | {} |", cells.iter().map(of).collect::<Vec<_>>().join(" | "))
    };
    row(report, "future of a task, bytes", |cell| cell.0.to_owned())?;
    writeln!(report, "|---|{}", "---:|".repeat(cells.len()))?;
    row(report, "its cell", |cell| cell.1.to_owned())?;
    writeln!(
        report,
        "\nTokio puts a task into one cell, which on x86_64 is aligned to 128 bytes and so a multiple of them: a header of 32 bytes, 16 for \
         scheduler and number, 8 for the stage, the future, and a trailer of 48. It is freed when the task is done and its handle is \
         dropped, which is at the end here. The timer is 112 bytes. A loop by hand has it in its future all the time; ours allocates it for \
         the wait.\n\n\
         So where the timer takes a future over such a limit, ours has the smaller cell, and its heap is that cell and 112 bytes for those \
         that wait for a retry at the same time: few of them where tasks come one by one, all where they come together. Where the timer still \
         fits, ours has the same cell, and the timer on top of it while it waits: the future by hand around a body of 8 bytes, {} bytes, is \
         such a one, if nothing stands around it.\n",
        figure(sizes, &["by hand"], 1)?
    )?;
    Ok(())
}

fn is_of_guards(scenario: &str) -> bool {
    ALL.iter().any(|contender| scenarios::guard(contender, scenario).is_some())
}

fn overload_section(report: &mut String, text: &str, instructions: &Cells) -> Result<()> {
    let reference = text.lines().find_map(|line| line.strip_prefix("reference\t")?.split_once('\t'));
    let (reference, nanos) = reference.ok_or("overload names no reference")?;
    writeln!(
        report,
        "## Breakers and budgets\n\n\
         Where nothing is wrong: breakers are closed and see successes, budgets can pay. Times are multiples of one reference, {reference} \
         ({nanos} ns). Two threads share one breaker or budget and ask it all the time; what is said is how long one of them takes. Under \
         callgrind a read of the clock is a call of the system, whose instructions are not counted.\n\n\
         | | | instructions | one thread | two threads |\n|---|---|---:|---:|---:|"
    )?;
    let mut targets = String::new();
    for line in text.lines() {
        match line.split('\t').collect::<Vec<_>>()[..] {
            ["reference", ..] => {}
            ["target", what, ratio, limit] => {
                let verdict = if ratio.parse::<f64>()? <= limit.parse::<f64>()? { "met" } else { "**missed**" };
                writeln!(targets, "| {what} | {ratio} | {limit} | {verdict} |")?;
            }
            [scenario, contender, one, two] => {
                let count = instructions.get(scenario).and_then(|row| row.get(contender));
                let count = count.ok_or_else(|| format!("there are no instructions of {scenario} of {contender}"))?;
                writeln!(report, "| {scenario} | {contender} | {count:.0} | {one} | {two} |")?;
            }
            _ => return Err(format!("`{line}` is no time").into()),
        }
    }
    write!(
        report,
        "\nBy hand, a breaker is the load of an atomic for failures in a row and a `fetch_add` for a window, without anything that could \
         trip; a deposit is a `fetch_add`, into a full bucket a load; a withdrawal is a read of the clock and a compare-exchange. A guarded \
         call is as little as a call can be, with what guards it.\n\n\
         | what | ratio | target | |\n|---|---:|---:|---|\n{targets}\n\
         Where the load of one atomic by two threads misses its target, the machine was busy, and let only one of them run at a time.\n\n"
    )?;
    Ok(())
}

fn compile_table(report: &mut String, text: &str) -> Result<()> {
    let about = "CPU seconds from nothing, one job, of a program with one retried call; medians of three for the loop by hand, ours, and backon-macros, one run for the others; bytes of the release program, stripped";
    table(report, "Cold builds", about, &["", "crates", "debug, s", "release, s", "bytes"], text)
}

fn closing() -> String {
    let mut notes = String::from("## Notes\n\n");
    for contender in ALL.iter().filter(|contender| !contender.note.is_empty()) {
        let _ = writeln!(notes, "- {}: {}.", contender.name, contender.note);
    }
    notes += "- by hand: its three failures sleep for zero; its delays are the least that a delay can cost, without a cap.\n\
              - three failures, async: who can be given a sleeper gives way once before each retry, as ours does by itself where a delay is \
              zero.\n\
              - futures: the body is pending for ever, the error has no destructor; an error that has one is kept across the sleep by the \
              loop written by hand.\n";
    notes
}
