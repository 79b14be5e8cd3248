//! Runs the examples as a user does, and reads what they print. Each example checks itself by its exit code.

use std::env;
#[cfg(all(unix, feature = "daemon"))]
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Command;
#[cfg(all(unix, feature = "daemon"))]
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Runs an example, which has to succeed in time and to print each of the lines, in this order. Returns what it printed.
fn check(name: &str, limit: Duration, lines: &[&str]) -> String {
    let program = built(name);
    let began = Instant::now();
    let output = Command::new(&program).output();
    let took = began.elapsed();
    let output = output.unwrap_or_else(|error| {
        panic!(
            "{error}: {}; `cargo build -p reattempt-examples --examples --all-features` builds it",
            program.display()
        )
    });
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
    printed.into_owned()
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

#[cfg(feature = "http-service")]
#[test]
fn four_lines_of_http_meet_a_server_that_misbehaves() {
    let lines = [
        "The catalogue:",
        "status 503 Service Unavailable from http://127.0.0.1:",
        "status 429 Too Many Requests from http://127.0.0.1:",
        "(waits 1", // and three more digits
        "error decoding response body",
        "the attempt timed out",
        "apples and pears",
        "An order that does not exist",
        "status 404 Not Found from http://127.0.0.1:",
        "/orders/7: no order 7 of yours\n",
    ];
    check("http", Duration::from_secs(10), &lines);
}

#[cfg(feature = "http-service")]
#[test]
fn a_download_resumes_where_the_connection_broke() {
    let lines = [
        "asks for the bytes from 0 on",
        "attempt 1 fails: ",
        "asks for the bytes from 5000 on",
        "asks for the bytes from 10000 on",
        "attempt 3 fails: ",
        "503 Service Unavailable",
        "asks for the bytes from 10000 on",
        "asks for the bytes from 15000 on",
        "20000 of 20000 bytes, each as it was sent: true",
    ];
    check("download", Duration::from_secs(10), &lines);
}

#[cfg(feature = "http-service")]
#[test]
fn a_poll_returns_the_job_that_is_done_or_the_last_answer() {
    let lines = [
        "report:",
        "1: running, 0 %",
        "4: ",
        "502 Bad Gateway",
        "5: running, 80 %",
        "done: report.pdf",
        "backup:",
        "1: running, 40 %",
        "not done after ",
        "the last answer: running, 40 %",
    ];
    check("poll", Duration::from_secs(10), &lines);
}

#[cfg(feature = "http-service")]
#[test]
fn callers_of_a_limited_server_wait_together() {
    let lines = [
        "Each caller by itself:",
        "51 requests, 21 of them too early",
        "30 of 30 callers have an answer",
        "With one breaker for all:",
        "31 requests, 1 of them too early",
        "30 of 30 callers have an answer",
    ];
    check("limited", Duration::from_secs(15), &lines);
}

#[cfg(feature = "http-service")]
#[test]
fn an_overload_is_met_by_budget_breaker_and_cache() {
    let lines = [
        "The shop is up: 100 calls, 100 requests to the shop",
        "100 answers",
        "It is down: 100 calls, 20 requests to the shop",
        "100 answers",
        "1 from the cache: no attempts left",
        "86 from the cache: the circuit breaker is open",
        "13 from the cache: the retry budget is spent",
        "the breaker is open, the budget pays for 0 retries",
        "It is up again, and the breaker has cooled down: 100 calls, 100 requests to the shop",
        "100 answers",
        "the breaker is closed",
    ];
    check("overload", Duration::from_secs(10), &lines);
}

/// Sends the signal of Ctrl-C while the daemon sleeps, and sees it end with that sleep.
#[cfg(all(unix, feature = "daemon"))]
#[test]
fn a_daemon_goes_on_until_ctrl_c() {
    let mut daemon = Command::new(built("daemon")).stdout(Stdio::piped()).spawn().expect("it is built");
    let mut lines = BufReader::new(daemon.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    let printed: Vec<_> = lines.by_ref().take_while(|line| !line.ends_with("the next attempt in 800ms")).collect();
    let signal = Command::new("kill").arg("-INT").arg(daemon.id().to_string()).status();
    let rest: Vec<_> = lines.collect();
    let status = daemon.wait().expect("it is our child");
    assert!(signal.is_ok_and(|signal| signal.success()) && status.success(), "{status}\n{printed:?}\n{rest:?}");
    let handled: Vec<_> = printed.iter().filter(|line| line.starts_with("message ")).collect();
    assert_eq!(handled, ["message 1", "message 2", "message 3"]);
    assert_eq!(rest, ["Ctrl-C", "Handled 3 messages, and nothing is left half done."]);
}

#[test]
fn the_guide_on_transactions_shows_what_the_example_runs() {
    let page = include_str!("../../docs/guide/transactions.md");
    let (_, rest) = page.split_once("```ignore\n").expect("the page shows a part of the example");
    let (shown, rest) = rest.split_once("```\n").expect("the part has an end");
    assert!(include_str!("../transaction.rs").contains(shown), "the example has another text than this:\n{shown}");
    assert!(!rest.contains("```ignore"), "nothing compiles what else the page shows");
}

#[cfg(feature = "transaction")]
#[test]
fn two_writers_lose_no_deposit() {
    // The last line would be another one if a writer had overwritten what the other one wrote.
    let lines = ["Two writers, five deposits of 1 each:", "The balance is 10\n"];
    let printed = check("transaction", Duration::from_secs(20), &lines);
    let is_repeated = |line: &str| line.contains(", attempt ") && !line.ends_with(", attempt 1");
    assert!(printed.lines().any(is_repeated), "no transaction was refused\n{printed}");
}

#[cfg(feature = "observed")]
#[test]
fn operators_see_a_log_and_metrics() {
    let lines = [
        "The log:",
        "INFO reattempt: ",
        "WARN reattempt: ",
        "INFO reattempt: ",
        "ERROR reattempt: ",
        "The metrics, from http://127.0.0.1:",
        "reattempt_gave_up_total{site=\"bank.balance\",reason=\"max_attempts\"} 1",
        "reattempt_recovered_total{site=\"bank.charge\"} 1",
        "reattempt_retries_total{site=\"bank.balance\"} 1",
        "reattempt_retries_total{site=\"bank.charge\"} 2",
    ];
    check("observed", Duration::from_secs(10), &lines);
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
