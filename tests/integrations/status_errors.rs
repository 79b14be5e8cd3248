//! `http::StatusError`: responses of the crate `http`, from a router of axum that is called as a service of tower.

use ::tower::ServiceExt;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::routing::get;
use reattempt::http::{ResponseExt, StatusError};
use reattempt::{RetryError, StopReason, retry, testing};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

/// A service that replies by a script, and counts the requests. The last reply is for all further ones.
fn app(script: &'static [(u16, Option<&'static str>)]) -> (Router, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let handler = {
        let asked = Arc::clone(&asked);
        move || async move {
            let (code, hint) = script[asked.fetch_add(1, SeqCst).min(script.len() - 1)];
            let response = Response::builder().status(code);
            let response = hint.into_iter().fold(response, |built, hint| built.header("retry-after", hint));
            response.body(Body::from("said")).expect("a status and a header make a response")
        }
    };
    (Router::new().route("/state", get(handler)), asked)
}

#[retry(strategy = "constant", base = "1s")]
async fn state(app: &Router) -> Result<StatusCode, RetryError<StatusError>> {
    let request = Request::get("/state?token=secret").body(Body::empty()).expect("a path makes a request");
    let url = request.uri().clone();
    let Ok(response) = app.clone().oneshot(request).await;
    Ok(response.checked().map_err(|error| error.with_url(&url))?.status())
}

#[tokio::test]
async fn a_response_is_retried_by_its_status_and_its_hint() {
    let paused = testing::pause();
    let (app, asked) = app(&[(503, Some("7")), (500, None), (204, None)]);
    assert_eq!(state(&app).await.unwrap(), StatusCode::NO_CONTENT);
    assert_eq!(asked.load(SeqCst), 3);
    let slept = paused.slept();
    assert!(slept.len() == 2 && slept[0] >= Duration::from_secs(7) && slept[1] == Duration::from_secs(1), "{slept:?}");
}

#[tokio::test]
async fn a_permanent_status_is_asked_for_once() {
    let (app, asked) = app(&[(403, Some("7"))]);
    let error = state(&app).await.unwrap_err();
    assert_eq!((error.reason(), asked.load(SeqCst)), (StopReason::Permanent, 1));
    let error = error.into_last().unwrap();
    assert_eq!((error.status(), error.body()), (StatusCode::FORBIDDEN, None));
    assert_eq!(error.to_string(), "status 403 Forbidden from /state");
}

#[tokio::test]
async fn an_error_keeps_what_the_caller_read_of_the_body() {
    #[retry(strategy = "immediate")]
    async fn text(app: &Router) -> Result<String, StatusError> {
        let request = Request::get("/state").body(Body::empty()).expect("a path makes a request");
        let Ok(response) = app.clone().oneshot(request).await;
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1_000).await.unwrap_or_default();
        Response::from_parts(head, ()).checked().map_err(|error| error.with_body(&body, 3))?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }
    let (busy, asked) = app(&[(429, None)]);
    let error = text(&busy).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), asked.load(SeqCst)), ("status 429 Too Many Requests: sai", 3));
    assert_eq!(text(&app(&[(429, None), (200, None)]).0).await.unwrap(), "said");
}

#[tokio::test]
async fn checked_if_takes_the_statuses_that_are_fine() {
    #[retry(strategy = "immediate")]
    async fn is_there(app: &Router) -> Result<bool, StatusError> {
        let request = Request::get("/state").body(Body::empty()).expect("a path makes a request");
        let Ok(response) = app.clone().oneshot(request).await;
        Ok(response.checked_if(|status| status.is_success() || status == 404)?.status() != 404)
    }
    let (app, asked) = app(&[(503, None), (404, None)]);
    assert_eq!((is_there(&app).await, asked.load(SeqCst)), (Ok(false), 2));
}
