//! The table of keys: their names, and the forms of their values.
//!
//! It reads no attribute and knows no values.

use reattempt_policy::Setting;
use reattempt_policy::suggestion::{did_you_mean, listed};

/// A key of the attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// A setting of the policy.
    Setting(Setting),
    Policy,
    On,
    OnValue,
    Error,
    History,
    Timeout,
    Budget,
    Breaker,
    WaitForBreaker,
    Cancel,
    Recover,
    Notify,
    Clone,
    Attempt,
    Progress,
    Idempotency,
    Method,
    Sleep,
    Name,
    Doc,
    Crate,
}

/// The form of a key's value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Expression,
    /// An expression, or `matches(PATTERN if GUARD)`.
    Classifier,
    /// `(a, b)` instead of a value.
    Names,
    Name,
    /// A name, or `argument(NAME)` for an argument of the function.
    NameOrArgument,
    Type,
    Path,
}

/// A key's name, the form of its value, an example for messages, and whether `policy!` accepts it.
type Row = (Key, &'static str, ValueKind, &'static str, bool);

/// The keys that are not settings of the policy.
const KEYS: [Row; 21] = [
    (Key::Policy, "policy", ValueKind::Expression, "policy = POLICY", false),
    (Key::On, "on", ValueKind::Classifier, "on = is_transient", false),
    (Key::OnValue, "on_value", ValueKind::Classifier, "on_value = is_not_ready", false),
    (Key::Error, "error", ValueKind::Type, "error = MyError", false),
    (Key::History, "history", ValueKind::Expression, "history = 16", false),
    (Key::Timeout, "timeout", ValueKind::Expression, "timeout = \"2s\"", false),
    (Key::Budget, "budget", ValueKind::Expression, "budget = API_BUDGET", false),
    (Key::Breaker, "breaker", ValueKind::Expression, "breaker = API_BREAKER", false),
    (Key::WaitForBreaker, "wait_for_breaker", ValueKind::Expression, "wait_for_breaker = true", false),
    (Key::Cancel, "cancel", ValueKind::Expression, "cancel = STOP", false),
    (Key::Recover, "recover", ValueKind::Expression, "recover = from_the_cache", false),
    (Key::Notify, "notify", ValueKind::Expression, "notify = log_it", false),
    (Key::Clone, "clone", ValueKind::Names, "clone(payload)", false),
    (Key::Attempt, "attempt", ValueKind::Name, "attempt = attempt", false),
    (Key::Progress, "progress", ValueKind::Name, "progress = progress", false),
    (Key::Idempotency, "idempotency_key", ValueKind::NameOrArgument, "idempotency_key = key", false),
    (Key::Method, "method", ValueKind::Expression, "method = GET", false),
    (Key::Sleep, "sleep", ValueKind::Expression, "sleep = my_sleep", false),
    (Key::Name, "name", ValueKind::Expression, "name = \"payments.charge\"", false),
    (Key::Doc, "doc", ValueKind::Expression, "doc = false", false),
    (Key::Crate, "crate", ValueKind::Path, "crate = my_reexports::reattempt", true),
];

/// The macro that reads the keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Macro {
    /// `#[retry(...)]`.
    Retry,
    /// `policy!(...)`.
    Policy,
}

impl Key {
    /// Returns the key with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let other = KEYS.iter().find(|row| row.1 == name).map(|row| row.0);
        other.or_else(|| Setting::ALL.iter().copied().find(|setting| setting.name() == name).map(Self::Setting))
    }

    /// Returns the keys: the settings of the policy, and all others.
    fn all() -> Vec<Self> {
        let mut keys: Vec<Self> = Setting::ALL.iter().copied().map(Self::Setting).collect();
        keys.extend(KEYS.iter().map(|row| row.0));
        keys
    }

    fn row(self) -> Row {
        match self {
            Self::Setting(setting) => (self, setting.name(), ValueKind::Expression, setting.example(), true),
            // Each other key has a row.
            other => *KEYS.iter().find(|row| row.0 == other).unwrap_or(&KEYS[0]),
        }
    }

    /// Returns the key's name.
    pub(crate) fn name(self) -> &'static str {
        self.row().1
    }

    /// Returns the form of its value.
    pub(super) fn value_kind(self) -> ValueKind {
        self.row().2
    }

    /// Returns an example of the key with a value.
    pub(crate) fn example(self) -> &'static str {
        self.row().3
    }

    /// Returns what a key for a function or a value expects, and a longer explanation.
    pub(crate) fn expected(self) -> (&'static str, &'static str) {
        match self {
            Self::Policy => ("a `Policy`", ", such as a constant of `policy!(...)`"),
            Self::Budget => ("a `Budget`", " that calls share, such as a `static`"),
            Self::Breaker => ("a `CircuitBreaker`", " that calls share, such as a `static`"),
            Self::Cancel => ("a `Cancellation`", " that calls share, such as a `static`"),
            Self::Recover => ("a function", " from the `RetryError` to what the function returns"),
            Self::Notify => ("a function", " that takes a `&Retrying`"),
            Self::Sleep => ("a function", " that sleeps for the `Duration` it is given"),
            _ => ("a function", " or a pattern"),
        }
    }

    /// Returns the argument of the closure that the key accepts: a name for it, and a description.
    pub(crate) fn closure_argument(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::On => ("error", "the error"),
            Self::OnValue => ("value", "the value"),
            Self::Notify => ("retrying", "a `&Retrying` that knows the error, the attempt and the delay"),
            Self::Recover => ("error", "the `RetryError`"),
            Self::Sleep => ("delay", "the `Duration`"),
            _ => return None,
        })
    }

    /// Returns whether the macro accepts the key.
    pub(super) fn belongs_to(self, macro_: Macro) -> bool {
        macro_ == Macro::Retry || self.row().4
    }
}

/// Returns the message for a word that is not a key of the macro, and in no table of names.
pub(super) fn unknown(found: &str, macro_: Macro) -> String {
    if macro_ == Macro::Policy && Key::named(found).is_some() {
        return format!("`{found}` belongs to a function, not to a policy; write it in `#[retry(...)]`");
    }
    let mut keys = Key::all();
    keys.retain(|key| key.belongs_to(macro_));
    let keys: Vec<&str> = keys.into_iter().map(Key::name).collect();
    let suggestion = did_you_mean(&found.replace('-', "_"), &keys);
    let suggestion = if suggestion.is_empty() { format!("; keys are {}", listed(&keys, "`")) } else { suggestion };
    format!("unknown key `{found}`{suggestion}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_found_by_its_name() {
        for key in Key::all() {
            assert!(key.row().0 == key);
            assert!(Key::named(key.name()) == Some(key), "{}", key.name());
        }
    }
}
