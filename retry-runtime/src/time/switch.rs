//! The switch of retries: on, off, or limited to a number of attempts. It does not know who switches, or where.

/// Whether retries are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    On,
    Off,
    /// At most this number of attempts in all.
    Limit(u32),
}

#[cfg(feature = "test-util")]
impl Switch {
    /// Returns the one that allows less.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Off, _) | (_, Self::Off) => Self::Off,
            (Self::On, switch) | (switch, Self::On) => switch,
            (Self::Limit(attempts), Self::Limit(others)) => Self::Limit(attempts.min(others)),
        }
    }
}
