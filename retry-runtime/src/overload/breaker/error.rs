//! The error of a breaker with wrong settings, and its messages.

use crate::overload::write_refusal;
use core::fmt;
use core::time::Duration;

/// The error of a breaker with wrong settings.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// `consecutive` is outside `[1, 1024]`.
    Consecutive {
        /// The failures found.
        failures: u32,
    },
    /// `rate` is outside `[0.001, 1]`, or not a number.
    Rate {
        /// The rate found.
        rate: f64,
    },
    /// `over` is outside `[1, 1024]`.
    Over {
        /// The outcomes found.
        outcomes: u32,
    },
    /// `within` is outside `[100 ms, 1 h]`.
    Within {
        /// The time found.
        time: Duration,
    },
    /// `minimum` is outside `[1, 1000000]`.
    Minimum {
        /// The outcomes found.
        outcomes: u32,
    },
    /// The rate of `slow` is outside `[0.001, 1]`, or not a number.
    SlowRate {
        /// The rate found.
        rate: f64,
    },
    /// The time of `slow` is outside `[1 ms, 1 h]`.
    SlowTime {
        /// The time found.
        time: Duration,
    },
    /// `cool_down` is outside `[1 ms, 1 day]`.
    CoolDown {
        /// The time found.
        time: Duration,
    },
    /// `probes` is outside `[1, 1024]`.
    Probes {
        /// The probes found.
        probes: u32,
    },
    /// Both `consecutive` and `rate` are set.
    TwoRules,
    /// Both `over` and `within` are set.
    TwoWindows,
    /// `minimum` is above `over`, so the window would never be evaluated.
    MinimumAboveOver {
        /// The minimum found.
        minimum: u32,
        /// The window found, or the default.
        over: u32,
    },
    /// The capacity of `Breakers` is outside `[1, 10000]`.
    Capacity {
        /// The capacity found.
        capacity: usize,
    },
}

impl Error {
    /// Returns the text without the values, for panics at compile time, which cannot format.
    pub(crate) const fn summary(&self) -> &'static str {
        match self {
            Self::Consecutive { .. } => "`consecutive` must be between 1 and 1024 failures in a row",
            Self::Rate { .. } => "`rate` must be between 0.001 and 1; 0.5 trips when half of the outcomes are failures",
            Self::Over { .. } => "`over` must be between 1 and 1024 outcomes; for more of them use `within` and a time",
            Self::Within { .. } => "`within` must be between 100ms and 3600s",
            Self::Minimum { .. } => "`minimum` must be between 1 and 1000000 outcomes",
            Self::SlowRate { .. } => {
                "the rate of `slow` must be between 0.001 and 1; 0.5 trips when half of the outcomes are slow"
            }
            Self::SlowTime { .. } => "the time of `slow` must be between 1ms and 3600s",
            Self::CoolDown { .. } => "`cool_down` must be between 1ms and 86400s",
            Self::Probes { .. } => "`probes` must be between 1 and 1024: without one the breaker could never close",
            Self::TwoRules => "`consecutive` and `rate` exclude each other; choose one",
            Self::TwoWindows => "`over` and `within` exclude each other; choose one",
            Self::MinimumAboveOver { .. } => {
                "`minimum` is above `over`, so the window would never be judged; lower it, or set a larger `over` before it"
            }
            Self::Capacity { .. } => "`capacity` must be between 1 and 10000 breakers",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found: &dyn fmt::Debug = match self {
            Self::Consecutive { failures: count } | Self::Probes { probes: count } => count,
            Self::Over { outcomes } | Self::Minimum { outcomes } => outcomes,
            Self::Rate { rate } | Self::SlowRate { rate } => rate,
            Self::Within { time } | Self::SlowTime { time } | Self::CoolDown { time } => time,
            Self::Capacity { capacity } => capacity,
            Self::TwoRules | Self::TwoWindows => return f.write_str(self.summary()),
            Self::MinimumAboveOver { minimum, over } => {
                return write!(
                    f,
                    "`minimum` ({minimum}) is above `over` ({over}), so the window would never be judged; lower `minimum` or raise `over`"
                );
            }
        };
        write_refusal(f, self.summary(), format_args!("{found:?}"))
    }
}

impl core::error::Error for Error {}
