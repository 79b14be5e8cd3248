//! Retry policies: the settings, the delays that follow from them, and the rules for settings.
//!
//! Pure: this crate reads no clock, owns no generator and knows no outcome. Random bits are arguments. It has no dependency, because
//! the procedural macro uses it as well as the runtime.
//!
//! | module | content |
//! |---|---|
//! | [`strategy`] | strategies, kinds of jitter, and the table of strategies |
//! | [`setting`] | settings by name |
//! | [`settings`] | the settings of a policy, with their defaults |
//! | [`rules`] | which settings fit together |
//! | [`range`] | settings of run time, brought into range |
//! | [`policy_error`] | the error messages for wrong settings |
//! | [`delay`] | the delay before each retry |
//! | [`backoff`], [`jitter`] | the formulas |
//! | [`forecast`] | how long a policy waits in all, and how many attempts it makes |
//! | [`duration`] | durations as text |
//! | [`notation`] | settings as text, written and read back |
//! | [`parse_error`] | what is wrong with a text, and where |
//! | [`other_names`] | the names of settings in other libraries |
//! | [`description`] | settings in plain words |
//! | [`suggestion`] | "did you mean" |
//! | [`nanos`] | conversions of nanoseconds |
//!
//! # One kind of number
//!
//! All times are whole nanoseconds in `u64`. The largest is 584 years. Longer times saturate there: a [`Duration`] of a thousand years
//! counts as 584 years, and so does a delay that would grow past them.
//!
//! [`Duration`]: core::time::Duration

pub mod backoff;
pub mod delay;
pub mod description;
pub mod duration;
pub mod forecast;
pub mod jitter;
pub mod nanos;
pub mod notation;
pub mod other_names;
pub mod parse_error;
pub mod policy_error;
pub mod range;
pub mod rules;
pub mod setting;
pub mod settings;
pub mod strategy;
pub mod suggestion;

pub use delay::Memory;
pub use parse_error::ParseError;
pub use policy_error::PolicyError;
pub use rules::{BrokenRule, Later};
pub use setting::{Setting, SettingSet};
pub use settings::{Attempts, Deadline, Settings, Written};
pub use strategy::{Jitter, Kind, Strategy};
