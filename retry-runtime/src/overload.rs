//! Protection against overload: retry budgets and circuit breakers.
//!
//! They know no call: the engine joins them to one.

/// Defines settings once for a builder, which checks them together, and once for what it builds, which checks each as it is set: a
/// compile error in a `static`.
macro_rules! settings {
    ($built:ident, $builder:ident: $(
        $(#[$documentation:meta])*
        $setting:ident($($argument:ident: $kind:ty),+) => $field:ident = $value:expr;
    )+) => {
        impl $builder {
            $(
                #[doc = concat!("Sets what [`", stringify!($built), "::", stringify!($setting), "`] sets.")]
                pub const fn $setting(mut self, $($argument: $kind),+) -> Self {
                    self.$field = $value;
                    self
                }
            )+
        }

        impl $built {
            $(
                $(#[$documentation])*
                #[track_caller]
                pub const fn $setting(mut self, $($argument: $kind),+) -> Self {
                    self.builder.$field = $value;
                    self.checked()
                }
            )+
        }
    };
}

pub(crate) mod breaker;
pub(crate) mod breakers;
pub(crate) mod budget;

use core::fmt;

/// Puts the value that was found behind the setting's name, which a summary begins with: "`max` is 0, but must be ...".
fn write_refusal(f: &mut fmt::Formatter<'_>, summary: &str, found: fmt::Arguments<'_>) -> fmt::Result {
    match summary.split_once(" must be ") {
        Some((setting, range)) => write!(f, "{setting} is {found}, but must be {range}"),
        None => f.write_str(summary),
    }
}
