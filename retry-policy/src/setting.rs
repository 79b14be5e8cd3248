//! A setting by its name, and sets of settings.
//!
//! It knows no value and no strategy.

/// A setting of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// How delays grow.
    Strategy,
    /// The first nominal delay.
    Base,
    /// The longest delay.
    Cap,
    /// The growth of exponential strategies.
    Factor,
    /// The growth of the linear strategy.
    Increment,
    /// How delays are spread.
    Jitter,
    /// The number of attempts.
    Max,
    /// The time after the start of the call until which attempts may begin.
    Deadline,
    /// Whether a last attempt begins at the deadline.
    FinalAttempt,
    /// The longest server hint that is obeyed.
    MaxHint,
    /// The time after which a failing attempt begins a new series.
    ResetAfter,
}

impl Setting {
    /// All settings, in the order in which they are written.
    pub const ALL: [Self; 11] = [
        Self::Strategy,
        Self::Base,
        Self::Cap,
        Self::Factor,
        Self::Increment,
        Self::Jitter,
        Self::Max,
        Self::Deadline,
        Self::FinalAttempt,
        Self::MaxHint,
        Self::ResetAfter,
    ];

    /// All settings that are durations and nothing else.
    pub const DURATIONS: [Self; 5] = [Self::Base, Self::Cap, Self::Increment, Self::MaxHint, Self::ResetAfter];

    /// The names of [`ALL`](Self::ALL).
    pub const NAMES: [&'static str; 11] = [
        "strategy",
        "base",
        "cap",
        "factor",
        "increment",
        "jitter",
        "max",
        "deadline",
        "final_attempt",
        "max_hint",
        "reset_after",
    ];

    /// Returns the name in the attribute.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Returns the setting with an example value, as in the attribute.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Strategy => "strategy = \"equal_jitter\"",
            Self::Base => "base = \"100ms\"",
            Self::Cap => "cap = \"10s\"",
            Self::Factor => "factor = 2.0",
            Self::Increment => "increment = \"100ms\"",
            Self::Jitter => "jitter = \"full\"",
            Self::Max => "max = 3",
            Self::Deadline => "deadline = \"30s\"",
            Self::FinalAttempt => "final_attempt = true",
            Self::MaxHint => "max_hint = \"60s\"",
            Self::ResetAfter => "reset_after = \"10min\"",
        }
    }

    /// Returns the setting with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|setting| setting.name() == name)
    }
}

/// A set of settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettingSet(u16);

impl SettingSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// Returns the set with one more setting.
    #[must_use]
    pub const fn with(self, setting: Setting) -> Self {
        Self(self.0 | 1 << setting as u16)
    }

    /// Returns whether the setting is in the set.
    pub const fn has(self, setting: Setting) -> bool {
        self.0 & (1 << setting as u16) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn names_and_settings_belong_together() {
        for setting in Setting::ALL {
            assert_eq!(Setting::from_name(setting.name()), Some(setting));
        }
        assert_eq!(Setting::from_name("retries"), None);
    }

    #[test]
    fn an_example_is_the_setting_with_a_value_that_can_be_read() {
        for setting in Setting::ALL {
            let mut steps = Vec::new();
            let read = Settings::parse(setting.example(), &mut steps).expect("an example is right");
            assert!(read.has(setting), "{}", setting.example());
        }
    }

    #[test]
    fn a_setting_is_in_a_set_however_often_it_is_added() {
        let once = SettingSet::EMPTY.with(Setting::Cap);
        assert_eq!(once.with(Setting::Cap), once);
        for setting in Setting::ALL {
            assert_eq!(once.has(setting), setting == Setting::Cap);
        }
    }
}
