//! Atomics: those of the standard library, or loom's in the tests that run each interleaving. This module does not know what they store.

#[cfg(not(all(test, loom)))]
pub(crate) use core::sync::atomic::AtomicU64;
pub(crate) use core::sync::atomic::Ordering;
#[cfg(all(test, loom))]
pub(crate) use model::AtomicU64;

#[cfg(all(test, loom))]
mod model {
    use super::Ordering;
    use core::mem::ManuallyDrop;
    use loom::sync::atomic::AtomicU64 as Modelled;
    use std::sync::OnceLock;

    /// An atomic of loom, made at its first use and never dropped, because loom's constructor and destructor are not `const`.
    pub(crate) struct AtomicU64 {
        first: u64,
        word: ManuallyDrop<OnceLock<Modelled>>,
    }

    impl AtomicU64 {
        pub(crate) const fn new(first: u64) -> Self {
            Self { first, word: ManuallyDrop::new(OnceLock::new()) }
        }

        fn word(&self) -> &Modelled {
            self.word.get_or_init(|| Modelled::new(self.first))
        }

        pub(crate) fn load(&self, order: Ordering) -> u64 {
            self.word().load(order)
        }

        pub(crate) fn store(&self, value: u64, order: Ordering) {
            self.word().store(value, order);
        }

        pub(crate) fn compare_exchange_weak(
            &self,
            current: u64,
            new: u64,
            success: Ordering,
            failure: Ordering,
        ) -> Result<u64, u64> {
            self.word().compare_exchange_weak(current, new, success, failure)
        }

        pub(crate) fn fetch_update(
            &self,
            success: Ordering,
            failure: Ordering,
            change: impl FnMut(u64) -> Option<u64>,
        ) -> Result<u64, u64> {
            self.word().fetch_update(success, failure, change)
        }
    }
}
