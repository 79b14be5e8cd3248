//! Runs the examples as a user does, and reads what they print. Each example checks itself by its exit code.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs an example, which has to succeed in time and to print each of the lines, in this order.
fn check(name: &str, limit: Duration, lines: &[&str]) {
    let program = built(name);
    let began = Instant::now();
    let output = Command::new(&program).output();
    let took = began.elapsed();
    let output =
        output.unwrap_or_else(|error| panic!("{error}: {}; `cargo build --examples` builds it", program.display()));
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{printed}{complaints}", output.status);
    assert!(took < limit, "`{name}` took {took:?}\n{printed}");
    let mut rest = &*printed;
    for line in lines {
        let Some((_, after)) = rest.split_once(line) else {
            panic!("no {line:?}, or not in its place\n{printed}");
        };
        rest = after;
    }
}

/// Returns the path of an example: cargo puts it in `examples`, beside the `deps` of this test.
fn built(name: &str) -> PathBuf {
    let mut path = env::current_exe().expect("a test knows its own path");
    path.pop();
    path.pop();
    path.join("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

#[cfg(feature = "http-service")]
#[test]
fn quickstart_shows_seven_ways_of_a_service_to_fail() {
    let lines = [
        "Unavailable twice",
        "attempt 1: 503 Service Unavailable",
        "attempt 2: 503 Service Unavailable",
        "attempt 3: 200 OK: 2 each",
        "429 with `Retry-After: 1`",
        "attempt 1: 429 Too Many Requests, retry after 1s",
        "waits 1", // and three more digits
        "attempt 2: 200 OK: 17 left",
        "Connection lost in mid-response",
        "attempt 1: the connection broke in mid-response",
        "attempt 2: 200 OK: apples and pears",
        "404: the next answer would be the same",
        "attempt 1: 404 Not Found",
        "Err: 404 Not Found",
        "Slow failures and a deadline of 1 s",
        "attempt 2: 503 Service Unavailable",
        "the next attempt would begin after the deadline: 503 Service Unavailable",
        "the service was asked after",
        "A payment that is made, but answered with 503",
        "Err: gave up after 1 attempt in",
        "permanent failure: 503 Service Unavailable",
        "A payment while nobody listens",
        "attempt 1: no connection",
        "Ok: thank you",
        "7 of 7 as expected",
    ];
    check("quickstart", Duration::from_secs(15), &lines);
}

#[test]
fn blocking_shows_sockets_locks_and_files() {
    let lines = [
        "A server that is not up yet",
        ": connection refused",
        ": unexpected end of file",
        "Ok: apples and pears",
        "A missing file",
        ": entity not found",
        "permanent failure",
        "A lock that somebody else holds for a while",
        ": entity already exists",
        "Ok: locked",
        "A lock that is never given back",
        "the next attempt would begin after the deadline",
        "A file that is still being written",
        "Ok: apples, pears, end",
        "A file that nobody finishes",
        "attempt 8: apples",
        "no attempts left: the value was not good enough",
        "6 of 6 as expected",
    ];
    check("blocking", Duration::from_secs(10), &lines);
}
