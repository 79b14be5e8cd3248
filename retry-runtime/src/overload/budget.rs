//! The budget: shared tokens that retries are paid from. It knows neither policy nor session.
//!
//! # Why
//!
//! Three attempts per call are three times the load, at the moment when the server can bear it least. Three layers that do so cause
//! twenty-seven times the load. A limit per call cannot prevent that; a budget that calls share can. While most calls succeed, every
//! retry is paid for. When most calls fail, few retries are made, and the server gets its normal load and little more.
//!
//! # The bucket
//!
//! ```text
//!  a call ends without a transient failure: + ratio ─┐
//!  time passes:                    + reserve / second ┼─> [ 0 ..= capacity ] ──> a retry: - 1, or none at all
//!  a paid retry was not made after all:           + 1 ┘
//! ```
//!
//! Successes fund it, not requests: a bucket that requests fill pays most when everything fails. Without the reserve, and with attempts
//! that fail at the rate f, a call makes a = 1 + ratio * a * (1 - f) attempts in the long run, because each attempt that succeeds ends a
//! call and deposits. That is `1 / (1 - ratio * (1 - f))`, at most 1.1 with the default. The reserve gives retries to a caller with little
//! traffic, and refills an empty bucket.
//!
//! # Trade-offs
//!
//! - Tokens are counted in thousandths, so 0.3 and 0.7 are exact. Finer ratios are rounded to a thousandth.
//! - The reserve is credited at a withdrawal, which has to read the clock, and not continuously. It is the difference of two totals since
//!   the clock's beginning, so rounding loses nothing, however often it is credited.
//! - A retry is paid before its delay. Otherwise all waiting retries would rely on the same token.
//! - There is no fairness: the first withdrawal gets the token. Share a budget per destination, not per function and not per process.
//!
//! Known from Finagle's `RetryBudget` and the retry throttling of gRPC (proposal A6). The idea that successes make the deposits is from
//! Brooker, "Fixing retries with token buckets and circuit breakers", 2022.

use crate::time::atomics::{AtomicU64, Ordering};
use crate::time::clock;
use core::fmt;

/// One token, in the unit of the bucket.
const TOKEN: u64 = 1_000;
const MAX_CAPACITY: u32 = 10_000;
const MAX_RESERVE: f64 = 10_000.0;

/// A token bucket that pays for retries. All calls to one destination share it.
///
/// A call that ends without a transient failure deposits `ratio` tokens, a retry withdraws one, and time adds a small `reserve`.
/// The balance is never negative and never above the capacity. All functions may be called from any thread at any time.
///
/// # Defaults
///
/// | setting | default | range |
/// |---|---|---|
/// | [`ratio`](Self::ratio) | 0.1 | `[0.001, 1]`, in steps of 0.001 |
/// | [`capacity`](Self::capacity) | 100 | `[1, 10000]` |
/// | [`reserve`](Self::reserve) | 1 per second | 0, or `[0.001, 10000]` in steps of 0.001 |
/// | [`initial`](Self::initial) | full | `[0, capacity]` |
///
/// The setters check each value at once and panic if it is wrong, which is a compile error in a `static`. [`Budget::builder`] checks all
/// settings together at run time, and returns an error.
///
/// # Examples
///
/// ```
/// use reattempt::Budget;
///
/// static PAYMENTS: Budget = Budget::new().ratio(0.2).capacity(50);
///
/// assert!(PAYMENTS.withdraw(), "a new bucket is full");
/// assert_eq!(PAYMENTS.balance(), 49);
/// ```
///
/// A value that is out of range does not compile:
///
/// ```compile_fail,E0080
/// use reattempt::Budget;
///
/// static WRONG: Budget = Budget::new().ratio(30.0);
/// ```
#[must_use = "a budget does nothing until it pays for retries"]
#[repr(align(64))]
pub struct Budget {
    /// Protocol: the word is the whole state, tokens and time together. Each change is one compare-exchange from the fill that it was
    /// computed from, so a decision on one fill is never applied to another. The word guards no other memory, so `Relaxed` is enough
    /// throughout: changes of one word have one order that all threads agree on.
    ///
    /// The word shares its cache line only with settings, so that writes to neighboring memory do not slow down loads.
    word: AtomicU64,
    rates: Rates,
    builder: BudgetBuilder,
}

impl Budget {
    /// Makes a budget with the defaults.
    pub const fn new() -> Self {
        Self::builder().assembled()
    }

    /// Starts a builder with the defaults, for settings that are known at run time.
    pub const fn builder() -> BudgetBuilder {
        BudgetBuilder { ratio: 0.1, capacity: 100, reserve: 1.0, initial: None }
    }

    #[track_caller]
    const fn checked(self) -> Self {
        match self.builder.error() {
            None => self.builder.assembled(),
            Some(error) => panic!("{}", error.summary()),
        }
    }

    /// Makes the deposit of a call that ended without a transient failure. If the bucket is full, this is only a load.
    #[inline]
    pub fn deposit(&self) {
        self.add(self.rates.ratio);
    }

    /// Takes one token for a retry. Returns `false` if there is none; then the retry must not be made.
    ///
    /// Only this function and [`balance`](Self::balance) read the clock, and only if there is a reserve.
    pub fn withdraw(&self) -> bool {
        self.withdraw_at(self.now())
    }

    fn withdraw_at(&self, now: u64) -> bool {
        let mut is_paid = false;
        self.update(|fill| {
            let due = fill.at(&self.rates, now);
            let paid = due.milli.checked_sub(TOKEN).map(|milli| Fill { milli, ..due });
            is_paid = paid.is_some();
            // A refusal computes the reserve again the next time. Only its start time must be stored once.
            paid.or_else(|| (fill.credited == 0 && due.credited != 0).then_some(due))
        });
        is_paid
    }

    /// Returns a withdrawn token to the bucket, for a retry that was paid but not made.
    pub fn refund(&self) {
        self.add(TOKEN);
    }

    /// Returns the number of retries that could be paid now.
    pub fn balance(&self) -> u32 {
        self.balance_milli() / 1_000
    }

    /// Returns the balance in thousandths of a token.
    pub fn balance_milli(&self) -> u32 {
        let milli = self.fill().at(&self.rates, self.now()).milli;
        u32::try_from(milli).unwrap_or(u32::MAX)
    }

    /// Resets the bucket to its first fill.
    pub fn reset(&self) {
        self.word.store(Fill { milli: self.rates.initial, credited: 0 }.pack(), Ordering::Relaxed);
    }

    /// Returns the time up to which the reserve is credited, or 0 without a reserve.
    fn now(&self) -> u64 {
        if self.rates.reserve == 0 { 0 } else { clock::uptime_millis() }
    }

    fn fill(&self) -> Fill {
        Fill::unpack(self.word.load(Ordering::Relaxed))
    }

    #[inline]
    fn add(&self, milli: u64) {
        if self.fill().milli < self.rates.capacity {
            self.add_below_capacity(milli);
        }
    }

    #[cold]
    fn add_below_capacity(&self, milli: u64) {
        let capacity = self.rates.capacity;
        self.update(|fill| {
            (fill.milli < capacity).then(|| Fill { milli: fill.milli.saturating_add(milli).min(capacity), ..fill })
        });
    }

    /// Changes the fill in one step. Does nothing if `change` returns `None`.
    fn update(&self, mut change: impl FnMut(Fill) -> Option<Fill>) {
        let change = |word| change(Fill::unpack(word)).map(Fill::pack);
        // The previous fill is not needed.
        self.word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).ok();
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BudgetBuilder { ratio, capacity, reserve, .. } = self.builder;
        f.debug_struct("Budget")
            .field("balance_milli", &self.balance_milli())
            .field("ratio", &ratio)
            .field("capacity", &capacity)
            .field("reserve", &reserve)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Budget`] from settings that are known at run time.
///
/// # Examples
///
/// ```
/// use reattempt::Budget;
///
/// let error = Budget::builder().ratio(30.0).build().unwrap_err();
/// assert_eq!(error.to_string(), "`ratio` is 30, but must be between 0.001 and 1; 0.1 pays a retry for every ten calls that succeed");
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct BudgetBuilder {
    ratio: f64,
    capacity: u32,
    reserve: f64,
    initial: Option<u32>,
}

impl BudgetBuilder {
    /// Builds the budget.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is out of range, or if the first fill is above the capacity.
    pub const fn build(self) -> Result<Budget, BudgetError> {
        match self.error() {
            None => Ok(self.assembled()),
            Some(error) => Err(error),
        }
    }

    /// Returns the error of the first rule that the settings break.
    const fn error(&self) -> Option<BudgetError> {
        Some(match *self {
            Self { ratio, .. } if !(ratio >= 0.001 && ratio <= 1.0) => BudgetError::Ratio { ratio },
            Self { capacity, .. } if capacity < 1 || capacity > MAX_CAPACITY => BudgetError::Capacity { capacity },
            Self { reserve, .. } if !(reserve == 0.0 || reserve >= 0.001 && reserve <= MAX_RESERVE) => {
                BudgetError::Reserve { reserve }
            }
            Self { initial: Some(initial), capacity, .. } if initial > capacity => {
                BudgetError::Initial { initial, capacity }
            }
            _ => return None,
        })
    }

    /// Makes a budget from checked settings.
    const fn assembled(self) -> Budget {
        let initial = match self.initial {
            Some(tokens) => tokens,
            None => self.capacity,
        };
        let rates = Rates {
            ratio: milli(self.ratio),
            capacity: (self.capacity as u64).saturating_mul(TOKEN),
            reserve: milli(self.reserve),
            initial: (initial as u64).saturating_mul(TOKEN),
        };
        let first = Fill { milli: rates.initial, credited: 0 };
        Budget { word: AtomicU64::new(first.pack()), rates, builder: self }
    }
}

settings! {
    Budget, BudgetBuilder:

    /// Sets the deposit of a call that ends without a transient failure, in tokens. It is the number of retries per successful call.
    ///
    /// # Panics
    ///
    /// Panics if the ratio is outside `[0.001, 1]`.
    ratio(ratio: f64) => ratio = ratio;

    /// Sets the largest number of tokens, which is the longest burst of retries.
    ///
    /// # Panics
    ///
    /// Panics if the number is outside `[1, 10000]`, or below an `initial` that was set before.
    capacity(tokens: u32) => capacity = tokens;

    /// Sets the number of tokens that time adds per second, from the first withdrawal on. Zero means no reserve.
    ///
    /// # Panics
    ///
    /// Panics if the number is neither 0 nor in `[0.001, 10000]`.
    reserve(tokens_per_second: f64) => reserve = tokens_per_second;

    /// Sets the number of tokens at the beginning. If that needs a larger `capacity`, set the capacity first.
    ///
    /// # Panics
    ///
    /// Panics if the number is above the capacity.
    initial(tokens: u32) => initial = Some(tokens);
}

/// Rounds to thousandths.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked before: neither large nor negative"
)]
const fn milli(number: f64) -> u64 {
    (number * 1_000.0 + 0.5) as u64
}

/// The error of a budget with wrong settings.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum BudgetError {
    /// `ratio` is outside `[0.001, 1]`, or not a number.
    Ratio {
        /// The ratio found.
        ratio: f64,
    },
    /// `capacity` is outside `[1, 10000]`.
    Capacity {
        /// The capacity found.
        capacity: u32,
    },
    /// `reserve` is neither 0 nor in `[0.001, 10000]`.
    Reserve {
        /// The reserve found.
        reserve: f64,
    },
    /// `initial` is above `capacity`.
    Initial {
        /// The first fill found.
        initial: u32,
        /// The capacity found, or the default.
        capacity: u32,
    },
}

impl BudgetError {
    /// Returns the text without the values, for panics at compile time, which cannot format.
    const fn summary(&self) -> &'static str {
        match self {
            Self::Ratio { .. } => {
                "`ratio` must be between 0.001 and 1; 0.1 pays a retry for every ten calls that succeed"
            }
            Self::Capacity { .. } => "`capacity` must be between 1 and 10000 tokens",
            Self::Reserve { .. } => {
                "`reserve` must be 0, which switches it off, or between 0.001 and 10000 tokens per second"
            }
            Self::Initial { .. } => "`initial` is above `capacity`; lower it, or set a larger `capacity` before it",
        }
    }
}

impl fmt::Display for BudgetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found: &dyn fmt::Display = match self {
            Self::Ratio { ratio: number } | Self::Reserve { reserve: number } => number,
            Self::Capacity { capacity } => capacity,
            Self::Initial { initial, capacity } => {
                return write!(
                    f,
                    "`initial` ({initial}) is above `capacity` ({capacity}); lower it, or raise `capacity`"
                );
            }
        };
        super::write_refusal(f, self.summary(), format_args!("{found}"))
    }
}

impl core::error::Error for BudgetError {}

/// The rates in thousandths of a token.
#[derive(Clone, Copy, Debug)]
struct Rates {
    ratio: u64,
    capacity: u64,
    /// The reserve per second.
    reserve: u64,
    initial: u64,
}

/// The tokens in the bucket, and the time until which the reserve is credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fill {
    milli: u64,
    /// The time until which the reserve is credited, in milliseconds of the process's clock. It is 0 before the first withdrawal.
    credited: u64,
}

impl Fill {
    /// The largest capacity, 10,000 tokens, is below 2^24 thousandths. The other 40 bits hold milliseconds for 34 years.
    const MILLI_BITS: u32 = 24;
    const LATEST: u64 = u64::MAX >> Self::MILLI_BITS;

    const fn pack(self) -> u64 {
        self.credited << Self::MILLI_BITS | self.milli
    }

    const fn unpack(word: u64) -> Self {
        Self { milli: word & !(u64::MAX << Self::MILLI_BITS), credited: word >> Self::MILLI_BITS }
    }

    /// Returns the fill with the reserve credited up to a time. A time that is not later than the last one credits nothing and is ignored.
    fn at(self, rates: &Rates, now: u64) -> Self {
        if now <= self.credited { self } else { self.credit(rates, now) }
    }

    /// It is a separate function, so that a withdrawal does not begin with the computation of a credit that it may not need.
    #[cold]
    #[inline(never)]
    fn credit(self, rates: &Rates, now: u64) -> Self {
        let now = now.min(Self::LATEST);
        if self.credited == 0 {
            return Self { credited: now, ..self };
        }
        // The product is below 2^40 * 2^24, so it does not wrap.
        let total = |millis: u64| millis.wrapping_mul(rates.reserve) / 1_000;
        let credit = total(now).saturating_sub(total(self.credited));
        Self { milli: self.milli.saturating_add(credit).min(rates.capacity), credited: now }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;

#[cfg(all(test, loom))]
#[path = "budget/tests/loom.rs"]
mod loom_tests;
