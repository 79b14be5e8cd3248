//! Protection against overload: retry budgets and circuit breakers.
//!
//! They know no call: the engine joins them to one.

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
