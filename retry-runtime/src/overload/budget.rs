//! The budget: shared tokens that retries are paid from. It knows neither policy nor session.
//!
//! # Why
//!
//! Three attempts per call are three times the load at the moment when the server can bear it least, and three layers that do so
//! are twenty-seven times. A limit per call cannot see that; a budget that calls share can: while most calls succeed every
//! retry is paid for, and when most fail, retries fade to a trickle, so that the server meets its normal load and little more.
//!
//! # The bucket
//!
//! ```text
//!  a call ends without a transient failure: + ratio ─┐
//!  time passes:                    + reserve / second ┼─> [ 0 ..= capacity ] ──> a retry: - 1, or none at all
//!  a paid retry was not made after all:           + 1 ┘
//! ```
//!
//! It is funded by successes and not by requests: a bucket that requests fill pays most when everything fails. With the reserve
//! off and attempts that fail at the rate f, a call makes a = 1 + ratio * a * (1 - f) attempts in the long run, since each attempt
//! that succeeds ends a call and deposits; that is `1 / (1 - ratio * (1 - f))`, 1.1 at most with the default. The reserve is
//! what gets a caller with little traffic a retry at all, and a drained bucket out of its hole.
//!
//! # Trade-offs
//!
//! - Tokens are counted in thousandths, so 0.3 and 0.7 are what they say; finer ratios are rounded to a thousandth.
//! - The reserve is not credited when it comes due but when somebody withdraws, who has to read the clock; it is computed as the
//!   difference of two totals since the clock's beginning, so nothing is lost to rounding however often it is credited.
//! - A retry is paid before it waits. What waits in a backoff is spent: otherwise all who wait would be promised the same token.
//! - No fairness: whoever comes first is paid. Share a budget per destination, not per function and not per process.
//!
//! Known from Finagle's `RetryBudget` and the retry throttling of gRPC (proposal A6); that deposits should come of successes, from
//! Brooker, "Fixing retries with token buckets and circuit breakers", 2022.

use crate::time::atomics::{AtomicU64, Ordering};
use crate::time::clock;
use core::fmt;

/// One token, in the unit of the bucket.
const TOKEN: u64 = 1_000;
const MAX_CAPACITY: u32 = 10_000;
const MAX_RESERVE: f64 = 10_000.0;

/// A token bucket that pays for retries; shared by all calls to one destination.
///
/// A call that ends without a transient failure deposits `ratio` tokens, a retry withdraws one, and time adds a small `reserve`.
/// The balance is never negative and never above the capacity. All functions are safe to call from everywhere at once.
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
/// The functions that set them are judged one after the other as they are written, and panic: a compile error in a `static`.
/// [`Budget::builder`] judges them together at run time, and answers an error.
///
/// # Examples
///
/// ```
/// use retry_runtime::Budget;
///
/// static PAYMENTS: Budget = Budget::new().ratio(0.2).capacity(50);
///
/// assert!(PAYMENTS.withdraw(), "a new bucket is full");
/// assert_eq!(PAYMENTS.balance(), 49);
/// ```
///
/// What is out of range does not compile:
///
/// ```compile_fail,E0080
/// use retry_runtime::Budget;
///
/// static WRONG: Budget = Budget::new().ratio(30.0);
/// ```
pub struct Budget {
    bucket: Bucket,
    rates: Rates,
    builder: BudgetBuilder,
}

impl Budget {
    /// Makes a budget with the defaults.
    pub const fn new() -> Self {
        Self::of(BudgetBuilder::new())
    }

    /// Starts a builder with the defaults, for settings that are known at run time.
    pub const fn builder() -> BudgetBuilder {
        BudgetBuilder::new()
    }

    /// Sets what a call deposits that ends without a transient failure: the share of retries among calls that succeed.
    ///
    /// # Panics
    ///
    /// Where it is outside `[0.001, 1]`.
    #[track_caller]
    #[must_use = "this makes another budget"]
    pub const fn ratio(self, ratio: f64) -> Self {
        Self::of(self.builder.ratio(ratio))
    }

    /// Sets how many tokens there are at most: the longest burst of retries.
    ///
    /// # Panics
    ///
    /// Where it is outside `[1, 10000]`, or below an `initial` that was set before.
    #[track_caller]
    #[must_use = "this makes another budget"]
    pub const fn capacity(self, tokens: u32) -> Self {
        Self::of(self.builder.capacity(tokens))
    }

    /// Sets how many tokens time adds per second, from the first withdrawal on; 0 for none.
    ///
    /// # Panics
    ///
    /// Where it is neither 0 nor in `[0.001, 10000]`.
    #[track_caller]
    #[must_use = "this makes another budget"]
    pub const fn reserve(self, tokens_per_second: f64) -> Self {
        Self::of(self.builder.reserve(tokens_per_second))
    }

    /// Sets how many tokens there are at first. Set the capacity before it, where it needs a larger one.
    ///
    /// # Panics
    ///
    /// Where it is above the capacity.
    #[track_caller]
    #[must_use = "this makes another budget"]
    pub const fn initial(self, tokens: u32) -> Self {
        Self::of(self.builder.initial(tokens))
    }

    #[track_caller]
    const fn of(builder: BudgetBuilder) -> Self {
        match builder.refusal() {
            None => Self::assembled(builder),
            Some(refusal) => panic!("{}", refusal.summary()),
        }
    }

    const fn assembled(builder: BudgetBuilder) -> Self {
        let rates = builder.rates();
        Self { bucket: Bucket::new(rates.initial), rates, builder }
    }

    /// Takes what a call brings in that ended without a transient failure. Just a load where the bucket is full.
    #[inline]
    pub fn deposit(&self) {
        self.bucket.add(self.rates.ratio, self.rates.capacity);
    }

    /// Takes one token for a retry; `false` where there is none: the retry must not be made.
    ///
    /// It is the only one that reads the clock, besides [`balance`](Self::balance), and none does where the reserve is off.
    pub fn withdraw(&self) -> bool {
        self.bucket.withdraw(self.rates, self.now())
    }

    /// Gives a withdrawn token back, for a retry that was paid and not made.
    pub fn refund(&self) {
        self.bucket.add(TOKEN, self.rates.capacity);
    }

    /// Answers how many retries could be paid now.
    pub fn balance(&self) -> u32 {
        self.balance_milli() / 1_000
    }

    /// Answers the balance in thousandths of a token.
    pub fn balance_milli(&self) -> u32 {
        let milli = self.bucket.fill().at(self.rates, self.now()).milli;
        u32::try_from(milli).unwrap_or(u32::MAX)
    }

    /// Fills it as it was at first.
    pub fn reset(&self) {
        self.bucket.reset(self.rates.initial);
    }

    fn now(&self) -> u64 {
        if self.rates.reserve == 0 { 0 } else { clock::millis(clock::uptime()) }
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
/// use retry_runtime::Budget;
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
    const fn new() -> Self {
        Self { ratio: 0.1, capacity: 100, reserve: 1.0, initial: None }
    }

    /// Sets what a call deposits that ends without a transient failure, in `[0.001, 1]` (default: 0.1).
    pub const fn ratio(mut self, ratio: f64) -> Self {
        self.ratio = ratio;
        self
    }

    /// Sets how many tokens there are at most, in `[1, 10000]` (default: 100).
    pub const fn capacity(mut self, tokens: u32) -> Self {
        self.capacity = tokens;
        self
    }

    /// Sets how many tokens time adds per second: 0, or in `[0.001, 10000]` (default: 1).
    pub const fn reserve(mut self, tokens_per_second: f64) -> Self {
        self.reserve = tokens_per_second;
        self
    }

    /// Sets how many tokens there are at first, at most the capacity (default: the capacity).
    pub const fn initial(mut self, tokens: u32) -> Self {
        self.initial = Some(tokens);
        self
    }

    /// Builds the budget.
    ///
    /// # Errors
    ///
    /// A setting that is out of range, or a first fill above the capacity.
    pub const fn build(self) -> Result<Budget, BudgetError> {
        match self.refusal() {
            None => Ok(Budget::assembled(self)),
            Some(refusal) => Err(refusal),
        }
    }

    const fn refusal(&self) -> Option<BudgetError> {
        let Self { ratio, capacity, reserve, initial } = *self;
        if !(ratio >= 0.001 && ratio <= 1.0) {
            return Some(BudgetError::Ratio { ratio });
        }
        if capacity < 1 || capacity > MAX_CAPACITY {
            return Some(BudgetError::Capacity { capacity });
        }
        if !(reserve == 0.0 || reserve >= 0.001 && reserve <= MAX_RESERVE) {
            return Some(BudgetError::Reserve { reserve });
        }
        match initial {
            Some(initial) if initial > capacity => Some(BudgetError::Initial { initial, capacity }),
            _ => None,
        }
    }

    const fn rates(&self) -> Rates {
        let initial = match self.initial {
            Some(tokens) => tokens,
            None => self.capacity,
        };
        Rates {
            ratio: milli(self.ratio),
            capacity: (self.capacity as u64).saturating_mul(TOKEN),
            reserve: milli(self.reserve),
            initial: (initial as u64).saturating_mul(TOKEN),
        }
    }
}

/// Rounds to thousandths.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "judged before: neither large nor negative"
)]
const fn milli(number: f64) -> u64 {
    (number * 1_000.0 + 0.5) as u64
}

/// Why settings make no budget.
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
    /// The text without the values, for the compiler's panics, which cannot format.
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
        match self {
            Self::Ratio { ratio } => {
                write!(
                    f,
                    "`ratio` is {ratio}, but must be between 0.001 and 1; 0.1 pays a retry for every ten calls that succeed"
                )
            }
            Self::Capacity { capacity } => {
                write!(f, "`capacity` is {capacity}, but must be between 1 and 10000 tokens")
            }
            Self::Reserve { reserve } => {
                write!(
                    f,
                    "`reserve` is {reserve}, but must be 0, which switches it off, or between 0.001 and 10000 tokens per second"
                )
            }
            Self::Initial { initial, capacity } => {
                write!(f, "`initial` ({initial}) is above `capacity` ({capacity}); lower it, or raise `capacity`")
            }
        }
    }
}

impl core::error::Error for BudgetError {}

/// The settings in thousandths of a token.
#[derive(Clone, Copy, Debug)]
struct Rates {
    ratio: u64,
    capacity: u64,
    /// Per second.
    reserve: u64,
    initial: u64,
}

/// What is in the bucket, and until when the reserve is credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fill {
    milli: u64,
    /// Milliseconds of the process's clock; 0 before the first withdrawal.
    credited: u64,
}

impl Fill {
    /// The capacity's 10,000 tokens are below 2^24 thousandths; 40 bits of milliseconds last for 34 years.
    const MILLI_BITS: u32 = 24;
    const LATEST: u64 = u64::MAX >> Self::MILLI_BITS;

    const fn pack(self) -> u64 {
        self.credited << Self::MILLI_BITS | self.milli
    }

    const fn unpack(word: u64) -> Self {
        Self { milli: word & !(u64::MAX << Self::MILLI_BITS), credited: word >> Self::MILLI_BITS }
    }

    /// The fill with what the reserve has brought in by then. A time before the last one credits nothing and is not noted.
    fn at(self, rates: Rates, now: u64) -> Self {
        if rates.reserve == 0 {
            return self;
        }
        let now = now.clamp(1, Self::LATEST);
        if self.credited == 0 {
            return Self { credited: now, ..self };
        }
        // Below 2^40 times below 2^24: it fits.
        let total = |millis: u64| millis.saturating_mul(rates.reserve) / 1_000;
        let credit = total(now).saturating_sub(total(self.credited));
        Self { milli: self.milli.saturating_add(credit).min(rates.capacity), credited: self.credited.max(now) }
    }
}

/// The bucket's one word.
///
/// Protocol: the word is all there is, tokens and time together, and each change is one compare-exchange from the fill that it
/// was computed of; nothing is decided on a fill and done to another. It guards no other memory, so `Relaxed` is enough
/// throughout: changes of one word have one order that all threads agree on.
///
/// It has a cache line to itself and what is only read, so that a neighbour's writes do not slow down loads.
#[repr(align(64))]
struct Bucket {
    word: AtomicU64,
}

impl Bucket {
    const fn new(milli: u64) -> Self {
        Self { word: AtomicU64::new(Fill { milli, credited: 0 }.pack()) }
    }

    fn fill(&self) -> Fill {
        Fill::unpack(self.word.load(Ordering::Relaxed))
    }

    #[inline]
    fn add(&self, milli: u64, capacity: u64) {
        if self.fill().milli < capacity {
            self.add_below(milli, capacity);
        }
    }

    #[cold]
    fn add_below(&self, milli: u64, capacity: u64) {
        self.update(|fill| {
            (fill.milli < capacity).then(|| Fill { milli: fill.milli.saturating_add(milli).min(capacity), ..fill })
        });
    }

    fn withdraw(&self, rates: Rates, now: u64) -> bool {
        let mut is_paid = false;
        self.update(|fill| {
            let due = fill.at(rates, now);
            is_paid = due.milli >= TOKEN;
            if is_paid {
                return Some(Fill { milli: due.milli.saturating_sub(TOKEN), ..due });
            }
            // What the reserve has brought in is found again the next time, but it has to begin once.
            (fill.credited == 0 && due.credited != 0).then_some(due)
        });
        is_paid
    }

    fn reset(&self, milli: u64) {
        self.word.store(Fill { milli, credited: 0 }.pack(), Ordering::Relaxed);
    }

    fn update(&self, mut change: impl FnMut(Fill) -> Option<Fill>) {
        let mut seen = self.word.load(Ordering::Relaxed);
        while let Some(next) = change(Fill::unpack(seen)) {
            match self.word.compare_exchange_weak(seen, next.pack(), Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return,
                Err(found) => seen = found,
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;

#[cfg(all(test, loom))]
#[path = "budget/tests/loom.rs"]
mod loom_tests;
