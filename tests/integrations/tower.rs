//! Hyper's client behind tower's retry layer, with a policy, a budget and classifiers of ours.

use crate::server::{Reply, Server};
use ::tower::retry::RetryLayer;
use ::tower::{Service, ServiceBuilder, ServiceExt, service_fn};
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;
use reattempt::event::{self, Event};
use reattempt::reqwest_0_13::response;
use reattempt::tower::{RetryPolicy, idempotent};
use reattempt::{Budget, Policy, Site, StopReason, Transient, Verdict, any_error, policy, testing};
use reqwest_0_13 as reqwest;
use std::cell::Cell;
use std::convert::Infallible;
use std::fmt;
use std::future::ready;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpSocket;
use tokio::time::Instant;

type Body = Full<Bytes>;
type Http = Client<HttpConnector, Body>;

const SECOND: Duration = Duration::from_secs(1);
const IMMEDIATE: Policy = policy!(strategy = "immediate", max = 3);
const CONSTANT: Policy = policy!(strategy = "constant", base = "1s", max = 5);

fn client() -> Http {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Returns whether the server may reply the next time: it was not reached, or the connection broke.
fn is_transient(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(Transient::is_transient) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A policy for hyper's client, by the list of transient statuses and [`is_transient`].
macro_rules! for_http {
    ($policy:expr) => {
        RetryPolicy::new($policy).on(is_transient).on_value(reattempt::http::response)
    };
}

fn get(url: &str) -> Request<Body> {
    Request::get(url).body(Body::default()).expect("the request is sound")
}

/// Sends a request by hyper's client behind a layer with this policy.
macro_rules! send {
    ($policy:expr, $request:expr) => {
        ServiceBuilder::new().layer(RetryLayer::new($policy)).service(client()).oneshot($request).await
    };
}

#[tokio::test]
async fn a_server_that_is_busy_twice_is_asked_three_times() {
    let server = Server::start([Reply::status(503), Reply::status(429), Reply::body("done")]);
    let policy = for_http!(IMMEDIATE).name("busy twice");
    let site = policy.site();
    let answer = send!(policy, get(&server.url())).unwrap();
    assert_eq!((answer.status().as_u16(), server.asked()), (200, 3));
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "done");
    let counts = site.counts();
    assert_eq!((counts.retried_calls, counts.retries, counts.recovered), (1, 2, 1));
}

#[tokio::test]
async fn a_404_is_permanent() {
    let server = Server::start([Reply::status(404), Reply::status(200)]);
    let answer = send!(for_http!(IMMEDIATE), get(&server.url())).unwrap();
    assert_eq!((answer.status().as_u16(), server.asked()), (404, 1));
}

#[tokio::test]
async fn each_attempt_sends_the_same_request() {
    let server = Server::start([Reply::status(503), Reply::status(503), Reply::status(200)]);
    let request = Request::put(server.url()).header("x-trace", "7").body(Body::from("payload")).unwrap();
    send!(for_http!(IMMEDIATE), request).unwrap();
    let heads = server.heads();
    assert_eq!(heads.len(), 3);
    assert!(heads.iter().all(|head| *head == heads[0]), "{heads:?}");
    assert!(
        heads[0].starts_with("put / ") && heads[0].contains("x-trace: 7") && heads[0].contains("content-length: 7")
    );
}

#[tokio::test]
async fn the_last_response_is_returned_where_no_attempt_is_left() {
    let server = Server::start([Reply::status(500), Reply::status(502), Reply::status(503), Reply::status(200)]);
    let policy = for_http!(IMMEDIATE).name("none left");
    let site = policy.site();
    let answer = send!(policy, get(&server.url())).unwrap();
    assert_eq!((answer.status().as_u16(), server.asked()), (503, 3));
    assert_eq!(site.counts().gave_up(StopReason::MaxAttempts), 1);
}

#[tokio::test]
async fn each_call_has_its_own_attempts() {
    let server = Server::start([Reply::status(503)]);
    let mut service = ServiceBuilder::new().layer(RetryLayer::new(for_http!(IMMEDIATE))).service(client());
    for calls in 1..=3 {
        let answer = service.ready().await.unwrap().call(get(&server.url())).await.unwrap();
        assert_eq!((answer.status().as_u16(), server.asked()), (503, 3 * calls));
    }
    let (one, two) = (service.call(get(&server.url())), service.clone().call(get(&server.url())));
    let (one, two) = tokio::join!(one, two);
    assert_eq!((one.unwrap().status().as_u16(), two.unwrap().status().as_u16(), server.asked()), (503, 503, 15));
}

#[tokio::test]
async fn a_retry_after_is_obeyed_and_spread_upwards() {
    let server = Server::start([
        Reply::with_headers(503, "retry-after: 7\r\n"),
        Reply::with_headers(429, "retry-after: 0\r\n"),
        Reply::status(200),
    ]);
    testing::seed(1);
    let paused = testing::pause();
    let answer = send!(for_http!(CONSTANT), get(&server.url())).unwrap();
    assert_eq!((answer.status().as_u16(), server.asked()), (200, 3));
    let [first, second] = paused.slept()[..] else { panic!("{:?}", paused.slept()) };
    assert!((7 * SECOND..=8 * SECOND).contains(&first) && first != 7 * SECOND, "{first:?}");
    // The strategy's own delay is longer than the hint.
    assert_eq!(second, SECOND);
}

#[tokio::test]
async fn a_delay_of_its_own_is_slept_exactly() {
    let server = Server::start([Reply::status(401), Reply::status(200)]);
    let paused = testing::pause();
    let policy = RetryPolicy::new(CONSTANT).on(is_transient).on_value(|response: &http::Response<_>| {
        if response.status() == 401 { Verdict::RetryIn(90 * SECOND) } else { Verdict::Stop }
    });
    let answer = send!(policy, get(&server.url())).unwrap();
    assert_eq!((answer.status().as_u16(), server.asked()), (200, 2));
    assert_eq!(paused.slept(), [90 * SECOND]);
}

#[tokio::test]
async fn a_hint_too_long_ends_the_call() {
    let server = Server::start([Reply::with_headers(503, "retry-after: 61\r\n"), Reply::status(200)]);
    let policy = for_http!(CONSTANT).name("a hint too long");
    let site = policy.site();
    let paused = testing::pause();
    let answer = send!(policy, get(&server.url())).unwrap();
    assert_eq!((answer.status().as_u16(), server.asked()), (503, 1));
    assert_eq!(site.counts().gave_up(StopReason::HintTooLong), 1);
    assert_eq!(paused.slept(), []);
}

#[tokio::test]
async fn delays_are_those_of_the_policy_by_the_same_generator() {
    const JITTERED: Policy = policy!(strategy = "full_jitter", base = "1s", max = 6);
    testing::seed(7);
    let expected: Vec<_> = JITTERED.delays().collect();
    testing::seed(7);
    let paused = testing::pause();
    let server = Server::start([Reply::status(503)]);
    send!(for_http!(&JITTERED), get(&server.url())).unwrap();
    assert_eq!((paused.slept(), expected.len()), (expected, 5));
}

#[tokio::test]
async fn a_budget_that_is_spent_ends_the_call() {
    static BUDGET: Budget = Budget::new().ratio(0.5).initial(3).reserve(0.0);
    let server = Server::start([Reply::status(503)]);
    let policy = for_http!(IMMEDIATE).budget(&BUDGET).name("a budget");
    let site = policy.site();
    let mut service = ServiceBuilder::new().layer(RetryLayer::new(policy)).service(client());
    for (asked, balance) in [(3, 1), (5, 0), (6, 0)] {
        let answer = service.call(get(&server.url())).await.unwrap();
        assert_eq!((answer.status().as_u16(), server.asked(), BUDGET.balance()), (503, asked, balance));
    }
    let counts = site.counts();
    assert_eq!((counts.gave_up(StopReason::MaxAttempts), counts.gave_up(StopReason::Budget)), (1, 2));
}

#[tokio::test]
async fn calls_without_a_transient_failure_fill_the_budget() {
    let budget = Arc::new(Budget::new().ratio(0.5).initial(0).reserve(0.0));
    let policy = for_http!(IMMEDIATE).budget(Arc::clone(&budget));
    let fine = Server::start([Reply::status(200)]);
    for _ in 0..3 {
        send!(policy.clone(), get(&fine.url())).unwrap();
    }
    assert_eq!(budget.balance(), 1);
    // A 404 is a response that is good enough, and a protocol error says that the server is up.
    send!(policy.clone(), get(&Server::start([Reply::status(404)]).url())).unwrap();
    assert_eq!(budget.balance(), 2);
    send!(policy.clone(), get(&Server::start([Reply::raw("SSH-2.0-OpenSSH_9.6\r\n")]).url())).unwrap_err();
    send!(policy.clone(), get(&Server::start([Reply::raw("SSH-2.0-OpenSSH_9.6\r\n")]).url())).unwrap_err();
    assert_eq!(budget.balance(), 3);
    // A call that is retried once withdraws a token, and deposits when it succeeds.
    let busy = Server::start([Reply::status(503), Reply::status(200)]);
    send!(policy, get(&busy.url())).unwrap();
    assert_eq!((busy.asked(), budget.balance()), (2, 2));
}

#[tokio::test]
async fn what_is_not_idempotent_is_sent_twice_only_with_a_key() {
    let sent = async |request: http::request::Builder| {
        let server = Server::start([Reply::status(503), Reply::status(200)]);
        let request = request.uri(server.url()).body(Body::from("100")).unwrap();
        let answer = send!(for_http!(IMMEDIATE).clone_with(idempotent), request).unwrap();
        assert_eq!(answer.status().as_u16(), if server.asked() == 1 { 503 } else { 200 });
        server.asked()
    };
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE, Method::PUT, Method::DELETE] {
        assert_eq!(sent(Request::builder().method(&method)).await, 2, "{method}");
    }
    for method in [Method::POST, Method::PATCH] {
        let request = || Request::builder().method(&method);
        assert_eq!(sent(request()).await, 1, "{method}");
        assert_eq!(sent(request().header("Idempotency-Key", "")).await, 1, "{method}");
        assert_eq!(sent(request().header("Idempotency-Key", "\"8e03978e\"")).await, 2, "{method}");
    }
}

#[tokio::test]
async fn a_call_that_is_not_cloned_touches_nothing() {
    let budget = Arc::new(Budget::new().ratio(1.0).initial(5).reserve(0.0));
    let policy =
        for_http!(IMMEDIATE).clone_with(|_: &Request<Body>| None).budget(Arc::clone(&budget)).name("not cloned");
    let site = policy.site();
    for reply in [Reply::status(503), Reply::status(200), Reply::raw("").then_reset()] {
        let server = Server::start([reply]);
        let _ = send!(policy.clone(), get(&server.url()));
        assert_eq!((server.asked(), budget.balance()), (1, 5));
    }
    assert_eq!(site.counts(), reattempt::SiteCounts::default());
}

#[tokio::test]
async fn a_request_that_has_no_clone_is_sent_by_a_function() {
    struct Once(u32);
    let runs = Cell::new(0);
    let service = service_fn(|request: Once| {
        runs.set(runs.get() + 1);
        ready(if runs.get() < 3 { Err("busy") } else { Ok(request.0) })
    });
    let policy = RetryPolicy::new(IMMEDIATE).on(any_error::<&str>).clone_with(|request: &Once| Some(Once(request.0)));
    let answer = ServiceBuilder::new().layer(RetryLayer::new(policy)).service(service).oneshot(Once(9)).await;
    assert_eq!((answer, runs.get()), (Ok(9), 3));
}

#[tokio::test]
async fn the_client_of_reqwest_is_a_service_whose_requests_are_cloned_by_their_own_method() {
    let send = async |server: &Server, body: reqwest::Body| {
        let policy = RetryPolicy::new(IMMEDIATE).on_value(response).clone_with(reqwest::Request::try_clone);
        let request = reqwest::Client::new().put(server.url()).body(body).build().unwrap();
        let service = ServiceBuilder::new().layer(RetryLayer::new(policy)).service(reqwest::Client::new());
        service.oneshot(request).await.unwrap().status().as_u16()
    };
    let busy = || Server::start([Reply::status(503), Reply::status(200)]);
    let server = busy();
    assert_eq!((send(&server, "whole".into()).await, server.asked()), (200, 2));
    let server = busy();
    let stream = futures_util::stream::iter([Ok::<_, Infallible>("a stream")]);
    assert_eq!((send(&server, reqwest::Body::wrap_stream(stream)).await, server.asked()), (503, 1));
}

#[tokio::test]
async fn a_refused_connection_is_transient() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}/", socket.local_addr().unwrap());
    let policy = for_http!(IMMEDIATE).name("refused");
    let site = policy.site();
    let error = send!(policy, get(&url)).unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!((site.counts().retries, site.counts().gave_up(StopReason::MaxAttempts)), (2, 1));
}

#[tokio::test]
async fn a_connection_that_breaks_is_transient() {
    let server = Server::start([Reply::raw("").then_reset(), Reply::status(503), Reply::status(200)]);
    let answer = send!(for_http!(IMMEDIATE), get(&server.url())).unwrap();
    assert_eq!((answer.status().as_u16(), server.asked()), (200, 3));
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_permanent() {
    let server = Server::start([Reply::raw("SSH-2.0-OpenSSH_9.6\r\n"), Reply::status(200)]);
    let policy = for_http!(IMMEDIATE).name("not http");
    let site = policy.site();
    send!(policy, get(&server.url())).unwrap_err();
    assert_eq!((server.asked(), site.counts().gave_up(StopReason::Permanent)), (1, 1));
}

#[tokio::test]
async fn with_no_error_beside_a_classifier_of_responses_every_error_is_permanent() {
    let server = Server::start([Reply::status(503), Reply::raw("").then_reset(), Reply::status(200)]);
    send!(RetryPolicy::new(IMMEDIATE).on(reattempt::no_error).on_value(reattempt::http::response), get(&server.url()))
        .unwrap_err();
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn without_a_classifier_of_responses_every_response_is_good_enough() {
    let server = Server::start([Reply::raw("").then_reset(), Reply::status(503), Reply::status(200)]);
    let answer = send!(RetryPolicy::new(IMMEDIATE).on(is_transient), get(&server.url())).unwrap();
    assert_eq!((answer.status().as_u16(), server.asked()), (503, 2));
}

#[tokio::test]
async fn classifiers_are_set_in_any_order() {
    let server = Server::start([Reply::status(503), Reply::raw("").then_reset(), Reply::status(200)]);
    let answer =
        send!(RetryPolicy::new(IMMEDIATE).on_value(reattempt::http::response).on(is_transient), get(&server.url()))
            .unwrap();
    assert_eq!((answer.status().as_u16(), server.asked()), (200, 3));
}

/// A service's error that classifies itself.
#[derive(Debug, PartialEq, Transient)]
enum Failed {
    #[transient(after = Duration::clone)]
    Busy(Duration),
    #[permanent]
    Gone,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is {self:?}")
    }
}

/// Calls a service that fails so, one after the other, behind this policy; returns the outcome and how often the service ran.
macro_rules! run {
    ($policy:expr, $script:expr) => {{
        let (script, runs) = ($script, Cell::new(0));
        let service = service_fn(|()| {
            runs.set(runs.get() + 1);
            ready(script.get(runs.get() - 1).map_or(Ok(()), |failed| Err(failed())))
        });
        (ServiceBuilder::new().layer(RetryLayer::new($policy)).service(service).oneshot(()).await, runs.get())
    }};
}

fn busy() -> Failed {
    Failed::Busy(3 * SECOND)
}

fn gone() -> Failed {
    Failed::Gone
}

#[tokio::test]
async fn without_any_classifier_errors_classify_themselves() {
    let paused = testing::pause();
    assert_eq!(run!(RetryPolicy::new(CONSTANT), [busy as fn() -> Failed, gone]), (Err(Failed::Gone), 2));
    let [delay] = paused.slept()[..] else { panic!("{:?}", paused.slept()) };
    assert!((3 * SECOND..=4 * SECOND).contains(&delay), "{delay:?}");
    assert_eq!(run!(RetryPolicy::new(CONSTANT), [gone]), (Err(Failed::Gone), 1));
    assert_eq!(run!(RetryPolicy::new(CONSTANT), [busy, busy]), (Ok(()), 3));
}

#[tokio::test]
async fn the_deadline_counts_from_the_call() {
    const BOUND: Policy = policy!(strategy = "constant", base = "1s", max = "unlimited", deadline = "2500ms");
    let policy = RetryPolicy::new(BOUND).on(any_error::<Failed>).name("a deadline");
    let site = policy.site();
    let paused = testing::pause();
    let runs = Cell::new(0);
    let service = service_fn(|()| {
        runs.set(runs.get() + 1);
        ready(Err::<(), _>(Failed::Gone))
    });
    let mut service = ServiceBuilder::new().layer(RetryLayer::new(policy)).service(service);
    for calls in 1..=3 {
        paused.advance(10 * SECOND);
        let called = service.call(());
        assert_eq!(called.await, Err(Failed::Gone));
        assert_eq!(runs.get(), 3 * calls);
    }
    assert_eq!(site.counts().gave_up(StopReason::Deadline), 3);
    // Time that passes within an attempt, or before the first poll, counts.
    let called = service.call(());
    paused.advance(2 * SECOND);
    assert_eq!(called.await, Err(Failed::Gone));
    assert_eq!(runs.get(), 10);
}

#[tokio::test(start_paused = true)]
async fn delays_are_slept_by_tokios_timer() {
    let before = Instant::now();
    assert_eq!(run!(RetryPolicy::new(CONSTANT).on(any_error::<Failed>), [gone, gone, gone]), (Ok(()), 4));
    assert_eq!(before.elapsed(), 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_waits_is_over() {
    let runs = Cell::new(0);
    let service = service_fn(|()| {
        runs.set(runs.get() + 1);
        ready(Err::<(), _>(Failed::Gone))
    });
    let mut service = ServiceBuilder::new()
        .layer(RetryLayer::new(RetryPolicy::new(CONSTANT).on(any_error::<Failed>)))
        .service(service);
    let called = service.call(());
    tokio::time::timeout(SECOND / 2, called).await.unwrap_err();
    tokio::time::sleep(60 * SECOND).await;
    assert_eq!(runs.get(), 1);
}

#[tokio::test]
async fn a_site_that_is_switched_off_retries_no_more() {
    let policy = RetryPolicy::new(IMMEDIATE).on(any_error::<Failed>).name("switched");
    let site: &'static Site = policy.site();
    site.disable();
    assert_eq!(run!(policy.clone(), [gone, gone]), (Err(Failed::Gone), 1));
    assert_eq!(site.counts().gave_up(StopReason::Disabled), 1);
    site.limit(2);
    assert_eq!(run!(policy.clone(), [gone, gone]), (Err(Failed::Gone), 2));
    site.restore();
    assert_eq!(run!(policy, [gone, gone]), (Ok(()), 3));
    assert_eq!(site.name(), "switched");
    assert!(reattempt::sites().any(|listed| std::ptr::eq(listed, site)));
}

#[test]
fn a_site_is_a_line_and_a_name() {
    let made = || RetryPolicy::new(IMMEDIATE);
    let (one, two, other) = (made(), made(), RetryPolicy::new(IMMEDIATE));
    assert!(std::ptr::eq(one.site(), two.site()));
    assert!(!std::ptr::eq(one.site(), other.site()));
    assert_eq!((one.site().name(), one.site().policy()), ("tower", &IMMEDIATE));
    assert!(one.site().file().ends_with("tower.rs"));
    let named = one.name("named");
    assert!(!std::ptr::eq(named.site(), two.site()) && named.site().line() == two.site().line());
    assert!(std::ptr::eq(two.name("named").site(), named.site()));
}

#[tokio::test]
async fn events_tell_of_the_error_in_its_own_words() {
    static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());
    event::observe(|event: &Event<'_>| {
        let told = match event {
            Event::AttemptFailed { site, attempt, failure, elapsed, .. } if site.name() == "told" => {
                format!("{attempt}: {failure}, {elapsed:?}")
            }
            Event::GaveUp { site, attempts, failure, reason, .. } if site.name() == "told" => {
                format!("{attempts} in all: {failure}, {reason}")
            }
            Event::Recovered { site, attempts, .. } if site.name() == "told" => format!("{attempts} in all: fine"),
            _ => return,
        };
        TOLD.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(told);
    });
    let policy = RetryPolicy::new(IMMEDIATE).name("told");
    assert_eq!(run!(policy.clone(), [|| Failed::Busy(Duration::ZERO), gone]), (Err(Failed::Gone), 2));
    assert_eq!(run!(policy, [|| Failed::Busy(Duration::ZERO)]), (Ok(()), 2));
    let server = Server::start([Reply::status(503), Reply::status(200)]);
    send!(for_http!(policy!(strategy = "immediate", deadline = "1h")).name("told"), get(&server.url())).unwrap();
    let told = TOLD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    assert_eq!(
        told[..4],
        [
            "1: it is Busy(0ns), None",
            "2 in all: it is Gone, permanent failure",
            "1: it is Busy(0ns), None",
            "2 in all: fine",
        ]
    );
    assert!(told[4].starts_with("1: the value was not good enough, Some("), "{told:?}");
    assert_eq!(told.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_future_of_a_call_may_go_to_another_thread_and_outlive_everything() {
    fn check<F: Future<Output: Send> + Send + 'static>(future: F) -> F {
        future
    }
    let server = Server::start([Reply::status(503), Reply::status(200)]);
    let called = {
        let policy = for_http!(IMMEDIATE).clone_with(idempotent).budget(Arc::new(Budget::new()));
        let mut service = ServiceBuilder::new().layer(RetryLayer::new(policy)).service(client());
        check(service.call(get(&server.url())))
    };
    let answer = tokio::spawn(called).await.unwrap().unwrap();
    assert_eq!((answer.status().as_u16(), server.asked()), (200, 2));
}

#[tokio::test]
async fn a_success_reads_no_clock_draws_nothing_and_sleeps_not() {
    let _forbidden = testing::forbid();
    let service = service_fn(|()| ready(Ok::<_, Infallible>(7)));
    let policy = RetryPolicy::new(Policy::default()).on(any_error::<Infallible>);
    let mut service = ServiceBuilder::new().layer(RetryLayer::new(policy)).service(service);
    assert_eq!(service.call(()).await, Ok(7));
}
