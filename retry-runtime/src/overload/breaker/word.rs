//! A word of 64 bits that holds several short numbers. It does not know what they mean.

/// The first bit of a number, and the number of its bits.
pub(super) type Field = (u32, u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word(pub(super) u64);

impl Word {
    #[inline]
    pub(super) const fn get(self, (at, bits): Field) -> u64 {
        low(self.0 >> at, bits)
    }

    /// Replaces a number. Its upper bits are cut off if it is too large.
    #[inline]
    pub(super) const fn with(self, (at, bits): Field, number: u64) -> Self {
        let rest = self.0 & !(low(u64::MAX, bits) << at);
        Self(rest | low(number, bits) << at)
    }
}

/// Returns the lower bits of a number.
pub(super) const fn low(number: u64, bits: u32) -> u64 {
    number & !(u64::MAX << bits)
}
