//! What a failure and the end of a call mean for the rest of the program: the counters of the site, and the events that observers receive.
//!
//! It decides nothing.

use crate::engine::pause::Pause;
use crate::engine::recovery::{End, PendingEnd};
use crate::engine::session::Session;
use crate::failure::attempt_failure::{Failure, Words};
use crate::failure::classify::Verdict;
use crate::failure::error_display::Shown;
use crate::failure::stop_reason::StopReason;
use crate::observe::event::Event;
use crate::observe::observers;
use crate::observe::site::{Record, Site};
use crate::policy::Policy;
use crate::time::clock::Started;
use core::num::NonZeroU32;

/// A failure without its type parameter.
#[derive(Debug)]
pub struct Report<'a> {
    pub(super) verdict: Verdict,
    pub(super) words: Words<'a, Shown<'a>>,
    /// The start of the call, if it was recorded.
    pub(super) started: Option<Started>,
}

/// Returns the record of a site that has a failure.
#[inline]
pub(super) fn record(site: &'static Site) -> &'static Record {
    match site.listed() {
        Some(record) => record,
        None => first_record(site),
    }
}

/// Lists a site at its first failure, and sends an event if its settings could not be read.
#[cold]
#[inline(never)]
fn first_record(site: &'static Site) -> &'static Record {
    let record = site.list();
    if let (Some(fault), true) = (&record.fault, observers::is_observed()) {
        observers::tell(&Event::Adjusted {
            site,
            key: "policy",
            change: format_args!("{fault}; the defaults are used"),
        });
    }
    record
}

/// Returns the largest number of attempts that is in force at a site for a policy, or for the site's own one.
#[cold]
#[inline(never)]
pub(super) fn max_in_force(site: &'static Site, policy: Option<&Policy>) -> Option<NonZeroU32> {
    let record = record(site);
    record.max_in_force(policy.unwrap_or(record.policy))
}

#[cold]
#[inline(never)]
pub(super) fn tell_retry(session: &Session, policy: Option<&Policy>, report: &Report<'_>, pause: Pause) {
    let (site, delay) = (pause.site(), pause.delay());
    observers::tell(&Event::AttemptFailed {
        site,
        attempt: session.failures(),
        max: max_in_force(site, policy),
        delay,
        failure: format_args!("{}", report.words),
        rejected: matches!(report.words.0, Failure::Rejected(_)),
        verdict: report.verdict,
        waited: session.waited().saturating_sub(delay),
        elapsed: report.started.map(Started::elapsed),
    });
}

/// Counts a call that ended without success, and sends the event, or leaves that to `recover`.
#[cold]
#[inline(never)]
pub(super) fn end(
    session: &Session,
    started: Option<Started>,
    site: &'static Site,
    reason: StopReason,
    failure: &Words<'_, Shown<'_>>,
    refused_calls: Option<u64>,
    pending: Option<&mut PendingEnd>,
) {
    record(site).count_end(reason);
    if !observers::is_observed() {
        return;
    }
    let end = End {
        site,
        reason,
        attempts: session.failures(),
        rejected: matches!(failure.0, Failure::Rejected(_)),
        refused_calls,
        waited: session.waited(),
        elapsed: started.map(Started::elapsed),
    };
    match pending {
        Some(pending) => pending.keep(end, failure),
        None => end.tell(format_args!("{failure}"), false),
    }
}

/// Counts a call that succeeded after a failure, and sends the event.
#[cold]
#[inline(never)]
pub(super) fn recovered(session: &Session, started: Option<Started>, site: &'static Site) {
    record(site).count_recovery();
    if observers::is_observed() {
        tell_recovery(session, started, site);
    }
}

#[cold]
#[inline(never)]
fn tell_recovery(session: &Session, started: Option<Started>, site: &'static Site) {
    let (attempts, waited, elapsed) = (session.attempt(), session.waited(), started.map(Started::elapsed));
    observers::tell(&Event::Recovered { site, attempts, waited, elapsed });
}
