//! The attribute without an async runtime: sockets, lock files, and files that another program is still writing.
//!
//! Run it with `cargo run -p reattempt-examples --no-default-features --example blocking`. It makes its own server and its own
//! files, prints the outcome of each attempt and each delay, and exits with a failure if something is not as expected.
#![expect(clippy::print_stdout, reason = "the timeline is what this program is for")]

use reattempt::{Attempt, RetryError, StopReason, retry};
use std::fmt::{self, Debug, Display};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

// The retried functions. `attempt = attempt` and `sleep = wait` are only there to print the timeline. Other programs leave them out,
// and the body is just what is inside of `told(...)`.

/// Asks a server. `io::Error` implements `Transient` (a refused or a broken connection is transient), so no classifier is needed.
#[retry(strategy = "constant", base = "100ms", jitter = 0.2, max = 30, attempt = attempt, sleep = wait)]
fn ask(server: SocketAddr) -> io::Result<String> {
    told(attempt, || {
        let mut connection = TcpStream::connect(server)?;
        let mut length = [0];
        connection.read_exact(&mut length)?;
        let mut answer = vec![0; length[0].into()];
        connection.read_exact(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    })
}

/// Reads a file that must exist. For `io::Error` a missing file is a permanent failure.
#[retry(attempt = attempt, sleep = wait)]
fn read(path: &Path) -> Result<String, RetryError<io::Error>> {
    told(attempt, || fs::read_to_string(path))
}

/// Takes a lock: the file system lets only one caller create a file. For `io::Error` a file that exists already is a permanent failure;
/// here it is the only transient one.
///
/// The deadline limits when attempts begin; it does not interrupt one.
#[retry(
    strategy = "linear", base = "50ms", cap = "200ms", jitter = "10ms", max = "unlimited", deadline = "1s", on = is_held,
    attempt = attempt, sleep = wait
)]
fn lock(path: &Path) -> Result<Lock, RetryError<io::Error>> {
    told(attempt, || Lock::take(path))
}

fn is_held(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AlreadyExists
}

/// Reads a file until its last line is there, while another thread writes it. Only the value is classified, so an error ends the call.
#[retry(
    strategy = ["20ms", "50ms", "100ms"], max = 8, on_value = |text| !text.ends_with("end\n"),
    attempt = attempt, sleep = wait
)]
fn read_to_the_end(path: &Path) -> Result<String, RetryError<io::Error>> {
    told(attempt, || fs::read_to_string(path))
}

fn main() -> io::Result<ExitCode> {
    let scratch = Scratch::new()?;
    let scenes = [
        starting_server()?,
        missing_file(&scratch.0.join("missing.txt")),
        held_lock(&scratch.0.join("held.lock"))?,
        forgotten_lock(&scratch.0.join("forgotten.lock"))?,
        growing_file(&scratch.0.join("growing.txt"))?,
        abandoned_file(&scratch.0.join("abandoned.txt"))?,
    ];
    let failures: Vec<_> = scenes.iter().filter_map(|scene| scene.as_ref().err()).collect();
    println!("\n{} of {} as expected", scenes.len() - failures.len(), scenes.len());
    for failure in &failures {
        eprintln!("{failure}");
    }
    Ok(ExitCode::from(u8::from(!failures.is_empty())))
}

fn starting_server() -> io::Result<Scene> {
    println!("\nA server that is not up yet, then stumbles once");
    // A connection of the earlier server keeps the port, so that no other program gets it.
    let before = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = before.local_addr()?;
    let _lingering = (TcpStream::connect(address)?, before.accept()?);
    drop(before);

    let (note, accepted) = mpsc::channel();
    soon(move || serve(address, &note));
    let seen = (ended(ask(address)), attempts(), accepted.try_iter().count());
    let is_recovered = matches!(&seen, (Ok(answer), 3.., 2) if answer == ANSWER);
    Ok(expect("refusals, half an answer, a whole one", is_recovered, &seen))
}

fn missing_file(path: &Path) -> Scene {
    println!("\nA missing file: it will not appear by being asked for, so there is no second attempt");
    let seen = (ended(read(path)), attempts());
    let is_final = matches!(&seen, (Err(error), 1) if error.reason() == StopReason::Permanent);
    expect("to end as `Permanent` after 1 attempt", is_final, &seen)
}

fn held_lock(path: &Path) -> io::Result<Scene> {
    println!("\nA lock that somebody else holds for a while");
    let theirs = Lock::take(path)?;
    soon(move || drop(theirs));
    let seen = (ended(lock(path)), attempts());
    Ok(expect("the lock, after a wait", matches!(seen, (Ok(_), 2..)), &seen))
}

fn forgotten_lock(path: &Path) -> io::Result<Scene> {
    println!("\nA lock that is never given back: gives up before the deadline of 1 s, rather than sleep past it");
    let _theirs = Lock::take(path)?;
    let began = Instant::now();
    let outcome = ended(lock(path));
    let seen = (outcome, attempts(), began.elapsed());
    let is_punctual = matches!(&seen, (Err(error), made, took) if error.reason() == StopReason::Deadline
        && error.attempts() == *made && *took < Duration::from_secs(1));
    Ok(expect("to end by `Deadline` within 1 s", is_punctual, &seen))
}

fn growing_file(path: &Path) -> io::Result<Scene> {
    println!("\nA file that is still being written: reading it succeeds, but half of it is not good enough");
    fs::write(path, "apples\n")?;
    let mut rest = OpenOptions::new().append(true).open(path)?;
    soon(move || rest.write_all(b"pears\nend\n"));
    let seen = (ended(read_to_the_end(path)), attempts());
    let is_whole = matches!(&seen, (Ok(text), 2..) if text == "apples\npears\nend\n");
    Ok(expect("the whole file, after a wait", is_whole, &seen))
}

fn abandoned_file(path: &Path) -> io::Result<Scene> {
    println!("\nA file that nobody finishes: there are eight attempts and no more");
    fs::write(path, "apples\n")?;
    let seen = (ended(read_to_the_end(path)), attempts());
    let is_over = matches!(&seen, (Err(error), 8) if error.reason() == StopReason::MaxAttempts
        && error.last().is_none());
    Ok(expect("to end by `MaxAttempts` after 8 attempts", is_over, &seen))
}

/// The result of a scene. The error says what was expected and what happened.
type Scene = Result<(), String>;

fn expect(what: &str, holds: bool, seen: &dyn Debug) -> Scene {
    holds.then_some(()).ok_or_else(|| format!("expected {what}; what happened: {seen:?}"))
}

/// Returns the number of attempts in the timeline since the last call of this function.
fn attempts() -> u32 {
    ATTEMPTS.swap(0, Ordering::Relaxed)
}

static ATTEMPTS: AtomicU32 = AtomicU32::new(0);

/// Prints an attempt: its start, counted from the start of the call, and its outcome.
fn told<T: Display>(attempt: Attempt, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    ATTEMPTS.fetch_add(1, Ordering::Relaxed);
    let began = attempt.elapsed();
    let outcome = work();
    let what = match &outcome {
        Ok(value) => one_line(value),
        Err(error) => error.kind().to_string(),
    };
    println!("{:>5} ms  attempt {}: {what}", began.as_millis(), attempt.number());
    outcome
}

/// Prints the delay and sleeps. Any function that takes a `Duration` can be the sleeper.
fn wait(delay: Duration) {
    println!("          waits {} ms", delay.as_millis());
    thread::sleep(delay);
}

/// Prints what the caller gets. The text of a `RetryError` says why there was no further attempt.
fn ended<T: Display, E: Display>(outcome: Result<T, E>) -> Result<T, E> {
    match &outcome {
        Ok(value) => println!("          Ok: {}", one_line(value)),
        Err(error) => println!("          Err: {error}"),
    }
    outcome
}

fn one_line(value: &impl Display) -> String {
    value.to_string().trim_end().replace('\n', ", ")
}

/// Runs a function in the background, while the first attempts fail.
fn soon<T>(event: impl FnOnce() -> T + Send + 'static) {
    thread::spawn(|| {
        thread::sleep(Duration::from_millis(250));
        event();
    });
}

const ANSWER: &str = "apples and pears";

/// The server. It sends half an answer on the first connection, the whole one on the next, and reports each.
fn serve(address: SocketAddr, note: &Sender<()>) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    for length in [ANSWER.len() / 2, ANSWER.len()] {
        let (mut connection, _) = listener.accept()?;
        let _ = note.send(());
        connection.write_all(&[u8::try_from(ANSWER.len()).unwrap_or(u8::MAX)])?;
        connection.write_all(&ANSWER.as_bytes()[..length])?;
    }
    Ok(())
}

/// A lock file. It is removed when the lock is dropped.
#[derive(Debug)]
struct Lock(PathBuf);

impl Lock {
    fn take(path: &Path) -> io::Result<Self> {
        File::create_new(path).map(|_| Self(path.to_owned()))
    }
}

impl Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("locked")
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A drop cannot report an error. A file that stays keeps the lock taken.
        let _ = fs::remove_file(&self.0);
    }
}

/// A temporary directory. It is removed when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("reattempt-blocking-{}", process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
