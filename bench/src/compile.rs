//! Cold builds of a small program by each contender: CPU time, crates, bytes of the stripped program. It needs bash, for its `time`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, error, fs};

/// A program that retries.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// The contender.
    pub contender: &'static str,
    /// With tokio, or sync only.
    pub is_async: bool,
    dependencies: &'static str,
    source: &'static str,
}

/// The cost of a program.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// The number of crates that it depends on.
    pub crates: usize,
    /// CPU seconds of a clean build, unoptimized.
    pub debug: f64,
    /// The same, optimized.
    pub release: f64,
    /// Bytes of the optimized and stripped program.
    pub bytes: u64,
}

const TOKIO: &str = r#"tokio = { version = "1.54.1", default-features = false, features = ["rt", "time"] }"#;

/// The source of each program: one call, with up to four attempts.
pub const PROGRAMS: &[Program] = &[
    Program {
        contender: "bare",
        is_async: false,
        dependencies: "",
        source: "fn get() -> Result<u64, Fault> { ask() }",
    },
    Program { contender: "by hand", is_async: false, dependencies: "", source: BY_HAND },
    Program {
        contender: "ours",
        is_async: false,
        dependencies: "reattempt = { path = \"ROOT\", default-features = false }",
        source: "#[reattempt::retry(max = 4, on = is_transient)]\nfn get() -> Result<u64, Fault> { ask() }",
    },
    Program {
        contender: "backon + backon-macros",
        is_async: false,
        dependencies: "backon = { version = \"1.6.0\", default-features = false, features = [\"std\", \"std-blocking-sleep\"] }\n\
                       backon-macros = \"1.0.0\"",
        source: "#[backon_macros::backon(backoff = backon::ExponentialBuilder::default, when = is_transient)]\n\
                 fn get() -> Result<u64, Fault> { ask() }",
    },
    Program {
        contender: "backon",
        is_async: false,
        dependencies: "backon = { version = \"1.6.0\", default-features = false, features = [\"std\", \"std-blocking-sleep\"] }",
        source: "use backon::BlockingRetryable;\n\
                 fn get() -> Result<u64, Fault> { ask.retry(backon::ExponentialBuilder::default()).when(is_transient).call() }",
    },
    Program {
        contender: "retry",
        is_async: false,
        dependencies: "retry = \"2.2.0\"",
        source: "fn get() -> Result<u64, Fault> {\n\
                 let delays = retry::delay::Exponential::from_millis(100).map(retry::delay::jitter).take(3);\n\
                 retry::retry(delays, || match ask() {\n\
                 Ok(value) => retry::OperationResult::Ok(value),\n\
                 Err(fault) if is_transient(&fault) => retry::OperationResult::Retry(fault),\n\
                 Err(fault) => retry::OperationResult::Err(fault),\n\
                 }).map_err(|error| error.error)\n}",
    },
    Program {
        contender: "retrying",
        is_async: false,
        dependencies: "retrying = \"0.1.0\"",
        source: "use retrying::retry;\n\
                 #[retry(stop = attempts(4), wait = exponential(multiplier = 0.1, min = 0.0, max = 5.0, exp_base = 2), retry = if_errors(Fault::Busy))]\n\
                 fn get() -> Result<u64, Fault> { ask() }",
    },
    Program {
        contender: "backoff",
        is_async: false,
        dependencies: "backoff = \"0.4.0\"",
        source: "fn get() -> Result<u64, Fault> {\n\
                 backoff::retry(backoff::ExponentialBackoff::default(), || ask().map_err(|fault| {\n\
                 if is_transient(&fault) { backoff::Error::transient(fault) } else { backoff::Error::permanent(fault) }\n\
                 })).map_err(|error| match error { backoff::Error::Permanent(fault) | backoff::Error::Transient { err: fault, .. } => fault })\n}",
    },
    Program {
        contender: "bare",
        is_async: true,
        dependencies: "",
        source: "async fn get() -> Result<u64, Fault> { ask() }",
    },
    Program { contender: "by hand", is_async: true, dependencies: "", source: BY_HAND_ASYNC },
    Program {
        contender: "ours",
        is_async: true,
        dependencies: "reattempt = { path = \"ROOT\", default-features = false, features = [\"tokio\"] }",
        source: "#[reattempt::retry(max = 4, on = is_transient)]\nasync fn get() -> Result<u64, Fault> { ask() }",
    },
    Program {
        contender: "ours, default features",
        is_async: true,
        dependencies: "reattempt = { path = \"ROOT\" }",
        source: "#[reattempt::retry(max = 4, on = is_transient)]\nasync fn get() -> Result<u64, Fault> { ask() }",
    },
    Program {
        contender: "backon + backon-macros",
        is_async: true,
        dependencies: "backon = { version = \"1.6.0\", default-features = false, features = [\"std\", \"tokio-sleep\"] }\n\
                       backon-macros = \"1.0.0\"",
        source: "#[backon_macros::backon(backoff = backon::ExponentialBuilder::default, when = is_transient)]\n\
                 async fn get() -> Result<u64, Fault> { ask() }",
    },
    Program {
        contender: "tokio-retry2",
        is_async: true,
        dependencies: "tokio-retry2 = { version = \"0.9.1\", features = [\"jitter\"] }",
        source: "use tokio_retry2::{Retry, RetryError, strategy};\n\
                 async fn get() -> Result<u64, Fault> {\n\
                 let delays = strategy::ExponentialFactorBackoff::from_millis(100, 2.0).map(strategy::jitter).take(3);\n\
                 Retry::spawn(delays, async || ask().map_err(|fault| {\n\
                 if is_transient(&fault) { RetryError::transient(fault) } else { RetryError::permanent(fault) }\n\
                 })).await\n}",
    },
    Program {
        contender: "retry-if",
        is_async: true,
        dependencies: "retry-if = \"0.3.1\"\ntracing = \"0.1\"",
        source: "use retry_if::{ExponentialBackoffConfig, retry};\n\
                 const POLICY: ExponentialBackoffConfig = ExponentialBackoffConfig {\n\
                 max_retries: 3, t_wait: std::time::Duration::from_millis(100), backoff: 2.0, t_wait_max: None, backoff_max: None };\n\
                 fn may_pass(answer: &Result<u64, Fault>) -> bool { answer.as_ref().is_err_and(is_transient) }\n\
                 #[retry(POLICY, may_pass)]\n\
                 async fn get() -> Result<u64, Fault> { ask() }",
    },
];

const PRELUDE: &str = r"#[derive(Debug)]
enum Fault {
    Busy,
    #[allow(dead_code)]
    Broken,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Fault {}

#[allow(dead_code)]
fn is_transient(fault: &Fault) -> bool {
    matches!(fault, Fault::Busy)
}

fn ask() -> Result<u64, Fault> {
    let arguments = std::env::args().count() as u64;
    if arguments > 100 { Err(Fault::Busy) } else { Ok(arguments) }
}
";

const BY_HAND: &str = r"fn get() -> Result<u64, Fault> {
    let mut delay = std::time::Duration::from_millis(100);
    let mut attempt = 1;
    loop {
        match ask() {
            Err(fault) if attempt < 4 && is_transient(&fault) => std::thread::sleep(delay),
            answer => return answer,
        }
        delay = (delay * 2).min(std::time::Duration::from_secs(10));
        attempt += 1;
    }
}";

const BY_HAND_ASYNC: &str = r"async fn get() -> Result<u64, Fault> {
    let mut delay = std::time::Duration::from_millis(100);
    let mut attempt = 1;
    loop {
        match ask() {
            Err(fault) if attempt < 4 && is_transient(&fault) => tokio::time::sleep(delay).await,
            answer => return answer,
        }
        delay = (delay * 2).min(std::time::Duration::from_secs(10));
        attempt += 1;
    }
}";

impl Program {
    fn folder(&self, root: &Path) -> PathBuf {
        let name = self.contender.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
        root.join(format!("{name}_{}", if self.is_async { "tokio" } else { "sync" }))
    }

    /// Writes the program as a package of its own.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn write(&self, root: &Path) -> Result<PathBuf, Box<dyn error::Error>> {
        let folder = self.folder(root);
        let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
        let ours = bench.parent().ok_or("the package has a parent folder")?;
        fs::create_dir_all(folder.join("src"))?;
        // The versions of the other measurements.
        fs::copy(bench.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let dependencies = self.dependencies.replace("ROOT", &ours.display().to_string());
        let tokio = if self.is_async { TOKIO } else { "" };
        fs::write(
            folder.join("Cargo.toml"),
            format!(
                "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\n{tokio}\n\n\
                 [profile.release]\nstrip = true\n"
            ),
        )?;
        let main = if self.is_async {
            "fn main() {\n    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();\n    \
             let runtime = runtime.expect(\"a runtime can be built\");\n    println!(\"{:?}\", runtime.block_on(get()));\n}\n"
        } else {
            "fn main() {\n    println!(\"{:?}\", get());\n}\n"
        };
        let source = self.source;
        fs::write(folder.join("src/main.rs"), format!("//! A program that retries.\n\n{PRELUDE}\n{source}\n\n{main}"))?;
        Ok(folder)
    }

    /// Counts the crates that the program depends on.
    ///
    /// # Errors
    ///
    /// Cargo cannot resolve them.
    pub fn crates(&self, root: &Path) -> Result<usize, Box<dyn error::Error>> {
        let folder = self.write(root)?;
        let tree =
            cargo(&folder, &["tree", "--edges", "normal,build", "--prefix", "none", "--no-dedupe", "--format", "{p}"])?;
        let mut crates: Vec<&str> = tree.lines().filter(|line| !line.is_empty()).collect();
        crates.sort_unstable();
        crates.dedup();
        Ok(crates.len() - 1)
    }
}

/// Makes a number of clean builds of each program, in turn, and returns the medians.
///
/// # Errors
///
/// A program cannot be built.
pub fn measure(programs: &[Program], repetitions: usize) -> Result<Vec<Cost>, Box<dyn error::Error>> {
    let root = env::temp_dir().join(format!("reattempt-compile-{}", std::process::id()));
    let mut times = vec![[Vec::new(), Vec::new()]; programs.len()];
    let mut costs = Vec::new();
    for _ in 0..repetitions {
        for (program, times) in programs.iter().zip(&mut times) {
            let folder = program.write(&root)?;
            for (profile, times) in ["dev", "release"].iter().zip(times) {
                cargo(&folder, &["fetch"])?;
                times.push(cold_build(&folder, profile)?);
            }
        }
    }
    for (program, times) in programs.iter().zip(&mut times) {
        let bytes = fs::metadata(program.folder(&root).join("target/release/program"))?.len();
        for times in times.iter_mut() {
            times.sort_by(f64::total_cmp);
        }
        let [debug, release] = times.each_ref().map(|times| times[times.len() / 2]);
        costs.push(Cost { crates: program.crates(&root)?, debug, release, bytes });
    }
    fs::remove_dir_all(&root)?;
    Ok(costs)
}

/// Returns the CPU seconds of a clean build.
fn cold_build(folder: &Path, profile: &str) -> Result<f64, Box<dyn error::Error>> {
    let target = folder.join("target").join(if profile == "dev" { "debug" } else { profile });
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    let script = format!(
        "TIMEFORMAT='%3U %3S'; {{ time cargo build --quiet --jobs 1 --profile {profile} >output 2>&1; }} 2>time && cat time"
    );
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .output()?;
    if !output.status.success() {
        return Err(fs::read_to_string(folder.join("output"))?.into());
    }
    let text = String::from_utf8(output.stdout)?;
    let times: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
    Ok(times?.iter().sum())
}

fn cargo(folder: &Path, arguments: &[&str]) -> Result<String, Box<dyn error::Error>> {
    let output = Command::new("cargo").args(arguments).current_dir(folder).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
