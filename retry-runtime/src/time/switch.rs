//! The switch of retries: limits the attempts of a call. This module does not know sites or tests.

/// The largest number of attempts of a call. Zero means that retries are off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Switch(u32);

impl Switch {
    /// Retries are on.
    pub(crate) const ON: Self = Self(u32::MAX);

    /// Retries are off: the first attempt is the last one.
    pub(crate) const OFF: Self = Self(0);

    /// Makes a switch for at most this number of attempts in all. Zero switches retries off.
    pub(crate) const fn limit(attempts: u32) -> Self {
        Self(attempts)
    }

    /// Returns the number of attempts.
    #[inline]
    pub(crate) const fn attempts(self) -> u32 {
        self.0
    }

    /// Returns the switch that allows fewer attempts.
    #[cfg(feature = "test-util")]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// Returns `true` if another attempt may follow this attempt.
    #[inline]
    pub(crate) const fn allows_after(self, attempt: u32) -> bool {
        attempt < self.0
    }
}
