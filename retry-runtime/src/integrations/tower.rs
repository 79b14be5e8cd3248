//! Tower: a policy, a budget and classifiers as a `tower::retry::Policy`, for services behind `tower::retry::RetryLayer`.
//!
//! It passes each outcome to the same engine that annotated functions use. It knows no protocol. Feature `tower`, for tower 0.5.

use crate::closures::keys::{By, Classify, ClassifyValue};
use crate::engine::call::{self, Call};
use crate::engine::context::CallContext;
use crate::engine::pause::sleep_async;
use crate::engine::series::PolicyTimer;
use crate::engine::step::step;
use crate::failure::error_display::{ClassifiedError, Shown};
use crate::failure::outcome::check_value;
use crate::failure::rejected_value::Hidden;
use crate::observe::site::Site;
use crate::overload::budget::Budget;
use crate::policy::Policy;
use crate::time::sleep::{DefaultSleeper, Sleep};
use core::borrow::Borrow;
use core::fmt;
use core::panic::Location;
use std::sync::Arc;

/// The future of the delay before a retry. If it has to sleep outside of a tokio runtime, it panics, as tokio's timer does.
pub use crate::time::sleep::Sleep as Delay;

/// Retries the requests of a service: a [`Policy`], a classifier and a budget as a `tower::retry::Policy`.
///
/// One value is for all calls of a service: tower clones it for each call, and each clone is the state of its own call. A failure is handled as
/// in a function with `#[retry]`: the same questions in the same order, the same delays, hints, events and switches. The outcome is not
/// changed: after giving up, the caller gets the last response or error as it is.
///
/// | function | default |
/// |---|---|
/// | [`on`](Self::on) | the error's own [`Transient`](trait@crate::Transient) |
/// | [`on_value`](Self::on_value) | every response is good enough |
/// | [`budget`](Self::budget) | none |
/// | [`clone_with`](Self::clone_with) | each request is cloned by its `Clone` |
/// | [`name`](Self::name) | `tower` |
///
/// Events show errors by their `Display`.
///
/// # What may be repeated
///
/// A request that failed may have been executed. By default every request is sent again. A function for
/// [`clone_with`](Self::clone_with), such as `idempotent` (feature `http`), can choose which requests are repeated. If it does not clone a
/// request, tower returns the outcome without asking this policy: there is no retry, no event and no deposit.
///
/// # Requests without `Clone`
///
/// Without [`clone_with`](Self::clone_with) the type of the requests has to be `Clone`. If it is not, the compiler says that `call` or
/// `oneshot` "exists, but its trait bounds were not satisfied", or that the policy does not implement `tower::retry::Policy`. The requests of
/// reqwest are cloned by a method of theirs, which returns `None` where the body is a stream:
///
/// ```
/// # #[cfg(feature = "reqwest-0_13")] {
/// # use reqwest_0_13 as reqwest;
/// use reattempt::reqwest_0_13::response;
/// use reattempt::tower::RetryPolicy;
/// use tower::ServiceBuilder;
/// use tower::retry::RetryLayer;
///
/// # let policy = reattempt::Policy::default();
/// let policy = RetryPolicy::new(policy).on_value(response).clone_with(reqwest::Request::try_clone);
/// let service = ServiceBuilder::new().layer(RetryLayer::new(policy)).service(reqwest::Client::new());
/// # fn is_service(_: impl tower::Service<reqwest::Request>) {}
/// # is_service(service);
/// # }
/// ```
///
/// # Waiting for the service
///
/// The call begins when the service is called, after the service is ready. After the delay, tower waits until the service is ready again.
/// The deadline does not limit that wait, and an error there ends the call without a classifier.
///
/// # Cancelling
///
/// There is no `cancel`, because tower drops the outcome before the delay, and so has nothing to return during it. To end a call, drop its
/// future, such as by `tokio::select!`.
///
/// # Circuit breakers
///
/// This type has none, because tower asks a policy only after an attempt. Put a breaker into a service below the retry layer, which returns
/// its refusals as permanent errors.
///
/// # Examples
///
/// ```
/// use reattempt::tower::RetryPolicy;
/// use reattempt::{Budget, Policy, Strategy};
/// use std::cell::Cell;
/// use std::future::ready;
/// use tower::retry::Retry;
/// use tower::{Service, service_fn};
///
/// static BUDGET: Budget = Budget::new();
///
/// let policy = Policy::builder().strategy(Strategy::Immediate).max(5).build()?;
/// let policy = RetryPolicy::new(policy).on(|error: &&str| *error == "busy").budget(&BUDGET);
///
/// let runs = Cell::new(0);
/// let service = service_fn(|request: u32| {
///     runs.set(runs.get() + 1);
///     ready(if runs.get() < 3 { Err("busy") } else { Ok(request + 1) })
/// });
/// let mut service = Retry::new(policy, service);
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(async {
/// assert_eq!(service.call(7).await, Ok(8));
/// # });
/// assert_eq!(runs.get(), 3);
/// assert_eq!(BUDGET.balance(), 98);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a policy does nothing until it is given to a `tower::retry::RetryLayer`"]
#[derive(Clone)]
pub struct RetryPolicy<On = (), OnValue = (), Copies = ()> {
    policy: Policy,
    site: &'static Site,
    budget: Option<Arc<dyn Borrow<Budget> + Send + Sync>>,
    on: On,
    on_value: OnValue,
    copies: Copies,
    call: OwnCall,
}

/// The call of one clone. It has a start if the policy has a deadline or `reset_after`.
struct OwnCall(Call<PolicyTimer>);

/// Each clone starts its own call. It has the same start: tower clones the request first, and the call begins then.
impl Clone for OwnCall {
    fn clone(&self) -> Self {
        Self(call::call(self.0.timer))
    }
}

impl RetryPolicy {
    /// Makes a policy for tower. Its site is the line where this is called.
    #[track_caller]
    pub fn new(policy: impl Borrow<Policy>) -> Self {
        let policy = *policy.borrow();
        Self {
            policy,
            site: Site::of_closure(Location::caller(), Some("tower"), &policy),
            budget: None,
            on: (),
            on_value: (),
            copies: (),
            call: OwnCall(call::call(PolicyTimer::Plain(None))),
        }
    }
}

impl<On, OnValue, Copies> RetryPolicy<On, OnValue, Copies> {
    /// Sets the classifier of errors: a function from a reference to an error to a `bool` or a [`Verdict`](crate::Verdict).
    pub fn on<F>(self, classifier: F) -> RetryPolicy<By<F>, OnValue, Copies> {
        self.with(|_, on_value, copies| (By(classifier), on_value, copies))
    }

    /// Sets the classifier of responses that are not good enough. It says nothing about errors.
    pub fn on_value<F>(self, classifier: F) -> RetryPolicy<On, By<F>, Copies> {
        self.with(|on, _, copies| (on, By(classifier), copies))
    }

    /// Sets the function that clones requests. It returns `None` for those that cannot be cloned or must not be sent twice.
    ///
    /// It is called before each attempt, including the first and the last, with the request that the attempt sends. If it returns `None`, the
    /// outcome of that attempt is returned, whatever it is.
    pub fn clone_with<F>(self, clone: F) -> RetryPolicy<On, OnValue, By<F>> {
        self.with(|on, on_value, _| (on, on_value, By(clone)))
    }

    /// Sets the budget that pays for retries: an `Arc<Budget>`, or a reference to a `static`.
    pub fn budget(self, budget: impl Borrow<Budget> + Send + Sync + 'static) -> Self {
        Self { budget: Some(Arc::new(budget)), ..self }
    }

    /// Sets the site's name in events. Policies with the same name, made in the same line, share a site.
    pub fn name(self, name: &'static str) -> Self {
        Self { site: Site::of_closure(self.site.location, Some(name), &self.policy), ..self }
    }

    /// Returns the site, with its counts and its switch.
    pub fn site(&self) -> &'static Site {
        self.site
    }

    fn with<A, B, C>(self, change: impl FnOnce(On, OnValue, Copies) -> (A, B, C)) -> RetryPolicy<A, B, C> {
        let Self { policy, site, budget, on, on_value, copies, call } = self;
        let (on, on_value, copies) = change(on, on_value, copies);
        RetryPolicy { policy, site, budget, on, on_value, copies, call }
    }
}

impl<On, OnValue, Copies> fmt::Debug for RetryPolicy<On, OnValue, Copies> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy").field("site", self.site).field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl<Req, Res, E, On, OnValue, Copies> tower::retry::Policy<Req, Res, E> for RetryPolicy<On, OnValue, Copies>
where
    E: fmt::Display,
    On: Classify<E>,
    OnValue: ClassifyValue<Res>,
    Copies: Clones<Req>,
{
    type Future = Sleep;

    fn retry(&mut self, _request: &mut Req, result: &mut Result<Res, E>) -> Option<Sleep> {
        let budget = self.budget.as_ref().map(|budget| (**budget).borrow());
        let context = CallContext::new(self.site).policy(&self.policy).with(budget);
        let outcome = check_value(result.as_ref(), |value: &&Res| self.on_value.verdict(value), Hidden);
        let classify = |error: &&E| ClassifiedError::new(self.on.verdict(error), |error: &&E| Shown::Display(error));
        let pause = step(&mut self.call.0, context, &outcome, classify)?;
        Some(sleep_async(DefaultSleeper, pause))
    }

    fn clone_request(&mut self, request: &Req) -> Option<Req> {
        let copy = self.copies.copy(request)?;
        let OwnCall(call) = &mut self.call;
        match call.session.failures() {
            0 => call.timer = PolicyTimer::begin(&self.policy, false),
            _ => call.begin_attempt(),
        }
        Some(copy)
    }
}

/// Clones requests: by their `Clone`, or by the function of [`clone_with`](RetryPolicy::clone_with).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a request of type `{R}` is sent again as a clone, and it has no `Clone`: name a function that clones it by `RetryPolicy::clone_with`, such as `.clone_with(reqwest::Request::try_clone)`",
    label = "expected requests with `Clone`, or a function for `clone_with` from `&{R}` to `Option<{R}>`"
)]
pub trait Clones<R> {
    /// Returns a clone, if the request may be sent again.
    fn copy(&self, request: &R) -> Option<R>;
}

#[diagnostic::do_not_recommend]
impl<R: Clone> Clones<R> for () {
    fn copy(&self, request: &R) -> Option<R> {
        Some(request.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<R, F: Fn(&R) -> Option<R>> Clones<R> for By<F> {
    fn copy(&self, request: &R) -> Option<R> {
        (self.0)(request)
    }
}

/// Clones HTTP requests that may be sent twice, for [`RetryPolicy::clone_with`]: requests whose method is idempotent by RFC 9110
/// ([`http::is_idempotent`](crate::http::is_idempotent)), and requests with a nonempty `Idempotency-Key` header. Feature `http`.
///
/// # Examples
///
/// ```
/// use http::Request;
/// use reattempt::tower::idempotent;
///
/// assert!(idempotent(&Request::get("/balance").body(())?).is_some());
/// assert!(idempotent(&Request::post("/payments").body(())?).is_none());
/// assert!(idempotent(&Request::post("/payments").header("Idempotency-Key", "\"8e03978e\"").body(())?).is_some());
/// # Ok::<(), http::Error>(())
/// ```
#[cfg(feature = "http")]
pub fn idempotent<B: Clone>(request: &http::Request<B>) -> Option<http::Request<B>> {
    let has_key = || request.headers().get("idempotency-key").is_some_and(|key| !key.is_empty());
    (crate::integrations::http::is_idempotent(request.method()) || has_key()).then(|| request.clone())
}
