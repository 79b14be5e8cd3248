//! The names of the metrics of a site, and their keys, which are stored in the site's record. It knows no events.

use crate::failure::stop_reason::StopReason;
use metrics::{Key, Label};

pub(super) const RETRIES: &str = "reattempt_retries_total";
pub(super) const RETRIED_CALLS: &str = "reattempt_retried_calls_total";
pub(super) const RECOVERED: &str = "reattempt_recovered_total";
pub(super) const GAVE_UP: &str = "reattempt_gave_up_total";
pub(super) const DELAY: &str = "reattempt_delay_seconds";

/// The keys of a site's metrics.
pub(crate) struct Keys {
    pub(super) retries: Key,
    pub(super) retried_calls: Key,
    pub(super) recovered: Key,
    pub(super) delay: Key,
    /// The keys of `gave_up`, indexed by reason.
    pub(super) gave_up: [Key; StopReason::ALL.len()],
}

impl Keys {
    /// Makes the keys. The labels live as long as the process, like the site.
    #[cold]
    pub(super) fn new(site: &'static str) -> Self {
        let site = Label::from_static_parts("site", site);
        let named: &'static [Label] = Box::leak(Box::new([site.clone()]));
        let key = |name| Key::from_static_parts(name, named);
        Self {
            retries: key(RETRIES),
            retried_calls: key(RETRIED_CALLS),
            recovered: key(RECOVERED),
            delay: key(DELAY),
            gave_up: StopReason::ALL.map(|reason| {
                let reason = Label::from_static_parts("reason", reason.label());
                Key::from_static_parts(GAVE_UP, Box::leak(Box::new([site.clone(), reason])))
            }),
        }
    }
}
