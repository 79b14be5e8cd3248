//! Protection against overload: retry budgets and circuit breakers.
//!
//! They do not know calls. The engine joins them to a call.

/// Defines the setters of a builder, which checks the settings together, and of the type that it builds. The latter check each setting when
/// it is set, which is a compile error in a `static`.
macro_rules! settings {
    ($built:ident, $builder:ident: $(
        $(#[$documentation:meta])*
        $setting:ident($($argument:ident: $kind:ty),*) => $field:ident = $value:expr;
    )+) => {
        impl $builder {
            $(
                #[doc = concat!("Sets `", stringify!($setting), "`; see [`", stringify!($built), "::", stringify!($setting), "`].")]
                pub const fn $setting(mut self, $($argument: $kind),*) -> Self {
                    self.$field = $value;
                    self
                }
            )+
        }

        impl $built {
            $(
                $(#[$documentation])*
                #[track_caller]
                pub const fn $setting(mut self, $($argument: $kind),*) -> Self {
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

/// Writes a summary with the value that was found. The summary begins with the setting's name, and the value follows it: "`max` is 0, but
/// must be ...".
fn write_refusal(f: &mut fmt::Formatter<'_>, summary: &str, found: fmt::Arguments<'_>) -> fmt::Result {
    match summary.split_once(" must be ") {
        Some((setting, range)) => write!(f, "{setting} is {found}, but must be {range}"),
        None => f.write_str(summary),
    }
}
