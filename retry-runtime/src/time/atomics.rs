//! Atomics: the standard library's, or loom's under `--cfg loom`. It does not know what is kept in them.
//!
//! Loom's cannot be made at compile time, so what makes them is `const` for the standard library's alone: [`const_fn`] drops the
//! word under loom, where nothing is a `static`.

#[cfg(not(loom))]
pub(crate) use core::sync::atomic::{AtomicU64, Ordering};
#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering};

/// Defines a `const fn`, which is a plain `fn` under loom.
macro_rules! const_fn {
    ($(#[$attribute:meta])* $visibility:vis const fn $($rest:tt)*) => {
        $(#[$attribute])*
        #[cfg(not(loom))]
        $visibility const fn $($rest)*

        $(#[$attribute])*
        #[cfg(loom)]
        $visibility fn $($rest)*
    };
}
pub(crate) use const_fn;

/// Makes words that are zero.
#[cfg(not(loom))]
pub(crate) const fn zeroes<const N: usize>() -> [AtomicU64; N] {
    [const { AtomicU64::new(0) }; N]
}

/// Makes words that are zero.
#[cfg(loom)]
pub(crate) fn zeroes<const N: usize>() -> [AtomicU64; N] {
    core::array::from_fn(|_| AtomicU64::new(0))
}
