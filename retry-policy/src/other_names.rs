//! The names that settings have in other libraries and in everyday words, and what is meant by each.
//!
//! It knows no value. The library's own names are not in the table.

use crate::setting::Setting;
use crate::strategy::Kind;

/// What is meant by a name that is not one of the library's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// This setting, with the same value.
    Setting(Setting),
    /// The number of retries. [`Setting::Max`] also counts the first attempt.
    Retries,
    /// Attempts without a limit.
    Unlimited,
    /// This strategy. A value is its delay.
    Strategy(Kind),
    /// Whether delays are spread.
    IsRandom,
}

use Meaning::{IsRandom, Retries, Unlimited};

const MAX: Meaning = Meaning::Setting(Setting::Max);
const BASE: Meaning = Meaning::Setting(Setting::Base);
const CAP: Meaning = Meaning::Setting(Setting::Cap);
const FACTOR: Meaning = Meaning::Setting(Setting::Factor);
const INCREMENT: Meaning = Meaning::Setting(Setting::Increment);
const JITTER: Meaning = Meaning::Setting(Setting::Jitter);
const STRATEGY: Meaning = Meaning::Setting(Setting::Strategy);
const DEADLINE: Meaning = Meaning::Setting(Setting::Deadline);

/// Each meaning with its names, in small letters.
const NAMES: [(Meaning, &[&str]); 25] = [
    (
        MAX,
        &["attempts", "max_attempts", "max_attempt", "max_tries", "tries", "try_count", "n", "count", "num_attempts"],
    ),
    (MAX, &["attempt_count", "attempt_limit", "number_of_attempts", "stop_after_attempt", "total_attempts"]),
    (MAX, &["max_attempt_number"]),
    (
        Unlimited,
        &[
            "stop_never",
            "infinite_retry",
            "forever",
            "retry_forever",
            "without_max_times",
            "infinite",
            "unlimited",
            "endless",
            "loop",
        ],
    ),
    (Retries, &["retries", "max_retries", "max_retry", "max_retry_attempts", "retry_attempts", "retry_count", "times"]),
    (
        Retries,
        &["max_times", "num_retries", "number_of_retries", "retry_times", "max_retry_count", "retry_limit", "take"],
    ),
    (Retries, &["max_n_retries", "build_with_max_retries"]),
    (BASE, &["delay", "base_delay", "initial", "initial_delay", "initial_interval", "initial_backoff", "min_delay"]),
    (BASE, &["wait", "wait_duration", "interval", "t_wait", "wait_initial", "min_backoff", "min_wait", "retry_delay"]),
    (BASE, &["wait_time", "min_interval", "min_retry_interval", "retry_interval", "backoff_base", "start"]),
    (BASE, &["min", "min_timeout", "back_off_period", "back_off", "median_first_retry_delay"]),
    (CAP, &["max_delay", "max_interval", "max_wait", "max_backoff", "backoff_max", "wait_max", "max_retry_interval"]),
    (CAP, &["exponential_max_wait_duration", "max_timeout", "max_value"]),
    (FACTOR, &["multiplier", "exp_base", "wait_exp_base", "exponential_base", "backoff_factor", "growth_factor"]),
    (FACTOR, &["backoff_multiplier", "exponential_backoff_multiplier", "base_factor", "backoff_rate"]),
    (INCREMENT, &["step", "linear_increment"]),
    (
        JITTER,
        &[
            "randomization_factor",
            "randomized_wait_factor",
            "jitter_factor",
            "wait_jitter",
            "max_jitter",
            "jitter_ratio",
        ],
    ),
    (IsRandom, &["use_jitter", "with_jitter", "enable_randomized_wait", "random"]),
    (IsRandom, &["randomize", "random_jitter", "add_jitter"]),
    (STRATEGY, &["backoff", "algorithm", "backoff_type", "backoff_strategy", "delay_strategy", "retry_strategy"]),
    (
        STRATEGY,
        &["backoff_policy", "wait_strategy", "delay_type", "custom_backoff", "interval_function", "sleep_durations"],
    ),
    (DEADLINE, &["max_duration", "max_elapsed", "max_elapsed_time", "total_delay", "max_total_delay", "total_timeout"]),
    (
        DEADLINE,
        &["stop_after_delay", "stop_before_delay", "t_wait_max", "overall_timeout", "max_time", "max_retry_time"],
    ),
    (Meaning::Strategy(Kind::Constant), &["wait_fixed", "fixed_wait", "constant_delay", "constant_backoff"]),
    (Meaning::Strategy(Kind::Exponential), &["wait_exponential", "exponential_delay", "expo"]),
];

/// Returns what is meant by a name of another library: one of the table, or another name of a strategy.
///
/// Names are found in small letters alone.
pub fn meaning(name: &str) -> Option<Meaning> {
    let row = NAMES.iter().find(|(_, names)| names.contains(&name));
    row.map(|(meaning, _)| *meaning).or_else(|| Kind::by_another_name(name).map(Meaning::Strategy))
}

/// Returns a name in small letters, with `_` between its words: `maxDelay` and `Max-Delay` are `max_delay`.
pub fn in_small_letters(name: &str) -> String {
    let mut small = String::new();
    let mut was_small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && was_small {
            small.push('_');
        }
        was_small = letter.is_lowercase() || letter.is_ascii_digit();
        match letter {
            '-' => small.push('_'),
            letter => small.extend(letter.to_lowercase()),
        }
    }
    small
}

/// Returns the end of a message on an unknown setting: the setting that is meant, if it has this name in another library.
pub fn advice(name: &str) -> Option<String> {
    Some(match meaning(&in_small_letters(name))? {
        Meaning::Setting(setting) => format!("; did you mean `{}`?", setting.name()),
        Retries => "; did you mean `max`? it counts all attempts: three retries are `max = 4`".to_owned(),
        Unlimited => "; did you mean `max = \"unlimited\"`? it needs a `deadline`, which may be `\"none\"`".to_owned(),
        Meaning::Strategy(kind) => format!("; did you mean `strategy = \"{}\"`?", kind.name()),
        IsRandom => format!("; did you mean `strategy = \"{}\"`?", Kind::FullJitter.name()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_our_own_is_in_the_table_and_none_is_twice() {
        let mut seen = Vec::new();
        for name in NAMES.iter().flat_map(|(_, names)| *names) {
            assert!(Setting::from_name(name).is_none() && Kind::from_name(name).is_none(), "{name}");
            assert!(!seen.contains(name), "{name} is there twice");
            assert_eq!(in_small_letters(name), **name, "{name}");
            seen.push(*name);
        }
    }

    #[test]
    fn names_are_found_in_each_spelling() {
        for (written, meant) in [
            ("retries", Retries),
            ("MaxRetryAttempts", Retries),
            ("maxAttempts", MAX),
            ("wait-duration", BASE),
            ("RETRIES", Retries),
            ("ExponentialBackoff", Meaning::Strategy(Kind::Exponential)),
            ("fixed", Meaning::Strategy(Kind::Constant)),
        ] {
            assert_eq!(meaning(&in_small_letters(written)), Some(meant), "{written}");
        }
        assert_eq!(meaning("max"), None);
        assert_eq!(meaning(""), None);
    }
}
