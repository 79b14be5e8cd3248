//! Sites: each annotated function is a static of this type.
//!
//! It says where and what, and remembers what may be said only once. It decides nothing.

use crate::policy::Policy;
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};

/// One annotated function, as a place in the source.
#[derive(Debug)]
pub struct Site {
    name: &'static str,
    file: &'static str,
    line: u32,
    policy: Policy,
    /// Relaxed: nothing else is read by whoever sees it set; only one caller may win the swap.
    has_adjusted: AtomicBool,
}

impl Site {
    /// For generated code.
    #[doc(hidden)]
    pub const fn new(name: &'static str, file: &'static str, line: u32, policy: Policy) -> Self {
        Self { name, file, line, policy, has_adjusted: AtomicBool::new(false) }
    }

    /// The name: `module::path::function`, or what the key `name` says.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The source file.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line of the attribute.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The settings that are known at compile time, with the defaults for the others.
    #[inline]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether this is the first time that a run-time value had to be brought into range here.
    pub(crate) fn is_first_adjustment(&self) -> bool {
        !self.has_adjusted.load(Ordering::Relaxed) && !self.has_adjusted.swap(true, Ordering::Relaxed)
    }
}

/// The name and the place: `payments::charge (src/payments.rs:12)`.
impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({}:{})", self.name, self.file, self.line)
    }
}
