//! The decision after a failure: the guards are told of it, the session is asked, and the site and the observers get the answer.
//!
//! It is not generic over the call's function: it knows no outcome, only the report of a failure.

use crate::engine::guards::{Guards, admission, awaited_admission, payment};
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::engine::report::{Report, end, record, tell_retry};
use crate::engine::series::{Series, Timer};
use crate::engine::session::{OwnTimes, Session};
use crate::failure::stop_reason::StopReason;
use crate::observe::observers;
use crate::observe::site::Site;
use crate::overload::breaker::CircuitBreaker;
use crate::policy::Policy;
use crate::time::clock::Started;
use crate::time::rng;
use core::fmt;

/// The settings and guards of one call, without the types of its function.
#[derive(Default)]
pub struct CallSettings<'a> {
    /// The policy of this call. If it is `None`, the site's own policy is used.
    pub(crate) policy: Option<&'a Policy>,
    pub(crate) own: OwnTimes<'a>,
    pub(crate) guards: Guards<'a>,
    /// Gets the end of the call, if `recover` answers before the event is sent.
    pub(crate) end: Option<&'a mut PendingEnd>,
}

impl fmt::Debug for CallSettings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallSettings").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// A failure that is to be decided on: the state of its call, the site, the call's settings, and the report.
#[derive(Debug)]
pub struct Decision<'d, 'a> {
    pub(super) session: &'d mut Session,
    pub(super) site: &'static Site,
    pub(super) settings: CallSettings<'a>,
    pub(super) report: Report<'d>,
}

impl<'a> Decision<'_, 'a> {
    /// Ends a call that is cancelled when an attempt fails. The attempt is reported as any other.
    #[cold]
    #[inline(never)]
    pub(super) fn cancel(&mut self) {
        self.tell_guards();
        self.session.cancel();
        self.end(StopReason::Cancelled);
    }

    /// Decides by the limits of the whole call.
    #[inline(never)]
    fn in_call(&mut self) -> Option<Pause> {
        self.decide(None, admission)
    }

    /// Decides by the limits of a series. It is a separate function, so that a call without series pays nothing for it.
    #[cold]
    #[inline(never)]
    fn in_series(&mut self, series: &mut Series) -> Option<Pause> {
        self.decide(Some(series), admission)
    }

    /// Reports the failure to the guards, and asks the session. `admission` says when the breaker admits a retry.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "each caller knows whether there is a series")]
    fn decide(
        &mut self,
        series: Option<&mut Series>,
        admission: impl FnOnce(Option<&CircuitBreaker>, u64, Option<u64>) -> Result<u64, StopReason>,
    ) -> Option<Pause> {
        let breaker = self.tell_guards();
        let Self { session, site, settings, report, .. } = self;
        let guard = |delay, left| {
            let delay = admission(breaker, delay, left)?;
            payment(settings.guards.budget).map(|()| delay)
        };
        let decided = ask(session, series, site, settings.policy, &settings.own, report, guard);
        decided.inspect_err(|reason| self.end(*reason)).ok()
    }

    /// Reports the failure to the guards, and returns the breaker that may refuse the next attempt.
    #[inline]
    fn tell_guards(&mut self) -> Option<&'a CircuitBreaker> {
        let Self { site, settings: CallSettings { policy, guards, .. }, report, .. } = self;
        guards.failed(&report.words.0, &report.verdict, || policy_in_force(site, *policy).max_hint())
    }

    /// Ends the call.
    fn end(&mut self, reason: StopReason) {
        let Self { session, site, settings, report, .. } = self;
        end(session, report.started, site, reason, &report.words, None, settings.end.as_deref_mut());
    }
}

/// What a call does where its breaker refuses a retry: `()` ends the call.
pub trait Refusals {
    /// Decides after a failure.
    fn decide(decision: &mut Decision<'_, '_>, series: Option<&mut Series>) -> Option<Pause>;
}

impl Refusals for () {
    #[inline]
    fn decide(decision: &mut Decision<'_, '_>, series: Option<&mut Series>) -> Option<Pause> {
        match series {
            None => decision.in_call(),
            Some(series) => decision.in_series(series),
        }
    }
}

/// The key `wait_for_breaker`: the call waits until the breaker admits it.
#[derive(Clone, Copy, Debug, Default)]
pub struct WaitsForBreaker;

impl Refusals for WaitsForBreaker {
    #[inline(never)]
    fn decide(decision: &mut Decision<'_, '_>, series: Option<&mut Series>) -> Option<Pause> {
        let (site, policy) = (decision.site, decision.settings.policy);
        decision.decide(series, |breaker, delay, left| {
            let base = policy_in_force(site, policy).settings().base();
            awaited_admission(breaker, delay, base, left, &mut rng::draw)
        })
    }
}

/// Decides after a failure of a call without settings of its own, and reports to the observers.
///
/// It is not marked cold, because it is most of the cost of a failure.
#[inline(never)]
pub(super) fn decide_at_site(session: &mut Session, site: &'static Site, report: &Report<'_>) -> Option<Pause> {
    let decided = ask(session, None, site, None, &OwnTimes::NONE, report, |delay, _| Ok(delay));
    let pause =
        decided.inspect_err(|reason| end(session, report.started, site, *reason, &report.words, None, None)).ok()?;
    if observers::is_observed() {
        tell_retry(session, None, report, pause);
    }
    Some(pause)
}

/// Returns the policy of a call, or the site's own one.
#[inline]
fn policy_in_force<'a>(site: &'static Site, policy: Option<&'a Policy>) -> &'a Policy {
    policy.unwrap_or_else(|| record(site).policy)
}

/// Asks the session, and counts a retry.
#[inline(always)]
#[expect(clippy::inline_always, reason = "each caller knows most of what is asked here")]
fn ask(
    session: &mut Session,
    series: Option<&mut Series>,
    site: &'static Site,
    policy: Option<&Policy>,
    own: &OwnTimes<'_>,
    report: &Report<'_>,
    guard: impl FnOnce(u64, Option<u64>) -> Result<u64, StopReason>,
) -> Result<Pause, StopReason> {
    let record = record(site);
    let policy = policy.unwrap_or(record.policy);
    let series = series.map(|series| {
        if series.was_healthy(policy) {
            series.restart(session);
        }
        *series
    });
    let before = series.map_or(0, |series| series.before);
    let elapsed = |waited| {
        let began = series.map_or(report.started, |series| Some(series.began));
        began.map_or(waited, Started::elapsed_nanos)
    };
    let retry = session.decide(policy, own, &report.verdict, before, elapsed, rng::draw, record.switch(), guard)?;
    record.count_retry(retry.after == 1);
    Ok(Pause::new(site, retry.nanos))
}
