//! The figures that must not grow: counts and bytes, which are the same on each run of one toolchain. Never times.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{error, fs, io};

/// The toolchain that the figures belong to.
pub const TOOLCHAIN: &str = "1.95.0";

/// The allowed growth of a figure, in per cent.
pub const ALLOWED: f64 = 2.0;

/// Figures by name.
pub type Figures = BTreeMap<String, f64>;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("figures.txt")
}

/// Reads the figures that are checked in.
///
/// # Errors
///
/// The file cannot be read, or has a line that is no figure.
pub fn read() -> Result<Figures, Box<dyn error::Error>> {
    let text = fs::read_to_string(path())?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').ok_or_else(|| format!("`{line}` is no figure"))?;
            Ok((name.trim_end().to_owned(), value.parse()?))
        })
        .collect()
}

/// Writes them.
///
/// # Errors
///
/// The file cannot be written.
pub fn write(figures: &Figures) -> io::Result<()> {
    let mut text = format!(
        "# What a call costs: instructions by callgrind, bytes, allocations, crates; and what the compiler needs. Rust {TOOLCHAIN}, x86_64, plain release.\n\
         # `bench/guard` fails where one grows by more than {ALLOWED} %; `bench/guard --update` writes them anew.\n"
    );
    for (name, value) in figures {
        text += &line(name, *value);
    }
    fs::write(path(), text)
}

fn line(name: &str, value: f64) -> String {
    format!("{name:<56} {value}\n")
}

/// Returns the name of each figure that has grown too much, or that is missing on one side.
#[must_use]
pub fn faults(old: &Figures, new: &Figures) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, old) in old {
        match new.get(name) {
            None => faults.push(format!("{name}: it was {old}, and is not measured any more")),
            // A count as small as zero may not grow at all.
            Some(new) if *new > old * (1.0 + ALLOWED / 100.0) => {
                faults.push(format!("{name}: it was {old}, and is {new}"));
            }
            Some(_) => {}
        }
    }
    for name in new.keys().filter(|name| !old.contains_key(*name)) {
        faults.push(format!("{name}: it is not checked in"));
    }
    faults
}

/// Returns the name of each figure that has improved by more than the allowed growth. The file should then be updated.
#[must_use]
pub fn gains(old: &Figures, new: &Figures) -> Vec<String> {
    let gain = |(name, old): (&String, &f64)| {
        let new = new.get(name)?;
        (*new < old * (1.0 - ALLOWED / 100.0)).then(|| format!("{name}: it was {old}, and is {new}"))
    };
    old.iter().filter_map(gain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(pairs: &[(&str, f64)]) -> Figures {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    }

    #[test]
    fn growth_above_the_allowance_is_a_fault() {
        let old = figures(&[("sync", 100.0), ("async", 100.0)]);
        assert_eq!(faults(&old, &figures(&[("sync", 102.0), ("async", 50.0)])), [""; 0]);
        assert_eq!(faults(&old, &figures(&[("sync", 102.5), ("async", 100.0)])), ["sync: it was 100, and is 102.5"]);
    }

    #[test]
    fn nothing_grows_from_zero() {
        assert_eq!(faults(&figures(&[("allocations", 0.0)]), &figures(&[("allocations", 1.0)])).len(), 1);
    }

    #[test]
    fn a_figure_on_one_side_alone_is_a_fault() {
        assert_eq!(faults(&figures(&[("gone", 1.0)]), &figures(&[("new", 1.0)])).len(), 2);
    }

    #[test]
    fn what_became_better_is_said() {
        assert_eq!(gains(&figures(&[("sync", 100.0)]), &figures(&[("sync", 90.0)])), ["sync: it was 100, and is 90"]);
    }
}
