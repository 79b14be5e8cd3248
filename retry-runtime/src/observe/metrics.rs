//! An observer that counts events by the recorder of the crate `metrics`. It knows events and no calls.
//!
//! Names, labels and units are documented in the guide's chapter on events. The keys of a site are made at its first event and stored with
//! the site, so later events allocate and hash nothing here. Handles are not stored: a recorder may be installed after the first failure, or
//! for a single thread.

use crate::observe::event::Event;
use crate::observe::metric_keys::{DELAY, GAVE_UP, Keys, RECOVERED, RETRIED_CALLS, RETRIES};
use crate::observe::site::Site;
use crate::observe::transition::Transition;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};
use metrics::{Key, Label, Level, Metadata, Recorder, Unit};

const TRANSITIONS: &str = "reattempt_breaker_transitions_total";

/// The counters with their descriptions.
const COUNTERS: [(&str, &str); 5] = [
    (RETRIES, "Retries that were decided on, each after a delay."),
    (RETRIED_CALLS, "Calls that needed at least one retry."),
    (RECOVERED, "Calls that succeeded after a retry."),
    (GAVE_UP, "Calls that ended without success, by the reason why there was no further attempt."),
    (TRANSITIONS, "Transitions of circuit breakers, by what they became."),
];

/// The label `breaker` of a breaker without a name.
const UNNAMED: &str = "unnamed";

static METADATA: Metadata<'static> = Metadata::new("reattempt", Level::INFO, Some(module_path!()));

/// Receives an event.
pub(crate) fn observe(event: &Event<'_>) {
    metrics::with_recorder(|recorder| {
        describe(recorder);
        let increment = |key: &Key| recorder.register_counter(key, &METADATA).increment(1);
        match *event {
            Event::AttemptFailed { site, attempt, delay, .. } => {
                let keys = keys(site);
                increment(&keys.retries);
                if attempt == 1 {
                    increment(&keys.retried_calls);
                }
                recorder.register_histogram(&keys.delay, &METADATA).record(delay.as_secs_f64());
            }
            Event::GaveUp { site, reason, .. } => increment(&keys(site).gave_up[reason.index()]),
            Event::Recovered { site, .. } => increment(&keys(site).recovered),
            Event::BreakerTransition { transition } => increment(&transition_key(&transition)),
            Event::Adjusted { .. } | Event::BlocksRuntime { .. } => {}
        }
    });
}

/// Returns the keys of a site's metrics, which are made at its first event.
fn keys(site: &'static Site) -> &'static Keys {
    site.record().metrics.get_or_init(|| Keys::new(site.name()))
}

fn transition_key(transition: &Transition) -> Key {
    let breaker = Label::from_static_parts("breaker", transition.name.unwrap_or(UNNAMED));
    Key::from_parts(TRANSITIONS, vec![breaker, Label::from_static_parts("to", transition.to.label())])
}

/// Describes the metrics to each recorder once. An application may install a recorder after its first failure.
fn describe(recorder: &dyn Recorder) {
    /// The address of the recorder that has the descriptions. It guards no memory, and describing twice is harmless, so `Relaxed` is enough.
    static DESCRIBED: AtomicUsize = AtomicUsize::new(0);
    let address = ptr::from_ref(recorder).cast::<()>().addr();
    if DESCRIBED.load(Ordering::Relaxed) != address {
        DESCRIBED.store(address, Ordering::Relaxed);
        describe_all(recorder);
    }
}

#[cold]
fn describe_all(recorder: &dyn Recorder) {
    for (name, description) in COUNTERS {
        recorder.describe_counter(name.into(), Some(Unit::Count), description.into());
    }
    let delays = "Delays before retries, in seconds.";
    recorder.describe_histogram(DELAY.into(), Some(Unit::Seconds), delays.into());
}
