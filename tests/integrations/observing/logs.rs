//! The feature `tracing`, with a subscriber that records everything.

use super::{BUSY, GONE, Status, adjusted, scripted};
use http::StatusCode;
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use reattempt::event::Event;
use reattempt::http::StatusError;
use reattempt::tracing::{default_level, set_levels};
use reattempt::{BreakerOpen, CircuitBreaker, RetryError, Verdict, any_error, retry, testing};
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::fmt;
use std::sync::Once;
use std::time::Duration;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Subscriber, callsite};

const SECOND: Duration = Duration::from_secs(1);

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    level: Level,
    message: String,
    fields: Vec<(&'static str, Value)>,
}

/// A field's value, by the type that it was recorded as.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Float(f64),
    Integer(u64),
    Text(String),
    Words(String),
    Bool(bool),
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn words(words: &str) -> Value {
    Value::Words(words.to_owned())
}

thread_local! {
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
    static DEAF: Cell<bool> = const { Cell::new(false) };
}

struct Log;

impl Visit for Line {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.fields.push((field.name(), Value::Float(value)));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.fields.push((field.name(), Value::Integer(value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.fields.push((field.name(), Value::Bool(value)));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.push((field.name(), text(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.fields.push((field.name(), Value::Words(format!("{value:?}"))));
        }
    }
}

impl Subscriber for Log {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "reattempt" && !DEAF.get()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Line { level: *event.metadata().level(), message: String::new(), fields: Vec::new() };
        event.record(&mut line);
        LINES.with_borrow_mut(|lines| lines.push(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Returns the log of a run on this thread.
fn logged<R>(run: impl FnOnce() -> R) -> Vec<Line> {
    static INSTALLED: Once = Once::new();
    // For the whole process. With a subscriber for one thread, other threads would disable these events in tracing.
    INSTALLED.call_once(|| {
        tracing::subscriber::set_global_default(Log).expect("the only subscriber");
        assert!(set_levels(levels), "the only function of levels");
    });
    callsite::rebuild_interest_cache();
    LINES.take();
    run();
    LINES.take()
}

/// The levels of these tests: of their own for some sites, the default ones for the others.
fn levels(event: &Event<'_>) -> Option<Level> {
    match event {
        Event::AttemptFailed { site, attempt, .. } if site.name() == "logs.levels" => match attempt {
            1 => None,
            2 => Some(Level::TRACE),
            _ => Some(Level::ERROR),
        },
        Event::GaveUp { site, .. } if site.name() == "logs.levels" => Some(Level::DEBUG),
        Event::Recovered { site, .. } if site.name() == "logs.levels" => Some(Level::WARN),
        _ => default_level(event),
    }
}

#[track_caller]
fn check(line: &Line, level: Level, message: &str, fields: &[(&'static str, Value)]) {
    assert_eq!((line.level, line.message.as_str(), line.fields.as_slice()), (level, message, fields));
}

#[test]
fn the_first_failure_and_a_recovery_inform_and_further_failures_warn() {
    scripted!(call, "logs.recovers");
    let hint = Duration::from_millis(1_500);
    let script = [BUSY, Err(Status(429, Verdict::RetryAfter(hint))), Ok(7)];
    let lines = logged(|| call(&script, &mut 0));
    let [first, second, third] = &lines[..] else { panic!("{lines:?}") };
    let message = "attempt failed, another one follows";
    let fields = [
        ("site", text("logs.recovers")),
        ("attempt", Value::Integer(1)),
        ("max", Value::Integer(3)),
        ("delay", Value::Float(1.0)),
        ("error", words("status 503")),
        ("verdict", text("retry")),
        ("waited", Value::Float(0.0)),
    ];
    check(first, Level::INFO, message, &fields);
    let fields = [
        ("site", text("logs.recovers")),
        ("attempt", Value::Integer(2)),
        ("max", Value::Integer(3)),
        ("delay", Value::Float(2.0)),
        ("error", words("status 429")),
        ("verdict", text("retry_after")),
        ("hint", Value::Float(1.5)),
        ("waited", Value::Float(1.0)),
    ];
    check(second, Level::WARN, message, &fields);
    let fields = [("site", text("logs.recovers")), ("attempts", Value::Integer(3)), ("waited", Value::Float(3.0))];
    check(third, Level::INFO, "recovered", &fields);
}

#[test]
fn a_delay_of_its_own_is_no_hint() {
    scripted!(call, "logs.own_delay");
    let lines = logged(|| call(&[Err(Status(401, Verdict::RetryIn(Duration::ZERO))), Ok(7)], &mut 0));
    let fields = [
        ("site", text("logs.own_delay")),
        ("attempt", Value::Integer(1)),
        ("max", Value::Integer(3)),
        ("delay", Value::Float(0.0)),
        ("error", words("status 401")),
        ("verdict", text("retry_in")),
        ("waited", Value::Float(0.0)),
    ];
    check(&lines[0], Level::INFO, "attempt failed, another one follows", &fields);
}

#[test]
fn giving_up_is_an_error() {
    scripted!(call, "logs.gives_up");
    let ends = |script: &[Result<u32, Status>], attempts, reason: &str, error: &str, waited| {
        let lines = logged(|| call(script, &mut 0));
        let fields = [
            ("site", text("logs.gives_up")),
            ("reason", text(reason)),
            ("attempts", Value::Integer(attempts)),
            ("error", words(error)),
            ("answered", Value::Bool(false)),
            ("waited", Value::Float(waited)),
        ];
        check(lines.last().unwrap(), Level::ERROR, "gave up", &fields);
        lines.len()
    };
    assert_eq!(ends(&[BUSY, BUSY, BUSY], 3, "max_attempts", "status 503", 3.0), 3);
    // A permanent failure after a retry is the end of something that was retried.
    assert_eq!(ends(&[BUSY, GONE], 2, "permanent", "status 410", 1.0), 2);
}

#[test]
fn the_log_has_the_status_of_a_response() {
    #[retry(name = "logs.status", strategy = ["1s"], max = 2, sleep = |_| {})]
    fn call(hint: &[(HeaderName, HeaderValue)]) -> Result<(), reattempt::reqwest_0_13::Error> {
        let error = StatusError::new(StatusCode::TOO_MANY_REQUESTS, &hint.iter().cloned().collect());
        Err(error.with_url(&"http://shop.example/?token=secret".parse().unwrap()).into())
    }
    let lines = logged(|| call(&[(RETRY_AFTER, HeaderValue::from_static("2"))]));
    let [failed, gave_up] = &lines[..] else { panic!("{lines:?}") };
    let error = ("error", words("status 429 Too Many Requests from http://shop.example/"));
    assert!(failed.fields.contains(&error) && failed.fields.contains(&("hint", Value::Float(2.0))), "{failed:?}");
    assert!(gave_up.fields.contains(&error), "{gave_up:?}");
}

#[test]
fn a_first_attempt_that_fails_permanently_is_for_debugging() {
    scripted!(call, "logs.permanent");
    let lines = logged(|| call(&[GONE], &mut 0));
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let fields = [
        ("site", text("logs.permanent")),
        ("reason", text("permanent")),
        ("attempts", Value::Integer(1)),
        ("error", words("status 410")),
        ("answered", Value::Bool(false)),
        ("waited", Value::Float(0.0)),
    ];
    check(line, Level::DEBUG, "failed permanently, not retried", &fields);
}

#[test]
fn a_success_at_once_logs_nothing() {
    scripted!(call, "logs.fine");
    assert_eq!(logged(|| call(&[Ok(7)], &mut 0)), []);
}

#[test]
fn the_time_is_logged_where_it_is_known_and_a_maximum_where_there_is_one() {
    #[retry(name = "logs.clock", strategy = ["1s"], max = "unlimited", deadline = "4s", on = any_error)]
    fn call(paused: &testing::Paused) -> Option<()> {
        paused.advance(SECOND / 2);
        None
    }
    let paused = testing::pause();
    let lines = logged(|| call(&paused));
    let [first, _, last] = &lines[..] else { panic!("{lines:?}") };
    let fields = [
        ("site", text("logs.clock")),
        ("attempt", Value::Integer(1)),
        ("delay", Value::Float(1.0)),
        ("error", words("the attempt returned `None`")),
        ("verdict", text("retry")),
        ("waited", Value::Float(0.0)),
        ("elapsed", Value::Float(0.5)),
    ];
    check(first, Level::INFO, "attempt failed, another one follows", &fields);
    let fields = [
        ("site", text("logs.clock")),
        ("reason", text("deadline")),
        ("attempts", Value::Integer(3)),
        ("error", words("the attempt returned `None`")),
        ("answered", Value::Bool(false)),
        ("waited", Value::Float(2.0)),
        ("elapsed", Value::Float(3.5)),
    ];
    check(last, Level::ERROR, "gave up", &fields);
}

#[test]
fn a_breaker_warns_where_it_refuses_and_informs_where_it_does_not() {
    let paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(1).cool_down(5 * SECOND).name("logs.payments");
    let mut lines = logged(|| breaker.acquire().unwrap().failure());
    lines.extend(logged(|| {
        paused.advance(5 * SECOND);
        breaker.acquire().unwrap().success();
    }));
    lines.extend(logged(|| CircuitBreaker::consecutive(1).isolate()));
    let [opened, probing, closed, isolated] = &lines[..] else { panic!("{lines:?}") };
    let message = "circuit breaker moved";
    let fields = [
        ("breaker", text("logs.payments")),
        ("from", text("closed")),
        ("to", text("open")),
        ("why", words("a failure")),
        ("cool_down", Value::Float(5.0)),
    ];
    check(opened, Level::WARN, message, &fields);
    let fields = [
        ("breaker", text("logs.payments")),
        ("from", text("open")),
        ("to", text("half_open")),
        ("why", words("a failure")),
    ];
    check(probing, Level::INFO, message, &fields);
    let fields = [("breaker", text("logs.payments")), ("from", text("half_open")), ("to", text("closed"))];
    check(closed, Level::INFO, message, &fields);
    // Without a name there is no field for it.
    let fields = [("from", text("closed")), ("to", text("isolated")), ("why", words("isolation"))];
    check(isolated, Level::WARN, message, &fields);
}

#[test]
fn a_refused_call_says_what_opened_its_breaker() {
    #[retry(name = "logs.refused", breaker = breaker, on = any_error)]
    fn call(breaker: &CircuitBreaker) -> Result<(), RetryError<Status>> {
        Ok(())
    }
    let _paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(1);
    breaker.isolate();
    let lines = logged(|| call(&breaker));
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let fields = [
        ("site", text("logs.refused")),
        ("reason", text("breaker_open")),
        ("attempts", Value::Integer(0)),
        ("error", words("the circuit breaker was opened by isolation until it is reset")),
        ("refused_calls", Value::Integer(1)),
        ("answered", Value::Bool(false)),
        ("waited", Value::Float(0.0)),
        ("elapsed", Value::Float(0.0)),
    ];
    check(line, Level::ERROR, "gave up", &fields);
}

/// Returns the levels of a run's log.
fn levels_of<R>(run: impl FnOnce() -> R) -> Vec<Level> {
    logged(run).iter().map(|line| line.level).collect()
}

#[test]
fn a_value_that_is_not_ready_is_for_debugging() {
    scripted!(call, "logs.polls", on_value = |value| *value == 0);
    assert_eq!(levels_of(|| call(&[Ok(0), Ok(0), Ok(7)], &mut 0)), [Level::DEBUG, Level::DEBUG, Level::INFO]);
    assert_eq!(levels_of(|| call(&[Ok(0), BUSY, Ok(0)], &mut 0)), [Level::DEBUG, Level::WARN, Level::ERROR]);
}

#[test]
fn giving_up_warns_where_recover_answers_with_a_value() {
    scripted!(by_value, "logs.recover", recover = |_| Ok(0));
    scripted!(by_error, "logs.recover", recover = |error| Err(error.into_last().unwrap()));
    let script = [BUSY, BUSY, BUSY];
    let lines = logged(|| by_value(&script, &mut 0));
    let last = lines.last().unwrap();
    assert_eq!((last.level, last.message.as_str()), (Level::WARN, "gave up"));
    assert!(last.fields.contains(&("error", words("status 503"))), "{last:?}");
    assert!(last.fields.contains(&("answered", Value::Bool(true))), "{last:?}");
    assert_eq!(levels_of(|| by_error(&script, &mut 0)), [Level::INFO, Level::WARN, Level::ERROR]);
    // Nothing was retried.
    assert_eq!(levels_of(|| by_value(&[GONE], &mut 0)), [Level::DEBUG]);
}

#[test]
fn an_open_breaker_is_logged_once_with_the_number_of_calls_that_it_refused() {
    #[retry(name = "logs.storm", strategy = "immediate", max = 1, breaker = breaker, on = any_error)]
    fn call(breaker: &CircuitBreaker, answer: Result<(), Status>) -> Result<(), RetryError<Status>> {
        answer
    }
    let paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(1).cool_down(5 * SECOND);
    let busy = Err(Status(503, Verdict::Retry));
    let mut lines = logged(|| (0..100).for_each(|_| drop(call(&breaker, busy))));
    paused.advance(5 * SECOND);
    lines.extend(logged(|| call(&breaker, Ok(()))));
    let story: Vec<_> = lines.iter().map(|line| (line.level, line.message.as_str())).collect();
    let moved = "circuit breaker moved";
    let expected = [
        (Level::WARN, moved),
        (Level::ERROR, "gave up"),
        (Level::ERROR, "gave up"),
        (Level::INFO, moved),
        (Level::INFO, moved),
    ];
    assert_eq!(story, expected);
    let refused = |line: &Line| line.fields.iter().find(|(name, _)| *name == "refused_calls").map(|(_, of)| of.clone());
    let numbers: Vec<_> = lines.iter().map(refused).collect();
    let number = |count| Some(Value::Integer(count));
    assert_eq!(numbers, [None, None, number(1), number(99), number(99)]);
}

#[test]
fn a_function_chooses_the_levels() {
    scripted!(call, "logs.levels", max = 4);
    assert_eq!(levels_of(|| call(&[BUSY, BUSY, BUSY, Ok(7)], &mut 0)), [Level::TRACE, Level::ERROR, Level::WARN]);
    assert_eq!(levels_of(|| call(&[BUSY; 4], &mut 0)), [Level::TRACE, Level::ERROR, Level::DEBUG]);
    assert!(!set_levels(|_| Level::ERROR), "it stays");
    assert_eq!(levels_of(|| call(&[BUSY, Ok(7)], &mut 0)), [Level::WARN]);
}

#[test]
fn a_request_that_found_no_server_says_why() {
    #[retry(name = "logs.request", strategy = "immediate", max = 1, on = any_error)]
    fn call(client: &reqwest_0_13::blocking::Client, url: &str) -> reqwest_0_13::Result<()> {
        client.get(url).send().map(drop)
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let lines = logged(|| call(&crate::statuses::blocking_client(), &format!("http://127.0.0.1:{port}/")));
    let ("error", Value::Words(error)) = &lines[0].fields[3] else { panic!("{lines:?}") };
    assert!(error.starts_with("error sending request") && error.contains("Connection refused"), "{error}");
}

#[test]
fn settings_out_of_range_and_blocked_runtimes_warn() {
    #[retry(name = "logs.blocks", strategy = ["1s"], on = any_error)]
    fn blocks() -> Option<()> {
        None
    }
    let _paused = testing::pause();
    let lines = logged(|| adjusted(0));
    let fields = [("site", text("observing.adjusted")), ("key", text("max")), ("change", words("0 is used as 1"))];
    check(&lines[0], Level::WARN, "a setting was out of range", &fields);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let _entered = runtime.enter();
    let lines = logged(blocks);
    let warned = lines.iter().filter(|line| line.message == "a sync function sleeps on a thread of a tokio runtime");
    let warned: Vec<_> = warned.collect();
    assert_eq!(warned.len(), usize::from(cfg!(debug_assertions)), "{lines:?}");
    for line in warned {
        assert_eq!((line.level, line.fields.as_slice()), (Level::WARN, &[("site", text("logs.blocks"))][..]));
    }
}

#[test]
fn errors_are_shown_by_what_is_visible_and_not_asked_for_words_that_nobody_wants() {
    struct Bare;
    #[retry(name = "logs.bare", strategy = "immediate", max = 1, on = any_error)]
    fn bare() -> Result<Infallible, Bare> {
        Err(Bare)
    }
    struct Asked<'a>(&'a Cell<u32>);
    impl fmt::Display for Asked<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            f.write_str("asked")
        }
    }
    impl From<BreakerOpen> for Asked<'_> {
        fn from(open: BreakerOpen) -> Self {
            unreachable!("{open}")
        }
    }
    #[retry(name = "logs.asked", strategy = "immediate", max = 2, on = any_error)]
    fn asked(asked: &Cell<u32>) -> Result<Infallible, Asked<'_>> {
        Err(Asked(asked))
    }
    let lines = logged(bare);
    assert_eq!(lines[0].fields[3], ("error", words(std::any::type_name::<Bare>())));
    let times = Cell::new(0);
    let lines = logged(|| asked(&times).is_err());
    assert_eq!((lines.len(), times.get()), (2, 2));
    DEAF.set(true);
    let lines = logged(|| asked(&times).is_err());
    DEAF.set(false);
    assert_eq!((lines.len(), times.get()), (0, 2));
}
