//! The switch of retries: how many attempts a call may have. It does not know who switches, or where.

/// The number of attempts that a call may have; zero is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Switch(u32);

impl Switch {
    /// Retries are on.
    pub(crate) const ON: Self = Self(u32::MAX);

    /// Retries are off: the first attempt is the last one.
    pub(crate) const OFF: Self = Self(0);

    /// At most this number of attempts in all; zero is off.
    pub(crate) const fn limit(attempts: u32) -> Self {
        Self(attempts)
    }

    /// Returns the number of attempts.
    #[inline]
    pub(crate) const fn attempts(self) -> u32 {
        self.0
    }

    /// Returns the one that allows less.
    #[cfg(feature = "test-util")]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// Whether another attempt may follow this one, the last that was made.
    #[inline]
    pub(crate) const fn allows_after(self, attempt: u32) -> bool {
        attempt < self.0
    }
}
