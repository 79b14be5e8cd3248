//! The engine: one call with all its attempts, and what happens after each of them.
//!
//! It decides, counts and reports. It neither runs an attempt nor sleeps.

pub(crate) mod call;
pub(crate) mod cancelled_sleep;
pub(crate) mod context;
pub(crate) mod decision;
pub(crate) mod guards;
pub(crate) mod notify;
pub(crate) mod pause;
pub(crate) mod progress;
pub(crate) mod recovery;
pub(crate) mod refusal;
pub(crate) mod report;
pub(crate) mod series;
pub(crate) mod session;
pub(crate) mod step;
