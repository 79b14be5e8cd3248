//! What a call does when its breaker has refused an attempt: it waits, or it ends.
//!
//! It knows no outcome: a refused attempt has none.

use crate::engine::call::Call;
use crate::engine::guards;
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::engine::report::{end, record};
use crate::engine::series::Timer;
use crate::failure::attempt_failure::{Failure, Words};
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::stop_reason::StopReason;
use crate::observe::site::Site;
use crate::overload::breaker::CircuitBreaker;
use crate::overload::budget::Budget;
use crate::policy::Policy;
use crate::time::rng;
use crate::time::switch::Switch;
use reattempt_policy::nanos::from_duration;

/// Returns the pause after which a call with `wait_for_breaker` asks its breaker again, which has refused an attempt. Returns `None` if the call
/// ends: no probe may run before the deadline, or retries are switched off at the site. It counts as no attempt.
#[cold]
#[inline(never)]
pub fn wait_for_breaker<C: Timer>(
    call: &Call<C>,
    site: &'static Site,
    policy: &Policy,
    open: BreakerOpen,
) -> Option<Pause> {
    if record(site).switch() == Switch::OFF {
        return None;
    }
    let left = policy.deadline().map(|deadline| from_duration(deadline.saturating_sub(call.elapsed_in_series())));
    let base = policy.settings().base();
    let nanos = guards::wait(open, base, base, left, &mut rng::draw)?;
    Some(Pause::new(site, nanos))
}

/// Ends a call whose attempt the circuit breaker refused: counts it at the site and at the breaker, and sends the event, or leaves that to
/// `recover`. If the attempt was a retry, its token is refunded.
#[cold]
#[inline(never)]
pub fn refuse<C: Timer>(
    call: &Call<C>,
    site: &'static Site,
    breaker: &CircuitBreaker,
    open: BreakerOpen,
    budget: Option<&Budget>,
    pending: Option<&mut PendingEnd>,
) {
    if let (Some(budget), 1..) = (budget, call.session.failures()) {
        budget.refund();
    }
    let (refused_calls, failure) = (Some(breaker.count_refused_call()), Words(Failure::Refused(open)));
    end(&call.session, call.timer.started(), site, StopReason::BreakerOpen, &failure, refused_calls, pending);
}
