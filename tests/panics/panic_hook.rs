//! Panics on purpose: catches them, and tells where they were.

use futures_util::FutureExt;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

/// The place of a panic.
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

thread_local! {
    /// Whether the thread panics on purpose.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// Installs a hook that stores the places of panics on purpose instead of printing them.
fn hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !EXPECTED.get() {
                return others(panic);
            }
            let place = panic.location().map(|place| Place {
                file: place.file().to_owned(),
                line: place.line(),
                column: place.column(),
            });
            LAST.set(place);
        }));
    });
}

/// Runs a function that panics, and returns where it did.
#[track_caller]
pub(crate) fn panic_of<T>(panics: impl FnOnce() -> T) -> Place {
    hook();
    EXPECTED.set(true);
    let caught = panic::catch_unwind(AssertUnwindSafe(panics));
    EXPECTED.set(false);
    assert!(caught.is_err(), "there was no panic");
    LAST.take().expect("a panic has a place")
}

/// Runs a future that waits for nothing.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing is waited for")
}
