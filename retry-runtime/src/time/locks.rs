//! Locks: those of the standard library, or loom's in the tests that run each interleaving. This module does not know what they guard.

#[cfg(all(test, loom))]
pub(crate) use model::{Condvar, Mutex, MutexGuard};
#[cfg(not(all(test, loom)))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};

#[cfg(all(test, loom))]
mod model {
    use core::mem::ManuallyDrop;
    use core::time::Duration;
    pub(crate) use loom::sync::MutexGuard;
    use std::sync::{LockResult, OnceLock};

    /// A lock of loom, made at its first use and never dropped, because loom's constructor and destructor are not `const`.
    pub(crate) struct Mutex<T> {
        first: std::sync::Mutex<Option<T>>,
        lock: ManuallyDrop<OnceLock<loom::sync::Mutex<T>>>,
    }

    impl<T> Mutex<T> {
        pub(crate) const fn new(first: T) -> Self {
            Self { first: std::sync::Mutex::new(Some(first)), lock: ManuallyDrop::new(OnceLock::new()) }
        }

        pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
            let first = || self.first.lock().expect("nothing panics here").take().expect("it is taken once");
            self.lock.get_or_init(|| loom::sync::Mutex::new(first())).lock()
        }
    }

    /// A condition variable of loom, made at its first use and never dropped.
    pub(crate) struct Condvar(ManuallyDrop<OnceLock<loom::sync::Condvar>>);

    impl Condvar {
        pub(crate) const fn new() -> Self {
            Self(ManuallyDrop::new(OnceLock::new()))
        }

        fn condvar(&self) -> &loom::sync::Condvar {
            self.0.get_or_init(loom::sync::Condvar::new)
        }

        pub(crate) fn notify_all(&self) {
            self.condvar().notify_all();
        }

        /// Waits without a limit, because no time passes in a model: a thread that nothing wakes is a deadlock, which loom reports.
        pub(crate) fn wait_timeout_while<'a, T>(
            &self,
            mut guard: MutexGuard<'a, T>,
            _: Duration,
            mut goes_on: impl FnMut(&mut T) -> bool,
        ) -> LockResult<MutexGuard<'a, T>> {
            while goes_on(&mut guard) {
                guard = self.condvar().wait(guard)?;
            }
            Ok(guard)
        }
    }
}
