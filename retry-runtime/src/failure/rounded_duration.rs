//! Durations in error messages, rounded for people. This module knows no error.

use core::fmt;
use core::time::Duration;

/// A duration that is displayed rounded: `3.2 s`, `250 ms`, `40 µs`.
pub(super) struct RoundedDuration(pub(super) Duration);

impl fmt::Display for RoundedDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.as_secs() > 0 {
            write!(f, "{:.1} s", self.0.as_secs_f64())
        } else if self.0.as_millis() > 0 {
            write!(f, "{} ms", self.0.as_millis())
        } else {
            write!(f, "{} µs", self.0.as_micros())
        }
    }
}
